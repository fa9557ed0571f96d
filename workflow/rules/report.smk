rule collect_summary:
    """The machine-readable list of every number in the report, with spread, seeds, scale and the published value."""
    input:
        numbers=[
            f"<results>/numbers/{name}.json" for name in PROJECT.targets_with_numbers
        ],
    output:
        summary="<results>/summary.json",
    log:
        "<logs>/collect_summary.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        source=source_of("collect_summary"),
    message:
        "collecting the numbers"
    script:
        "../scripts/collect_summary.py"


rule render_report:
    """One self-contained page for people: what was found, figures, tables, how each was made."""
    input:
        entries=[f"<results>/targets/{name}.json" for name in PROJECT.report.targets],
        summary=rules.collect_summary.output.summary,
        identities=identities(),
    output:
        page="<results>/report/index.html",
    log:
        "<logs>/render_report.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=dict(
            title=PROJECT.report.title,
            lead=PROJECT.report.lead,
            scale=PROJECT.scale,
            identified={
                target: PROJECT.identified_by(target)
                for target in PROJECT.report.targets
            },
        ),
        source=source_of("render_report"),
    message:
        "rendering the report"
    script:
        "../scripts/render_report.py"

rule name_zoo:
    """Names of known algebras in random bases under noise."""
    output:
        zoo="<results>/zoo/{zoo}.json",
        provenance="<results>/zoo/{zoo}.provenance.json",
    log:
        "<logs>/name_zoo/{zoo}.log",
    benchmark:
        "<benchmarks>/name_zoo/{zoo}.tsv"
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: plain(PROJECT.zoo[wc.zoo]),
        source=source_of("name_zoo"),
    message:
        "naming the algebras of {wildcards.zoo}"
    script:
        "../scripts/name_zoo.py"


rule algebra_figure_zoo:
    """Shares of right and wrong names against the signal-to-noise ratio, and of each algebra."""
    input:
        zoo=lambda wc: f"<results>/zoo/{only_shown_by('algebra_figure_zoo')}.json",
        provenance=lambda wc: made_by("algebra_figure_zoo"),
        text=resource_file("targets/algebra_figure_zoo.yaml"),
    output:
        svg=report(
            "<results>/figures/algebra_figure_zoo.svg",
            caption="../report/algebra_figure_zoo.rst",
            category="Algebras",
            labels={"paper": "symscope", "target": "Zoo of algebras"},
        ),
        pdf="<results>/figures/algebra_figure_zoo.pdf",
        numbers="<results>/numbers/algebra_figure_zoo.json",
        entry="<results>/targets/algebra_figure_zoo.json",
    log:
        "<logs>/algebra_figure_zoo.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("algebra_figure_zoo"),
        source=source_of("algebra_figure_zoo"),
    message:
        "Names of algebras under noise"
    script:
        "../scripts/algebra_figure_zoo.py"

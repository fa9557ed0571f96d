rule measure_speed:
    """Rates of one benchmark beside its plain reference, in a process that has the machine for itself."""
    input:
        code=lambda wc: repository_file(f"tests/benchmarks/bench_{wc.benchmarked}.py"),
        suite=repository_file("tests/benchmarks/suite.py"),
    output:
        speeds="<results>/speed/{speed}/{benchmarked}.json",
        provenance="<results>/speed/{speed}/{benchmarked}.provenance.json",
    log:
        "<logs>/measure_speed/{speed}/{benchmarked}.log",
    conda:
        "../../envs/symscope.yaml"
    # All cores, so that no other job disturbs; the arithmetic takes as many threads as the settings say. A cluster has no number of
    # cores, and `workflow.cores` would refuse commands that run no job and so name none, such as --unlock.
    threads: workflow.resource_settings.cores or 1
    params:
        settings=lambda wc: plain(PROJECT.speed[wc.speed]),
        source=lambda wc: source_digest(
            HERE.parent / f"tests/benchmarks/bench_{wc.benchmarked}.py"
        ),
    message:
        "timing: {wildcards.benchmarked}"
    script:
        "../scripts/measure_speed.py"


rule speed_table:
    """All rates, with their ratios to plain references, the share of the machine's best arithmetic and the memory."""
    input:
        speeds=lambda wc: speeds_shown_by("speed_table"),
        provenance=lambda wc: made_by("speed_table"),
        text=resource_file("targets/speed_table.yaml"),
    output:
        html=report(
            "<results>/tables/speed_table.html",
            caption="../report/speed_table.rst",
            category="Speed",
            labels={"paper": "symscope", "target": "Benchmarks"},
        ),
        csv="<results>/tables/speed_table.csv",
        tex="<results>/tables/speed_table.tex",
        json="<results>/tables/speed_table.json",
        numbers="<results>/numbers/speed_table.json",
        entry="<results>/targets/speed_table.json",
    log:
        "<logs>/speed_table.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("speed_table"),
        source=source_of("speed_table"),
    message:
        "Table of the benchmarks"
    script:
        "../scripts/speed_table.py"


rule speed_figure:
    """Ratios to plain references, and how the time of each step grows."""
    input:
        speeds=lambda wc: speeds_shown_by("speed_figure"),
        provenance=lambda wc: made_by("speed_figure"),
        text=resource_file("targets/speed_figure.yaml"),
    output:
        svg=report(
            "<results>/figures/speed_figure.svg",
            caption="../report/speed_figure.rst",
            category="Speed",
            labels={"paper": "symscope", "target": "Ratios and growth"},
        ),
        pdf="<results>/figures/speed_figure.pdf",
        entry="<results>/targets/speed_figure.json",
    log:
        "<logs>/speed_figure.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("speed_figure"),
        source=source_of("speed_figure"),
    message:
        "Figure of the benchmarks"
    script:
        "../scripts/speed_figure.py"

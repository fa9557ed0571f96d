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


rule try_discrete:
    """Known discrete symmetries found again, and tested on held-out points."""
    output:
        outcomes="<results>/discrete/{discrete}.json",
        provenance="<results>/discrete/{discrete}.provenance.json",
    log:
        "<logs>/try_discrete/{discrete}.log",
    benchmark:
        "<benchmarks>/try_discrete/{discrete}.tsv"
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: plain(PROJECT.discrete[wc.discrete]),
        source=source_of("try_discrete"),
    message:
        "finding the discrete symmetries of {wildcards.discrete}"
    script:
        "../scripts/try_discrete.py"


rule discrete_table:
    """Shares of exact orders, permutation groups and sign flips, and of right verdicts of the held-out tests."""
    input:
        outcomes=lambda wc: f"<results>/discrete/{only_shown_by('discrete_table')}.json",
        provenance=lambda wc: made_by("discrete_table"),
        text=resource_file("targets/discrete_table.yaml"),
    output:
        html=report(
            "<results>/tables/discrete_table.html",
            caption="../report/discrete_table.rst",
            category="Algebras",
            labels={"paper": "symscope", "target": "Discrete symmetries"},
        ),
        csv="<results>/tables/discrete_table.csv",
        tex="<results>/tables/discrete_table.tex",
        json="<results>/tables/discrete_table.json",
        numbers="<results>/numbers/discrete_table.json",
        entry="<results>/targets/discrete_table.json",
    log:
        "<logs>/discrete_table.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: dict(
            target_settings("discrete_table"),
            level=PROJECT.discrete[only_shown_by("discrete_table")].level,
        ),
        source=source_of("discrete_table"),
    message:
        "Table of discrete symmetries"
    script:
        "../scripts/discrete_table.py"

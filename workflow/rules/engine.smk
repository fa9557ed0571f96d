rule identify:
    """Say what a discovery found, of which statement about the data it is a symmetry, and how surely."""
    input:
        samples=lambda wc: samples_file(wc.identified),
        generators="<results>/discovery/{identified}/generators.h5",
    output:
        json="<results>/identify/{identified}.json",
        html="<results>/identify/{identified}.html",
        provenance="<results>/identify/{identified}.provenance.json",
    log:
        "<logs>/identify/{identified}.log",
    benchmark:
        "<benchmarks>/identify/{identified}.tsv"
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: dict(
            experiment=wc.identified,
            truth=plain(PROJECT.experiments[wc.identified].truth),
            identification=plain(PROJECT.identification),
            independent=PROJECT.experiments[wc.identified].sampling.independent,
            scale=f"{PROJECT.scale}: {PROJECT.experiments[wc.identified].words(PROJECT.datasets[PROJECT.experiments[wc.identified].dataset])}",
        ),
        source=source_of("identify"),
    message:
        "what {wildcards.identified} found"
    script:
        "../scripts/identify.py"


for name in PROJECT.identifiable:

    rule:
        name:
            f"identify_{name}"
        input:
            f"<results>/identify/{name}.json",
            f"<results>/identify/{name}.html",
        localrule: True


rule engine_table_methods:
    """The null-space engine beside trained methods on the same data: number of generators, algebra, error, time."""
    input:
        generators=lambda wc: generators_shown_by("engine_table_methods"),
        provenance=lambda wc: made_by("engine_table_methods"),
        text=resource_file("targets/engine_table_methods.yaml"),
        published=resource_file("published.yaml"),
    output:
        html=report(
            "<results>/tables/engine_table_methods.html",
            caption="../report/engine_table_methods.rst",
            category="Null space",
            labels={"paper": "beyond the papers", "target": "Methods"},
        ),
        csv="<results>/tables/engine_table_methods.csv",
        tex="<results>/tables/engine_table_methods.tex",
        json="<results>/tables/engine_table_methods.json",
        numbers="<results>/numbers/engine_table_methods.json",
        entry="<results>/targets/engine_table_methods.json",
    log:
        "<logs>/engine_table_methods.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("engine_table_methods"),
        source=source_of("engine_table_methods"),
    message:
        "null space beside trained methods"
    script:
        "../scripts/engine_table_methods.py"


rule engine_figure_spectra:
    """Singular values of the null-space engine with the threshold that separates symmetries, and the generators of jets."""
    input:
        generators=lambda wc: generators_shown_by("engine_figure_spectra"),
        provenance=lambda wc: made_by("engine_figure_spectra"),
        text=resource_file("targets/engine_figure_spectra.yaml"),
    output:
        svg=report(
            "<results>/figures/engine_figure_spectra.svg",
            caption="../report/engine_figure_spectra.rst",
            category="Null space",
            labels={"paper": "beyond the papers", "target": "Singular values"},
        ),
        pdf="<results>/figures/engine_figure_spectra.pdf",
        entry="<results>/targets/engine_figure_spectra.json",
    log:
        "<logs>/engine_figure_spectra.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("engine_figure_spectra"),
        source=source_of("engine_figure_spectra"),
    message:
        "null space: singular values"
    script:
        "../scripts/engine_figure_spectra.py"

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
            scale=scale_of_experiment(wc.identified),
        ),
        source=source_of("identify"),
    message:
        "what {wildcards.identified} found"
    script:
        "../scripts/identify.py"


rule identify_lens:
    """Say whether held-out samples have the translation that a discovery found, and how surely."""
    input:
        samples=lambda wc: dataset_file(PROJECT.experiments[wc.tested_lens].dataset),
        lens="<results>/discovery/{tested_lens}/lens.h5",
    output:
        json="<results>/identify/{tested_lens}.json",
        html="<results>/identify/{tested_lens}.html",
        provenance="<results>/identify/{tested_lens}.provenance.json",
    log:
        "<logs>/identify/{tested_lens}.log",
    benchmark:
        "<benchmarks>/identify/{tested_lens}.tsv"
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: dict(
            experiment=wc.tested_lens,
            identification=plain(PROJECT.identification),
            independent=PROJECT.experiments[wc.tested_lens].sampling.independent,
            scale=scale_of_experiment(wc.tested_lens),
        ),
        source=source_of("identify_lens"),
    message:
        "what {wildcards.tested_lens} found"
    script:
        "../scripts/identify_lens.py"


rule identify_unanswered:
    """Say why nothing can be asked of a discovery, where that is so."""
    output:
        json="<results>/identify/{unanswered}.json",
        html="<results>/identify/{unanswered}.html",
        provenance="<results>/identify/{unanswered}.provenance.json",
    log:
        "<logs>/identify/{unanswered}.log",
    localrule: True
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: dict(
            experiment=wc.unanswered,
            why=PROJECT.unanswered[wc.unanswered],
            seeds=len(PROJECT.experiments[wc.unanswered].seeds),
            scale=scale_of_experiment(wc.unanswered),
        ),
        source=source_of("identify_unanswered"),
    message:
        "why {wildcards.unanswered} is not asked"
    script:
        "../scripts/identify_unanswered.py"


# One target for every experiment, whatever it finds.
for name in PROJECT.experiments:

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

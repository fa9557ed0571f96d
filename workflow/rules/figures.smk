rule liegan_figure_5:
    """The generators that LieGAN found in jets, what each is, and the metric they leave invariant."""
    input:
        generators=lambda wc: f"<results>/discovery/{shown_by('liegan_figure_5')}/generators.h5",
        metrics=lambda wc: f"<results>/metric/{shown_by('liegan_figure_5')}/metrics.h5",
        provenance=lambda wc: made_by("liegan_figure_5"),
        text=resource_file("targets/liegan_figure_5.yaml"),
        published=resource_file("published.yaml"),
    output:
        svg=report(
            "<results>/figures/liegan_figure_5.svg",
            caption="../report/liegan_figure_5.rst",
            category="Discovery",
            labels={"paper": "LieGAN", "target": "Figure 5"},
        ),
        pdf="<results>/figures/liegan_figure_5.pdf",
        numbers="<results>/numbers/liegan_figure_5.json",
        entry="<results>/targets/liegan_figure_5.json",
    log:
        "<logs>/liegan_figure_5.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: dict(
            target_settings("liegan_figure_5"),
            truth=plain(PROJECT.experiments[shown_by("liegan_figure_5")].truth),
        ),
        source=source_of("liegan_figure_5"),
    message:
        "Figure 5: generators and metric"
    script:
        "../scripts/liegan_figure_5.py"


rule liegan_figure_6:
    """The leading constituent of jets before and after transformations drawn from the discovered group."""
    input:
        samples=lambda wc: f"<results>/samples/{shown_by('liegan_figure_6')}.h5",
        generators=lambda wc: f"<results>/discovery/{shown_by('liegan_figure_6')}/generators.h5",
        provenance=lambda wc: made_by("liegan_figure_6"),
        text=resource_file("targets/liegan_figure_6.yaml"),
    output:
        svg=report(
            "<results>/figures/liegan_figure_6.svg",
            caption="../report/liegan_figure_6.rst",
            category="Discovery",
            labels={"paper": "LieGAN", "target": "Figure 6"},
        ),
        pdf="<results>/figures/liegan_figure_6.pdf",
        entry="<results>/targets/liegan_figure_6.json",
    log:
        "<logs>/liegan_figure_6.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: dict(
            target_settings("liegan_figure_6"),
            seed=PROJECT.seed,
            truth=plain(PROJECT.experiments[shown_by("liegan_figure_6")].truth),
        ),
        source=source_of("liegan_figure_6"),
    message:
        "Figure 6: constituents before and after"
    script:
        "../scripts/liegan_figure_6.py"


rule jets_fidelity:
    """How close generated jets come to the reference dataset: spectra, and the score of the published LorentzNet."""
    input:
        fidelity=lambda wc: f"<results>/fidelity/{shown_by('jets_fidelity')}.h5",
        provenance=lambda wc: made_by("jets_fidelity"),
        text=resource_file("targets/jets_fidelity.yaml"),
        published=resource_file("published.yaml"),
    output:
        svg=report(
            "<results>/figures/jets_fidelity.svg",
            caption="../report/jets_fidelity.rst",
            category="Data",
            labels={
                "paper": "Top Quark Tagging Reference Dataset",
                "target": "Fidelity",
            },
        ),
        pdf="<results>/figures/jets_fidelity.pdf",
        numbers="<results>/numbers/jets_fidelity.json",
        entry="<results>/targets/jets_fidelity.json",
    log:
        "<logs>/jets_fidelity.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("jets_fidelity"),
        source=source_of("jets_fidelity"),
    message:
        "Fidelity of the generated jets"
    script:
        "../scripts/jets_fidelity.py"


rule figures:
    """All figures of the configuration."""
    input:
        [f"<results>/figures/{name}.svg" for name in PROJECT.figures],

rule liegan_figure_3:
    """The rotation of two bodies as each method found it, seed by seed, and what SymmetryGAN's regulariser prefers."""
    input:
        generators=lambda wc: generators_shown_by("liegan_figure_3"),
        provenance=lambda wc: made_by("liegan_figure_3"),
        text=resource_file("targets/liegan_figure_3.yaml"),
        published=resource_file("published.yaml"),
    output:
        svg=report(
            "<results>/figures/liegan_figure_3.svg",
            caption="../report/liegan_figure_3.rst",
            category="Discovery",
            labels={"paper": "LieGAN", "target": "Figure 3"},
        ),
        pdf="<results>/figures/liegan_figure_3.pdf",
        numbers="<results>/numbers/liegan_figure_3.json",
        entry="<results>/targets/liegan_figure_3.json",
    log:
        "<logs>/liegan_figure_3.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("liegan_figure_3"),
        source=source_of("liegan_figure_3"),
    message:
        "Figure 3: two bodies, four methods"
    script:
        "../scripts/liegan_figure_3.py"


rule liegan_figure_4:
    """Cyclic groups of several orders: one generator and what it does, the search for its scale, the error of every seed."""
    input:
        generators=lambda wc: generators_shown_by("liegan_figure_4"),
        datasets=lambda wc: datasets_of_experiments("liegan_figure_4"),
        provenance=lambda wc: made_by("liegan_figure_4"),
        text=resource_file("targets/liegan_figure_4.yaml"),
        published=resource_file("published.yaml"),
    output:
        svg=report(
            "<results>/figures/liegan_figure_4.svg",
            caption="../report/liegan_figure_4.rst",
            category="Discovery",
            labels={"paper": "LieGAN", "target": "Figure 4"},
        ),
        pdf="<results>/figures/liegan_figure_4.pdf",
        numbers="<results>/numbers/liegan_figure_4.json",
        entry="<results>/targets/liegan_figure_4.json",
    log:
        "<logs>/liegan_figure_4.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("liegan_figure_4"),
        source=source_of("liegan_figure_4"),
    message:
        "Figure 4: cyclic groups"
    script:
        "../scripts/liegan_figure_4.py"


rule liegan_figure_5:
    """The generators that LieGAN found in jets, what each is, and the metric they leave invariant."""
    input:
        generators=lambda wc: f"<results>/discovery/{only_shown_by('liegan_figure_5')}/generators.h5",
        metrics=lambda wc: f"<results>/metric/{only_shown_by('liegan_figure_5')}/metrics.h5",
        provenance=lambda wc: made_by("liegan_figure_5", metric=True),
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
        settings=lambda wc: target_settings("liegan_figure_5"),
        source=source_of("liegan_figure_5"),
    message:
        "Figure 5: generators and metric"
    script:
        "../scripts/liegan_figure_5.py"


rule liegan_figure_6:
    """The leading constituent of jets before and after transformations drawn from the discovered group."""
    input:
        samples=lambda wc: f"<results>/samples/{only_shown_by('liegan_figure_6')}.h5",
        generators=lambda wc: f"<results>/discovery/{only_shown_by('liegan_figure_6')}/generators.h5",
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
        settings=lambda wc: dict(target_settings("liegan_figure_6"), seed=PROJECT.seed),
        source=source_of("liegan_figure_6"),
    message:
        "Figure 6: constituents before and after"
    script:
        "../scripts/liegan_figure_6.py"


rule liegan_figure_7:
    """Singular values of EMLP's constraint matrix for learned and true generators, and the ranks that two thresholds give."""
    input:
        generators=lambda wc: generators_shown_by("liegan_figure_7"),
        provenance=lambda wc: made_by("liegan_figure_7"),
        text=resource_file("targets/liegan_figure_7.yaml"),
        published=resource_file("published.yaml"),
    output:
        svg=report(
            "<results>/figures/liegan_figure_7.svg",
            caption="../report/liegan_figure_7.rst",
            category="Discovery",
            labels={"paper": "LieGAN", "target": "Figure 7"},
        ),
        pdf="<results>/figures/liegan_figure_7.pdf",
        numbers="<results>/numbers/liegan_figure_7.json",
        entry="<results>/targets/liegan_figure_7.json",
    log:
        "<logs>/liegan_figure_7.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("liegan_figure_7"),
        source=source_of("liegan_figure_7"),
    message:
        "Figure 7: rank of the equivariant space"
    script:
        "../scripts/liegan_figure_7.py"


rule liegan_figure_8:
    """The rotation of three bodies, seed by seed."""
    input:
        generators=lambda wc: generators_shown_by("liegan_figure_8"),
        provenance=lambda wc: made_by("liegan_figure_8"),
        text=resource_file("targets/liegan_figure_8.yaml"),
        published=resource_file("published.yaml"),
    output:
        svg=report(
            "<results>/figures/liegan_figure_8.svg",
            caption="../report/liegan_figure_8.rst",
            category="Discovery",
            labels={"paper": "LieGAN", "target": "Figure 8"},
        ),
        pdf="<results>/figures/liegan_figure_8.pdf",
        numbers="<results>/numbers/liegan_figure_8.json",
        entry="<results>/targets/liegan_figure_8.json",
    log:
        "<logs>/liegan_figure_8.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("liegan_figure_8"),
        source=source_of("liegan_figure_8"),
    message:
        "Figure 8: three bodies"
    script:
        "../scripts/liegan_figure_8.py"


rule liegan_figure_11:
    """Rotated digits: the rotation found among all affine maps, digits that it moves, and how far a learned law of it reaches."""
    input:
        generators=lambda wc: generators_shown_by("liegan_figure_11"),
        dataset=lambda wc: dataset_of_role("liegan_figure_11", "rotation"),
        provenance=lambda wc: made_by("liegan_figure_11"),
        text=resource_file("targets/liegan_figure_11.yaml"),
        published=resource_file("published.yaml"),
    output:
        svg=report(
            "<results>/figures/liegan_figure_11.svg",
            caption="../report/liegan_figure_11.rst",
            category="Discovery",
            labels={"paper": "LieGAN", "target": "Figure 11"},
        ),
        pdf="<results>/figures/liegan_figure_11.pdf",
        numbers="<results>/numbers/liegan_figure_11.json",
        entry="<results>/targets/liegan_figure_11.json",
    log:
        "<logs>/liegan_figure_11.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("liegan_figure_11"),
        source=source_of("liegan_figure_11"),
    message:
        "Figure 11: rotated digits"
    script:
        "../scripts/liegan_figure_11.py"


rule liegan_figure_12:
    """Rotations and translations of molecules as LieGAN finds them, as learned and in a basis that can be read."""
    input:
        generators=lambda wc: generators_shown_by("liegan_figure_12"),
        provenance=lambda wc: made_by("liegan_figure_12"),
        text=resource_file("targets/liegan_figure_12.yaml"),
        published=resource_file("published.yaml"),
    output:
        svg=report(
            "<results>/figures/liegan_figure_12.svg",
            caption="../report/liegan_figure_12.rst",
            category="Molecules",
            labels={"paper": "LieGAN", "target": "Figure 12"},
        ),
        pdf="<results>/figures/liegan_figure_12.pdf",
        numbers="<results>/numbers/liegan_figure_12.json",
        entry="<results>/targets/liegan_figure_12.json",
    log:
        "<logs>/liegan_figure_12.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("liegan_figure_12"),
        source=source_of("liegan_figure_12"),
    message:
        "Figure 12: rotations and translations of molecules"
    script:
        "../scripts/liegan_figure_12.py"


rule liegan_figure_9:
    """The generator of a permutation of three components, and its exponentials."""
    input:
        generators=lambda wc: discovery_file(only_shown_by("liegan_figure_9")),
        provenance=lambda wc: made_by("liegan_figure_9"),
        text=resource_file("targets/liegan_figure_9.yaml"),
        published=resource_file("published.yaml"),
    output:
        svg=report(
            "<results>/figures/liegan_figure_9.svg",
            caption="../report/liegan_figure_9.rst",
            category="Discovery",
            labels={"paper": "LieGAN", "target": "Figure 9"},
        ),
        pdf="<results>/figures/liegan_figure_9.pdf",
        numbers="<results>/numbers/liegan_figure_9.json",
        entry="<results>/targets/liegan_figure_9.json",
    log:
        "<logs>/liegan_figure_9.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("liegan_figure_9"),
        source=source_of("liegan_figure_9"),
    message:
        "Figure 9: partial permutation"
    script:
        "../scripts/liegan_figure_9.py"


rule liegan_figure_10:
    """Complex generators of SU(2), as learned and in the basis of the Pauli matrices."""
    input:
        generators=lambda wc: discovery_file(only_shown_by("liegan_figure_10")),
        provenance=lambda wc: made_by("liegan_figure_10"),
        text=resource_file("targets/liegan_figure_10.yaml"),
        published=resource_file("published.yaml"),
    output:
        svg=report(
            "<results>/figures/liegan_figure_10.svg",
            caption="../report/liegan_figure_10.rst",
            category="Discovery",
            labels={"paper": "LieGAN", "target": "Figure 10"},
        ),
        pdf="<results>/figures/liegan_figure_10.pdf",
        numbers="<results>/numbers/liegan_figure_10.json",
        entry="<results>/targets/liegan_figure_10.json",
    log:
        "<logs>/liegan_figure_10.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("liegan_figure_10"),
        source=source_of("liegan_figure_10"),
    message:
        "Figure 10: SU(2)"
    script:
        "../scripts/liegan_figure_10.py"


rule orbit_film:
    """An orbit carried along by the learned group: a strip of pictures and an animation."""
    input:
        dataset=lambda wc: [
            dataset_file(name) for name in PROJECT.datasets_shown_by("orbit_film")
        ],
        generators=lambda wc: generators_shown_by("orbit_film"),
        provenance=lambda wc: made_by("orbit_film"),
        text=resource_file("targets/orbit_film.yaml"),
    output:
        svg=report(
            "<results>/figures/orbit_film.svg",
            caption="../report/orbit_film.rst",
            category="Discovery",
            labels={"paper": "symscope", "target": "Film"},
        ),
        pdf="<results>/figures/orbit_film.pdf",
        gif="<results>/figures/orbit_film.gif",
        entry="<results>/targets/orbit_film.json",
    log:
        "<logs>/orbit_film.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: dict(
            target_settings("orbit_film"),
            dataset=plain(
                PROJECT.datasets[PROJECT.datasets_shown_by("orbit_film")[0]]
            ),
        ),
        source=source_of("orbit_film"),
    message:
        "an orbit under the learned group"
    script:
        "../scripts/orbit_film.py"


rule jets_fidelity:
    """How close generated jets come to the reference dataset: spectra, and the score of the published LorentzNet."""
    input:
        fidelity=lambda wc: f"<results>/fidelity/{only_shown_by('jets_fidelity')}.h5",
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

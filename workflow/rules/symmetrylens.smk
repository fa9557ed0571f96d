# Figures and tables of SymmetryLens. They share their inputs: what each discovery found, and the signals it was found in.
rule symmetrylens_table_1:
    """The data sets: pulses, disguise, length, noise, and what can be measured about them."""
    input:
        **lens_inputs("symmetrylens_table_1"),
    output:
        html=report(
            "<results>/tables/symmetrylens_table_1.html",
            caption="../report/symmetrylens_table_1.rst",
            category="Signals",
            labels={"paper": "SymmetryLens", "target": "Table 1"},
        ),
        csv="<results>/tables/symmetrylens_table_1.csv",
        tex="<results>/tables/symmetrylens_table_1.tex",
        json="<results>/tables/symmetrylens_table_1.json",
        numbers="<results>/numbers/symmetrylens_table_1.json",
        entry="<results>/targets/symmetrylens_table_1.json",
    log:
        "<logs>/symmetrylens_table_1.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("symmetrylens_table_1"),
        source=source_of("symmetrylens_table_1"),
    message:
        "SymmetryLens, Table 1: data sets"
    script:
        "../scripts/symmetrylens_table_1.py"


rule symmetrylens_figure_samples:
    """Signals as a discovery is given them, and before their disguise."""
    input:
        **lens_inputs("symmetrylens_figure_samples"),
    output:
        svg=report(
            "<results>/figures/symmetrylens_figure_samples.svg",
            caption="../report/symmetrylens_figure_samples.rst",
            category="Signals",
            labels={"paper": "SymmetryLens", "target": "Samples"},
        ),
        pdf="<results>/figures/symmetrylens_figure_samples.pdf",
        entry="<results>/targets/symmetrylens_figure_samples.json",
    log:
        "<logs>/symmetrylens_figure_samples.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("symmetrylens_figure_samples"),
        source=source_of("symmetrylens_figure_samples"),
    message:
        "SymmetryLens: samples"
    script:
        "../scripts/symmetrylens_figure_samples.py"


rule symmetrylens_table_2:
    """How well the hidden translation is found in each data set, how often, and in what time."""
    input:
        **lens_inputs("symmetrylens_table_2"),
    output:
        html=report(
            "<results>/tables/symmetrylens_table_2.html",
            caption="../report/symmetrylens_table_2.rst",
            category="Signals",
            labels={"paper": "SymmetryLens", "target": "Table 2"},
        ),
        csv="<results>/tables/symmetrylens_table_2.csv",
        tex="<results>/tables/symmetrylens_table_2.tex",
        json="<results>/tables/symmetrylens_table_2.json",
        numbers="<results>/numbers/symmetrylens_table_2.json",
        entry="<results>/targets/symmetrylens_table_2.json",
    log:
        "<logs>/symmetrylens_table_2.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("symmetrylens_table_2"),
        source=source_of("symmetrylens_table_2"),
    message:
        "SymmetryLens, Table 2: agreement with the truth"
    script:
        "../scripts/symmetrylens_table_2.py"


rule symmetrylens_figure_generators:
    """The generators found, as the data have them and without the disguise."""
    input:
        **lens_inputs("symmetrylens_figure_generators"),
    output:
        svg=report(
            "<results>/figures/symmetrylens_figure_generators.svg",
            caption="../report/symmetrylens_figure_generators.rst",
            category="Signals",
            labels={"paper": "SymmetryLens", "target": "Generators"},
        ),
        pdf="<results>/figures/symmetrylens_figure_generators.pdf",
        numbers="<results>/numbers/symmetrylens_figure_generators.json",
        entry="<results>/targets/symmetrylens_figure_generators.json",
    log:
        "<logs>/symmetrylens_figure_generators.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("symmetrylens_figure_generators"),
        source=source_of("symmetrylens_figure"),
    message:
        "SymmetryLens: generators"
    script:
        "../scripts/symmetrylens_figure.py"


rule symmetrylens_figure_errors:
    """Where the generators found differ from the true ones."""
    input:
        **lens_inputs("symmetrylens_figure_errors"),
    output:
        svg=report(
            "<results>/figures/symmetrylens_figure_errors.svg",
            caption="../report/symmetrylens_figure_errors.rst",
            category="Signals",
            labels={"paper": "SymmetryLens", "target": "Errors"},
        ),
        pdf="<results>/figures/symmetrylens_figure_errors.pdf",
        numbers="<results>/numbers/symmetrylens_figure_errors.json",
        entry="<results>/targets/symmetrylens_figure_errors.json",
    log:
        "<logs>/symmetrylens_figure_errors.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("symmetrylens_figure_errors"),
        source=source_of("symmetrylens_figure"),
    message:
        "SymmetryLens: errors of the generators"
    script:
        "../scripts/symmetrylens_figure.py"


rule symmetrylens_figure_filters:
    """The resolving filters, and how local they are."""
    input:
        **lens_inputs("symmetrylens_figure_filters"),
    output:
        svg=report(
            "<results>/figures/symmetrylens_figure_filters.svg",
            caption="../report/symmetrylens_figure_filters.rst",
            category="Signals",
            labels={"paper": "SymmetryLens", "target": "Filters"},
        ),
        pdf="<results>/figures/symmetrylens_figure_filters.pdf",
        numbers="<results>/numbers/symmetrylens_figure_filters.json",
        entry="<results>/targets/symmetrylens_figure_filters.json",
    log:
        "<logs>/symmetrylens_figure_filters.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("symmetrylens_figure_filters"),
        source=source_of("symmetrylens_figure"),
    message:
        "SymmetryLens: resolving filters"
    script:
        "../scripts/symmetrylens_figure.py"


rule symmetrylens_figure_convolution:
    """The group convolution matrices, without the disguise."""
    input:
        **lens_inputs("symmetrylens_figure_convolution"),
    output:
        svg=report(
            "<results>/figures/symmetrylens_figure_convolution.svg",
            caption="../report/symmetrylens_figure_convolution.rst",
            category="Signals",
            labels={"paper": "SymmetryLens", "target": "Convolution"},
        ),
        pdf="<results>/figures/symmetrylens_figure_convolution.pdf",
        numbers="<results>/numbers/symmetrylens_figure_convolution.json",
        entry="<results>/targets/symmetrylens_figure_convolution.json",
    log:
        "<logs>/symmetrylens_figure_convolution.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("symmetrylens_figure_convolution"),
        source=source_of("symmetrylens_figure"),
    message:
        "SymmetryLens: group convolution"
    script:
        "../scripts/symmetrylens_figure.py"


rule symmetrylens_figure_reconstruction:
    """The hidden signals as the group convolution recovers them, beside the true ones."""
    input:
        **lens_inputs("symmetrylens_figure_reconstruction"),
    output:
        svg=report(
            "<results>/figures/symmetrylens_figure_reconstruction.svg",
            caption="../report/symmetrylens_figure_reconstruction.rst",
            category="Signals",
            labels={"paper": "SymmetryLens", "target": "Reconstruction"},
        ),
        pdf="<results>/figures/symmetrylens_figure_reconstruction.pdf",
        numbers="<results>/numbers/symmetrylens_figure_reconstruction.json",
        entry="<results>/targets/symmetrylens_figure_reconstruction.json",
    log:
        "<logs>/symmetrylens_figure_reconstruction.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("symmetrylens_figure_reconstruction"),
        source=source_of("symmetrylens_figure"),
    message:
        "SymmetryLens: hidden signals recovered"
    script:
        "../scripts/symmetrylens_figure.py"


rule symmetrylens_figure_scaling:
    """Agreement and time against the length of the signals."""
    input:
        **lens_inputs("symmetrylens_figure_scaling"),
    output:
        svg=report(
            "<results>/figures/symmetrylens_figure_scaling.svg",
            caption="../report/symmetrylens_figure_scaling.rst",
            category="Signals",
            labels={"paper": "SymmetryLens", "target": "Scaling"},
        ),
        pdf="<results>/figures/symmetrylens_figure_scaling.pdf",
        numbers="<results>/numbers/symmetrylens_figure_scaling.json",
        entry="<results>/targets/symmetrylens_figure_scaling.json",
    log:
        "<logs>/symmetrylens_figure_scaling.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("symmetrylens_figure_scaling"),
        source=source_of("symmetrylens_figure_scaling"),
    message:
        "SymmetryLens: agreement and time against the length"
    script:
        "../scripts/symmetrylens_figure_scaling.py"


rule symmetrylens_figure_dynamics:
    """Generator and convolution matrix during a training with the paper's own losses: a film strip."""
    input:
        **lens_inputs("symmetrylens_figure_dynamics"),
    output:
        svg=report(
            "<results>/figures/symmetrylens_figure_dynamics.svg",
            caption="../report/symmetrylens_figure_dynamics.rst",
            category="Signals",
            labels={"paper": "SymmetryLens", "target": "Dynamics"},
        ),
        pdf="<results>/figures/symmetrylens_figure_dynamics.pdf",
        numbers="<results>/numbers/symmetrylens_figure_dynamics.json",
        entry="<results>/targets/symmetrylens_figure_dynamics.json",
    log:
        "<logs>/symmetrylens_figure_dynamics.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("symmetrylens_figure_dynamics"),
        source=source_of("symmetrylens_figure_dynamics"),
    message:
        "SymmetryLens: how the generator forms"
    script:
        "../scripts/symmetrylens_figure_dynamics.py"


rule symmetrylens_figure_found:
    """A translation found in data of which no truth is known."""
    input:
        **lens_inputs("symmetrylens_figure_found"),
    output:
        svg=report(
            "<results>/figures/symmetrylens_figure_found.svg",
            caption="../report/symmetrylens_figure_found.rst",
            category="Signals",
            labels={"paper": "SymmetryLens", "target": "Own data"},
        ),
        pdf="<results>/figures/symmetrylens_figure_found.pdf",
        numbers="<results>/numbers/symmetrylens_figure_found.json",
        entry="<results>/targets/symmetrylens_figure_found.json",
    log:
        "<logs>/symmetrylens_figure_found.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("symmetrylens_figure_found"),
        source=source_of("symmetrylens_figure_found"),
    message:
        "SymmetryLens: what was found"
    script:
        "../scripts/symmetrylens_figure_found.py"


rule symmetrylens_figure_images:
    """Images with two hidden translations: unscrambled, both generators, and what they do."""
    input:
        **lens_inputs("symmetrylens_figure_images"),
    output:
        svg=report(
            "<results>/figures/symmetrylens_figure_images.svg",
            caption="../report/symmetrylens_figure_images.rst",
            category="Signals",
            labels={"paper": "SymmetryLens", "target": "Images"},
        ),
        pdf="<results>/figures/symmetrylens_figure_images.pdf",
        numbers="<results>/numbers/symmetrylens_figure_images.json",
        entry="<results>/targets/symmetrylens_figure_images.json",
    log:
        "<logs>/symmetrylens_figure_images.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("symmetrylens_figure_images"),
        source=source_of("symmetrylens_figure_images"),
    message:
        "SymmetryLens: two translations of images"
    script:
        "../scripts/symmetrylens_figure_images.py"


rule symmetrylens_figure_adaptor:
    """How well labelled signals are classified in the true, the learned and the given representation."""
    input:
        results=lambda wc: [
            f"<results>/adaptor/{name}/result.json"
            for name in shown_by("symmetrylens_figure_adaptor").values()
        ],
        provenance=lambda wc: made_by("symmetrylens_figure_adaptor"),
        text=resource_file("targets/symmetrylens_figure_adaptor.yaml"),
    output:
        svg=report(
            "<results>/figures/symmetrylens_figure_adaptor.svg",
            caption="../report/symmetrylens_figure_adaptor.rst",
            category="Signals",
            labels={"paper": "SymmetryLens", "target": "Adaptor"},
        ),
        pdf="<results>/figures/symmetrylens_figure_adaptor.pdf",
        numbers="<results>/numbers/symmetrylens_figure_adaptor.json",
        entry="<results>/targets/symmetrylens_figure_adaptor.json",
    log:
        "<logs>/symmetrylens_figure_adaptor.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("symmetrylens_figure_adaptor"),
        source=source_of("symmetrylens_figure_adaptor"),
    message:
        "SymmetryLens: classification with the learned representation"
    script:
        "../scripts/symmetrylens_figure_adaptor.py"

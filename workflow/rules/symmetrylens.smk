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


# Figures that are made alike: one adapter may draw several of them.
for figure, (label, adapter, words) in dict(
    generators=("Generators", "symmetrylens_figure", "generators"),
    errors=("Errors", "symmetrylens_figure", "errors of the generators"),
    filters=("Filters", "symmetrylens_figure", "resolving filters"),
    convolution=("Convolution", "symmetrylens_figure", "group convolution"),
    reconstruction=(
        "Reconstruction",
        "symmetrylens_figure",
        "hidden signals recovered",
    ),
    scaling=(
        "Scaling",
        "symmetrylens_figure_scaling",
        "agreement and time against the length",
    ),
    dynamics=(
        "Dynamics",
        "symmetrylens_figure_dynamics",
        "how the generator forms",
    ),
    found=("Own data", "symmetrylens_figure_found", "what was found"),
    images=(
        "Images",
        "symmetrylens_figure_images",
        "two translations of images",
    ),
).items():

    rule:
        name:
            f"symmetrylens_figure_{figure}"
        input:
            **lens_inputs(f"symmetrylens_figure_{figure}"),
        output:
            svg=report(
                f"<results>/figures/symmetrylens_figure_{figure}.svg",
                caption=f"../report/symmetrylens_figure_{figure}.rst",
                category="Signals",
                labels={"paper": "SymmetryLens", "target": label},
            ),
            pdf=f"<results>/figures/symmetrylens_figure_{figure}.pdf",
            numbers=f"<results>/numbers/symmetrylens_figure_{figure}.json",
            entry=f"<results>/targets/symmetrylens_figure_{figure}.json",
        log:
            f"<logs>/symmetrylens_figure_{figure}.log",
        conda:
            "../../envs/symscope.yaml"
        params:
            settings=told_to(f"symmetrylens_figure_{figure}"),
            adapter=adapter,
            source=source_of(adapter),
        message:
            f"SymmetryLens: {words}"
        script:
            # Not an f-string, which would be filled in when the job runs, after the loop.
            "../scripts/{params.adapter}.py"


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

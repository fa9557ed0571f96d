rule experiment_report:
    """One self-contained page about one experiment: data, what was found, how surely; beside it HDF5, JSON and LaTeX."""
    input:
        found=lambda wc: discovery_file(wc.experiment),
        samples=lambda wc: samples_of_experiment(wc.experiment),
        identity=lambda wc: identity_of_experiment(wc.experiment),
        summary=lambda wc: ingestion_summary(PROJECT.experiments[wc.experiment].dataset),
        provenance=lambda wc: steps_of_experiment(wc.experiment),
    output:
        page=report(
            "<results>/experiments/{experiment}/report.html",
            caption="../report/experiment.rst",
            category="Experiments",
            labels={"experiment": "{experiment}"},
        ),
        hdf5="<results>/experiments/{experiment}/found.h5",
        json="<results>/experiments/{experiment}/found.json",
        tex="<results>/experiments/{experiment}/found.tex",
        svg="<results>/experiments/{experiment}/found.svg",
        pdf="<results>/experiments/{experiment}/found.pdf",
        search_svg="<results>/experiments/{experiment}/search.svg",
        search_pdf="<results>/experiments/{experiment}/search.pdf",
        numbers="<results>/experiments/{experiment}/numbers.json",
    log:
        "<logs>/experiment_report/{experiment}.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: experiment_settings(wc.experiment),
        source=source_of("experiment_report"),
    message:
        "the page of {wildcards.experiment}"
    script:
        "../scripts/experiment_report.py"


rule experiment_family:
    """One page for an entry of the configuration that names several methods: what each finds in the same data."""
    input:
        numbers=lambda wc: pieces_of_family(wc.family, "numbers.json"),
        pictures=lambda wc: pieces_of_family(wc.family, "found.svg"),
        pages=lambda wc: pieces_of_family(wc.family, "report.html"),
        identities=lambda wc: [
            f"<results>/identify/{name}.json"
            for name in PROJECT.families[wc.family]
            if name in PROJECT.answered
        ],
    output:
        page=report(
            "<results>/experiments/{family}/methods.html",
            caption="../report/experiment_family.rst",
            category="Experiments",
            labels={"experiment": "{family}"},
        ),
        csv="<results>/experiments/{family}/methods.csv",
        tex="<results>/experiments/{family}/methods.tex",
        html="<results>/experiments/{family}/methods_table.html",
        json="<results>/experiments/{family}/methods.json",
    log:
        "<logs>/experiment_family/{family}.log",
    wildcard_constraints:
        family=any_of(
            [name for name in PROJECT.families if name not in PROJECT.experiments]
        ),
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: family_settings(wc.family),
        source=source_of("experiment_family"),
    message:
        "the page of the methods of {wildcards.family}"
    script:
        "../scripts/experiment_family.py"


# The name of an experiment, or of an entry with several methods, is a target: `snakemake --cores 4 my_experiment`.
for name, page in experiment_pages().items():

    rule:
        name:
            name
        input:
            page,
        localrule: True


rule experiments:
    """The pages of all experiments of the configuration."""
    input:
        list(experiment_pages().values()),
    localrule: True

rule experiment_report:
    """One self-contained page about one experiment: data, what was found, how surely; beside it HDF5, JSON and LaTeX."""
    input:
        found=lambda wc: discovery_file(wc.experiment),
        samples=lambda wc: samples_of_experiment(wc.experiment),
        identity=lambda wc: identity_of_experiment(wc.experiment),
        summary=lambda wc: ingestion_summary(
            PROJECT.experiments[wc.experiment].dataset
        ),
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


# The name of an experiment is a target: `snakemake --cores 4 my_experiment`.
for name in PROJECT.experiments:

    rule:
        name:
            name
        input:
            f"<results>/experiments/{name}/report.html",
        localrule: True


rule experiments:
    """The pages of all experiments of the configuration."""
    input:
        [
            f"<results>/experiments/{name}/report.html"
            for name in PROJECT.experiments
        ],
    localrule: True

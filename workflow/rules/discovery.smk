rule discover_symmetry:
    """Learn generators of the symmetry of samples: an ensemble of independent seeds, trained as one."""
    input:
        samples=lambda wc: samples_file(wc.experiment),
    output:
        generators="<results>/discovery/{experiment}/generators.h5",
        provenance="<results>/discovery/{experiment}/generators.provenance.json",
    log:
        "<logs>/discover_symmetry/{experiment}.log",
    benchmark:
        "<benchmarks>/discover_symmetry/{experiment}.tsv"
    wildcard_constraints:
        experiment=experiments_by(AlgebraMethod),
    conda:
        "../../envs/symscope.yaml"
    threads: lambda wc: PROJECT.experiments[wc.experiment].threads
    resources:
        gpu=gpus,
    params:
        settings=lambda wc: dict(
            method=plain(PROJECT.experiments[wc.experiment].method),
            seeds=PROJECT.experiments[wc.experiment].seeds,
            **tasks_of(wc.experiment),
        ),
        source=source_of("discover_symmetry"),
    message:
        "discovering the symmetry of {wildcards.experiment}"
    script:
        "../scripts/discover_symmetry.py"


rule discover_null_space:
    """Solve for generators of the symmetry of samples, by linear algebra on sums over events that stream through."""
    input:
        samples=lambda wc: samples_file(wc.experiment),
    output:
        generators="<results>/discovery/{experiment}/generators.h5",
        provenance="<results>/discovery/{experiment}/generators.provenance.json",
    log:
        "<logs>/discover_null_space/{experiment}.log",
    benchmark:
        "<benchmarks>/discover_null_space/{experiment}.tsv"
    wildcard_constraints:
        experiment=experiments_by(NullSpaceEngine),
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: dict(
            method=plain(PROJECT.experiments[wc.experiment].method),
            seeds=PROJECT.experiments[wc.experiment].seeds,
        ),
        source=source_of("discover_null_space"),
    message:
        "solving for the symmetry of {wildcards.experiment}"
    script:
        "../scripts/discover_null_space.py"


rule discover_lens:
    """Find one step of a hidden translation, and the filter that resolves it."""
    input:
        dataset=lambda wc: dataset_file(PROJECT.experiments[wc.experiment].dataset),
    output:
        lens="<results>/discovery/{experiment}/lens.h5",
        provenance="<results>/discovery/{experiment}/lens.provenance.json",
    log:
        "<logs>/discover_lens/{experiment}.log",
    benchmark:
        "<benchmarks>/discover_lens/{experiment}.tsv"
    conda:
        "../../envs/symscope.yaml"
    threads: lambda wc: PROJECT.experiments[wc.experiment].threads
    resources:
        gpu=gpus,
    params:
        settings=lambda wc: dict(
            method=plain(PROJECT.experiments[wc.experiment].method),
            sampling=plain(PROJECT.experiments[wc.experiment].sampling),
            seeds=PROJECT.experiments[wc.experiment].seeds,
        ),
        source=source_of("discover_lens"),
    message:
        "discovering the translation of {wildcards.experiment}"
    script:
        "../scripts/discover_lens.py"

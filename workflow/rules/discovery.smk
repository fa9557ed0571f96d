rule discover_symmetry:
    """Learn generators of the symmetry of samples: an ensemble of independent seeds, trained as one."""
    input:
        samples="<results>/samples/{experiment}.h5",
    output:
        generators="<results>/discovery/{experiment}/generators.h5",
        provenance="<results>/discovery/{experiment}/generators.provenance.json",
    log:
        "<logs>/discover_symmetry/{experiment}.log",
    benchmark:
        "<benchmarks>/discover_symmetry/{experiment}.tsv"
    conda:
        "../../envs/symscope.yaml"
    threads: 8
    resources:
        gpu=gpus,
    params:
        settings=lambda wc: dict(
            method=plain(PROJECT.experiments[wc.experiment].method),
            seeds=PROJECT.experiments[wc.experiment].seeds,
        ),
        source=source_of("discover_symmetry"),
    message:
        "discovering the symmetry of {wildcards.experiment}"
    script:
        "../scripts/discover_symmetry.py"

rule train_tagger:
    """Train one jet tagger with one seed; a run that was cut off continues from its last checkpoint."""
    input:
        jets=study_dataset,
        metric=fitted_metric,
    output:
        network="<results>/training/{study}/{model}/seed-{seed}/network.pt",
        provenance="<results>/training/{study}/{model}/seed-{seed}/network.provenance.json",
    log:
        "<logs>/train_tagger/{study}/{model}-{seed}.log",
    benchmark:
        "<benchmarks>/train_tagger/{study}/{model}-{seed}.tsv"
    conda:
        "../../envs/symscope.yaml"
    resources:
        gpu=gpus,
    params:
        settings=lambda wc: dict(
            model=plain(PROJECT.tagging[wc.study].models[wc.model]),
            network=plain(PROJECT.tagging[wc.study].network),
            training=plain(PROJECT.tagging[wc.study].training),
            seed=int(wc.seed),
        ),
        source=source_of("train_tagger"),
    message:
        "training {wildcards.model} of {wildcards.study}, seed {wildcards.seed}"
    script:
        "../scripts/train_tagger.py"

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
    threads: PROJECT.compute.processes
    resources:
        gpu=lambda wc: gpus(wc) * PROJECT.compute.processes,
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


rule train_predictor:
    """Train one model that continues trajectories, all its seeds together; continues from its last checkpoint."""
    input:
        samples="<results>/samples/{prediction}.h5",
        generators=used_generators,
    output:
        network="<results>/prediction/{prediction}/{model}/network.pt",
        provenance="<results>/prediction/{prediction}/{model}/network.provenance.json",
    log:
        "<logs>/train_predictor/{prediction}/{model}.log",
    benchmark:
        "<benchmarks>/train_predictor/{prediction}/{model}.tsv"
    conda:
        "../../envs/symscope.yaml"
    resources:
        gpu=gpus,
    params:
        settings=lambda wc: dict(
            model=plain(PROJECT.prediction[wc.prediction].models[wc.model]),
            training=plain(PROJECT.prediction[wc.prediction].training_of(wc.model)),
            truth=plain(PROJECT.prediction[wc.prediction].truth),
            seeds=PROJECT.prediction[wc.prediction].seeds,
        ),
        source=source_of("train_predictor"),
    message:
        "training {wildcards.model} of {wildcards.prediction}"
    script:
        "../scripts/train_predictor.py"


rule predict_properties:
    """Train one row of a property study, all its seeds together, and test it: errors of HOMO and LUMO in meV."""
    input:
        samples="<results>/samples/{properties}.h5",
        generators=generators_of_row,
    output:
        evaluation="<results>/properties/{properties}/{model}.json",
        provenance="<results>/properties/{properties}/{model}.provenance.json",
    log:
        "<logs>/predict_properties/{properties}/{model}.log",
    benchmark:
        "<benchmarks>/predict_properties/{properties}/{model}.tsv"
    conda:
        "../../envs/symscope.yaml"
    resources:
        gpu=gpus,
    params:
        settings=lambda wc: dict(
            model=wc.model, study=plain(PROJECT.properties[wc.properties])
        ),
        source=source_of("predict_properties"),
    message:
        "properties of {wildcards.properties}, augmented as in {wildcards.model}"
    script:
        "../scripts/predict_properties.py"


rule train_adaptor:
    """Classify labelled signals in the true, the learned and the given representation; all seeds of a network together."""
    input:
        dataset=lambda wc: dataset_file(PROJECT.adaptor[wc.adaptor].dataset),
        lens=lambda wc: discovery_file(PROJECT.adaptor[wc.adaptor].experiment),
    output:
        result="<results>/adaptor/{adaptor}/result.json",
        provenance="<results>/adaptor/{adaptor}/result.provenance.json",
    log:
        "<logs>/train_adaptor/{adaptor}.log",
    benchmark:
        "<benchmarks>/train_adaptor/{adaptor}.tsv"
    conda:
        "../../envs/symscope.yaml"
    resources:
        gpu=gpus,
    params:
        settings=lambda wc: dict(
            study=plain(PROJECT.adaptor[wc.adaptor]),
            dataset=plain(PROJECT.datasets[PROJECT.adaptor[wc.adaptor].dataset]),
        ),
        source=source_of("train_adaptor"),
    message:
        "classifying the signals of {wildcards.adaptor}"
    script:
        "../scripts/train_adaptor.py"

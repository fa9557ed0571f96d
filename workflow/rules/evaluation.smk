rule evaluate_tagger:
    """Score the test jets with a trained network: accuracy, AUC, rejection, speed, invariance under the Lorentz group."""
    input:
        jets=study_dataset,
        network=rules.train_tagger.output.network,
    output:
        evaluation="<results>/evaluation/{study}/{model}/seed-{seed}.json",
    log:
        "<logs>/evaluate_tagger/{study}/{model}-{seed}.log",
    benchmark:
        "<benchmarks>/evaluate_tagger/{study}/{model}-{seed}.tsv"
    conda:
        "../../envs/symscope.yaml"
    resources:
        gpu=gpus,
    params:
        settings=lambda wc: dict(
            evaluation=plain(PROJECT.tagging[wc.study].evaluation), seed=int(wc.seed)
        ),
        source=source_of("evaluate_tagger"),
    message:
        "evaluating {wildcards.model} of {wildcards.study}, seed {wildcards.seed}"
    script:
        "../scripts/evaluate_tagger.py"


rule evaluate_predictors:
    """Errors of all models of a study on the test windows, and how nearly they commute with the true symmetry."""
    input:
        samples="<results>/samples/{prediction}.h5",
        networks=lambda wc: [
            f"<results>/prediction/{wc.prediction}/{model}/network.pt"
            for model in PROJECT.prediction[wc.prediction].models
        ],
    output:
        evaluation="<results>/prediction/{prediction}/evaluation.json",
    log:
        "<logs>/evaluate_predictors/{prediction}.log",
    benchmark:
        "<benchmarks>/evaluate_predictors/{prediction}.tsv"
    conda:
        "../../envs/symscope.yaml"
    resources:
        gpu=gpus,
    params:
        settings=lambda wc: dict(
            evaluation=plain(PROJECT.prediction[wc.prediction].evaluation),
            truth=plain(PROJECT.prediction[wc.prediction].truth),
            models=list(PROJECT.prediction[wc.prediction].models),
            seed=PROJECT.seed,
        ),
        source=source_of("evaluate_predictors"),
    message:
        "evaluating the predictors of {wildcards.prediction}"
    script:
        "../scripts/evaluate_predictors.py"


rule measure_fidelity:
    """Spectra of generated jets, and how the published LorentzNet scores them where its weights are at hand."""
    input:
        jets="<results>/data/{dataset}/dataset.h5",
        weights=PROJECT.fidelity.existing_weights,
    output:
        fidelity="<results>/fidelity/{dataset}.h5",
        provenance="<results>/fidelity/{dataset}.provenance.json",
    log:
        "<logs>/measure_fidelity/{dataset}.log",
    benchmark:
        "<benchmarks>/measure_fidelity/{dataset}.tsv"
    conda:
        "../../envs/symscope.yaml"
    threads: PROJECT.fidelity.threads
    resources:
        gpu=gpus,
    params:
        settings=dict(n_jets=PROJECT.fidelity.n_jets, seed=PROJECT.seed),
        source=source_of("measure_fidelity"),
    message:
        "how close the jets of {wildcards.dataset} come to the reference dataset"
    script:
        "../scripts/measure_fidelity.py"

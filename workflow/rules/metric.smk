rule fit_metric:
    """Fit the bilinear form that the generators of each seed leave invariant (dimensionless, d x d)."""
    input:
        generators=rules.discover_symmetry.output.generators,
    output:
        metrics="<results>/metric/{experiment}/metrics.h5",
        provenance="<results>/metric/{experiment}/metrics.provenance.json",
    log:
        "<logs>/fit_metric/{experiment}.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: dict(
            metric=plain(PROJECT.experiments[wc.experiment].metric)
        ),
        source=source_of("fit_metric"),
    message:
        "fitting the invariant metric of {wildcards.experiment}"
    script:
        "../scripts/fit_metric.py"

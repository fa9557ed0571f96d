"""Fit the metric that discovered generators leave invariant."""

from typing import TYPE_CHECKING

from symscope.config.discovery import MetricFit
from symscope.groups.forms import fit_ensemble_metric
from symscope.io.generators import read_discovery
from symscope.io.metrics import write_metrics
from symscope.joblog import job_log
from symscope.provenance import write_provenance

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]) as clock:
    settings = snakemake.params.settings
    discovery = read_discovery(snakemake.input.generators)
    metrics = fit_ensemble_metric(discovery.generators, settings=MetricFit(**settings["metric"]))
    write_metrics(snakemake.output.metrics, metrics)
    about = {"step": "fit_metric", "settings": settings, "seeds": discovery.seeds}
    write_provenance(snakemake.output.provenance, **about, seconds=clock.seconds)

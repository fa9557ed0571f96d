"""Draw the generators found in jets, what each is, and the fitted metric."""

from typing import TYPE_CHECKING

import numpy as np

from symscope.config.discovery import TruthSettings
from symscope.evaluation.discovery import score_discovery
from symscope.groups.forms import metric_cosine
from symscope.io.generators import read_discovery
from symscope.io.metrics import read_metrics
from symscope.joblog import job_log
from symscope.plotting.generators import plot_scored_discovery
from symscope.plotting.style import save_figure
from symscope.report.discovery import discovery_records
from symscope.report.entries import read_target, write_entry
from symscope.report.records import load_published, write_records

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    discovery = read_discovery(snakemake.input.generators)
    metrics = read_metrics(snakemake.input.metrics)
    truth = TruthSettings(**settings["experiment"]["truth"])
    score = score_discovery(discovery, truth)
    cosines = np.array([metric_cosine(metric, np.array(truth.metric)) for metric in metrics.metric])
    published = load_published(snakemake.input.published)
    records = discovery_records("liegan.figure_5", score, cosines, published=published, scale=settings["scale"])
    figure = plot_scored_discovery(discovery.generators, metrics.metric, score, cosines, records)
    save_figure(figure, snakemake.output.svg, snakemake.output.pdf)
    write_records(records, snakemake.output.numbers)
    files = {name: snakemake.output[name] for name in ("svg", "pdf")} | {"hdf5": snakemake.input.generators}
    write_entry(
        snakemake.output.entry, read_target(snakemake.input.text), files=files, provenance=snakemake.input.provenance
    )

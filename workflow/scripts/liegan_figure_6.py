"""Draw jets before and after transformations from the discovered group."""

from typing import TYPE_CHECKING

import numpy as np

from symscope.config.discovery import TruthSettings
from symscope.discovery.elements import draw_group_elements
from symscope.evaluation.discovery import typical_seed
from symscope.io.generators import read_discovery
from symscope.io.samples import read_split
from symscope.joblog import job_log
from symscope.plotting.style import save_figure
from symscope.plotting.transformations import azimuth_sector, plot_transformed_marginals
from symscope.report.entries import read_target, write_entry

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    leading = read_split(snakemake.input.samples, "train").x[:, 0].astype(np.float64)
    discovery = read_discovery(snakemake.input.generators)
    known = settings["experiment"]["truth"]
    truth = TruthSettings(**known) if known else None
    shown = typical_seed(discovery, truth)
    elements = draw_group_elements(discovery, shown, len(leading), seed=settings["seed"])
    name = f"seed {discovery.seeds[shown]}, the {'median' if truth else 'first finite one'} of {len(discovery.seeds)}"
    transformed = np.einsum("nij,nj->ni", elements, leading)
    figure = plot_transformed_marginals(leading, transformed, azimuth_sector(leading), learned_by=name)
    save_figure(figure, snakemake.output.svg, snakemake.output.pdf)
    write_entry(
        snakemake.output.entry,
        read_target(snakemake.input.text),
        files={name: snakemake.output[name] for name in ("svg", "pdf")},
        provenance=snakemake.input.provenance,
    )

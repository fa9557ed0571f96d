"""Draw jets before and after transformations from the discovered group."""

from typing import TYPE_CHECKING

import numpy as np

from symscope.discovery.elements import draw_group_elements
from symscope.io.generators import read_discovery
from symscope.io.samples import read_split
from symscope.joblog import job_log
from symscope.plotting.style import save_figure
from symscope.plotting.transformations import azimuth_sector, plot_transformed_marginals
from symscope.report.entries import read_target, write_entry

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    leading = read_split(snakemake.input.samples, "train").x[:, 0].astype(np.float64)
    discovery = read_discovery(snakemake.input.generators)
    elements = draw_group_elements(discovery, 0, len(leading), seed=snakemake.params.settings["seed"])
    transformed = np.einsum("nij,nj->ni", elements, leading)
    figure = plot_transformed_marginals(leading, transformed, azimuth_sector(leading))
    save_figure(figure, snakemake.output.svg, snakemake.output.pdf)
    write_entry(
        snakemake.output.entry,
        read_target(snakemake.input.text),
        files={name: snakemake.output[name] for name in ("svg", "pdf")},
        provenance=snakemake.input.provenance,
    )

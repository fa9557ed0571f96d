"""Draw agreement and time of the discoveries against the length of the signals."""

from typing import TYPE_CHECKING

from symscope.config.targets import SCALING
from symscope.evaluation.lens_scaling import scaling_points
from symscope.joblog import job_log
from symscope.plotting.lens_scaling import plot_lens_scaling
from symscope.plotting.style import save_figure
from symscope.report.entries import read_target, write_entry
from symscope.report.lens import read_lens_views
from symscope.report.lens_scaling import scaling_records
from symscope.report.records import write_records

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    views = read_lens_views(snakemake.input.lenses, snakemake.input.datasets, settings["experiments"], roles=SCALING)
    points = scaling_points(views)
    save_figure(plot_lens_scaling(points), snakemake.output.svg, snakemake.output.pdf)
    write_records(scaling_records(points, scale=settings["scale"]), snakemake.output.numbers)
    files = {name: snakemake.output[name] for name in ("svg", "pdf")}
    write_entry(
        snakemake.output.entry, read_target(snakemake.input.text), files=files, provenance=snakemake.input.provenance
    )

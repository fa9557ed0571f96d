"""Draw signals with a hidden translation as they are given."""

from typing import TYPE_CHECKING

from symscope.joblog import job_log
from symscope.plotting.lens_signals import plot_lens_samples
from symscope.plotting.style import save_figure
from symscope.report.entries import read_target, write_entry
from symscope.report.lens import read_lens_views

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    views = read_lens_views(snakemake.input.lenses, snakemake.input.datasets, settings["experiments"])
    save_figure(plot_lens_samples(views), snakemake.output.svg, snakemake.output.pdf)
    files = {name: snakemake.output[name] for name in ("svg", "pdf")}
    write_entry(
        snakemake.output.entry, read_target(snakemake.input.text), files=files, provenance=snakemake.input.provenance
    )

"""Draw one of the figures of SymmetryLens that show every data set, and write the numbers that it adds."""

from typing import TYPE_CHECKING

from symscope.joblog import job_log
from symscope.plotting.lens_filters import plot_lens_filters
from symscope.plotting.lens_matrices import plot_lens_convolutions, plot_lens_errors, plot_lens_generators
from symscope.plotting.lens_signals import plot_lens_reconstruction
from symscope.plotting.style import save_figure
from symscope.report.entries import read_target, write_entry
from symscope.report.lens import figure_records, read_lens_views
from symscope.report.records import write_records

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

FIGURES = {
    "figure_generators": plot_lens_generators,
    "figure_errors": plot_lens_errors,
    "figure_filters": plot_lens_filters,
    "figure_convolution": plot_lens_convolutions,
    "figure_reconstruction": plot_lens_reconstruction,
}

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    name = settings["target"].removeprefix("symmetrylens_")
    views = read_lens_views(snakemake.input.lenses, snakemake.input.datasets, settings["experiments"])
    save_figure(FIGURES[name](views), snakemake.output.svg, snakemake.output.pdf)
    write_records(figure_records(name, views, scale=settings["scale"]), snakemake.output.numbers)
    files = {kind: snakemake.output[kind] for kind in ("svg", "pdf")}
    write_entry(
        snakemake.output.entry, read_target(snakemake.input.text), files=files, provenance=snakemake.input.provenance
    )

"""Draw the ratios of the benchmarks and how costs grow."""

from typing import TYPE_CHECKING

from symscope.evaluation.speed import merge_speeds
from symscope.io.speed import read_speeds
from symscope.joblog import job_log
from symscope.plotting.speed import plot_speed
from symscope.plotting.style import save_figure
from symscope.report.entries import read_target, write_entry

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    speeds = merge_speeds([read_speeds(path) for path in snakemake.input.speeds])
    save_figure(plot_speed(speeds), snakemake.output.svg, snakemake.output.pdf)
    files = {"svg": snakemake.output.svg, "pdf": snakemake.output.pdf}
    write_entry(
        snakemake.output.entry, read_target(snakemake.input.text), files=files, provenance=snakemake.input.provenance
    )

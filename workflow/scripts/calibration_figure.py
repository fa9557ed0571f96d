"""Draw the calibration study: wrong statements against their level, and how small a breaking is noticed."""

from typing import TYPE_CHECKING

from symscope.io.calibration import read_calibration
from symscope.joblog import job_log
from symscope.plotting.calibration import plot_calibration
from symscope.plotting.style import save_figure
from symscope.report.entries import read_target, write_entry

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    save_figure(plot_calibration(read_calibration(snakemake.input.result)), snakemake.output.svg, snakemake.output.pdf)
    files = {name: snakemake.output[name] for name in ("svg", "pdf")}
    write_entry(
        snakemake.output.entry, read_target(snakemake.input.text), files=files, provenance=snakemake.input.provenance
    )

"""Draw how the algebras of the zoo are named."""

from typing import TYPE_CHECKING

from symscope.io.zoo import read_zoo
from symscope.joblog import job_log
from symscope.plotting.style import save_figure
from symscope.plotting.zoo import plot_zoo
from symscope.report.entries import read_target, write_entry
from symscope.report.records import write_records
from symscope.report.zoo import zoo_records

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    trial = read_zoo(snakemake.input.zoo)
    save_figure(plot_zoo(trial), snakemake.output.svg, snakemake.output.pdf)
    write_records(zoo_records(trial, scale=snakemake.params.settings["scale"]), snakemake.output.numbers)
    files = {"svg": snakemake.output.svg, "pdf": snakemake.output.pdf, "json": snakemake.input.zoo}
    write_entry(
        snakemake.output.entry, read_target(snakemake.input.text), files=files, provenance=snakemake.input.provenance
    )

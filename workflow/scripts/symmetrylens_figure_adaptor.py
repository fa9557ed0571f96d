"""Draw how well signals are classified in each representation."""

from typing import TYPE_CHECKING

from symscope.io.adaptor import read_adaptor
from symscope.joblog import job_log
from symscope.plotting.adaptor import plot_adaptor
from symscope.plotting.style import save_figure
from symscope.report.adaptor import adaptor_records
from symscope.report.entries import read_target, write_entry
from symscope.report.records import write_records

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    results = {role: read_adaptor(file) for role, file in zip(settings["shows"], snakemake.input.results, strict=True)}
    save_figure(plot_adaptor(results), snakemake.output.svg, snakemake.output.pdf)
    write_records(adaptor_records(results, scale=settings["scale"]), snakemake.output.numbers)
    files = {name: snakemake.output[name] for name in ("svg", "pdf")}
    write_entry(
        snakemake.output.entry, read_target(snakemake.input.text), files=files, provenance=snakemake.input.provenance
    )

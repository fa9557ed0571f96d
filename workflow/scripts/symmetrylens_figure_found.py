"""Draw a translation found in data of which no truth is known."""

from typing import TYPE_CHECKING

from symscope.evaluation.lens_agreement import agreement
from symscope.io.lens import read_lens
from symscope.io.samples import read_split
from symscope.joblog import job_log
from symscope.plotting.lens_found import plot_lens_found
from symscope.plotting.style import save_figure
from symscope.report.entries import read_target, write_entry
from symscope.report.lens_found import found_records
from symscope.report.records import write_records

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    result = read_lens(snakemake.input.lenses[0])
    samples = read_split(snakemake.input.datasets[0], "test").x
    agreed = agreement(result, samples)
    save_figure(plot_lens_found(result, samples, agreed), snakemake.output.svg, snakemake.output.pdf)
    write_records(found_records(result, agreed, scale=snakemake.params.settings["scale"]), snakemake.output.numbers)
    files = {name: snakemake.output[name] for name in ("svg", "pdf")}
    write_entry(
        snakemake.output.entry, read_target(snakemake.input.text), files=files, provenance=snakemake.input.provenance
    )

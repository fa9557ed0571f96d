"""Draw rotated digits, the rotation that LieGAN finds in them, and the law of its angle."""

from typing import TYPE_CHECKING

from symscope.joblog import job_log
from symscope.plotting.digits import plot_rotated_digits
from symscope.plotting.style import save_figure
from symscope.report.digits import digits_records, read_rotated_digits
from symscope.report.entries import read_target, write_entry
from symscope.report.records import load_published, write_records

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    view = read_rotated_digits(snakemake.input.generators, snakemake.input.dataset, settings["experiments"])
    published = load_published(snakemake.input.published)
    records = digits_records("liegan.figure_11", view, published=published, scale=settings["scale"])
    save_figure(plot_rotated_digits(view), snakemake.output.svg, snakemake.output.pdf)
    write_records(records, snakemake.output.numbers)
    files = {name: snakemake.output[name] for name in ("svg", "pdf")}
    write_entry(
        snakemake.output.entry, read_target(snakemake.input.text), files=files, provenance=snakemake.input.provenance
    )

"""Draw images with two hidden translations, the generators found in them, and what these do."""

from typing import TYPE_CHECKING

from symscope.joblog import job_log
from symscope.plotting.images import plot_lens_images
from symscope.plotting.style import save_figure
from symscope.report.entries import read_target, write_entry
from symscope.report.images import image_records, read_image_views
from symscope.report.records import write_records

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    views = read_image_views(snakemake.input.lenses, snakemake.input.datasets, settings["experiments"])
    save_figure(plot_lens_images(views), snakemake.output.svg, snakemake.output.pdf)
    write_records(image_records(views, scale=settings["scale"]), snakemake.output.numbers)
    files = {name: snakemake.output[name] for name in ("svg", "pdf")}
    write_entry(
        snakemake.output.entry, read_target(snakemake.input.text), files=files, provenance=snakemake.input.provenance
    )

"""Set Table 2 of SymmetryLens: how well the hidden translation is found, and in what time."""

from typing import TYPE_CHECKING

from symscope.joblog import job_log
from symscope.report.entries import read_target, write_entry
from symscope.report.lens import agreement_records, lens_table, read_lens_views
from symscope.report.lens_elements import element_records, read_element_views
from symscope.report.records import load_published, write_records
from symscope.report.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    views = read_lens_views(snakemake.input.lenses, snakemake.input.datasets, settings["experiments"])
    others = read_element_views(snakemake.input.lenses, settings["experiments"])
    target = read_target(snakemake.input.text)
    published = load_published(snakemake.input.published)
    records = [
        *agreement_records(views, published=published, scale=settings["scale"]),
        *element_records(others, published=published, scale=settings["scale"]),
    ]
    files = {name: snakemake.output[name] for name in ("csv", "tex", "html", "json")}
    write_table(lens_table(records, target, [*views, *others]), **files)
    write_records(records, snakemake.output.numbers)
    write_entry(snakemake.output.entry, target, files=files, provenance=snakemake.input.provenance)

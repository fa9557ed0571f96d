"""Set Table 3: the taggers, each with several seeds."""

from typing import TYPE_CHECKING

from symscope.io.evaluations import read_evaluations
from symscope.joblog import job_log
from symscope.report.entries import read_target, write_entry
from symscope.report.records import load_published, write_records
from symscope.report.tables import make_table, write_table
from symscope.report.tagging import tagging_records

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    target = read_target(snakemake.input.text)
    records = tagging_records(
        read_evaluations(snakemake.input.evaluations),
        target.table,
        published=load_published(snakemake.input.published),
        scale=settings["scale"],
    )
    files = {name: snakemake.output[name] for name in ("csv", "tex", "html", "json")}
    write_table(make_table(records, target.table, target.title), **files)
    write_records(records, snakemake.output.numbers)
    write_entry(snakemake.output.entry, target, files=files, provenance=snakemake.input.provenance)

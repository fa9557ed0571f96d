"""Set the table of discrete symmetries."""

from typing import TYPE_CHECKING

from symscope.io.discrete import read_discrete
from symscope.joblog import job_log
from symscope.report.discrete_trial import discrete_records
from symscope.report.entries import read_target, write_entry
from symscope.report.records import write_records
from symscope.report.tables import make_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    target = read_target(snakemake.input.text)
    outcomes = read_discrete(snakemake.input.outcomes)
    records = discrete_records(outcomes, target.table, level=settings["level"], scale=settings["scale"])
    files = {name: snakemake.output[name] for name in ("csv", "tex", "html", "json")}
    write_table(make_table(records, target.table, target.title), **files)
    write_records(records, snakemake.output.numbers)
    write_entry(snakemake.output.entry, target, files=files, provenance=snakemake.input.provenance)

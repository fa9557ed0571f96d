"""Set Table 5: HOMO and LUMO of molecules with learned, known and no symmetry."""

from typing import TYPE_CHECKING

from symscope.io.evaluations import read_property_evaluations
from symscope.joblog import job_log
from symscope.report.entries import read_target, write_entry
from symscope.report.properties import property_records
from symscope.report.records import load_published, write_records
from symscope.report.tables import make_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    target = read_target(snakemake.input.text)
    records = property_records(
        read_property_evaluations(snakemake.input.evaluations),
        target.table,
        published=load_published(snakemake.input.published),
        scale=snakemake.params.settings["scale"],
    )
    files = {name: snakemake.output[name] for name in ("csv", "tex", "html", "json")}
    write_table(make_table(records, target.table, target.title), **files)
    write_records(records, snakemake.output.numbers)
    write_entry(snakemake.output.entry, target, files=files, provenance=snakemake.input.provenance)

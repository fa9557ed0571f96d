"""Set the table of the null-space engine beside trained methods."""

from typing import TYPE_CHECKING

from symscope.io.generators import read_discovery
from symscope.joblog import job_log
from symscope.report.engine import engine_records
from symscope.report.entries import read_target, write_entry
from symscope.report.records import load_published, write_records
from symscope.report.tables import make_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    target = read_target(snakemake.input.text)
    files = zip(settings["experiments"], snakemake.input.generators, strict=True)
    records = engine_records(
        target.table.prefix,
        {role: read_discovery(path) for role, path in files},
        settings["experiments"],
        labels={row.key: row.label for row in target.table.rows},
        published=load_published(snakemake.input.published),
        scale=settings["scale"],
    )
    files = {name: snakemake.output[name] for name in ("csv", "tex", "html", "json")}
    write_table(make_table(records, target.table, target.title), **files)
    write_records(records, snakemake.output.numbers)
    write_entry(snakemake.output.entry, target, files=files, provenance=snakemake.input.provenance)

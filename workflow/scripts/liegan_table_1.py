"""Set Table 1: the share of seeds with which each method finds a discrete, a continuous and a bounded symmetry."""

from typing import TYPE_CHECKING

from symscope.io.generators import read_discovery
from symscope.joblog import job_log
from symscope.report.entries import read_target, write_entry
from symscope.report.records import load_published, write_records
from symscope.report.tables import make_table, write_table
from symscope.report.verdicts import verdict_records

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    target = read_target(snakemake.input.text)
    experiments = settings["experiments"]
    files = zip(experiments, snakemake.input.generators, strict=True)
    records = verdict_records(
        {role: read_discovery(path) for role, path in files},
        experiments,
        target.table,
        published=load_published(snakemake.input.published),
        scale=settings["scale"],
    )
    files = {name: snakemake.output[name] for name in ("csv", "tex", "html", "json")}
    write_table(make_table(records, target.table, target.title), **files)
    write_records(records, snakemake.output.numbers)
    write_entry(snakemake.output.entry, target, files=files, provenance=snakemake.input.provenance)

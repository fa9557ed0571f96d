"""Set Table 4: cyclic groups of several orders, found by LieGAN and by SymmetryGAN."""

from typing import TYPE_CHECKING

from symscope.io.generators import read_discovery
from symscope.joblog import job_log
from symscope.report.discrete import complete, cyclic_orders, cyclic_records, cyclic_scores
from symscope.report.entries import read_target, write_entry
from symscope.report.records import load_published, write_records
from symscope.report.tables import make_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    target = read_target(snakemake.input.text)
    published = load_published(snakemake.input.published)
    orders = cyclic_orders(settings["experiments"])
    discoveries = {role: read_discovery(path) for role, path in zip(orders, snakemake.input.generators, strict=True)}
    records = cyclic_records(
        target.table.prefix,
        cyclic_scores(discoveries, orders),
        published=published,
        scale=settings["scale"],
    )
    records = complete(records, target.table, published=published)
    files = {name: snakemake.output[name] for name in ("csv", "tex", "html", "json")}
    write_table(make_table(records, target.table, target.title), **files)
    write_records(records, snakemake.output.numbers)
    write_entry(snakemake.output.entry, target, files=files, provenance=snakemake.input.provenance)

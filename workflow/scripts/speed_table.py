"""Set the table of the benchmarks."""

from typing import TYPE_CHECKING

from symscope.evaluation.speed import merge_speeds
from symscope.io.speed import read_speeds
from symscope.joblog import job_log
from symscope.report.entries import read_target, write_entry
from symscope.report.records import write_records
from symscope.report.speed import speed_layout, speed_records
from symscope.report.tables import make_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    target = read_target(snakemake.input.text)
    speeds = merge_speeds([read_speeds(path) for path in snakemake.input.speeds])
    records = speed_records(speeds, scale=snakemake.params.settings["scale"])
    files = {name: snakemake.output[name] for name in ("csv", "tex", "html", "json")}
    write_table(make_table(records, speed_layout(speeds), target.title), **files)
    write_records(records, snakemake.output.numbers)
    write_entry(snakemake.output.entry, target, files=files, provenance=snakemake.input.provenance)

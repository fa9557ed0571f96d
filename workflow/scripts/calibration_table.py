"""Set the table of the calibration study: how often each statement about symmetry is wrong."""

from typing import TYPE_CHECKING

from symscope.io.calibration import read_calibration
from symscope.joblog import job_log
from symscope.report.calibration import calibration_records, complete_table
from symscope.report.entries import read_target, write_entry
from symscope.report.records import write_records
from symscope.report.tables import make_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    target = read_target(snakemake.input.text)
    records = calibration_records(read_calibration(snakemake.input.result), scale=snakemake.params.settings["scale"])
    records = complete_table(records, target.table)
    files = {name: snakemake.output[name] for name in ("csv", "tex", "html", "json")}
    write_table(make_table(records, target.table, target.title), **files)
    write_records(records, snakemake.output.numbers)
    write_entry(snakemake.output.entry, target, files=files, provenance=snakemake.input.provenance)

"""Collect every number of the report into one file."""

from typing import TYPE_CHECKING

from symscope.joblog import job_log
from symscope.report.records import collect_summary

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    collect_summary(snakemake.input.numbers, snakemake.output.summary)

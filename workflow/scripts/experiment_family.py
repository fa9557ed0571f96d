"""Write the page of several methods on the same data."""

from typing import TYPE_CHECKING

from symscope.joblog import job_log
from symscope.report.family import report_family

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    report_family(dict(snakemake.input.items()), dict(snakemake.output.items()), snakemake.params.settings)

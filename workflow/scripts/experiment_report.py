"""Write the page of one experiment and the files beside it."""

from typing import TYPE_CHECKING

from symscope.joblog import job_log
from symscope.report.experiment import report_experiment

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    report_experiment(dict(snakemake.input.items()), dict(snakemake.output.items()), snakemake.params.settings)

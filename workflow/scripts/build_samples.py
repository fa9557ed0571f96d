"""Take the leading constituents of jets as samples."""

from typing import TYPE_CHECKING

from symscope.data.samples import build_samples
from symscope.joblog import job_log

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    build_samples(snakemake.input.jets, snakemake.output.samples, **settings["sampling"], seed=settings["seed"])

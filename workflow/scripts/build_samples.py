"""Take the samples of a discovery from its dataset."""

from typing import TYPE_CHECKING

from symscope.config.sampling import sampling_settings
from symscope.data.samples import build_samples
from symscope.joblog import job_log

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    build_samples(
        snakemake.input.dataset,
        snakemake.output.samples,
        sampling=sampling_settings(settings["sampling"]),
        seed=settings["seed"],
    )

"""Draw signals with a hidden translation, or images with two."""

from typing import TYPE_CHECKING

from symscope.config.datasets import dataset_settings
from symscope.data.signal_files import generate_signals
from symscope.joblog import job_log
from symscope.provenance import write_provenance

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]) as clock:
    settings = snakemake.params.settings
    generate_signals(dataset_settings(settings["dataset"]), snakemake.output.dataset, seed=settings["seed"])
    about = {"step": "generate_signals", "settings": settings, "seeds": [settings["seed"]]}
    write_provenance(snakemake.output.provenance, **about, seconds=clock.seconds)

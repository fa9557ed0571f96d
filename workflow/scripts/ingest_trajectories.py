"""Read trajectories from files of any supported form into samples."""

from typing import TYPE_CHECKING

from symscope.config.datasets import dataset_settings
from symscope.data.trajectories import ingest_trajectories
from symscope.joblog import job_log
from symscope.provenance import write_provenance

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]) as clock:
    settings = snakemake.params.settings
    summary = ingest_trajectories(
        {split: snakemake.input[split] for split in ("train", "val", "test")},
        settings=dataset_settings(settings["dataset"]),
        output=snakemake.output.dataset,
        seed=settings["seed"],
    )
    summary.write(snakemake.output.summary)
    about = {"step": "ingest_trajectories", "settings": settings, "seeds": [settings["seed"]]}
    write_provenance(snakemake.output.provenance, **about, seconds=clock.seconds)

"""Read jets from files of any supported form into samples."""

from typing import TYPE_CHECKING

from symscope.config.datasets import dataset_settings
from symscope.data.ingestion import ingest_jets
from symscope.joblog import job_log
from symscope.provenance import write_provenance

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]) as clock:
    settings = snakemake.params.settings
    summary = ingest_jets(
        {split: snakemake.input[split] for split in ("train", "val", "test")},
        settings=dataset_settings(settings["dataset"]),
        output=snakemake.output.dataset,
        seed=settings["seed"],
    )
    summary.write(snakemake.output.summary)
    about = {"step": "ingest_jets", "settings": settings, "seeds": [settings["seed"]]}
    write_provenance(snakemake.output.provenance, **about, seconds=clock.seconds)

"""Read molecules of any source into samples."""

from typing import TYPE_CHECKING

from symscope.config.datasets import dataset_settings
from symscope.data.molecules.ingestion import ingest_molecules
from symscope.joblog import job_log
from symscope.provenance import write_provenance

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]) as clock:
    settings = snakemake.params.settings
    summary = ingest_molecules(
        snakemake.input.molecules,
        settings=dataset_settings(settings["dataset"]),
        output=snakemake.output.dataset,
        seed=settings["seed"],
    )
    summary.write(snakemake.output.summary)
    about = {"step": "ingest_molecules", "settings": settings, "seeds": [settings["seed"]]}
    write_provenance(snakemake.output.provenance, **about, seconds=clock.seconds)

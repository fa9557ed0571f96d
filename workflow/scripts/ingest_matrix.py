"""Read the user's own matrix into samples."""

from typing import TYPE_CHECKING

from symscope.config.signals import MatrixFiles
from symscope.data.matrices import ingest_matrix
from symscope.joblog import job_log
from symscope.provenance import write_provenance

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]) as clock:
    settings = snakemake.params.settings
    ingest_matrix(
        {split: snakemake.input[split] for split in ("train", "val", "test")},
        settings=MatrixFiles.model_validate(settings["dataset"]),
        output=snakemake.output.dataset,
        seed=settings["seed"],
    )
    about = {"step": "ingest_matrix", "settings": settings, "seeds": [settings["seed"]]}
    write_provenance(snakemake.output.provenance, **about, seconds=clock.seconds)

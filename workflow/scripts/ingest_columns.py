"""Read events of the user's own into samples."""

from typing import TYPE_CHECKING

from symscope.config.columns import ColumnFiles
from symscope.data.columns import ingest_columns
from symscope.joblog import job_log
from symscope.provenance import write_provenance

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]) as clock:
    settings = snakemake.params.settings
    summary = ingest_columns(
        {split: snakemake.input[split] for split in ("train", "val", "test")},
        settings=ColumnFiles.model_validate(settings["dataset"]),
        output=snakemake.output.dataset,
        seed=settings["seed"],
    )
    summary.write(snakemake.output.summary)
    about = {"step": "ingest_columns", "settings": settings, "seeds": [settings["seed"]]}
    write_provenance(snakemake.output.provenance, **about, seconds=clock.seconds)

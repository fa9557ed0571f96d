"""Train one tagger with one seed."""

from typing import TYPE_CHECKING

from symscope.config.taggers import TaggerModel
from symscope.device import resolve_device
from symscope.io.checkpoints import kept_until_written
from symscope.joblog import job_log
from symscope.provenance import write_provenance
from symscope.training.job import TaggerJob, train_together

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    compute = snakemake.config["compute"]
    model = TaggerModel(**settings["model"])
    with kept_until_written(snakemake.output.network) as checkpoint:
        job = TaggerJob(
            jets=str(snakemake.input.jets),
            output=str(snakemake.output.network),
            network=settings["network"],
            training=settings["training"],
            metric=str(snakemake.input.metric) if model.metric == "fitted" else model.metric,
            seed=settings["seed"],
            include_momenta=model.include_momenta,
            checkpoint=str(checkpoint),
            source=snakemake.params.source,
            device=str(resolve_device(compute["device"])),
        )
        trained = train_together(job, compute["processes"])
        about = {"step": f"train_tagger {snakemake.wildcards.model}", "settings": settings, "seeds": [settings["seed"]]}
        write_provenance(snakemake.output.provenance, **about, seconds=trained.seconds)

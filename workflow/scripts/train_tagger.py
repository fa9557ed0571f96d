"""Train one tagger with one seed."""

from typing import TYPE_CHECKING

from symscope.config.taggers import TaggerModel, TaggerNetwork, TaggerTraining
from symscope.device import resolve_device
from symscope.io.checkpoints import kept_until_written
from symscope.io.metrics import read_metrics
from symscope.io.samples import read_split
from symscope.joblog import job_log
from symscope.provenance import write_provenance
from symscope.training.loop import train_tagger
from symscope.training.tagger_result import write_tagger

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    model = TaggerModel(**settings["model"])
    with kept_until_written(snakemake.output.network) as checkpoint:
        trained = train_tagger(
            read_split(snakemake.input.jets, "train"),
            read_split(snakemake.input.jets, "val"),
            network=TaggerNetwork(**settings["network"]),
            metric=read_metrics(snakemake.input.metric).joint if model.metric == "fitted" else model.metric,
            settings=TaggerTraining(**settings["training"]),
            seed=settings["seed"],
            include_momenta=model.include_momenta,
            checkpoint=checkpoint,
            source=snakemake.params.source,
            device=str(resolve_device(snakemake.config["compute"]["device"])),
        )
        write_tagger(snakemake.output.network, trained)
        about = {"step": f"train_tagger {snakemake.wildcards.model}", "settings": settings, "seeds": [settings["seed"]]}
        write_provenance(snakemake.output.provenance, **about, seconds=trained.seconds)

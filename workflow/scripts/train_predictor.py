"""Train one predictor with all its seeds."""

from typing import TYPE_CHECKING

from symscope.config.discovery import TruthSettings
from symscope.config.prediction import PredictorTraining, predictor_model
from symscope.device import resolve_device
from symscope.io.checkpoints import kept_until_written
from symscope.io.generators import read_discovery
from symscope.io.samples import read_split
from symscope.joblog import job_log
from symscope.provenance import write_provenance
from symscope.training.predictor_result import write_predictor
from symscope.training.predictors import train_predictor
from symscope.training.symmetry import seed_symmetries

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings, seeds = snakemake.params.settings, snakemake.params.settings["seeds"]
    model, generators = predictor_model(settings["model"]), snakemake.input.get("generators")
    symmetries = seed_symmetries(
        model,
        truth=TruthSettings(**settings["truth"]) if settings["truth"] else None,
        discovery=read_discovery(generators) if generators else None,
        seeds=seeds,
    )
    with kept_until_written(snakemake.output.network) as checkpoint:
        trained = train_predictor(
            read_split(snakemake.input.samples, "train"),
            read_split(snakemake.input.samples, "val"),
            model=model,
            generators=symmetries.generators,
            elements=symmetries.elements,
            settings=PredictorTraining(**settings["training"]),
            seeds=seeds,
            device=str(resolve_device(snakemake.config["compute"]["device"])),
            checkpoint=checkpoint,
            source=snakemake.params.source,
        )
        write_predictor(snakemake.output.network, trained)
        about = {"step": f"train_predictor {snakemake.wildcards.model}", "settings": settings, "seeds": seeds}
        write_provenance(snakemake.output.provenance, **about, seconds=trained.seconds)

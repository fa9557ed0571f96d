"""Predict the test windows with all models of a study."""

from typing import TYPE_CHECKING

from symscope.config.discovery import TruthSettings
from symscope.config.prediction import PredictorEvaluation
from symscope.device import resolve_device
from symscope.evaluation.prediction import evaluate_predictor
from symscope.io.evaluations import write_predictor_evaluations
from symscope.io.samples import read_split
from symscope.joblog import job_log
from symscope.training.predictor_result import read_predictor
from symscope.training.symmetry import truth_generators

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    test, train = (read_split(snakemake.input.samples, split) for split in ("test", "train"))
    measured = {
        model: evaluate_predictor(
            read_predictor(network),
            test,
            train=train,
            truth=truth_generators(TruthSettings(**settings["truth"])) if settings["truth"] else None,
            settings=PredictorEvaluation(**settings["evaluation"]),
            device=str(resolve_device(snakemake.config["compute"]["device"])),
        ).as_records()
        for model, network in zip(settings["models"], snakemake.input.networks, strict=True)
    }
    write_predictor_evaluations(snakemake.output.evaluation, measured)

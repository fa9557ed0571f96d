"""Score the test jets with a trained tagger and measure its invariance."""

from typing import TYPE_CHECKING

from symscope.config.taggers import TaggerEvaluation
from symscope.device import resolve_device
from symscope.evaluation.taggers import evaluate_tagger
from symscope.io.evaluations import write_evaluation
from symscope.io.samples import read_split
from symscope.joblog import job_log
from symscope.training.tagger_result import read_tagger

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    result = evaluate_tagger(
        read_tagger(snakemake.input.network),
        read_split(snakemake.input.jets, "test"),
        settings=TaggerEvaluation(**settings["evaluation"]),
        seed=settings["seed"],
        device=str(resolve_device(snakemake.config["compute"]["device"])),
    )
    values = result.as_record()
    write_evaluation(snakemake.output.evaluation, values, model=snakemake.wildcards.model, seed=settings["seed"])

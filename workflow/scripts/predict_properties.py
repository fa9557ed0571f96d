"""Train one row of a property study with all its seeds, and test it."""

from typing import TYPE_CHECKING

from symscope.config.properties import PropertyStudy
from symscope.device import resolve_device
from symscope.evaluation.properties import study_row
from symscope.io.checkpoints import kept_until_written
from symscope.io.evaluations import write_property_evaluation
from symscope.io.generators import read_discovery
from symscope.io.samples import read_header, read_split
from symscope.joblog import job_log
from symscope.provenance import write_provenance

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]) as clock:
    settings = snakemake.params.settings
    study, generators = PropertyStudy.model_validate(settings["study"]), snakemake.input.get("generators")
    with kept_until_written(snakemake.output.evaluation) as checkpoint:
        measured = study_row(
            settings["model"],
            study=study,
            splits={split: read_split(snakemake.input.samples, split) for split in ("train", "val", "test")},
            header=read_header(snakemake.input.samples),
            discovery=read_discovery(generators) if generators else None,
            device=str(resolve_device(snakemake.config["compute"]["device"])),
            checkpoint=checkpoint,
            source=snakemake.params.source,
        )
        write_property_evaluation(snakemake.output.evaluation, measured, model=settings["model"])
        about = {"step": f"predict_properties {settings['model']}", "settings": settings, "seeds": study.seeds}
        write_provenance(snakemake.output.provenance, **about, seconds=clock.seconds)

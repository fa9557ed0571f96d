"""Hide the algebras of the zoo in random bases under noise, and name them."""

from typing import TYPE_CHECKING

from symscope.config.zoo import ZooStudy
from symscope.evaluation.zoo import run_zoo
from symscope.io.zoo import write_zoo
from symscope.joblog import job_log
from symscope.provenance import write_provenance

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]) as clock:
    settings = ZooStudy.model_validate(snakemake.params.settings)
    write_zoo(snakemake.output.zoo, run_zoo(settings))
    about = {"step": "name_zoo", "settings": snakemake.params.settings, "seeds": [settings.seed]}
    write_provenance(snakemake.output.provenance, **about, seconds=clock.seconds)

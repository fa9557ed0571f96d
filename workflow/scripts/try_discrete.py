"""Find known discrete symmetries again, and test each on held-out points."""

from typing import TYPE_CHECKING

from symscope.config.discrete import DiscreteStudy
from symscope.evaluation.discrete import run_discrete
from symscope.io.discrete import write_discrete
from symscope.joblog import job_log
from symscope.provenance import write_provenance

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]) as clock:
    settings = DiscreteStudy.model_validate(snakemake.params.settings)
    write_discrete(snakemake.output.outcomes, run_discrete(settings))
    about = {"step": "try_discrete", "settings": snakemake.params.settings, "seeds": settings.seeds}
    write_provenance(snakemake.output.provenance, **about, seconds=clock.seconds)

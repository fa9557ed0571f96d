"""Draw values of analytic functions at random inputs."""

from typing import TYPE_CHECKING

from symscope.config.functions import FunctionsDataset
from symscope.data.functions import generate_functions
from symscope.joblog import job_log
from symscope.provenance import write_provenance

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]) as clock:
    settings = snakemake.params.settings
    generate_functions(
        FunctionsDataset.model_validate(settings["dataset"]), snakemake.output.dataset, seed=settings["seed"]
    )
    about = {"step": "generate_functions", "settings": settings, "seeds": [settings["seed"]]}
    write_provenance(snakemake.output.provenance, **about, seconds=clock.seconds)

"""Turn handwritten digits."""

from typing import TYPE_CHECKING

from symscope.config.digits import DigitsDataset
from symscope.data.digits import make_digits
from symscope.joblog import job_log
from symscope.provenance import write_provenance

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]) as clock:
    settings = snakemake.params.settings
    make_digits(DigitsDataset.model_validate(settings["dataset"]), snakemake.output.dataset, seed=settings["seed"])
    about = {"step": "make_digits", "settings": settings, "seeds": [settings["seed"]]}
    write_provenance(snakemake.output.provenance, **about, seconds=clock.seconds)

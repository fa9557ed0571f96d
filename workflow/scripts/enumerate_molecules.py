"""Choose the molecules of a dataset."""

from typing import TYPE_CHECKING

from symscope.config.molecules import MoleculesDataset
from symscope.data.molecules.enumeration import choose_molecules
from symscope.data.molecules.names import write_names
from symscope.joblog import job_log

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    dataset = MoleculesDataset.model_validate(settings["dataset"])
    write_names(snakemake.output.names, choose_molecules(dataset, seed=settings["seed"]))

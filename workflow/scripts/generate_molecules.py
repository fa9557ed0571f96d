"""Compute one chunk of molecules."""

from typing import TYPE_CHECKING

from symscope.config.molecules import MoleculesDataset
from symscope.data.molecules.generation import generate_molecules
from symscope.data.molecules.names import read_names
from symscope.io.molecules import write_molecules
from symscope.joblog import job_log

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    dataset = MoleculesDataset.model_validate(settings["dataset"])
    first, end = dataset.chunk_bounds(settings["chunk"])
    names = read_names(snakemake.input.names)[first:end]
    molecules = generate_molecules(names, settings=dataset, first=first, seed=settings["seed"])
    write_molecules(snakemake.output.chunk, molecules)

"""Compute trajectories of n bodies under gravity."""

from typing import TYPE_CHECKING

from symscope.config.trajectory_datasets import NBodyDataset
from symscope.data.nbody.simulation import simulate_orbits, write_orbits
from symscope.joblog import job_log

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    dataset = NBodyDataset.model_validate(settings["dataset"])
    orbits = simulate_orbits(dataset, seed=settings["seed"], reversed_orbits=64)
    write_orbits(snakemake.output.orbits, orbits, settings=dataset, seed=settings["seed"])

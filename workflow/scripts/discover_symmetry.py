"""Discover the symmetry of samples with an ensemble of seeds."""

from typing import TYPE_CHECKING

from symscope.config.methods import method_settings
from symscope.device import resolve_device
from symscope.discovery.discover import discover_symmetry
from symscope.io.checkpoints import kept_until_written
from symscope.io.generators import write_discovery
from symscope.io.samples import read_header, read_split
from symscope.joblog import job_log
from symscope.provenance import write_provenance

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]) as clock:
    settings = snakemake.params.settings
    header = read_header(snakemake.input.samples)
    samples = read_split(snakemake.input.samples, "train")
    with kept_until_written(snakemake.output.generators) as checkpoint:
        discovery = discover_symmetry(
            samples.x,
            samples.y,
            x_action=header.x_action,
            y_action=header.y_action,
            method=method_settings(settings["method"]),
            seeds=settings["seeds"],
            tasks=settings.get("tasks", 1),
            device=str(resolve_device(snakemake.config["compute"]["device"])),
            checkpoint=checkpoint,
            source=snakemake.params.source,
        )
        write_discovery(snakemake.output.generators, discovery)
        about = {"step": "discover_symmetry", "settings": settings, "seeds": settings["seeds"]}
        write_provenance(snakemake.output.provenance, **about, seconds=clock.seconds)

"""Solve for the generators of a symmetry by linear algebra on sums over events."""

from typing import TYPE_CHECKING

from symscope.config.methods import method_settings
from symscope.discovery.nullspace.discover import discover_null_space
from symscope.discovery.nullspace.streams import class_values, file_blocks
from symscope.io.generators import write_discovery
from symscope.io.samples import read_header
from symscope.joblog import job_log
from symscope.provenance import write_provenance

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]) as clock:
    settings = snakemake.params.settings
    method = method_settings(settings["method"])
    header = read_header(snakemake.input.samples)
    discovery = discover_null_space(
        file_blocks(snakemake.input.samples, "train", method.block),
        x_action=header.x_action,
        y_action=header.y_action,
        method=method,
        seeds=settings["seeds"],
        classes=class_values(snakemake.input.samples, "train"),
    )
    write_discovery(snakemake.output.generators, discovery)
    about = {"step": "discover_null_space", "settings": settings, "seeds": settings["seeds"]}
    write_provenance(snakemake.output.provenance, **about, seconds=clock.seconds)

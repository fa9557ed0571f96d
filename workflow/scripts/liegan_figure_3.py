"""Draw the rotation of two bodies as several methods find it."""

from typing import TYPE_CHECKING

from symscope.config.discovery import TruthSettings
from symscope.io.generators import read_discovery
from symscope.joblog import job_log
from symscope.plotting.discoveries import plot_compared_discoveries
from symscope.plotting.style import save_figure
from symscope.report.entries import read_target, write_entry
from symscope.report.orbits import compared_records
from symscope.report.records import load_published, write_records

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    roles = settings["experiments"]
    discoveries = {role: read_discovery(path) for role, path in zip(roles, snakemake.input.generators, strict=True)}
    truths = {role: TruthSettings(**about["truth"]) for role, about in roles.items()}
    published = load_published(snakemake.input.published)
    records = compared_records("liegan.figure_3", discoveries, truths, published=published, scale=settings["scale"])
    save_figure(plot_compared_discoveries(discoveries, truths, records), snakemake.output.svg, snakemake.output.pdf)
    write_records(records, snakemake.output.numbers)
    files = {name: snakemake.output[name] for name in ("svg", "pdf")}
    write_entry(
        snakemake.output.entry, read_target(snakemake.input.text), files=files, provenance=snakemake.input.provenance
    )

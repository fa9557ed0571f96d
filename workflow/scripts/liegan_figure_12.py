"""Draw the rotations and translations of molecules as LieGAN finds them."""

from typing import TYPE_CHECKING

from symscope.config.discovery import TruthSettings
from symscope.evaluation.discovery import score_discovery
from symscope.io.generators import read_discovery
from symscope.joblog import job_log
from symscope.plotting.algebras import plot_algebra
from symscope.plotting.style import save_figure
from symscope.report.discovery import discovery_records
from symscope.report.entries import read_target, write_entry
from symscope.report.records import load_published, write_records

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    (generators,) = snakemake.input.generators
    discovery = read_discovery(generators)
    score = score_discovery(discovery, TruthSettings(**settings["experiment"]["truth"]))
    published = load_published(snakemake.input.published)
    records = discovery_records("liegan.figure_12", score, published=published, scale=settings["scale"])
    figure = plot_algebra(discovery.generators, score, components=("x", "y", "z", "1"))
    save_figure(figure, snakemake.output.svg, snakemake.output.pdf)
    write_records(records, snakemake.output.numbers)
    files = {name: snakemake.output[name] for name in ("svg", "pdf")} | {"hdf5": generators}
    write_entry(
        snakemake.output.entry, read_target(snakemake.input.text), files=files, provenance=snakemake.input.provenance
    )

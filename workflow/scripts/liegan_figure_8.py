"""Draw the rotation of three bodies as LieGAN finds it."""

from typing import TYPE_CHECKING

from symscope.config.discovery import TruthSettings
from symscope.evaluation.discovery import score_discovery
from symscope.io.generators import read_discovery
from symscope.joblog import job_log
from symscope.plotting.bodies import found_symmetry
from symscope.plotting.style import save_figure
from symscope.plotting.three_bodies import plot_three_bodies
from symscope.report.entries import read_target, write_entry
from symscope.report.orbits import METHODS, rotation_records
from symscope.report.records import load_published, write_records

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    (generators,) = snakemake.input.generators
    discovery = read_discovery(generators)
    truth = TruthSettings(**settings["experiment"]["truth"])
    method = METHODS.get(settings["experiment"]["method"]["name"], "Learned")
    score = score_discovery(discovery, truth)
    about = {"method": method, "published": load_published(snakemake.input.published), "scale": settings["scale"]}
    records = rotation_records("liegan.figure_8", score, seconds=discovery.seconds, **about)
    figure = plot_three_bodies(found_symmetry(discovery, truth, label=method))
    save_figure(figure, snakemake.output.svg, snakemake.output.pdf)
    write_records(records, snakemake.output.numbers)
    files = {name: snakemake.output[name] for name in ("svg", "pdf")}
    write_entry(
        snakemake.output.entry, read_target(snakemake.input.text), files=files, provenance=snakemake.input.provenance
    )

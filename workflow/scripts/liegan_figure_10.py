"""Draw the complex algebra su(2) that LieGAN found, before and after a change of basis."""

from typing import TYPE_CHECKING

from symscope.config.discovery import TruthSettings
from symscope.evaluation.discovery import canonical_generators, score_discovery
from symscope.io.generators import read_discovery
from symscope.joblog import job_log
from symscope.plotting.style import save_figure
from symscope.plotting.unitary import plot_unitary
from symscope.report.discovery import discovery_records
from symscope.report.entries import read_target, write_entry
from symscope.report.records import load_published, write_records

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    truth = TruthSettings(**settings["experiment"]["truth"])
    discovery = read_discovery(snakemake.input.generators)
    score = score_discovery(discovery, truth)
    published = load_published(snakemake.input.published)
    records = discovery_records("liegan.figure_10", score, published=published, scale=settings["scale"])
    figure = plot_unitary(discovery, score, canonical_generators(truth.algebra)[0])
    save_figure(figure, snakemake.output.svg, snakemake.output.pdf)
    write_records(records, snakemake.output.numbers)
    files = {name: snakemake.output[name] for name in ("svg", "pdf")}
    write_entry(
        snakemake.output.entry, read_target(snakemake.input.text), files=files, provenance=snakemake.input.provenance
    )

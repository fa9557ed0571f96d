"""Draw the singular values of the constraint on equivariant maps, learned and true."""

from typing import TYPE_CHECKING

from symscope.config.discovery import TruthSettings
from symscope.evaluation.constraints import relative_spectra
from symscope.evaluation.discovery import typical_seed
from symscope.io.generators import read_discovery
from symscope.joblog import job_log
from symscope.plotting.spectra import plot_constraint_spectra
from symscope.plotting.style import save_figure
from symscope.report.entries import read_target, write_entry
from symscope.report.orbits import spectrum_records
from symscope.report.records import load_published, write_records

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    (generators,) = snakemake.input.generators
    discovery = read_discovery(generators)
    truth = TruthSettings(**settings["experiment"]["truth"])
    spectra = relative_spectra(discovery, truth)
    published = load_published(snakemake.input.published)
    records = spectrum_records("liegan.figure_7", *spectra, published=published, scale=settings["scale"])
    figure = plot_constraint_spectra(*spectra, shown=typical_seed(discovery, truth), seeds=discovery.seeds)
    save_figure(figure, snakemake.output.svg, snakemake.output.pdf)
    write_records(records, snakemake.output.numbers)
    files = {name: snakemake.output[name] for name in ("svg", "pdf")}
    write_entry(
        snakemake.output.entry, read_target(snakemake.input.text), files=files, provenance=snakemake.input.provenance
    )

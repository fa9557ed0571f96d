"""Draw the singular values of the null-space engine, and the generators that it found in jets."""

from typing import TYPE_CHECKING

from symscope.io.generators import read_discovery
from symscope.joblog import job_log
from symscope.plotting.spectrum import plot_spectra, spectrum_of
from symscope.plotting.style import save_figure
from symscope.report.engine import SPECTRA, described, named_generators
from symscope.report.entries import read_target, write_entry

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    roles = settings["experiments"]
    discoveries = {role: read_discovery(path) for role, path in zip(roles, snakemake.input.generators, strict=True)}
    spectra = [spectrum_of(found, SPECTRA[role], described(found)) for role, found in discoveries.items()]
    jets = discoveries.get("top_tagging_null_space")
    figure = plot_spectra(spectra, named_generators(jets) if jets is not None else {})
    save_figure(figure, snakemake.output.svg, snakemake.output.pdf)
    files = {name: snakemake.output[name] for name in ("svg", "pdf")}
    write_entry(
        snakemake.output.entry, read_target(snakemake.input.text), files=files, provenance=snakemake.input.provenance
    )

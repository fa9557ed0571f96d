"""Draw how close generated jets come to the reference dataset."""

from typing import TYPE_CHECKING

from symscope.io.fidelity import read_fidelity
from symscope.joblog import job_log
from symscope.plotting.fidelity import plot_jets_fidelity
from symscope.plotting.style import save_figure
from symscope.report.entries import read_target, write_entry
from symscope.report.fidelity import WHY_NO_SCORES, fidelity_records
from symscope.report.records import load_published, write_records

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    fidelity = read_fidelity(snakemake.input.fidelity)
    published = load_published(snakemake.input.published)
    records = fidelity_records(fidelity, published=published, scale=snakemake.params.settings["scale"])
    figure = plot_jets_fidelity(
        fidelity.labels,
        **fidelity.spectra._asdict(),
        scores=fidelity.scores,
        why_no_scores=WHY_NO_SCORES,
        auc=fidelity.auc,
        published_auc=published["jets.fidelity.auc"].value,
    )
    save_figure(figure, snakemake.output.svg, snakemake.output.pdf)
    write_records(records, snakemake.output.numbers)
    files = {"svg": snakemake.output.svg, "pdf": snakemake.output.pdf, "hdf5": snakemake.input.fidelity}
    write_entry(
        snakemake.output.entry, read_target(snakemake.input.text), files=files, provenance=snakemake.input.provenance
    )

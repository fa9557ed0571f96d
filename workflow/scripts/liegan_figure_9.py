"""Draw the partial permutation that LieGAN found."""

from typing import TYPE_CHECKING

from symscope.evaluation.cyclic import score_cyclic, turn_of_three
from symscope.io.generators import read_discovery
from symscope.joblog import job_log
from symscope.plotting.cyclic import plot_permutation
from symscope.plotting.style import save_figure
from symscope.report.discrete import score_records
from symscope.report.entries import read_target, write_entry
from symscope.report.records import load_published, write_records

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    discovery = read_discovery(snakemake.input.generators)
    score = score_cyclic(discovery, order=3, turn=turn_of_three())
    records = score_records(
        "liegan.figure_9",
        score,
        label="LieGAN, permutation of three",
        published=load_published(snakemake.input.published),
        scale=snakemake.params.settings["scale"],
    )
    save_figure(plot_permutation(discovery, score), snakemake.output.svg, snakemake.output.pdf)
    write_records(records, snakemake.output.numbers)
    files = {name: snakemake.output[name] for name in ("svg", "pdf")}
    write_entry(
        snakemake.output.entry, read_target(snakemake.input.text), files=files, provenance=snakemake.input.provenance
    )

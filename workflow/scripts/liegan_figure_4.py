"""Draw cyclic groups that LieGAN found."""

from typing import TYPE_CHECKING

from symscope.io.generators import read_discovery
from symscope.io.samples import read_split
from symscope.joblog import job_log
from symscope.plotting.cyclic import plot_cyclic_groups
from symscope.plotting.style import save_figure
from symscope.report.discrete import cyclic_orders, cyclic_records, cyclic_scores, law_records
from symscope.report.entries import read_target, write_entry
from symscope.report.records import load_published, write_records

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    orders = cyclic_orders(settings["experiments"])
    discoveries = {role: read_discovery(path) for role, path in zip(orders, snakemake.input.generators, strict=True)}
    published = load_published(snakemake.input.published)
    laws, law_orders = discoveries.pop("mixture", None), orders.get("mixture", [])
    scores = cyclic_scores(discoveries, orders)
    records = cyclic_records("liegan.figure_4", scores, published=published, scale=settings["scale"])
    if laws is not None:
        told = {"published": published, "scale": settings["scale"]}
        records += law_records("liegan.figure_4.mixture", laws, law_orders, **told)
    points = read_split(snakemake.input.datasets[list(settings["experiments"]).index("liegan")], "val").x[:, 0]
    figure = plot_cyclic_groups(
        discoveries["liegan"], scores, points, published=published, laws=laws, law_orders=law_orders
    )
    save_figure(figure, snakemake.output.svg, snakemake.output.pdf)
    write_records(records, snakemake.output.numbers)
    files = {name: snakemake.output[name] for name in ("svg", "pdf")}
    write_entry(
        snakemake.output.entry, read_target(snakemake.input.text), files=files, provenance=snakemake.input.provenance
    )

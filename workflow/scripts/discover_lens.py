"""Find one step of a hidden translation, and the filter that resolves it, with an ensemble of seeds."""

from typing import TYPE_CHECKING

from symscope.config.methods import method_settings
from symscope.device import resolve_device
from symscope.discovery.symmetrylens.discover import discover_lens
from symscope.io.checkpoints import kept_until_written
from symscope.io.lens import write_lens
from symscope.io.samples import read_split
from symscope.joblog import job_log
from symscope.provenance import write_provenance

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]) as clock:
    settings = snakemake.params.settings
    with kept_until_written(snakemake.output.lens) as checkpoint:
        found = discover_lens(
            read_split(snakemake.input.dataset, "train", stop=settings["sampling"]["n_samples"]).x,
            method=method_settings(settings["method"]),
            seeds=settings["seeds"],
            device=str(resolve_device(snakemake.config["compute"]["device"])),
            checkpoint=checkpoint,
            source=snakemake.params.source,
        )
        write_lens(snakemake.output.lens, found)
        about = {"step": "discover_lens", "settings": settings, "seeds": settings["seeds"]}
        write_provenance(snakemake.output.provenance, **about, seconds=clock.seconds)

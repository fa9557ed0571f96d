"""Train classifiers of labelled signals in the true, the learned and the given representation."""

from typing import TYPE_CHECKING

from symscope.config.adaptor import AdaptorStudy
from symscope.config.signals import SignalsDataset
from symscope.data.hidden_axis import hidden_representation
from symscope.device import resolve_device
from symscope.io.adaptor import write_adaptor
from symscope.io.lens import read_lens
from symscope.io.samples import read_split
from symscope.joblog import job_log
from symscope.provenance import write_provenance
from symscope.training.adaptor import train_adaptor

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]) as clock:
    settings = snakemake.params.settings
    study = AdaptorStudy.model_validate(settings["study"])
    result = train_adaptor(
        read_split(snakemake.input.dataset, "train"),
        read_split(snakemake.input.dataset, "test"),
        lens=read_lens(snakemake.input.lens),
        representation=hidden_representation(SignalsDataset.model_validate(settings["dataset"])),
        settings=study,
        device=str(resolve_device(snakemake.config["compute"]["device"])),
    )
    write_adaptor(snakemake.output.result, result)
    about = {"step": f"train_adaptor {snakemake.wildcards.adaptor}", "settings": settings, "seeds": study.seeds}
    write_provenance(snakemake.output.provenance, **about, seconds=clock.seconds)

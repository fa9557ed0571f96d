"""Fetch one file of the Top Quark Tagging Reference Dataset."""

from typing import TYPE_CHECKING

from symscope.config.downloads import load_dataset_card
from symscope.data.download import download_dataset
from symscope.joblog import job_log

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    card = load_dataset_card(snakemake.input.card)
    download_dataset(card, f"{snakemake.wildcards.name}.h5", snakemake.output.file)

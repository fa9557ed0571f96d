"""Generate one chunk of jets."""

from typing import TYPE_CHECKING

from symscope.data.jets.cards import load_detector_card, load_generation_card
from symscope.data.jets.generation import generate_jets
from symscope.io.root_writer import write_jets_root
from symscope.joblog import job_log

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    card = load_generation_card(snakemake.input.generator)
    detector = load_detector_card(snakemake.input.detector)
    jets, _ = generate_jets(**snakemake.params.settings, card=card, detector=detector)
    write_jets_root(snakemake.output.chunk, jets)

"""Compare generated jets with the reference dataset."""

from typing import TYPE_CHECKING

import numpy as np
import torch

from symscope.device import resolve_device
from symscope.evaluation.fidelity import balanced_subset, measure_fidelity
from symscope.io.fidelity import write_fidelity
from symscope.io.samples import read_split
from symscope.joblog import job_log
from symscope.models.published import load_published_lorentznet
from symscope.provenance import file_sha256, write_provenance
from symscope.training.jets import tagger_jets

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]) as clock:
    settings = snakemake.params.settings
    jets = read_split(snakemake.input.jets, "test")
    chosen = balanced_subset(jets.y, settings["n_jets"], np.random.default_rng(settings["seed"]))
    network = load_published_lorentznet(snakemake.input.weights[0]) if snakemake.input.weights else None
    device = str(resolve_device(snakemake.config["compute"]["device"]))
    fidelity = measure_fidelity(tagger_jets(jets).take(torch.from_numpy(chosen)), network=network, device=device)
    write_fidelity(snakemake.output.fidelity, fidelity)
    weights = {path: file_sha256(path) for path in snakemake.input.weights}
    about = {"step": "measure_fidelity", "settings": settings | {"weights": weights}, "seeds": [settings["seed"]]}
    write_provenance(snakemake.output.provenance, **about, seconds=clock.seconds)

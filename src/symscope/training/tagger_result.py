"""A trained tagger: its weights, what it is, and how the training went; one file."""

import os
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from symscope.config.taggers import TaggerNetwork
from symscope.io.checkpoints import read_trained, write_trained
from symscope.models.lorentznet import LorentzNet
from symscope.models.published import load_weights

FORMAT = "symscope-tagger-1"


@dataclass(frozen=True)
class TrainedTagger:
    """The network at its best epoch on the validation jets."""

    network: dict[str, Any]
    """Settings of the network (``TaggerNetwork``)."""
    include_momenta: bool
    metric: list[list[float]]
    state_dict: dict[str, Tensor]
    """Weights of the best epoch."""
    training: dict[str, Any]
    """Settings of the training (``TaggerTraining``)."""
    seed: int
    best_epoch: int
    history: list[dict[str, float]] = field(default_factory=list)
    """For each epoch: epoch, learning_rate, train_loss, val_loss, val_accuracy, val_auc, seconds, jets_per_second."""
    seconds: float = 0.0
    """Wall-clock time of the training, interruptions left out [s]."""
    n_parameters: int = 0


def build_network(trained: TrainedTagger) -> LorentzNet:
    """Build the network with its weights, in evaluation mode."""
    network = LorentzNet(
        TaggerNetwork(**trained.network),
        torch.tensor(trained.metric, dtype=torch.float64),
        include_momenta=trained.include_momenta,
        rng=torch.Generator().manual_seed(0),
    )
    load_weights(network, trained.state_dict, source="trained tagger")
    return network.eval()


def write_tagger(path: str | os.PathLike[str], trained: TrainedTagger) -> None:
    """Write a trained tagger, whole or not at all."""
    write_trained(path, trained, format_name=FORMAT)


def read_tagger(path: str | os.PathLike[str]) -> TrainedTagger:
    """Read what :func:`write_tagger` wrote.

    Raises
    ------
    CheckpointError
        If the file is missing, damaged or no trained tagger.
    """
    return read_trained(path, TrainedTagger, format_name=FORMAT, what="tagger")

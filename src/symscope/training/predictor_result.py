"""A trained predictor: weights of all seeds, what it is, and how the training went."""

import os
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from symscope.io.checkpoints import read_trained, write_trained

FORMAT = "symscope-predictor-1"


@dataclass(frozen=True, kw_only=True)
class TrainedPredictor:
    """One model with all its seeds, as plain values and tensors."""

    model: dict[str, Any]
    """Settings of the model (``PredictorModel``)."""
    training: dict[str, Any]
    """Settings of the training (``PredictorTraining``)."""
    seeds: list[int]
    """In the order of the leading axes."""
    past: int
    future: int
    frame: list[Tensor]
    """Fields of :class:`~symscope.models.frame.Frame`, float64."""
    visited: Tensor | None
    """(d, r) orthonormal basis of the directions that the training states visit; None where the model does not ask."""
    generators: Tensor | None
    """(seed, c, d, d) as given; None where no symmetry is used."""
    elements: Tensor | None
    """(seed, m, d, d) as given."""
    state_dict: dict[str, Tensor]
    """Weights, with leading axis seed."""
    history_steps: list[int]
    """Steps at which the history was taken."""
    history: dict[str, list[list[float]]]
    """`train_mse` (mean since the entry before; of an hnn the error of the flow in scaled units) and `val_mse`, for each
    seed, in the unit of the data squared."""
    ranks: list[int] | None
    """Of an emlp: dimension of the space of equivariant maps from V to V, for each seed."""
    n_parameters: list[int]
    """For each seed; coefficients of an emlp that its symmetry does not allow are left out."""
    seconds: float
    """Wall time of the training, all seeds together, interruptions left out [s]."""
    steps: int
    """Updates of each seed."""


def write_predictor(path: str | os.PathLike[str], trained: TrainedPredictor) -> None:
    """Write a trained predictor with all its seeds, whole or not at all."""
    write_trained(path, trained, format_name=FORMAT)


def read_predictor(path: str | os.PathLike[str]) -> TrainedPredictor:
    """Read what :func:`write_predictor` wrote.

    Raises
    ------
    CheckpointError
        If the file is missing, damaged or no trained predictor.
    """
    return read_trained(path, TrainedPredictor, format_name=FORMAT, what="predictor")

"""Trained predictors as torch files of plain tensors, and evaluations of a prediction study as one JSON file."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from symscope.errors import CheckpointError, DataError
from symscope.io.atomic import atomic_path
from symscope.io.checkpoints import read_state
from symscope.training.predictor_result import TrainedPredictor

FORMAT = "symscope-predictor-1"


def write_predictor(path: str | os.PathLike[str], trained: TrainedPredictor) -> None:
    """Write a trained predictor with all its seeds, whole or not at all."""
    with atomic_path(path) as aside:
        torch.save({"format": FORMAT, **vars(trained)}, aside)


def read_predictor(path: str | os.PathLike[str]) -> TrainedPredictor:
    """Read what :func:`write_predictor` wrote, without running any code in it.

    Raises
    ------
    CheckpointError
        If the file is missing, damaged or no trained predictor.
    """
    state = read_state(path)
    if state.pop("format", None) != FORMAT:
        raise CheckpointError(f"{path}: no trained predictor of symscope ('{FORMAT}'); give the output of a training")
    try:
        return TrainedPredictor(**state)
    except TypeError as error:
        raise CheckpointError(f"{path}: incomplete trained predictor ({error}); train it again") from error


def write_predictor_evaluations(
    path: str | os.PathLike[str], evaluations: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    """Write the numbers of a study: for each model one mapping a seed, as it is in :func:`read_predictor_evaluations`."""
    with atomic_path(path) as aside:
        aside.write_text(json.dumps(evaluations, indent=1) + "\n")


def read_predictor_evaluations(path: str | os.PathLike[str]) -> dict[str, list[dict[str, Any]]]:
    """Read the evaluations of a study: {model: [numbers of a seed, ...]}.

    Raises
    ------
    DataError
        Where the file is none that :func:`write_predictor_evaluations` wrote.
    """
    try:
        values = json.loads(Path(path).read_text())
        found = {str(model): [dict(run) for run in runs] for model, runs in values.items()}
        _ = [run["mse"] for runs in found.values() for run in runs]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"{os.fspath(path)} is no evaluation of a prediction study ({error!r}); make it again"
        ) from error
    return found

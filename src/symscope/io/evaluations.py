"""Evaluations as JSON files: of taggers one for each model and seed, of predictors one a study, of properties one a row."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from symscope.io.atomic import atomic_path
from symscope.io.json_files import own_json


def write_evaluation(path: str | os.PathLike[str], values: Mapping[str, Any], *, model: str, seed: int) -> None:
    """Write the numbers of one evaluation, as plain values."""
    with atomic_path(path) as aside:
        aside.write_text(json.dumps({"model": model, "seed": seed, **values}, indent=1) + "\n")


def read_evaluations(paths: Iterable[str | os.PathLike[str]]) -> dict[str, list[dict[str, Any]]]:
    """Read evaluations and sort them by model: for each, one mapping a seed, in the order of the files.

    Raises
    ------
    DataError
        Where a file is none that :func:`write_evaluation` wrote.
    """
    runs: dict[str, list[dict[str, Any]]] = {}
    for path in paths:
        with own_json(path, "evaluation of a tagger") as values:
            runs.setdefault(str(values["model"]), []).append(dict(values))
    return runs


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
    with own_json(path, "evaluation of a prediction study") as values:
        found = {str(model): [dict(run) for run in runs] for model, runs in values.items()}
        _ = [run["mse"] for runs in found.values() for run in runs]
        return found


def write_property_evaluation(path: str | os.PathLike[str], runs: Sequence[Mapping[str, float]], *, model: str) -> None:
    """Write the numbers of one row of a property study: one mapping a seed."""
    with atomic_path(path) as aside:
        aside.write_text(json.dumps({"model": model, "runs": [dict(run) for run in runs]}, indent=1) + "\n")


def read_property_evaluations(paths: Iterable[str | os.PathLike[str]]) -> dict[str, list[dict[str, float]]]:
    """Read the rows of a property study: {row: [numbers of a seed, ...]}.

    Raises
    ------
    DataError
        Where a file is none that :func:`write_property_evaluation` wrote.
    """
    found: dict[str, list[dict[str, float]]] = {}
    for path in paths:
        with own_json(path, "evaluation of a property study") as values:
            runs = [{str(key): float(value) for key, value in run.items()} for run in values["runs"]]
            found[str(values["model"])] = runs
    return found

"""Evaluations of taggers as JSON files, one for each model and seed."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from symscope.errors import DataError
from symscope.evaluation.taggers import TaggerEvaluationResult
from symscope.io.atomic import atomic_path


def write_evaluation(path: str | os.PathLike[str], result: TaggerEvaluationResult, *, model: str, seed: int) -> None:
    """Write the numbers of one evaluation; the scores of single jets are left out."""
    with atomic_path(path) as aside:
        aside.write_text(json.dumps({"model": model, "seed": seed, **result.as_record()}, indent=1) + "\n")


def read_evaluations(paths: Iterable[str | os.PathLike[str]]) -> dict[str, list[dict[str, Any]]]:
    """Read evaluations and sort them by model: for each, one mapping a seed, in the order of the files.

    Raises
    ------
    DataError
        Where a file is none that :func:`write_evaluation` wrote.
    """
    runs: dict[str, list[dict[str, Any]]] = {}
    for path in paths:
        try:
            values = json.loads(Path(path).read_text())
            runs.setdefault(values["model"], []).append(values)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(f"{os.fspath(path)} is no evaluation of a tagger ({error!r}); make it again") from error
    return runs

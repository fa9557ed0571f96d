"""Results of adaptor studies as JSON files."""

import dataclasses
import json

import numpy as np

from symscope.errors import DataError
from symscope.io.atomic import atomic_path
from symscope.io.files import PathLike
from symscope.io.json_files import DELETE_IT, own_json
from symscope.training.adaptor import AdaptorResult

FORMAT = "symscope-adaptor-1"
_ARRAYS = ("accuracy", "auc")
_LISTS = ("models", "sizes", "seeds", "lens_seeds")


def write_adaptor(path: PathLike, result: AdaptorResult) -> None:
    """Write the result of a study, whole or not at all: the fields of :class:`AdaptorResult` by name."""
    values = {field.name: getattr(result, field.name) for field in dataclasses.fields(result)}
    values |= {name: values[name].tolist() for name in _ARRAYS}
    with atomic_path(path) as aside:
        aside.write_text(json.dumps({"format": FORMAT, **values}, indent=1, allow_nan=False) + "\n")


def read_adaptor(path: PathLike) -> AdaptorResult:
    """Read what :func:`write_adaptor` wrote.

    Raises
    ------
    DataError
        Where the file is missing, damaged or of another kind.
    """
    with own_json(path, "result of an adaptor study") as values:
        if (written_as := values.pop("format")) != FORMAT:
            raise DataError(f"{path} has the format {written_as!r}, and {FORMAT!r} is needed; {DELETE_IT}")
        values |= {name: np.array(values[name], dtype=np.float64) for name in _ARRAYS}
        values |= {name: tuple(values[name]) for name in _LISTS}
        result = AdaptorResult(**values)
        shape = (len(result.models), len(result.sizes), len(result.seeds))
        if result.accuracy.shape != shape or result.auc.shape != shape:
            raise DataError(f"{path} has scores of shape {result.accuracy.shape} and not {shape}; {DELETE_IT}")
    return result

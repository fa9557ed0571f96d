"""The trial of discrete symmetries as a JSON file."""

import json
import os
from collections.abc import Sequence

from symscope.evaluation.discrete_outcome import DiscreteOutcome
from symscope.io.atomic import atomic_path
from symscope.io.json_files import own_json


def write_discrete(path: str | os.PathLike[str], outcomes: Sequence[DiscreteOutcome]) -> None:
    """Write what every seed of every trial gave."""
    with atomic_path(path) as aside:
        aside.write_text(json.dumps([outcome._asdict() for outcome in outcomes], indent=1) + "\n")


def read_discrete(path: str | os.PathLike[str]) -> list[DiscreteOutcome]:
    """Read what :func:`write_discrete` wrote.

    Raises
    ------
    DataError
        Where the file is none.
    """
    with own_json(path, "trial of discrete symmetries") as entries:
        return [
            DiscreteOutcome(**{**entry, "kept": tuple(entry["kept"]), "broken": tuple(entry["broken"])})
            for entry in entries
        ]

"""The trial of names as a JSON file."""

import json
import os

from symscope.evaluation.zoo import KNOWLEDGE, ZooTrial
from symscope.io.atomic import atomic_path
from symscope.io.json_files import own_json


def write_zoo(path: str | os.PathLike[str], trial: ZooTrial) -> None:
    """Write every name that was given."""
    values = {
        "algebras": trial.algebras,
        "synonyms": trial.synonyms,
        "levels": trial.levels,
        "found": trial.found,
    }
    with atomic_path(path) as aside:
        aside.write_text(json.dumps(values, indent=1) + "\n")


def read_zoo(path: str | os.PathLike[str]) -> ZooTrial:
    """Read what :func:`write_zoo` wrote.

    Raises
    ------
    DataError
        Where the file is none.
    """
    with own_json(path, "trial of names") as values:
        return ZooTrial(
            algebras=tuple(values["algebras"]),
            synonyms=tuple(tuple(names) for names in values["synonyms"]),
            levels=tuple(map(float, values["levels"])),
            found={
                knowledge: tuple(tuple(tuple(draws) for draws in level) for level in values["found"][knowledge])
                for knowledge in KNOWLEDGE
            },
        )

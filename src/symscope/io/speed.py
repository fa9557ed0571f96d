"""Measurements of speed as a JSON file."""

import json
import os
from dataclasses import asdict
from pathlib import Path

from symscope.errors import DataError
from symscope.evaluation.speed import Machine, Measurement, Speeds
from symscope.io.atomic import atomic_path


def write_speeds(path: str | os.PathLike[str], speeds: Speeds) -> None:
    """Write the machine and all measurements."""
    with atomic_path(path) as aside:
        aside.write_text(json.dumps(asdict(speeds), indent=1) + "\n", encoding="utf-8")


def read_speeds(path: str | os.PathLike[str]) -> Speeds:
    """Read what :func:`write_speeds` wrote.

    Raises
    ------
    DataError
        Where the file is none.
    """
    try:
        values = json.loads(Path(path).read_text(encoding="utf-8"))
        return Speeds(Machine(**values["machine"]), tuple(Measurement(**one) for one in values["measurements"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{os.fspath(path)} holds no measurements of speed ({error!r}); make it again") from error

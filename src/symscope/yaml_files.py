"""Reading of YAML files that come with the workflow or describe data, without running anything in them."""

import os
from pathlib import Path
from typing import Any

import yaml

from symscope.errors import SymscopeError

UNREADABLE = (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError, ArithmeticError, MemoryError)
"""What PyYAML raises on bytes that are no YAML."""


def yaml_values(path: str | os.PathLike[str], kind: str, refuse: type[SymscopeError]) -> Any:
    """Read the values of a YAML file of plain numbers, texts, lists and mappings.

    Parameters
    ----------
    path
        The file.
    kind
        What it is called in a message, such as "card".
    refuse
        The error where it cannot be read.
    """
    try:
        return yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise refuse(f"{kind} {path} cannot be read ({error.strerror}); give the path of a YAML file") from None
    except UNREADABLE as error:
        raise refuse(f"{kind} {path} is no YAML: {' '.join(str(error).split())[:500]}") from None

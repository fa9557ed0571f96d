"""Reading of our own JSON files: what is missing or wrong in one is told in a sentence."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from symscope.errors import DataError

DELETE_IT = "delete it and run the same command again, which makes it anew"
"""How to mend a file that the workflow has made."""

NOT_AS_WRITTEN = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError, MemoryError)
"""What a reader trips over where a file has another content than its writer gives it."""


@contextmanager
def own_json(path: str | os.PathLike[str], kind: str) -> Iterator[Any]:
    """Read one of our own JSON files; whatever the block finds missing or wrong in it becomes a DataError.

    Parameters
    ----------
    path
        The file.
    kind
        What such a file is called in a message, such as "trial of names".

    Raises
    ------
    DataError
        Where the file is missing, no JSON, or not as it should be.
    """
    path = Path(path)
    try:
        yield json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DataError(f"{path}: there is no such file; make it with the workflow") from error
    except (OSError, *NOT_AS_WRITTEN) as error:
        text = next(iter(str(error).splitlines()), "")
        raise DataError(f"{path} is no {kind} of symscope ({type(error).__name__}: {text}); {DELETE_IT}") from error

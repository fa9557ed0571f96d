"""What all readers ask of a file before they open it."""

import os
from pathlib import Path

from symscope.errors import DataError

PathLike = str | os.PathLike[str]


def require_file(path: Path) -> None:
    """Raise a DataError where `path` is no file or has no bytes."""
    if path.is_dir():
        raise DataError(f"{path} is a folder, and a file is needed; name the files in it, such as {path}/*.root")
    if not path.is_file():
        where = path.parent if path.parent.is_dir() else f"{path.parent} (which does not exist)"
        raise DataError(f"{path}: there is no such file in {where}; mend the path or put the file there")
    if path.stat().st_size == 0:
        raise DataError(f"{path} is empty (0 bytes); fetch or make the file again")


def first_line(error: BaseException) -> str:
    """First line of an error's message, or its type where it has none."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)

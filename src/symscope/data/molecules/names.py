"""Lists of molecules in a file: one SMILES a line."""

from collections.abc import Sequence
from pathlib import Path

from symscope.errors import DataError
from symscope.io.atomic import atomic_path
from symscope.io.files import PathLike, require_file


def write_names(path: PathLike, names: Sequence[str]) -> None:
    """Write SMILES, one a line; the file appears whole or not at all."""
    with atomic_path(path) as aside:
        aside.write_text("".join(f"{name}\n" for name in names))


def read_names(path: PathLike) -> list[str]:
    """Read SMILES, one a line, empty lines left out.

    Raises
    ------
    DataError
        Where the file is missing, or has no SMILES.
    """
    require_file(Path(path))
    try:
        text = Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is no text of SMILES ({error}); make the file again") from error
    names = [name for line in text.splitlines() if (name := line.strip())]
    if not names:
        raise DataError(f"{path} has no SMILES, and one a line is needed; make the file again")
    return names

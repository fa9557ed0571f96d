"""One way to open a file of columns, whatever its form."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from symscope.config.columns import ColumnFiles, FileFormat
from symscope.errors import DataError
from symscope.io.columns.base import ColumnSource
from symscope.io.files import PathLike

SUFFIXES: dict[FileFormat, tuple[str, ...]] = {
    "root": (".root",),
    "hdf5": (".h5", ".hdf5", ".hdf"),
    "parquet": (".parquet", ".pq"),
    "npz": (".npz", ".npy"),
    "csv": (".csv", ".tsv", ".txt"),
}
"""Suffixes by which the form of a file is known."""


def file_format(path: PathLike) -> FileFormat:
    """Tell the form of a file by its suffix.

    Raises
    ------
    DataError
        For a suffix that says none.
    """
    suffix = Path(path).suffix.lower()
    for name, suffixes in SUFFIXES.items():
        if suffix in suffixes:
            return name
    allowed = ", ".join(known for suffixes in SUFFIXES.values() for known in suffixes)
    raise DataError(f"{path} ends in '{suffix}', which says no known form; allowed are {allowed}, or give 'format'")


@contextmanager
def open_columns(path: PathLike, settings: ColumnFiles) -> Iterator[ColumnSource]:
    """Open a file and look at what columns it has.

    Parameters
    ----------
    path
        The file.
    settings
        Its form, tree, delimiter, and names for entries of arrays.

    Raises
    ------
    DataError
        Where the file is missing or damaged, or a name of `unpack` is a column already.
    """
    path = Path(path)
    form = file_format(path) if settings.format == "auto" else settings.format
    match form:
        # The readers of ROOT and Parquet are slow to import, and most files need one of them only.
        case "root":
            from symscope.io.columns.root import open_root_columns  # noqa: PLC0415

            opened = open_root_columns(path, tree=settings.tree, unpack=settings.unpack)
        case "hdf5":
            from symscope.io.columns.hdf5 import open_hdf5_columns  # noqa: PLC0415

            opened = open_hdf5_columns(path, group=settings.tree, unpack=settings.unpack)
        case "parquet":
            from symscope.io.columns.parquet import open_parquet_columns  # noqa: PLC0415

            opened = open_parquet_columns(path, unpack=settings.unpack)
        case "npz":
            from symscope.io.columns.numpy_files import open_numpy_columns  # noqa: PLC0415

            opened = open_numpy_columns(path, unpack=settings.unpack)
        case "csv":
            from symscope.io.columns.text import open_text_columns  # noqa: PLC0415

            opened = open_text_columns(path, delimiter=settings.delimiter, unpack=settings.unpack)
    with opened as source:
        named = [name for names in settings.unpack.values() for name in names]
        clash = [name for name in named if name in source.kinds or named.count(name) > 1]
        if clash:
            raise DataError(
                f"{path}: 'unpack' gives the name '{clash[0]}', which another column has; give another name"
            )
        yield source

"""What all readers ask of a file before they open it."""

import math
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np

from symscope.errors import DataError
from symscope.io.json_files import DELETE_IT, NOT_AS_WRITTEN
from symscope.io.probe import probe_hdf5
from symscope.io.sealed import check_seal
from symscope.memory import require_memory

PathLike = str | os.PathLike[str]


def path_list(paths: PathLike | Iterable[PathLike]) -> list[PathLike]:
    """Give paths as a list, also where there is a single one that stands alone, as Snakemake passes it."""
    return [paths] if isinstance(paths, str | os.PathLike) else list(paths)


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


@contextmanager
def open_hdf5(path: Path, *, probed: bool = True) -> Iterator[h5py.File]:
    """Open an HDF5 file for reading; damage that h5py finds then or later, inside the block, becomes a DataError.

    Parameters
    ----------
    path
        The file.
    probed
        Whether to see first that it does not crash the library (:mod:`symscope.io.probe`).
    """
    require_file(path)
    if probed:
        probe_hdf5(path)
    try:
        file = h5py.File(path, "r")
    except (OSError, RuntimeError, ValueError) as error:
        raise DataError(
            f"{path} is no HDF5 file or is cut off ({first_line(error)}); fetch or make the file again"
        ) from error
    with file:
        try:
            yield file
        except (OSError, RuntimeError, *NOT_AS_WRITTEN) as error:
            raise DataError(
                f"{path} cannot be read ({first_line(error)}); the file is damaged, so fetch or make it again"
            ) from error


def read_dataset(dataset: h5py.Dataset, path: Path) -> np.ndarray:
    """Read a whole dataset of somebody else's file, if it fits into memory and is no array of Python objects."""
    if dataset.dtype.hasobject:
        raise DataError(
            f"{path}: '{dataset.name}' is of type {dataset.dtype}, and numbers are needed; name another one"
        )
    size = dataset.dtype.itemsize * math.prod(dataset.shape or ())
    require_memory(2.0 * size, f"reading '{dataset.name}' of {path}", remedy="give fewer samples")
    return np.asarray(dataset[()])


@contextmanager
def open_own_hdf5(path: PathLike, wanted: str, *, version: int, kind: str, remedy: str) -> Iterator[h5py.File]:
    """Open one of our own HDF5 files for reading, by its seal and its attributes ``format`` and ``format_version``.

    Parameters
    ----------
    path
        The file.
    wanted, version
        What its format must be, and the newest version that is understood.
    kind, remedy
        What such a file is called in a message, and how to get one.

    Raises
    ------
    DataError
        Where the file is missing, damaged, or of another kind, also where what the block reads is not there or not as it
        should be.
    """
    path = Path(path)
    require_file(path)
    sealed = check_seal(path)
    try:
        with open_hdf5(path, probed=not sealed) as file:
            found = file.attrs.get("format")
            if not isinstance(found, str) or found != wanted:
                raise DataError(
                    f"{path} is an HDF5 file but no {kind} file: its attribute 'format' is {found!r}, and '{wanted}' is "
                    f"needed; {remedy}"
                )
            number = file.attrs.get("format_version")
            if not isinstance(number, int | np.integer) or not 1 <= number <= version:
                raise DataError(
                    f"{path} is a {kind} file of version {number}, and this symscope reads up to version {version}; upgrade "
                    "symscope or make the file again"
                )
            yield file
    except NOT_AS_WRITTEN as error:
        raise DataError(
            f"{path} is no {kind} file as symscope writes it ({type(error).__name__}: {first_line(error)}); {DELETE_IT}"
        ) from error

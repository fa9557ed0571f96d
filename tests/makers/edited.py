"""Files of our own, edited and sealed again, as somebody would who means it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py

from symscope.io.sealed import seal_file


@contextmanager
def edited_hdf5(path: Path) -> Iterator[h5py.File]:
    """Open a file of ours for a change that keeps its seal right."""
    with h5py.File(path, "r+") as file:
        yield file
    seal_file(path)

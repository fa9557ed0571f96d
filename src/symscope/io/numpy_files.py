"""Arrays in numpy's own files, npy and npz, which are believed only as far as their length goes; no object is unpickled."""

import math
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy import ndarray

from symscope.errors import DataError
from symscope.io.files import first_line, require_file
from symscope.memory import require_memory

UNNAMED = "array"
"""What the array of an npy file is called."""
_FAILS = (
    OSError,
    EOFError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    SyntaxError,
    RecursionError,
    MemoryError,
    RuntimeError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
    tokenize.TokenError,
)
"""What numpy and zipfile raise on bytes that are no arrays."""


class NumpyArrays:
    """The arrays of one file, read when they are asked for."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path, self._file = path, file
        self._zip = zipfile.ZipFile(file) if file.read(4) == b"PK\x03\x04" else None
        ends = ".npy"
        self.names = (
            [UNNAMED] if self._zip is None else [n.removesuffix(ends) for n in self._zip.namelist() if n.endswith(ends)]
        )
        """Their names."""

    def get(self, name: str) -> ndarray:
        """Read one array."""
        if self._zip is None:
            self._file.seek(0)
            return self._read(self._file, name, self._path.stat().st_size)
        with self._zip.open(f"{name}.npy") as member:
            return self._read(member, name, self._zip.getinfo(f"{name}.npy").file_size)

    def _read(self, file: Any, name: str, size: int) -> ndarray:
        version = np.lib.format.read_magic(file)
        if version == (1, 0):
            shape, column_order, dtype = np.lib.format.read_array_header_1_0(file)
        elif version == (2, 0):
            shape, column_order, dtype = np.lib.format.read_array_header_2_0(file)
        else:
            raise ValueError(f"version {version} of the format")
        if dtype.hasobject:
            raise DataError(
                f"{self._path}: '{name}' holds Python objects; arrays of Python objects are not read, because they can run code; save "
                "plain numbers again with numpy.savez"
            )
        announced, held = math.prod(shape) * dtype.itemsize, size - file.tell()
        if announced != held:
            raise ValueError(f"'{name}' announces {announced:,} bytes of values and has {held:,}")
        require_memory(2.0 * held, f"reading '{name}' of {self._path}", remedy="give fewer samples, or an HDF5 file")
        content, have = bytearray(held), 0
        while have < held and (more := file.readinto(memoryview(content)[have:])):
            have += more
        if have != held:
            raise ValueError(f"'{name}' ends early")
        values: ndarray[Any, Any] = np.frombuffer(content, dtype)
        return values.reshape(shape, order="F" if column_order else "C")


@contextmanager
def numpy_arrays(path: Path) -> Iterator[NumpyArrays]:
    """Open an npy or npz file; what is wrong with it, also inside the block, becomes a DataError."""
    require_file(path)
    try:
        with path.open("rb") as file:
            yield NumpyArrays(path, file)
    except _FAILS as error:
        raise DataError(f"{path} cannot be read as a NumPy file ({first_line(error)}); save it again") from error

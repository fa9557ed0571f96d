"""Columns of npz and npy files, streamed: of a compressed array only the part that is needed is unpacked at a time."""

import lzma
import math
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from symscope.errors import DataError
from symscope.io.columns.base import ColumnSource, refuse_large_entries
from symscope.io.files import first_line, require_file

_TROUBLE = (
    *(OSError, ValueError, EOFError, LookupError, TypeError, SyntaxError, ArithmeticError, MemoryError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
)
_LARGEST = 1 << 62


class _Member(NamedTuple):
    """One array, as its header says."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran: bool

    @property
    def size(self) -> int:
        """Bytes of the array."""
        return math.prod(self.shape) * self.dtype.itemsize


@contextmanager
def open_numpy_columns(path: Path, *, unpack: Mapping[str, Sequence[str]]) -> Iterator[ColumnSource]:
    """Open a file; arrays go by their name, the one array of an npy file by `array`, fields of a structured one by theirs."""
    require_file(path)
    with ExitStack() as stack:
        archive = None
        try:
            if path.suffix.lower() == ".npy":
                members = {"array": "array"}
            else:
                archive = stack.enter_context(zipfile.ZipFile(path))
                members = {name.removesuffix(".npy"): name for name in archive.namelist() if name.endswith(".npy")}
            headers = {}
            for name, member in members.items():
                with _opened(path, archive, member) as handle:
                    headers[name] = _header(handle)
                size = path.stat().st_size if archive is None else archive.getinfo(member).file_size
                if headers[name].size > size:
                    raise ValueError(f"'{name}' is cut off")
        except _TROUBLE as error:
            raise _damaged(path, error) from error
        headers = {name: header for name, header in headers.items() if header.shape}
        columns = _columns(headers)
        if not columns:
            raise DataError(f"{path} has no arrays with one entry for each event; save some with numpy.savez")
        kinds = {name: _kind(headers[array], field) for name, (array, field) in columns.items()}

        def pieces(names: Sequence[str], step: int) -> Iterator[Mapping[str, Any]]:
            arrays = list(dict.fromkeys(columns[name][0] for name in names))
            lengths = {array: headers[array].shape[0] for array in arrays}
            if len(set(lengths.values())) > 1:
                told = ", ".join(f"'{array}' {length}" for array, length in lengths.items())
                raise DataError(f"{path}: arrays have different numbers of entries ({told}); name arrays of one table")
            for array in arrays:
                refuse_large_entries(path, array, headers[array].size // max(1, headers[array].shape[0]))
            with ExitStack() as opened:
                try:
                    handles = {array: opened.enter_context(_opened(path, archive, members[array])) for array in arrays}
                    rows = {array: _rows(handles[array], step) for array in arrays}
                    for _ in range(0, next(iter(lengths.values()), 0), step):
                        raw = {array: next(rows[array]) for array in arrays}
                        yield {name: _field(raw[columns[name][0]], columns[name][1]) for name in names}
                except _TROUBLE as error:
                    raise _damaged(path, error) from error

        yield ColumnSource(path, kinds, max(header.shape[0] for header in headers.values()), pieces, unpack)


def _opened(path: Path, archive: zipfile.ZipFile | None, member: str) -> Any:
    return path.open("rb") if archive is None else archive.open(member)


def _header(handle: Any) -> _Member:
    version = np.lib.format.read_magic(handle)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read(handle)
    if any(not 0 <= size < _LARGEST for size in shape) or math.prod(shape) * max(1, dtype.itemsize) >= _LARGEST:
        raise ValueError(f"an array of shape {shape} cannot be")
    return _Member(tuple(shape), dtype, fortran and len(shape) > 1)


def _rows(handle: Any, step: int) -> Iterator[np.ndarray]:
    """Read an array `step` rows at a time."""
    shape, dtype, fortran = _header(handle)
    if dtype.hasobject:
        raise ValueError("it holds Python objects, which are not read; save plain numbers")
    row = math.prod(shape[1:]) * dtype.itemsize
    if fortran:  # column by column on the disk, so that there are no rows to stream
        whole = np.frombuffer(_exactly(handle, shape[0] * row), dtype).reshape(shape, order="F")
        for start in range(0, shape[0], step):
            yield whole[start : start + step]
        return
    for start in range(0, shape[0], step):
        n = min(step, shape[0] - start)
        yield np.frombuffer(_exactly(handle, n * row), dtype).reshape(n, *shape[1:])


def _exactly(handle: Any, size: int) -> bytes:
    data: bytes = handle.read(size)
    if len(data) != size:
        raise ValueError("it is cut off")
    return data


def _columns(headers: Mapping[str, _Member]) -> dict[str, tuple[str, str | None]]:
    found: dict[str, tuple[str, str | None]] = {}
    for array, header in headers.items():
        if header.dtype.names is None:
            found[array] = (array, None)
        else:
            prefix = "" if len(headers) == 1 else f"{array}/"
            found.update({f"{prefix}{field}": (array, field) for field in header.dtype.names})
    return found


def _kind(header: _Member, field: str | None) -> str:
    dtype = header.dtype if field is None else header.dtype[field]
    shape = (*header.shape[1:], *dtype.shape)
    return f"{dtype.base}" + (f" ({', '.join(map(str, shape))})" if shape else "")


def _field(values: np.ndarray, field: str | None) -> np.ndarray:
    return values if field is None else values[field]


def _damaged(path: Path, error: Exception) -> DataError:
    return DataError(
        f"{path} cannot be read as a file of numpy ({first_line(error)}); arrays of Python objects are not read, so save plain "
        "numbers again with numpy.savez"
    )

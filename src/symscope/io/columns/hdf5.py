"""Columns of HDF5 files: arrays by their path, and the fields of compound tables."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import awkward as ak
import h5py
import hdf5plugin  # noqa: F401 - makes its compression filters known to h5py
import numpy as np

from symscope.errors import DataError
from symscope.io.columns.base import ColumnSource, listed, near, refuse_large_entries
from symscope.io.files import first_line, open_hdf5


@contextmanager
def open_hdf5_columns(path: Path, *, group: str | None, unpack: Mapping[str, Sequence[str]]) -> Iterator[ColumnSource]:
    """Open a file; names are looked up below `group`, and the fields of a compound array stand behind its name and a slash."""
    with open_hdf5(path) as file:
        top = _top(file, path, group)
        found = _columns(top)
        if not found:
            raise DataError(
                f"{path} has no arrays with one entry for each event{f' below {group}' if group else ''}; name another file"
            )
        arrays = {name: array for name, (array, _) in found.items()}
        fields = {name: field for name, (_, field) in found.items()}
        kinds = {name: _kind(array, fields[name]) for name, array in arrays.items()}

        def pieces(names: Sequence[str], step: int) -> Iterator[Mapping[str, Any]]:
            lengths = {name: len(arrays[name]) for name in names}
            if len(set(lengths.values())) > 1:
                told = ", ".join(f"'{name}' {length}" for name, length in lengths.items())
                raise DataError(f"{path}: arrays have different numbers of entries ({told}); name arrays of one table")
            for name in names:
                kind = arrays[name].dtype if fields[name] is None else arrays[name].dtype[fields[name]]
                refuse_large_entries(path, name, kind.itemsize * math.prod(arrays[name].shape[1:]))
            for start in range(0, next(iter(lengths.values()), 0), step):
                try:
                    yield {name: _slice(arrays[name], fields[name], start, start + step) for name in names}
                except (OSError, RuntimeError, ValueError, TypeError) as error:
                    raise DataError(
                        f"{path} cannot be read beyond entry {start} ({first_line(error)}); the file is damaged or packed with an "
                        "unknown filter, so fetch or make it again"
                    ) from error

        longest = max(len(array) for array in arrays.values())
        yield ColumnSource(path, kinds, longest, pieces, unpack)


def _top(file: h5py.File, path: Path, group: str | None) -> h5py.Group | h5py.Dataset:
    if group is None:
        return file
    found = file.get(group)
    if found is None:
        names: list[str] = []
        file.visit(names.append)
        raise DataError(
            f"{path} has no group or table '{group}'{near(group, names)}, which 'tree' names; it has {listed(names)}"
        )
    return found


def _columns(top: h5py.Group | h5py.Dataset) -> dict[str, tuple[h5py.Dataset, str | None]]:
    found: dict[str, tuple[h5py.Dataset, str | None]] = {}

    def visit(name: str, item: Any) -> None:
        if not isinstance(item, h5py.Dataset) or not item.shape:
            return
        prefix = f"{name}/" if name else ""
        if item.dtype.names is None:
            found[name] = (item, None)
        else:
            found.update({f"{prefix}{field}": (item, field) for field in item.dtype.names})

    if isinstance(top, h5py.Dataset):
        visit("" if top.dtype.names else "array", top)
    else:
        top.visititems(visit)
    return found


def _kind(array: h5py.Dataset, field: str | None) -> str:
    kind = array.dtype if field is None else array.dtype[field]
    shape = (*array.shape[1:], *kind.shape)
    if (inner := h5py.check_vlen_dtype(kind)) is not None:
        return f"list of {inner}"
    return f"{kind.base}" + (f" ({', '.join(map(str, shape))})" if shape else "")


def _slice(array: h5py.Dataset, field: str | None, start: int, stop: int) -> Any:
    values = array[start:stop] if field is None else array.fields(field)[start:stop]
    if h5py.check_vlen_dtype(array.dtype if field is None else array.dtype[field]) is None or not len(values):
        return values
    counts = np.array([len(part) for part in values])
    return ak.unflatten(np.concatenate(list(values)), counts)

"""Matrices of numbers in files of the user's own, one sample a row: npz, npy, HDF5, Parquet and CSV."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pyarrow as pa
from jaxtyping import Float
from numpy import ndarray
from pyarrow import csv, parquet

from symscope.errors import DataError
from symscope.io.files import first_line, open_hdf5, read_dataset, require_file
from symscope.io.numpy_files import UNNAMED, numpy_arrays
from symscope.memory import require_memory

SUFFIXES = (".npz", ".npy", ".h5", ".hdf5", ".parquet", ".csv")
"""Kinds of files that are understood."""


def read_matrix(path: Path, *, array: str = "x", columns: Sequence[str] | None = None) -> Float[ndarray, "sample d"]:
    """Read one file by its suffix.

    Parameters
    ----------
    path
        The file.
    array
        Name of the array in an npz file or of the dataset in an HDF5 file.
    columns
        Columns of a Parquet or CSV file, in the order that is wanted; None takes all of them.

    Returns
    -------
    ndarray
        float32 where the file holds that, float64 otherwise.

    Raises
    ------
    DataError
        Where the file cannot be read, or holds no matrix of finite numbers.
    """
    require_file(path)
    suffix = path.suffix.lower()
    if suffix in {".npz", ".npy"}:
        values = _read_numpy(path, array)
    elif suffix in {".h5", ".hdf5"}:
        with open_hdf5(path) as file:
            if not isinstance(file.get(array), h5py.Dataset):
                raise DataError(f"{path} has no dataset '{array}'; it has {', '.join(file) or 'none'}, so mend 'array'")
            values = read_dataset(file[array], path)
    elif suffix in {".parquet", ".csv"}:
        values = _read_table(path, columns)
    else:
        raise DataError(f"{path} ends in '{suffix}'; allowed are {', '.join(SUFFIXES)}")
    values = np.asarray(values)
    if values.ndim != 2 or values.dtype.kind not in "fiu":
        raise DataError(
            f"{path} holds an array of shape {values.shape} and type {values.dtype}; a matrix of numbers with one sample "
            "a row is needed"
        )
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        raise DataError(
            f"{path} holds {len(bad)} values that are NaN or infinite, the first in row {bad[0][0]}, column {bad[0][1]} "
            "(from 0); remove these rows or fill them"
        )
    return values.astype(np.float32 if values.dtype == np.float32 else np.float64, copy=False)


def _read_numpy(path: Path, array: str) -> ndarray:
    with numpy_arrays(path) as arrays:
        name = UNNAMED if arrays.names == [UNNAMED] else array
        if name not in arrays.names:
            raise DataError(
                f"{path} has no array '{array}'; it has {', '.join(arrays.names) or 'none'}, so mend 'array'"
            )
        return arrays.get(name)


def _read_table(path: Path, columns: Sequence[str] | None) -> ndarray:
    """Read columns of a Parquet file or a text table."""
    kind = "Parquet" if path.suffix.lower() == ".parquet" else "CSV"
    try:
        needed = 2.0 * (_unpacked(path) if kind == "Parquet" else path.stat().st_size)
        require_memory(needed, f"reading {path}", remedy="give fewer samples, or an HDF5 file")
        table = parquet.read_table(path) if kind == "Parquet" else _csv(path, named=columns is not None)
    except (pa.ArrowException, OSError, ValueError, TypeError, LookupError, ArithmeticError, MemoryError) as error:
        raise DataError(f"{path} cannot be read as {kind} ({first_line(error)}); mend it or save it again") from error
    names = list(table.column_names)
    for name in columns or ():
        if names.count(name) != 1:
            raise DataError(
                f"{path} has {names.count(name) or 'no'} column '{name}'; it has {', '.join(names)}, so mend 'columns'"
            )
    chosen = [names.index(name) for name in columns] if columns else range(len(names))
    parts = []
    for place in chosen:
        column = table.column(place)
        if pa.types.is_null(column.type):  # nothing but missing values
            column = column.cast(pa.float64())
        if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
            raise DataError(
                f"{path}: column '{names[place]}' has entries that are no numbers (type {column.type}); mend them, or name "
                "the columns to take under 'columns'"
            )
        parts.append(column.to_numpy())
    if not parts or not len(parts[0]):
        raise DataError(f"{path} has {table.num_rows} rows and {len(parts)} columns; at least one of each is needed")
    return np.stack(parts, axis=1)


def _unpacked(path: Path) -> int:
    """Bytes of all values of a Parquet file, as it says itself."""
    about = parquet.read_metadata(path)
    return sum(max(0, about.row_group(number).total_byte_size) for number in range(about.num_row_groups))


def _csv(path: Path, *, named: bool) -> Any:
    """Read a text table; names stand in its first line, which may be left out where no columns are asked for."""
    with path.open(encoding="utf-8-sig") as file:
        first = next((line for line in file if line.strip()), "")
    cells = [cell.strip() for cell in first.split(",")]
    numbers = [cell for cell in cells if _is_number(cell)]
    others = [cell for cell in cells if cell not in numbers]
    if numbers and others:
        raise DataError(
            f"{path}: the first line has both numbers and '{others[0]}'; it needs the names of all columns, or numbers only"
        )
    has_names = not numbers
    if named and not has_names:
        raise DataError(f"{path} has no line of column names, and 'columns' asks for some; add it or leave 'columns'")
    return csv.read_csv(path, read_options=csv.ReadOptions(autogenerate_column_names=not has_names))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

"""The user's own matrix of samples: npz, HDF5, Parquet and CSV files."""

import csv
import importlib
from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.config.signals import MatrixFiles
from symscope.config.splits import SplitName
from symscope.errors import DataError
from symscope.io.files import first_line, open_hdf5, require_file


def read_matrix(settings: MatrixFiles, split: SplitName, *, seed: int) -> Float[ndarray, "sample d"]:
    """Read the samples of one split, one a row, float32 for single-precision files and float64 otherwise.

    Parameters
    ----------
    settings
        Files, names and limits.
    split
        Which split. Where all splits share the files, its samples are drawn by the fractions with `seed`.
    seed
        Seed of the division into splits and of the choice of at most `max_samples`.

    Raises
    ------
    DataError
        Where a file cannot be read, holds no matrix of finite numbers, or the files differ in their columns.
    """
    parts = [
        read_matrix_file(path, array=settings.array, columns=settings.columns) for path in settings.files_of(split)
    ]
    widths = sorted({part.shape[1] for part in parts})
    if len(widths) > 1:
        raise DataError(f"the files of split '{split}' have {widths[0]} to {widths[-1]} columns; all need the same")
    samples = np.concatenate(parts)
    rng = np.random.default_rng(seed)
    if settings.split_by_fractions:
        order = rng.permutation(len(samples))
        edges = np.floor(
            np.cumsum([settings.fractions[name] for name in ("train", "val", "test")]) * len(samples) + 1e-9
        )
        first = {"train": 0, "val": int(edges[0]), "test": int(edges[1])}[split]
        last = {"train": int(edges[0]), "val": int(edges[1]), "test": int(edges[2])}[split]
        samples = samples[np.sort(order[first:last])]
    most = settings.max_samples.get(split)
    if most is not None and most < len(samples):
        samples = samples[np.sort(rng.choice(len(samples), most, replace=False))]
    if len(samples) == 0:
        raise DataError(f"split '{split}' has no samples; give more files or larger fractions")
    return samples


def read_matrix_file(
    path: Path, *, array: str = "x", columns: Sequence[str] | None = None
) -> Float[ndarray, "sample d"]:
    """Read one file by its suffix: .npz or .npy, .h5 or .hdf5, .parquet, .csv. See :func:`read_matrix`."""
    require_file(path)
    suffix = path.suffix.lower()
    if suffix in {".npz", ".npy"}:
        values = _read_numpy(path, array)
    elif suffix in {".h5", ".hdf5"}:
        with open_hdf5(path) as file:
            if not isinstance(file.get(array), h5py.Dataset):
                raise DataError(f"{path} has no dataset '{array}'; it has {', '.join(file) or 'none'}, so mend 'array'")
            values = file[array][()]
    elif suffix == ".parquet":
        values = _read_parquet(path, columns)
    elif suffix == ".csv":
        values = _read_csv(path, columns)
    else:
        raise DataError(f"{path} ends in '{suffix}'; allowed are .npz, .npy, .h5, .hdf5, .parquet and .csv")
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
    try:
        loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, ndarray):
            return loaded
        with loaded:
            if array not in loaded:
                raise DataError(
                    f"{path} has no array '{array}'; it has {', '.join(loaded.files) or 'none'}, so mend 'array'"
                )
            return np.asarray(loaded[array])
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"{path} cannot be read as a NumPy file ({first_line(error)}); save it again") from error


def _read_csv(path: Path, columns: Sequence[str] | None) -> ndarray:
    with path.open(newline="", encoding="utf-8-sig") as handle:
        try:
            rows = [row for row in csv.reader(handle) if row]
        except (csv.Error, UnicodeDecodeError) as error:
            raise DataError(f"{path} cannot be read as CSV ({first_line(error)}); save it as UTF-8 text") from error
    header = None if _is_number(rows[0][0]) else [name.strip() for name in rows[0]]
    body = rows if header is None else rows[1:]
    if columns is not None:
        if header is None:
            raise DataError(
                f"{path} has no line of column names, and 'columns' asks for some; add it or leave 'columns'"
            )
        chosen = [_position(header, name, path) for name in columns]
    for number, row in enumerate(body):
        if len(row) != len(rows[0]):
            raise DataError(
                f"{path}: row {number} (from 0) has {len(row)} values and the first {len(rows[0])}; mend it"
            )
    try:
        values = np.array(body, dtype=np.float64).reshape(len(body), -1)
    except ValueError as error:
        raise DataError(f"{path} holds something that is no number ({first_line(error)}); mend or remove it") from error
    return values if columns is None else values[:, chosen]


def _read_parquet(path: Path, columns: Sequence[str] | None) -> ndarray:
    try:
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        message = f"{path} needs the package pyarrow, which is not installed; run 'pip install pyarrow'"
        raise DataError(message) from error
    try:
        table = parquet.read_table(path)
    except (OSError, ValueError) as error:  # the errors of pyarrow derive from these
        raise DataError(f"{path} cannot be read as Parquet ({first_line(error)}); save it again") from error
    names = list(table.column_names)
    chosen = names if columns is None else [names[_position(names, name, path)] for name in columns]
    return np.stack([table.column(name).to_numpy() for name in chosen], axis=1)


def _position(names: Sequence[str], name: str, path: Path) -> int:
    if name not in names:
        raise DataError(f"{path} has no column '{name}'; it has {', '.join(names)}, so mend 'columns'")
    return list(names).index(name)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

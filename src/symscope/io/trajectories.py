"""Trajectories as files: our own HDF5 layout, and arrays of other people in HDF5, npz and npy.

Our layout, which is read like anyone's: ``states`` (trajectory, time, feature) with the attribute ``feature_names``,
``times``, and numbers of each trajectory beside them; attributes ``format`` = "symscope-trajectories",
``format_version`` and ``provenance`` (JSON).
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from jaxtyping import Float, Shaped

from symscope.config.trajectory_datasets import TrajectoryReading
from symscope.errors import DataError
from symscope.io.files import PathLike, open_hdf5, open_own_hdf5, read_dataset, require_file
from symscope.io.numpy_files import numpy_arrays
from symscope.io.sealed import sealed_hdf5
from symscope.io.trajectory_checks import Trajectories, arranged, checked, joined, listed
from symscope.io.trajectory_tables import read_table

FORMAT = "symscope-trajectories"
VERSION = 1

_HDF5 = (".h5", ".hdf5", ".hdf")
_NUMPY = (".npz", ".npy")
_TABLES = (".csv", ".tsv", ".txt")


def write_trajectories(
    path: PathLike,
    states: Float[np.ndarray, "n time d"],
    *,
    times: Float[np.ndarray, " time"],
    feature_names: Sequence[str],
    provenance: Mapping[str, Any],
    numbers: Mapping[str, Shaped[np.ndarray, " n"]] | None = None,
) -> None:
    """Write trajectories; the file appears whole or not at all, and the same content gives the same bytes.

    Parameters
    ----------
    path
        The file, with the suffix .h5.
    states, times, feature_names
        The trajectories, when their states are, and what their components are called.
    provenance
        How they were made, as plain values.
    numbers
        Arrays with one number for each trajectory, such as `energy_drift`.
    """
    with sealed_hdf5(path, FORMAT, version=VERSION, size=states.nbytes) as file:
        file.attrs["provenance"] = json.dumps(dict(provenance))
        file["states"] = states
        file["states"].attrs["feature_names"] = list(feature_names)
        file["times"] = times
        for name, values in (numbers or {}).items():
            file[name] = values


def read_provenance(path: PathLike) -> dict[str, Any]:
    """Read how one of our own files was made.

    Raises
    ------
    DataError
        Where the file is missing, broken, or none that :func:`write_trajectories` wrote.
    """
    with open_own_hdf5(path, FORMAT, version=VERSION, kind="trajectories", remedy="make it again") as file:
        found: dict[str, Any] = json.loads(file.attrs["provenance"])
        return found


def read_trajectories(paths: Sequence[PathLike] | PathLike, settings: TrajectoryReading) -> Trajectories:
    """Read trajectories of one or several files, checked and with their features in the wanted order.

    Parameters
    ----------
    paths
        Files; the suffix says what each is.
    settings
        How they are read; see :class:`~symscope.config.trajectory_datasets.TrajectoryReading`.

    Raises
    ------
    DataError
        In one sentence that names file, trajectory, step and column, what was found, what is allowed and how to mend it.
    """
    names = [paths] if isinstance(paths, str) or not isinstance(paths, Sequence) else paths
    parts = [(Path(path), _read(Path(path), settings)) for path in names]
    if not parts:
        raise DataError("there are no files of trajectories to read; name at least one under 'files'")
    return joined(parts, settings)


def _read(path: Path, settings: TrajectoryReading) -> Trajectories:
    suffix = path.suffix.lower()
    if suffix not in (*_HDF5, *_NUMPY, *_TABLES):
        raise DataError(
            f"{path} has the suffix '{path.suffix}', which says no known form of trajectories; allowed: "
            f"{', '.join((*_HDF5, *_NUMPY, *_TABLES))}, so rename or convert the file"
        )
    require_file(path)
    if suffix in _TABLES:
        return read_table(path, settings)
    with _arrays(path, suffix) as arrays:
        names = _names(arrays, path, settings)
        states = _states(arrays, names, path, settings)
        times = _times(arrays, path, settings)
    return checked(states, times, path, settings)


@dataclass(frozen=True)
class _Arrays:
    """The arrays of a file, whatever its form."""

    names: list[str]
    get: Callable[[str], Shaped[np.ndarray, "..."]]
    feature_names: Callable[[str], list[str] | None]


@contextmanager
def _arrays(path: Path, suffix: str) -> Iterator[_Arrays]:
    if suffix in _HDF5:
        with open_hdf5(path) as file:
            found: list[str] = []
            file.visititems(lambda name, item: found.append(name) if isinstance(item, h5py.Dataset) else None)
            yield _Arrays(found, lambda name: read_dataset(file[name], path), lambda name: _feature_names(file[name]))
        return
    with numpy_arrays(path) as content:
        yield _Arrays(content.names, content.get, lambda _: None)


def _feature_names(dataset: h5py.Dataset) -> list[str] | None:
    value = dataset.attrs.get("feature_names")
    if value is None:
        return None
    return [name.decode() if isinstance(name, bytes) else str(name) for name in np.atleast_1d(value)]


def _names(arrays: _Arrays, path: Path, settings: TrajectoryReading) -> dict[str, str]:
    """Name of the array behind each part that is needed: all features together, or each column."""
    if path.suffix.lower() == ".npy":
        return {"": "array"}
    wanted = {"": settings.array} if settings.array is not None else {name: name for name in settings.columns}
    for name in wanted.values():
        if name not in arrays.names:
            key = "array" if settings.array is not None else "columns"
            raise DataError(
                f"{path} has no array '{name}'; it has {listed(arrays.names)}; name one of them under '{key}'"
            )
    return {part: str(name) for part, name in wanted.items()}


def _states(
    arrays: _Arrays, names: Mapping[str, str], path: Path, settings: TrajectoryReading
) -> Float[np.ndarray, "n time d"]:
    """All features in the wanted order, whatever the order of axes and features in the file."""
    if "" not in names:
        axes = [axis for axis in settings.axes if axis != "feature"]
        each = [arranged(arrays.get(name), axes, name, path) for name in names.values()]
        shapes = {values.shape for values in each}
        if len(shapes) > 1:
            raise DataError(
                f"{path}: the arrays of the columns have the shapes {listed(map(str, sorted(shapes)))}; one is needed"
            )
        return np.stack(each, axis=2)
    name = names[""]
    states = arranged(arrays.get(name), settings.axes, name, path)
    present = settings.array_columns or arrays.feature_names(name) or settings.columns
    if len(present) != states.shape[2]:
        raise DataError(
            f"{path}: '{name}' has {states.shape[2]} features along its axis {settings.axes.index('feature')}, and "
            f"{len(present)} names are given for them ({listed(present)}); mend 'columns', 'array_columns' or 'axes'"
        )
    missing = [column for column in settings.columns if column not in present]
    if missing:
        raise DataError(f"{path}: '{name}' has no feature '{missing[0]}'; it has {listed(present)}; mend 'columns'")
    places = [present.index(column) for column in settings.columns]
    return states if places == list(range(states.shape[2])) else states[:, :, places]


def _times(arrays: _Arrays, path: Path, settings: TrajectoryReading) -> Float[np.ndarray, "m time"] | None:
    name = settings.time_array
    if name is None or path.suffix.lower() == ".npy" or name not in arrays.names:
        return None
    times = arrays.get(name)
    if times.dtype.kind not in "iuf" or times.ndim not in (1, 2):
        raise DataError(
            f"{path}: '{name}' is {times.dtype} of shape {times.shape}, and real numbers of shape (time) or (trajectory, time) "
            "are needed; mend 'time_array', or set it to null"
        )
    return np.atleast_2d(times).astype(np.float64)

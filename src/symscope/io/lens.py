"""What SymmetryLens found, as HDF5 files."""

import json

import numpy as np

from symscope.discovery.symmetrylens.result import LensResult
from symscope.io.files import PathLike, open_own_hdf5
from symscope.io.sealed import sealed_hdf5

FORMAT = "symscope-lens"
VERSION = 1
_ARRAYS = (
    "generators",
    "filters",
    "convolutions",
    "history_steps",
    "snapshot_steps",
    "snapshot_generators",
    "snapshot_convolutions",
)


def write_lens(path: PathLike, result: LensResult) -> None:
    """Write what SymmetryLens found; the file appears whole or not at all.

    Layout: the arrays of :class:`LensResult` by name, `seeds`, `history/<term>` (seed, logged); attributes `settings`,
    `notes` and `snapshot_labels` as JSON, `seconds`, `steps` and `padding`.
    """
    with sealed_hdf5(path, FORMAT, version=VERSION) as file:
        for name in ("settings", "notes", "snapshot_labels"):
            file.attrs[name] = json.dumps(getattr(result, name))
        for name in ("seconds", "steps", "padding"):
            file.attrs[name] = getattr(result, name)
        file["seeds"] = np.array(result.seeds, dtype=np.int64)
        for name in _ARRAYS:
            if (values := getattr(result, name)) is not None:
                file[name] = values
        folder = file.create_group("history")
        for name, values in result.history.items():
            folder[name] = values


def read_lens(path: PathLike) -> LensResult:
    """Read what :func:`write_lens` wrote.

    Raises
    ------
    DataError
        Where the file is missing, damaged or of another kind.
    """
    with open_own_hdf5(path, FORMAT, version=VERSION, kind="lens", remedy="make it again") as file:
        return LensResult(
            **{name: file[name][()] for name in _ARRAYS if name in file},
            seeds=tuple(int(seed) for seed in file["seeds"][()]),
            history={name: values[()] for name, values in file["history"].items()},
            settings=json.loads(file.attrs["settings"]),
            notes=tuple(tuple(lines) for lines in json.loads(file.attrs["notes"])),
            snapshot_labels=tuple(json.loads(file.attrs["snapshot_labels"])),
            seconds=float(file.attrs["seconds"]),
            steps=int(file.attrs["steps"]),
            padding=int(file.attrs["padding"]),
        )

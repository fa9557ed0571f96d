"""Files with trajectories in every form that is read."""

from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np

COLUMNS = ["x1", "y1", "px1", "py1"]


def random_trajectories(rng: np.random.Generator, n: int = 20, steps: int = 6, d: int = 4) -> np.ndarray:
    """Trajectories whose first component at the start is their number, so that they can be told apart."""
    states = rng.normal(size=(n, steps, d))
    states[:, 0, 0] = np.arange(n)
    return states


def write_csv(
    path: Path,
    states: np.ndarray,
    *,
    columns: Sequence[str] = COLUMNS,
    order: Sequence[str] | None = None,
    labels: Sequence[object] | None = None,
    times: np.ndarray | None = None,
    delimiter: str = ",",
    shuffle: np.random.Generator | None = None,
) -> Path:
    """One row for each state; `order` gives the columns of the file, which may have others too."""
    n, steps, _ = states.shape
    order = ["trajectory", "time", *columns] if order is None else list(order)
    labels = list(range(n)) if labels is None else labels
    times = 0.5 * np.arange(steps) if times is None else times
    rows = []
    for i in range(n):
        for k in range(steps):
            values = dict(zip(columns, states[i, k].tolist(), strict=True))
            entry = {"trajectory": labels[i], "time": float(times[k]), "remark": "ok", **values}
            rows.append(delimiter.join(str(entry[name]) for name in order))
    if shuffle is not None:
        shuffle.shuffle(rows)
    path.write_text("\n".join([delimiter.join(order), *rows]) + "\n")
    return path


def write_npz(path: Path, states: np.ndarray, **arrays: np.ndarray) -> Path:
    """The array `states` and others."""
    np.savez(path, **{"states": states, **arrays})
    return path


def write_hdf5(path: Path, states: np.ndarray, *, names: Sequence[str] | None = None, **arrays: np.ndarray) -> Path:
    """The dataset `states` and others, with names of the features where some are given."""
    with h5py.File(path, "w") as file:
        file["states"] = states
        if names is not None:
            file["states"].attrs["feature_names"] = list(names)
        for name, values in arrays.items():
            file[name] = values
    return path

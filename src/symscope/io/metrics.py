"""Fitted metrics as HDF5 files."""

import os

from symscope.groups.ensemble_metric import EnsembleMetric
from symscope.io.files import open_own_hdf5
from symscope.io.sealed import sealed_hdf5

FORMAT = "symscope-metric"
VERSION = 1


def write_metrics(path: str | os.PathLike[str], fitted: EnsembleMetric) -> None:
    """Write fitted metrics; the file appears whole or not at all.

    Layout: `metric` (seed, d, d), `gap` (seed), `singular_values` (seed, m), `joint` (d, d); attributes `method` and
    `joint_gap`.
    """
    with sealed_hdf5(path, FORMAT, version=VERSION) as file:
        file.attrs["method"] = fitted.method
        file.attrs["joint_gap"] = fitted.joint_gap
        for name in ("metric", "gap", "singular_values", "joint"):
            file[name] = getattr(fitted, name)


def read_metrics(path: str | os.PathLike[str]) -> EnsembleMetric:
    """Read what :func:`write_metrics` wrote.

    Raises
    ------
    DataError
        Where the file is missing, damaged or of another kind.
    """
    with open_own_hdf5(path, FORMAT, version=VERSION, kind="metric", remedy="make it again") as file:
        return EnsembleMetric(
            metric=file["metric"][()],
            gap=file["gap"][()],
            singular_values=file["singular_values"][()],
            joint=file["joint"][()],
            joint_gap=float(file.attrs["joint_gap"]),
            method=str(file.attrs["method"]),
        )

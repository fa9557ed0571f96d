"""Discoveries and fitted metrics as HDF5 files."""

import json
import os
from collections.abc import Mapping
from typing import Any

import h5py
import numpy as np

from symscope.discovery.result import Discovery
from symscope.errors import DataError
from symscope.groups.forms import EnsembleMetric
from symscope.io.atomic import atomic_path

DISCOVERY_FORMAT = "symscope-discovery"
METRIC_FORMAT = "symscope-metric"
VERSION = 1


def write_discovery(
    path: str | os.PathLike[str], discovery: Discovery, *, provenance: Mapping[str, Any] | None = None
) -> None:
    """Write a discovery; the file appears whole or not at all.

    Layout: `generators` (seed, channel, d, d), `seeds`, `history/<term>` (seed, logged), `history_steps`,
    `history_generators`, `coefficient_parameters/<name>`; attributes `settings` and `provenance` as JSON, `seconds` and
    `steps`.
    """
    with atomic_path(path) as aside, h5py.File(aside, "w") as file:
        file.attrs["format"] = DISCOVERY_FORMAT
        file.attrs["format_version"] = VERSION
        file.attrs["settings"] = json.dumps(discovery.settings)
        file.attrs["provenance"] = json.dumps(dict(provenance or {}))
        file.attrs["seconds"] = discovery.seconds
        file.attrs["steps"] = discovery.steps
        file["generators"] = discovery.generators
        file["seeds"] = np.array(discovery.seeds, dtype=np.int64)
        file["history_steps"] = discovery.history_steps
        file["history_generators"] = discovery.history_generators
        for group, values in (
            ("history", discovery.history),
            ("coefficient_parameters", discovery.coefficient_parameters),
        ):
            folder = file.create_group(group)
            for name, array in values.items():
                folder[name] = array


def read_discovery(path: str | os.PathLike[str]) -> Discovery:
    """Read what :func:`write_discovery` wrote.

    Raises
    ------
    DataError
        Where the file is missing, damaged or of another kind.
    """
    with _open(path, DISCOVERY_FORMAT, "discovery") as file:
        return Discovery(
            generators=file["generators"][()],
            seeds=tuple(int(seed) for seed in file["seeds"][()]),
            history={name: values[()] for name, values in file["history"].items()},
            history_steps=file["history_steps"][()],
            history_generators=file["history_generators"][()],
            coefficient_parameters={name: values[()] for name, values in file["coefficient_parameters"].items()},
            settings=json.loads(file.attrs["settings"]),
            seconds=float(file.attrs["seconds"]),
            steps=int(file.attrs["steps"]),
        )


def write_metrics(
    path: str | os.PathLike[str], fitted: EnsembleMetric, *, provenance: Mapping[str, Any] | None = None
) -> None:
    """Write fitted metrics; the file appears whole or not at all.

    Layout: `metric` (seed, d, d), `gap` (seed), `singular_values` (seed, m), `joint` (d, d); attributes `method`,
    `joint_gap`, `provenance`.
    """
    with atomic_path(path) as aside, h5py.File(aside, "w") as file:
        file.attrs["format"] = METRIC_FORMAT
        file.attrs["format_version"] = VERSION
        file.attrs["method"] = fitted.method
        file.attrs["joint_gap"] = fitted.joint_gap
        file.attrs["provenance"] = json.dumps(dict(provenance or {}))
        for name in ("metric", "gap", "singular_values", "joint"):
            file[name] = getattr(fitted, name)


def read_metrics(path: str | os.PathLike[str]) -> EnsembleMetric:
    """Read what :func:`write_metrics` wrote.

    Raises
    ------
    DataError
        Where the file is missing, damaged or of another kind.
    """
    with _open(path, METRIC_FORMAT, "metric") as file:
        return EnsembleMetric(
            metric=file["metric"][()],
            gap=file["gap"][()],
            singular_values=file["singular_values"][()],
            joint=file["joint"][()],
            joint_gap=float(file.attrs["joint_gap"]),
            method=str(file.attrs["method"]),
        )


def _open(path: str | os.PathLike[str], wanted: str, kind: str) -> Any:
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise DataError(f"{kind} file {os.fspath(path)} cannot be read: {error}; make it again") from error
    found = file.attrs.get("format"), file.attrs.get("format_version")
    if found != (wanted, VERSION):
        file.close()
        raise DataError(
            f"{os.fspath(path)} is no {kind} file: its format is {found[0]} version {found[1]}, wanted {wanted} version {VERSION}"
        )
    return file

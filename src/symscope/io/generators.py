"""Discoveries as HDF5 files."""

import json
import os

import numpy as np

from symscope.discovery.result import Discovery
from symscope.io.files import open_own_hdf5
from symscope.io.sealed import sealed_hdf5

FORMAT = "symscope-discovery"
VERSION = 2


def write_discovery(path: str | os.PathLike[str], discovery: Discovery) -> None:
    """Write a discovery; the file appears whole or not at all.

    Layout: `generators` (seed, channel, d, d), `seeds`, `span` (d, r), `history/<term>` (seed, logged), `history_steps`,
    `history_generators`, `coefficient_parameters/<name>`, `tried/<name>` and `null_space/<name>`; where the method has them,
    `elements` (seed, m, d, d), the group elements that it learns, `spectrum` (seed, k), from which the number of generators or
    free weights follows, and `shared_weights` (seed, free, m, d), which weights are shared. Attributes: `settings` as JSON,
    `seconds` and `steps`.
    """
    with sealed_hdf5(path, FORMAT, version=VERSION) as file:
        file.attrs["settings"] = json.dumps(discovery.settings)
        file.attrs["seconds"] = discovery.seconds
        file.attrs["steps"] = discovery.steps
        file["generators"] = discovery.generators
        file["span"] = discovery.span
        if discovery.elements is not None:
            file["elements"] = discovery.elements
        for name in ("spectrum", "shared_weights"):
            if getattr(discovery, name) is not None:
                file[name] = getattr(discovery, name)
        file["seeds"] = np.array(discovery.seeds, dtype=np.int64)
        file["history_steps"] = discovery.history_steps
        file["history_generators"] = discovery.history_generators
        for group, values in (
            ("history", discovery.history),
            ("coefficient_parameters", discovery.coefficient_parameters),
            ("tried", discovery.tried),
            ("null_space", discovery.null_space),
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
    with open_own_hdf5(path, FORMAT, version=VERSION, kind="discovery", remedy="make it again") as file:
        return Discovery(
            generators=file["generators"][()],
            elements=file["elements"][()] if "elements" in file else None,
            spectrum=file["spectrum"][()] if "spectrum" in file else None,
            shared_weights=file["shared_weights"][()] if "shared_weights" in file else None,
            span=file["span"][()] if "span" in file else np.eye(file["generators"].shape[-1]),
            seeds=tuple(int(seed) for seed in file["seeds"][()]),
            history={name: values[()] for name, values in file["history"].items()},
            history_steps=file["history_steps"][()],
            history_generators=file["history_generators"][()],
            coefficient_parameters={name: values[()] for name, values in file["coefficient_parameters"].items()},
            tried={name: values[()] for name, values in file["tried"].items()} if "tried" in file else {},
            null_space=(
                {name: values[()] for name, values in file["null_space"].items()} if "null_space" in file else {}
            ),
            settings=json.loads(file.attrs["settings"]),
            seconds=float(file.attrs["seconds"]),
            steps=int(file.attrs["steps"]),
        )

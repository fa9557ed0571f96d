"""Where a result comes from: versions, settings, seeds and time, as plain values that fit into JSON."""

import hashlib
import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from symscope import __version__
from symscope.io.atomic import atomic_path

PACKAGES = (
    "torch",
    "torch-geometric",
    "numpy",
    "scipy",
    "awkward",
    "uproot",
    "h5py",
    "pythia8mc",
    "fastjet",
    "rdkit",
    "tblite",
    "snakemake",
)
"""Packages whose versions can change a number."""


def provenance(
    *, step: str, settings: Mapping[str, Any], seeds: Sequence[int] = (), seconds: float | None = None
) -> dict[str, Any]:
    """Describe how a result was made.

    Parameters
    ----------
    step
        Name of the rule or function that made it.
    settings
        The settings that it was given, as plain values.
    seeds
        The random seeds used.
    seconds
        Wall-clock time of the job [s]; None where it is not known.

    Returns
    -------
    dict
        Keys ``step``, ``version``, ``python``, ``platform``, ``packages``, ``settings``, ``seeds``, ``seconds``. No date
        and no host name: two runs with the same seeds write the same provenance except for ``seconds``.
    """
    return {
        "step": step,
        "version": __version__,
        "python": platform.python_version(),
        "platform": f"{sys.platform} {platform.machine()}",
        "packages": {name: found for name in PACKAGES if (found := _version(name)) is not None},
        "settings": dict(settings),
        "seeds": list(seeds),
        "seconds": None if seconds is None else round(seconds, 3),
    }


def write_provenance(
    path: str | os.PathLike[str],
    *,
    step: str,
    settings: Mapping[str, Any],
    seeds: Sequence[int] = (),
    seconds: float | None = None,
) -> None:
    """Write what :func:`provenance` gives as JSON beside the result that it describes."""
    with atomic_path(path) as aside:
        aside.write_text(
            json.dumps(provenance(step=step, settings=settings, seeds=seeds, seconds=seconds), indent=1) + "\n"
        )


def file_sha256(path: str | os.PathLike[str]) -> str:
    """SHA-256 of a file that a result depends on and that is not ours, in hexadecimal digits."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None

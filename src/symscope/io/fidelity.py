"""The comparison of generated jets with the reference dataset as an HDF5 file."""

import os

import numpy as np

from symscope.evaluation.fidelity import Fidelity, JetSpectra
from symscope.io.files import open_own_hdf5
from symscope.io.sealed import sealed_hdf5

FORMAT = "symscope-fidelity"
VERSION = 1
NUMBERS = ("auc", "auc_std", "accuracy")


def write_fidelity(path: str | os.PathLike[str], fidelity: Fidelity) -> None:
    """Write labels, the spectra by name, and scores with their summary where a network gave some."""
    with sealed_hdf5(path, FORMAT, version=VERSION) as file:
        file["labels"] = fidelity.labels
        for name, values in fidelity.spectra._asdict().items():
            file[f"spectra/{name}"] = values
        if fidelity.scores is not None:
            file["scores"] = fidelity.scores
            for name in NUMBERS:
                file.attrs[name] = getattr(fidelity, name)


def read_fidelity(path: str | os.PathLike[str]) -> Fidelity:
    """Read what :func:`write_fidelity` wrote.

    Raises
    ------
    DataError
        Where the file cannot be read or is of another kind.
    """
    with open_own_hdf5(path, FORMAT, version=VERSION, kind="jet fidelity", remedy="make it again") as file:
        scored = "scores" in file
        return Fidelity(
            labels=file["labels"][()],
            spectra=JetSpectra(**{name: file[f"spectra/{name}"][()] for name in JetSpectra._fields}),
            scores=np.asarray(file["scores"][()]) if scored else None,
            **{name: float(file.attrs[name]) if scored else None for name in NUMBERS},
        )

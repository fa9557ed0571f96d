"""Computed molecules in a file of their own: what one job makes, before all of them become samples."""

import json
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int64, UInt8
from numpy import ndarray

from symscope.errors import DataError
from symscope.io.files import PathLike, open_own_hdf5
from symscope.io.sealed import sealed_hdf5

FORMAT = "symscope-molecules"
FORMAT_VERSION = 1


@dataclass(frozen=True)
class Molecules:
    """Molecules with their atoms, one after the other, and how many could not be computed."""

    positions: Float[ndarray, "atom 3"]
    """Positions of all atoms [angstrom]."""
    numbers: UInt8[ndarray, " atom"]
    """Nuclear charges of all atoms."""
    counts: Int64[ndarray, " molecule"]
    """Atoms of each molecule."""
    energies: Float[ndarray, "molecule 2"]
    """HOMO and LUMO of each molecule [eV]."""
    names: tuple[str, ...]
    """SMILES of each molecule."""
    failures: tuple[tuple[str, str], ...] = ()
    """Name of each molecule that failed, and the reason."""

    @property
    def n(self) -> int:
        """Number of molecules."""
        return len(self.counts)

    @property
    def offsets(self) -> Int64[ndarray, " molecule_plus_1"]:
        """First atom of each molecule, and the number of all atoms."""
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(self.counts, dtype=np.int64)])

    def atoms_of(self, molecule: int) -> slice:
        """Rows of the atoms of one molecule."""
        return slice(int(self.offsets[molecule]), int(self.offsets[molecule + 1]))


def join_molecules(parts: list[Molecules]) -> Molecules:
    """Put molecules of several files one after the other."""
    return Molecules(
        positions=np.concatenate([part.positions for part in parts]),
        numbers=np.concatenate([part.numbers for part in parts]),
        counts=np.concatenate([part.counts for part in parts]),
        energies=np.concatenate([part.energies for part in parts]),
        names=tuple(name for part in parts for name in part.names),
        failures=tuple(failure for part in parts for failure in part.failures),
    )


def write_molecules(path: PathLike, molecules: Molecules) -> None:
    """Write molecules; the file appears whole or not at all."""
    with sealed_hdf5(path, FORMAT, version=FORMAT_VERSION) as file:
        for name in ("positions", "numbers", "counts", "energies"):
            file[name] = getattr(molecules, name)
        # As one text each, because attributes are limited to 64 kB.
        file["names"] = json.dumps(molecules.names)
        file["failures"] = json.dumps(molecules.failures)


def read_molecules(path: PathLike) -> Molecules:
    """Read what :func:`write_molecules` wrote.

    Raises
    ------
    DataError
        Where the file is missing, broken, no such file, or of a newer version.
    """
    remedy = "make it again with the workflow"
    with open_own_hdf5(path, FORMAT, version=FORMAT_VERSION, kind="molecules", remedy=remedy) as file:
        values = {name: file[name][:] for name in ("positions", "numbers", "counts", "energies")}
        names, failures = (json.loads(file[name][()]) for name in ("names", "failures"))
    found = Molecules(**values, names=tuple(names), failures=tuple((name, reason) for name, reason in failures))
    if not (int(found.counts.sum()) == len(found.positions) == len(found.numbers)) or not (
        found.n == len(found.energies) == len(found.names)
    ):
        raise DataError(f"{path}: the arrays contradict each other in length; make the file again")
    return found

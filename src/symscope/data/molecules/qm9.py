"""QM9 from its raw files, through torch-geometric."""

import tempfile
from pathlib import Path

import numpy as np
from torch_geometric.datasets import QM9

from symscope.config.molecules import Qm9Dataset
from symscope.errors import DataError
from symscope.io.files import first_line, require_file
from symscope.io.molecules import Molecules

_HOMO, _LUMO = 2, 3
"""Places of the two energies among torch-geometric's targets, where they are in eV."""


class _RawQm9(QM9):  # type: ignore[misc]
    """torch-geometric's reader of the raw files, whose own processed file goes to a temporary folder.

    A processed file that is there already is a pickle of unknown origin, so it is never read.
    """

    def __init__(self, raw: Path, scratch: Path) -> None:
        self._raw, self._scratch = raw, scratch
        super().__init__(str(scratch))

    @property
    def raw_dir(self) -> str:
        return str(self._raw)

    @property
    def processed_dir(self) -> str:
        return str(self._scratch)


def read_qm9(settings: Qm9Dataset) -> Molecules:
    """Read QM9 without the 3,054 molecules that its authors could not characterise.

    Parameters
    ----------
    settings
        Where the raw files are.

    Returns
    -------
    Molecules
        In the order of the files; atoms in the order of the files too, heavy ones first. HOMO and LUMO are converted from
        hartree to eV.

    Raises
    ------
    DataError
        Where a file is missing, empty or not as it should be.
    """
    for path in settings.raw_files:
        try:
            require_file(path)
        except DataError as error:
            raise DataError(
                f"{error}. QM9 has three raw files, gdb9.sdf, gdb9.sdf.csv and uncharacterized.txt; fetch them from the "
                "addresses that config/README.md names under Qm9Dataset"
            ) from None
    _check_table(*settings.raw_files[:2])
    with tempfile.TemporaryDirectory() as scratch:
        try:
            found = _RawQm9(settings.raw_folder, Path(scratch))
        except Exception as error:
            raise DataError(
                f"{settings.raw_folder}: the raw files of QM9 cannot be read ({type(error).__name__}: {first_line(error)}); "
                "they are damaged or do not belong together, so fetch them again"
            ) from error
    molecules = [found[i] for i in range(len(found))]
    energies = np.stack([molecule.y[0, [_HOMO, _LUMO]].double().numpy() for molecule in molecules])
    if not np.isfinite(energies).all():
        raise DataError(f"{settings.raw_files[1]}: a HOMO or LUMO is not finite; fetch the file again")
    return Molecules(
        positions=np.concatenate([molecule.pos.double().numpy() for molecule in molecules]),
        numbers=np.concatenate([molecule.z.numpy().astype(np.uint8) for molecule in molecules]),
        counts=np.array([len(molecule.z) for molecule in molecules], np.int64),
        energies=energies,
        names=tuple(molecule.smiles for molecule in molecules),
    )


def _check_table(structures: Path, path: Path) -> None:
    """Raise a DataError where the table of targets is not that of QM9, whose columns and rows are taken by number."""
    with path.open(errors="replace") as file:
        columns = file.readline().strip().split(",")
        rows = sum(1 for line in file if line.strip())
    with structures.open(errors="replace") as file:
        molecules = sum(line.startswith("$$$$") for line in file)
    if len(columns) < 20 or [column.lower() for column in columns[6:8]] != ["homo", "lumo"]:
        told = ", ".join(columns[6:8]) or "missing"
        raise DataError(
            f"{path}: columns 7 and 8 are {told}, and the table of QM9 has homo and lumo there; fetch the file again"
        )
    if rows != molecules:
        raise DataError(
            f"{path} has {rows} rows, and {structures.name} beside it has {molecules} molecules; they do not belong together, so "
            "fetch both again"
        )

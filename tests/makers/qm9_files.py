"""QM9's raw files in small: the same layout, other molecules."""

from pathlib import Path

import numpy as np
from rdkit import Chem
from rdkit.Chem import rdDistGeom

COLUMNS = [
    "mol_id",
    "A",
    "B",
    "C",
    "mu",
    "alpha",
    "homo",
    "lumo",
    "gap",
    "r2",
    "zpve",
    "u0",
    "u298",
    "h298",
    "g298",
    "cv",
    "u0_atom",
    "u298_atom",
    "h298_atom",
    "g298_atom",
]


def write_qm9(folder: Path, smiles: list[str], *, skipped: tuple[int, ...] = ()) -> np.ndarray:
    """Write the three raw files; `skipped` are counted from 1. Returns HOMO and LUMO of all [hartree]."""
    folder.mkdir(parents=True, exist_ok=True)
    energies = np.array([[-0.2 - 0.01 * i, 0.05 + 0.01 * i] for i in range(len(smiles))])
    with Chem.SDWriter(str(folder / "gdb9.sdf")) as writer:
        for number, name in enumerate(smiles, start=1):
            molecule = Chem.AddHs(Chem.MolFromSmiles(name))
            rdDistGeom.EmbedMolecule(molecule, randomSeed=number)
            molecule.SetProp("_Name", f"gdb_{number}")
            writer.write(molecule)
    rows = [",".join(COLUMNS)]
    for number, (homo, lumo) in enumerate(energies, start=1):
        values = [1.0, 2.0, 3.0, 0.5, 6.0, homo, lumo, lumo - homo, *[7.0] * 11]
        rows.append(",".join([f"gdb_{number}", *(repr(float(value)) for value in values)]))
    (folder / "gdb9.sdf.csv").write_text("\n".join(rows) + "\n")
    lines = [f"header {line}" for line in range(9)]
    lines += [f"  {number} name" for number in skipped]
    (folder / "uncharacterized.txt").write_text("\n".join(lines) + "\n\n")
    return energies

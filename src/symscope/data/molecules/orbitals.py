"""The shape of a molecule, and the energies of its frontier orbitals.

Conformers come from distance geometry with torsion preferences (ETKDG version 3; Wang, Witek, Landrum and Riniker 2020,
by RDKit), relaxed in a force field; orbital energies from the tight-binding method GFN2-xTB (Bannwarth, Ehlert and Grimme
2019, by tblite).
"""

import numpy as np
from jaxtyping import Float, UInt8
from numpy import ndarray
from rdkit import Chem, rdBase
from rdkit.Chem import rdDistGeom, rdForceFieldHelpers
from tblite.exceptions import TBLiteRuntimeError, TBLiteTypeError, TBLiteValueError
from tblite.interface import Calculator
from threadpoolctl import threadpool_limits

from symscope.errors import DataError

BOHR = 0.529177210903
"""Atomic unit of length [angstrom]."""
HARTREE = 27.211386245988
"""Atomic unit of energy [eV]."""


def make_conformer(
    smiles: str, *, seed: int, relaxation_steps: int
) -> tuple[UInt8[ndarray, " atom"], Float[ndarray, "atom 3"]]:
    """Make one conformer of a molecule.

    Parameters
    ----------
    smiles
        The molecule.
    seed
        Seed of the distance geometry, 0 to below 2^31.
    relaxation_steps
        Largest number of steps in the force field MMFF94, or UFF where that lacks parameters; 0 takes none.

    Returns
    -------
    numbers, positions
        Nuclear charges, and positions [angstrom]; heavy atoms first, in the order of the SMILES, then hydrogen. The
        centroid lies at the origin up to the relaxation, and the axes are about the principal ones.

    Raises
    ------
    DataError
        Where the SMILES cannot be read or no conformer is found.
    """
    with rdBase.BlockLogs():
        molecule = Chem.MolFromSmiles(smiles)
        if molecule is None:
            raise DataError(f"'{smiles}' is no SMILES of a molecule; mend it")
        molecule = Chem.AddHs(molecule)
        parameters = rdDistGeom.ETKDGv3()
        parameters.randomSeed = seed  # type: ignore[assignment]  # rdkit's own stubs take it for another type
        if rdDistGeom.EmbedMolecule(molecule, parameters) < 0:
            raise DataError(f"no conformer of '{smiles}' was found by distance geometry; leave it out")
        if relaxation_steps and rdForceFieldHelpers.MMFFHasAllMoleculeParams(molecule):
            rdForceFieldHelpers.MMFFOptimizeMolecule(molecule, maxIters=relaxation_steps)
        elif relaxation_steps and rdForceFieldHelpers.UFFHasAllMoleculeParams(molecule):
            rdForceFieldHelpers.UFFOptimizeMolecule(molecule, maxIters=relaxation_steps)
    numbers = np.array([atom.GetAtomicNum() for atom in molecule.GetAtoms()], np.uint8)
    return numbers, np.asarray(molecule.GetConformer().GetPositions(), np.float64)


def frontier_orbitals(numbers: UInt8[ndarray, " atom"], positions: Float[ndarray, "atom 3"]) -> tuple[float, float]:
    """Energies of the highest occupied and the lowest unoccupied orbital of a neutral molecule.

    Parameters
    ----------
    numbers
        Nuclear charges.
    positions
        Positions [angstrom].

    Returns
    -------
    homo, lumo
        Energies [eV]. An orbital counts as occupied with more than one of its two electrons.

    Raises
    ------
    DataError
        Where the calculation does not converge, or all orbitals of its small basis are occupied.
    """
    try:
        with threadpool_limits(limits=1):  # threads cost more than they save on so few atoms
            calculator = Calculator("GFN2-xTB", numbers.astype(np.int64), positions / BOHR)
            calculator.set("verbosity", 0)
            result = calculator.singlepoint()
        energies, occupations = result.get("orbital-energies"), result.get("orbital-occupations")
    except (TBLiteRuntimeError, TBLiteTypeError, TBLiteValueError) as error:
        told = " ".join(str(error).split())
        raise DataError(f"GFN2-xTB failed on {len(numbers)} atoms ({told}); mend or leave out the molecule") from None
    occupied = np.asarray(occupations) > 1
    if not occupied.any() or occupied.all():
        raise DataError(f"the basis of GFN2-xTB leaves {len(numbers)} atoms no HOMO or no LUMO; leave out the molecule")
    return float(energies[occupied].max() * HARTREE), float(energies[~occupied].min() * HARTREE)

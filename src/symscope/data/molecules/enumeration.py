"""All small molecules that can be drawn with ordinary valences, and a random choice of them.

Molecules grow by one heavy atom at a time: an atom of each element is bonded to each atom that has hydrogen to give, by a
single, double or triple bond; then single bonds close rings. Every molecule without cumulated double bonds in a ring is
reached, because its double bonds belong to some tree that spans it, and the bonds outside that tree are single. Equal
molecules are recognised by their canonical SMILES; stereochemistry is left open.
"""

import logging
from collections.abc import Iterator
from itertools import combinations

import numpy as np
from rdkit import Chem, rdBase

from symscope.config.molecules import MoleculesDataset
from symscope.errors import DataError

logger = logging.getLogger(__name__)

VALENCES = {"C": 4, "N": 3, "O": 2, "F": 1}
"""Bonds that a heavy atom makes, counted with their order."""
_ORDERS = {1: Chem.BondType.SINGLE, 2: Chem.BondType.DOUBLE, 3: Chem.BondType.TRIPLE}

Level = dict[str, Chem.Mol]


def choose_molecules(settings: MoleculesDataset, *, seed: int) -> list[str]:
    """Draw the molecules of a dataset, those to spare included, in random order.

    Parameters
    ----------
    settings
        Which molecules there are, and how many are wanted.
    seed
        Decides which are drawn, and their order.

    Returns
    -------
    list
        Canonical SMILES, each once.

    Raises
    ------
    DataError
        Where there are not so many molecules.
    """
    known = enumerate_molecules(settings)
    wanted = settings.n_candidates
    if wanted > len(known):
        low, high = settings.heavy_atoms
        raise DataError(
            f"{wanted} molecules are wanted, spare ones included, and there are {len(known)} with {low} to {high} heavy atoms; "
            "lower 'molecules' or 'spare', or raise the upper end of 'heavy_atoms'"
        )
    chosen = np.random.default_rng(seed).choice(len(known), size=wanted, replace=False)
    logger.info("%d of %d molecules are chosen", wanted, len(known))
    return [known[place] for place in chosen]


def enumerate_molecules(settings: MoleculesDataset) -> list[str]:
    """List all molecules of the wanted sizes as canonical SMILES, by number of heavy atoms, then by name."""
    low, high = settings.heavy_atoms
    found: list[str] = []
    with rdBase.BlockLogs():  # it complains about every molecule that it refuses
        level = _single_atoms(settings)
        for size in range(1, high + 1):
            if size > 1:
                level = _closed(_attached(level, settings), settings)
            if size >= low:
                found += sorted(level)
    return found


def _single_atoms(settings: MoleculesDataset) -> Level:
    level: Level = {}
    for element in settings.elements:
        molecule = Chem.RWMol()
        molecule.AddAtom(Chem.Atom(element))
        _keep(level, molecule)
    return level


def _attached(level: Level, settings: MoleculesDataset) -> Level:
    """Every molecule with one heavy atom more, bonded to one of the others."""
    larger: Level = {}
    for molecule in level.values():
        for atom, element in _places(molecule, settings):
            for order in range(1, min(atom.GetTotalNumHs(), VALENCES[element], 3) + 1):
                grown = Chem.RWMol(molecule)
                new = grown.AddAtom(Chem.Atom(element))
                grown.AddBond(atom.GetIdx(), new, _ORDERS[order])
                _keep(larger, grown)
    return larger


def _places(molecule: Chem.Mol, settings: MoleculesDataset) -> Iterator[tuple[Chem.Atom, str]]:
    for atom in molecule.GetAtoms():
        for element in settings.elements:
            if atom.GetTotalNumHs() and not _forbidden(atom.GetSymbol(), element, settings):
                yield atom, element


def _closed(level: Level, settings: MoleculesDataset) -> Level:
    """Give the same molecules, and those that come of them by closing rings, as many as are allowed."""
    everything, newest = dict(level), level
    while newest:
        found: Level = {}
        for molecule in newest.values():
            if molecule.GetRingInfo().NumRings() >= settings.max_rings:
                continue
            for first, second in combinations(molecule.GetAtoms(), 2):
                free = min(first.GetTotalNumHs(), second.GetTotalNumHs())
                bonded = molecule.GetBondBetweenAtoms(first.GetIdx(), second.GetIdx()) is not None
                if free < 1 or bonded or _forbidden(first.GetSymbol(), second.GetSymbol(), settings):
                    continue
                ring = Chem.RWMol(molecule)
                ring.AddBond(first.GetIdx(), second.GetIdx(), Chem.BondType.SINGLE)
                _keep(found, ring)
        newest = {name: molecule for name, molecule in found.items() if name not in everything}
        everything |= newest
    return everything


def _forbidden(first: str, second: str, settings: MoleculesDataset) -> bool:
    return f"{first}-{second}" in settings.forbidden_bonds or f"{second}-{first}" in settings.forbidden_bonds


def _keep(level: Level, molecule: Chem.RWMol) -> None:
    """Add a molecule under its canonical name, unless it cannot be or is strained beyond reason."""
    if Chem.SanitizeMol(molecule, catchErrors=True) != Chem.SanitizeFlags.SANITIZE_NONE:
        return
    name = Chem.MolToSmiles(molecule)
    if name in level:
        return
    Chem.Kekulize(molecule, clearAromaticFlags=True)
    if not _has_strained_ring(molecule):
        level[name] = molecule.GetMol()


def _has_strained_ring(molecule: Chem.Mol) -> bool:
    """Whether a ring, of at most eight atoms here, has a triple bond or an atom with two double bonds."""
    for atom in molecule.GetAtoms():
        orders = [bond.GetBondType() for bond in atom.GetBonds()]
        triple = any(bond.IsInRing() and bond.GetBondType() == Chem.BondType.TRIPLE for bond in atom.GetBonds())
        if atom.IsInRing() and (triple or orders.count(Chem.BondType.DOUBLE) > 1):
            return True
    return False

"""Compute molecules: shape and orbital energies of each, failures counted."""

import logging
from collections.abc import Sequence

import numpy as np

from symscope.config.molecules import MoleculesDataset
from symscope.data.molecules.orbitals import frontier_orbitals, make_conformer
from symscope.errors import DataError
from symscope.io.molecules import Molecules

logger = logging.getLogger(__name__)


def generate_molecules(names: Sequence[str], *, settings: MoleculesDataset, first: int = 0, seed: int) -> Molecules:
    """Make a conformer of each molecule and compute its HOMO and LUMO.

    Parameters
    ----------
    names
        SMILES.
    settings
        How conformers are relaxed.
    first
        Place of the first of them in the whole list, so that the data do not depend on how it is cut into pieces.
    seed
        Root of the random conformers, one stream for each place in the list.

    Returns
    -------
    Molecules
        Those that could be computed, in their order; the others under `failures`, which are logged too.
    """
    numbers, positions, energies, kept, failures = [], [], [], [], []
    for place, name in enumerate(names, start=first):
        own = int(np.random.SeedSequence([seed, place]).generate_state(1)[0]) % 2**31
        try:
            charges, points = make_conformer(name, seed=own, relaxation_steps=settings.relaxation_steps)
            orbitals = frontier_orbitals(charges, points)
        except DataError as error:
            failures.append((name, str(error)))
            logger.warning("%s", error)
            continue
        numbers.append(charges)
        positions.append(points)
        energies.append(orbitals)
        kept.append(name)
    logger.info("%d molecules, %d failed", len(kept), len(failures))
    return Molecules(
        positions=np.concatenate([np.zeros((0, 3)), *positions]),
        numbers=np.concatenate([np.zeros(0, np.uint8), *numbers]),
        counts=np.array([len(charges) for charges in numbers], np.int64),
        energies=np.array(energies, np.float64).reshape(-1, 2),
        names=tuple(kept),
        failures=tuple(failures),
    )

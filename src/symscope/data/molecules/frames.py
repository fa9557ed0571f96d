"""Random frames: where a molecule stands, and how it is turned.

Energies do not depend on the frame of the coordinates, but the law of the coordinates does. It is invariant under
rotations only where each molecule is turned by a rotation that is drawn evenly from all of them, and about invariant under
shifts that are small against the spread of the centroids; no law of a finite spread is invariant under all shifts.
"""

import numpy as np
from jaxtyping import Float, Int64
from numpy import ndarray
from scipy.spatial.transform import Rotation


def random_frames(
    positions: Float[ndarray, "atom 3"], counts: Int64[ndarray, " molecule"], *, shift: float, rng: np.random.Generator
) -> Float[ndarray, "atom 3"]:
    """Turn each molecule about its centroid by a random rotation and put the centroid at a random place.

    Parameters
    ----------
    positions
        Positions of all atoms [angstrom], molecule after molecule.
    counts
        Atoms of each molecule, at least one.
    shift
        Standard deviation of each coordinate of the centroid [angstrom].
    rng
        Source of randomness.

    Returns
    -------
    ndarray
        Positions in the new frames; distances within a molecule are as they were.
    """
    owner = np.repeat(np.arange(len(counts)), counts)
    centroids = np.zeros((len(counts), 3))
    np.add.at(centroids, owner, positions)
    centroids /= counts[:, None]
    turns = Rotation.from_quat(rng.standard_normal((len(counts), 4))).as_matrix()
    places = shift * rng.standard_normal((len(counts), 3))
    turned = np.einsum("aij,aj->ai", turns[owner], positions - centroids[owner])
    return np.asarray(turned + places[owner])

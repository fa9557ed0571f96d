"""Discrete elements beside a continuous group: one for each component of the group that keeps the algebra as it is.

An element that leaves a law as it is carries the law's continuous symmetries into themselves, so that only the normaliser of the
found algebra need be searched, up to the continuous group. The candidates are the sign flips of the components and their
products: for an algebra of rotations and boosts these meet every component of O(p, q) (parity, time reversal and both), for
others they are the usual suspects and not all there may be.
"""

from itertools import product
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from scipy.linalg import expm
from scipy.optimize import least_squares

from symscope.errors import DataError
from symscope.groups.spans import orthonormal_rows

NORMALISER_SLACK = 0.05
"""Share of a moved generator that may lead out of the span where the generators are known within errors."""
REACHED = 0.05
"""Distance from the nearest element of the continuous group, over the norm of one, below which an element belongs to it."""
STARTS = 6
LARGEST = 8


class CosetElement(NamedTuple):
    """An element of a component of the group that keeps an algebra as it is."""

    name: str
    """`identity`, or which components change their sign."""
    matrix: Float[ndarray, "d d"]


def coset_representatives(
    generators: Float[ndarray, "c d d"], *, components: tuple[str, ...] | None = None, seed: int = 0
) -> list[CosetElement]:
    """Give one sign flip for each component of the normaliser that flips reach; the first is the identity.

    Parameters
    ----------
    generators
        A basis of the algebra that was found.
    components
        Names of the components, by default 1, 2, ...
    seed
        Of the starts from which the continuous group is searched.

    Raises
    ------
    DataError
        For more than 8 components.
    """
    dim = generators.shape[-1]
    if dim > LARGEST:
        raise DataError(f"the generators act on {dim} components; cosets are searched for at most {LARGEST}")
    names = components or tuple(str(index + 1) for index in range(dim))
    rows = orthonormal_rows(generators)
    basis = rows.reshape(-1, dim, dim)
    found: list[CosetElement] = []
    reached: dict[tuple[float, ...], bool] = {}
    # Few flips first, so that parity is one flip where one is enough.
    for signs in sorted(product((1.0, -1.0), repeat=dim), key=lambda flips: (flips.count(-1.0), [-f for f in flips])):
        matrix = np.diag(signs)
        if not _normalises(basis, rows, matrix):
            continue
        relative = [tuple(np.diag(matrix @ element.matrix)) for element in found]
        for flips in relative:
            if flips not in reached:
                reached[flips] = in_continuous_group(np.diag(flips), basis, seed=seed)
        if any(reached[flips] for flips in relative):
            continue
        flipped = [name for name, sign in zip(names, signs, strict=True) if sign < 0]
        found.append(CosetElement("identity" if not flipped else f"flip {', '.join(flipped)}", matrix))
    return found


def in_continuous_group(matrix: Float[ndarray, "d d"], basis: Float[ndarray, "c d d"], *, seed: int = 0) -> bool:
    """Search for an element of the algebra whose exponential is a matrix.

    The exponential of the orthogonal and Lorentz groups reaches all that is connected with one; of others it may miss some, which
    then count as another component.
    """
    if np.linalg.det(matrix) < 0:
        return False
    rng = np.random.default_rng(seed)
    size = float(np.linalg.norm(np.eye(len(matrix))))

    def miss(weights: ndarray) -> ndarray:
        return np.asarray((expm(np.tensordot(weights, basis, axes=1)) - matrix).ravel())

    for start in range(STARTS):
        first = np.zeros(len(basis)) if start == 0 else np.pi * np.sqrt(2.0) * rng.standard_normal(len(basis)) / 2.0
        solution = least_squares(miss, first, max_nfev=60)
        if np.linalg.norm(solution.fun) < REACHED * size:
            return True
    return False


def _normalises(basis: ndarray, rows: ndarray, matrix: ndarray) -> bool:
    moved = (matrix @ basis @ matrix).reshape(len(basis), -1)
    outside = moved - (moved @ rows.T) @ rows
    return bool(np.linalg.norm(outside, axis=1).max() < NORMALISER_SLACK)


def time_reversed(
    before: Float[ndarray, "n d"], after: Float[ndarray, "n d"], *, odd: list[int]
) -> tuple[Float[ndarray, "n d"], Float[ndarray, "n d"]]:
    """Run pairs of successive states backwards: the later state comes first, and the odd components change their sign.

    Parameters
    ----------
    odd
        Indices of components that are odd in time, such as momenta.
    """
    signs = np.ones(before.shape[1])
    signs[odd] = -1.0
    return after * signs, before * signs

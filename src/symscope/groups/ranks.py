"""Ranks of matrices that are known within errors.

Everything that tells one algebra from another is a rank: of the brackets, of the Killing form, of an action. A rank is
decided here against draws of the errors, in the manner of a sequential rank test (Kleibergen and Paap 2006): the smallest
rank whose rest is no larger than what the errors alone make, and only where a clear gap lies above it.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray

NUMERICAL = 1e-7
"""Share of the scale below which a singular value is zero whatever the errors: the rounding of a Gram matrix."""
DEVIATIONS = 6.0
"""What errors make of zeros is their mean and this many standard deviations: an answer rests on a score of ranks, and the
tails of their sizes are heavier than normal ones."""
SIGNIFICANT = 1.25
"""A value counts as not zero where it is this many times what the errors make of zeros."""
GAP = 2.5
"""The smallest value that is not zero must be this many times what the errors make of those that are."""


class Rank(NamedTuple):
    """The rank of a matrix that is known within errors."""

    rank: int
    values: Float[ndarray, " k"]
    """Singular values, falling."""
    noise: float
    """What the errors make of the values that are zero, mean and :data:`DEVIATIONS` standard deviations; where the rank is
    not clear, what they make of the value in question, if that is more."""
    clear: bool
    """Whether the errors leave no other rank."""


def decide_rank(matrices: Float[ndarray, "draw m n"], *, scale: float) -> Rank:
    """Decide the rank of the first matrix, of which the others are draws within the errors.

    Parameters
    ----------
    matrices
        The matrix as it was measured, then draws of it.
    scale
        How large a singular value would be that is not zero; used where all look like zero.
    """
    measured = matrices[0]
    rows, columns = measured.shape
    if rows == 0 or columns == 0:
        return Rank(0, np.zeros(0), 0.0, True)
    left, short, right = np.linalg.svd(measured)
    values = np.zeros(columns)
    values[: len(short)] = short
    noise = np.full(columns + 1, np.nan)

    def noise_at(rank: int) -> float:
        if np.isnan(noise[rank]):
            rest = (matrices[1:] - measured) @ right[rank:].T
            rest = rest - left[:, :rank] @ (left[:, :rank].T @ rest)
            largest = np.linalg.norm(rest, ord=2, axis=(-2, -1)) if rank < columns else np.zeros(len(rest))
            noise[rank] = noise_level(largest, floor=max(scale, float(values[0])))
        return float(noise[rank])

    largest_rank = min(rows, columns)
    found = largest_rank
    for rank in range(largest_rank):
        above = values[rank - 1] if rank else scale
        # No noise that leaves a clear gap is larger than this, so that most ranks need no draws.
        if values[rank] <= above / GAP and values[rank] <= noise_at(rank):
            found = rank
            break
    above = float(values[found - 1]) if found else scale
    # Errors of the values that are zero, and those that the smallest other value must stand out of.
    rest = noise_at(found) if found < columns else 0.0
    hidden = noise_at(found - 1) if found else 0.0
    clear = above >= GAP * rest and above >= SIGNIFICANT * hidden
    return Rank(found, values, rest if clear else max(rest, hidden), bool(clear))


def noise_level(sizes: Float[ndarray, " draw"], *, floor: float) -> float:
    """Size that the errors alone hardly ever exceed, from draws of it, and not below the rounding of a scale."""
    return max(float(sizes.mean() + DEVIATIONS * sizes.std()), NUMERICAL * floor)


def leading_space(matrices: Float[ndarray, "draw m n"], rank: int) -> Float[ndarray, "draw {rank} n"]:
    """Orthonormal basis of the space that the rows of each matrix span, as near to that of the first as it can be."""
    _, vectors = np.linalg.eigh(matrices.swapaxes(-1, -2) @ matrices)
    count = matrices.shape[-1]
    return align(vectors[:, :, count - rank :].swapaxes(-1, -2))


def null_space(matrices: Float[ndarray, "draw m n"], rank: int) -> Float[ndarray, "draw k n"]:
    """Orthonormal basis of the null space of each matrix of a rank, as near to that of the first as it can be."""
    _, vectors = np.linalg.eigh(matrices.swapaxes(-1, -2) @ matrices)
    return align(vectors[:, :, : matrices.shape[-1] - rank].swapaxes(-1, -2))


def align(bases: Float[ndarray, "draw r n"]) -> Float[ndarray, "draw r n"]:
    """Turn each orthonormal basis within its span to lie as near as possible to the first."""
    if bases.shape[1] == 0:
        return bases
    left, _, right = np.linalg.svd(bases[:1] @ bases.swapaxes(-1, -2))
    return np.asarray((left @ right) @ bases)

"""A linear system for generators, and how many of them solve it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Inexact
from numpy import ndarray

from symscope.discovery.nullspace.coordinates import Coordinates
from symscope.groups.spans import from_real_rows, orthonormal_rows

Statement = Literal["density", "support", "label", "function"]
"""What is symmetric: the law of x, the set on which it lives, the law of a label given x, or a function or dynamics."""


@dataclass(frozen=True, kw_only=True)
class NullSpace:
    """The generators that solve a linear system, the others beside them, and what separates the two."""

    statement: Statement
    """What is symmetric under the generators."""
    generators: Inexact[ndarray, "c d d"]
    """Solutions, of unit Frobenius norm and orthogonal, acting on events in their own unit."""
    outputs: Float[ndarray, "c q q"] | None
    """What happens to the output of a function meanwhile, where that was learned; in the units of the output."""
    directions: Inexact[ndarray, "k r r"]
    """All singular directions with their singular values rising; the first c span the solutions. Each has unit norm in
    coordinates in which the events have unit second moments."""
    singular_values: Float[ndarray, "k"]
    """Defect of each direction: how much the thing changes along it, over the root mean square of all directions."""
    noise: Float[ndarray, "k"]
    """What a direction of exact symmetry would show in place of zero, because the number of events is finite."""
    threshold: float
    """Value that separates solutions from the others."""
    scale: float
    """Root mean square of all directions, in the unit of the system's rows."""
    span: Inexact[ndarray, "d r"]
    """Orthonormal basis of the directions that the events visit. Nothing can be told about the others, which generators
    leave alone."""
    fit: float | None
    """Share of the output's variance that the fitted model explains; None where there is no model."""
    count: int
    """Number of events."""

    @property
    def dimension(self) -> int:
        """Number of independent generators."""
        return len(self.generators)

    @property
    def tangent(self) -> Inexact[ndarray, "c r r"]:
        """The solutions in coordinates of unit second moments, orthonormal there."""
        return self.directions[: self.dimension]


@dataclass(frozen=True)
class SolvedRows:
    """Directions of a linear system, from the one that changes least to the one that changes most."""

    left: Float[ndarray, "k k"]
    """Coefficients of each direction, one column each."""
    values: Float[ndarray, "k"]
    """Change along each, over that of an average motion."""
    noise: Float[ndarray, "k"]
    """What each would show if it were exact."""
    count: int
    """How many of them solve the system."""
    threshold: float
    """Value that separates these from the others."""
    scale: float
    """Root mean square of the change over all motions."""


def solve_rows(
    rows: Float[ndarray, "k n"], noise: Float[ndarray, "k k"], *, motions: int, largest: float, least_gap: float
) -> SolvedRows:
    """Find the combinations of rows that vanish.

    Parameters
    ----------
    rows
        One for each unknown: what changes along it.
    noise
        Quadratic form of the mean square that a direction shows where its true change is zero.
    motions
        How many unknowns are motions of the input; they come first, and make the scale.
    largest, least_gap
        As in :func:`count_small`.
    """
    scale = max(float(np.sqrt(np.mean(np.sum(rows[:motions] ** 2, axis=1)))), np.finfo(float).tiny)
    # The triangle has the same left vectors and values as the rows, which may be very long.
    triangle = np.asarray(np.linalg.qr(rows.T, mode="r"))
    left, singular, _ = np.linalg.svd(triangle.T, full_matrices=True)
    values = np.zeros(len(rows))
    values[: len(singular)] = singular / scale
    order = np.argsort(values, kind="stable")
    values, left = values[order], left[:, order]
    level = np.sqrt(np.maximum(np.einsum("ki,kl,li->i", left, noise, left, optimize=True), 0.0)) / scale
    count, threshold = count_small(values, level, largest=largest, least_gap=least_gap)
    return SolvedRows(left, values, level, count, threshold, scale)


def null_space_of(
    statement: Statement,
    found: SolvedRows,
    ansatz: Inexact[ndarray, "m r r"],
    place: Coordinates,
    *,
    fit: float | None,
    count: int,
) -> NullSpace:
    """Write solutions as matrices.

    Parameters
    ----------
    statement
        What is symmetric.
    found
        Solution of the system, whose first unknowns are the motions of the ansatz.
    ansatz
        These motions, in coordinates of unit second moments.
    place
        These coordinates.
    fit, count
        As in :class:`NullSpace`.
    """
    directions = np.einsum("ki,kab->iab", found.left[: len(ansatz)], ansatz)
    return NullSpace(
        statement=statement,
        generators=orthonormal(place.lifted(directions[: found.count])),
        outputs=None,
        directions=directions,
        singular_values=found.values,
        noise=found.noise,
        threshold=found.threshold,
        scale=found.scale,
        span=place.span,
        fit=fit,
        count=count,
    )


def unsolved(
    statement: Statement, place: Coordinates, *, directions: Inexact[ndarray, "k r r"], fit: float | None, count: int
) -> NullSpace:
    """Give the answer without a generator where nothing was solved.

    `directions` are the motions among which was looked: none, or all of them where none changes anything because nothing
    confines the events, which says nothing of the data.
    """
    zeros = np.zeros(len(directions))
    nothing = SolvedRows(np.eye(len(directions)), zeros, zeros, 0, 0.0, 1.0)
    return null_space_of(statement, nothing, directions, place, fit=fit, count=count)


def orthonormal(matrices: Inexact[ndarray, "c d d"], *, tolerance: float = 1e-9) -> Inexact[ndarray, "k d d"]:
    """Orthonormal basis of the real span in the Frobenius product; fewer matrices where the given ones are dependent.

    Parameters
    ----------
    tolerance
        As in :func:`symscope.groups.spans.orthonormal_rows`.
    """
    return from_real_rows(orthonormal_rows(matrices, rank_tolerance=tolerance), matrices) if len(matrices) else matrices


def count_small(
    values: Float[ndarray, "k"], floors: Float[ndarray, "k"], *, largest: float, least_gap: float
) -> tuple[int, float]:
    """Count the singular values that stand apart as small, by the widest gap between neighbours.

    Parameters
    ----------
    values
        Rising, with root mean square 1.
    floors
        Level of the noise of each; values below it count as equal to it, so that no gap opens within the noise.
    largest
        No value above this is small.
    least_gap
        Ratio of neighbours from which there is a gap.

    Returns
    -------
    tuple
        The count, and the geometric mean of the two ends of the gap. Where there is no gap, none is small unless all are,
        and the threshold is `largest`.
    """
    raised = np.maximum(values, np.maximum(floors, 1e-13))
    if not len(raised) or raised.max() <= largest:
        return len(raised), largest
    below = np.flatnonzero(raised <= largest)
    if not len(below):
        return 0, largest
    ratios = raised[below + 1] / raised[below]
    widest = int(ratios.argmax())
    if ratios[widest] < least_gap:
        return 0, largest
    count = int(below[widest]) + 1
    return count, float(min(np.sqrt(raised[count - 1] * raised[count]), largest))

"""A linear system for generators, and how many of them solve it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Inexact
from numpy import ndarray

from symscope.discovery.nullspace.coordinates import Coordinates

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


def no_motions(statement: Statement, place: Coordinates, *, fit: float | None, count: int) -> NullSpace:
    """Give the answer where there is nothing to search."""
    none = place.ansatz()[:0]
    return NullSpace(
        statement=statement,
        generators=place.lifted(none),
        outputs=None,
        directions=none,
        singular_values=np.zeros(0),
        noise=np.zeros(0),
        threshold=0.0,
        scale=1.0,
        span=place.span,
        fit=fit,
        count=count,
    )


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

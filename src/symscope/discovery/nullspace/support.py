"""Symmetries of a support: quadrics that vanish on the events, and the matrices that keep them.

An event gives one point for each object, in coordinates u of unit second moments. A quadric is a polynomial q(u) of degree
2, and it vanishes where q / |grad q|, about the distance from its surface, is small; the mean squares of both are
quadratic forms in its coefficients (Taubin 1991), by the sums of products of monomials up to degree 2 alone. As in the
ideal of the support, A keeps the quadrics where grad q . A u vanishes as well, that is, where it is a combination of them.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Inexact
from numpy import ndarray

from symscope.discovery.nullspace.coordinates import Coordinates
from symscope.discovery.nullspace.moments import Moments
from symscope.discovery.nullspace.polynomials import derivatives, motion
from symscope.discovery.nullspace.system import NullSpace, count_small, null_space_of, solve_rows
from symscope.errors import DataError
from symscope.groups.spans import as_real_matrices

DEGREE = 2
GUARD = 1e-6
"""Smallest mean square of a gradient that counts."""
FEWEST = 4
"""Points for each monomial without which a quadric may vanish by chance."""
SMALLEST = 1e-9
"""Root mean square below which a quadric is zero within rounding."""


@dataclass(frozen=True)
class Quadrics:
    """Quadrics that vanish on the events."""

    coordinates: Coordinates
    coefficients: Float[ndarray, "m c"]
    """Of the vanishing ones, in monomials up to degree 2; the mean square of their gradients is 1."""
    distances: Float[ndarray, "n"]
    """Distance of the events from each quadric in turn, in units of their spread: root mean square of q over that of its
    gradient, rising."""
    threshold: float
    """Value that separates those that vanish."""
    root: Float[ndarray, "m m"]
    """A matrix whose product with coefficients has the root mean square of the polynomial as its norm."""
    count: int
    """Number of points."""


def enough_points(moments: Moments) -> bool:
    """Whether there are so many points that a quadric through all of them is no accident."""
    return moments.count >= FEWEST * len(moments.gram)


def find_quadrics(moments: Moments, place: Coordinates, *, largest: float, least_gap: float) -> Quadrics:
    """Find the quadrics on which the events lie.

    Parameters
    ----------
    moments
        Sums of monomials up to degree 2 of the real coordinates of single points.
    place
        These coordinates.
    largest, least_gap
        As in :func:`symscope.discovery.nullspace.system.count_small`, for the size of quadrics on the events.

    Raises
    ------
    DataError
        For so few points that quadrics vanish on them whatever their law.
    """
    if not enough_points(moments):
        raise DataError(
            f"{moments.count} points cannot tell which of the {len(moments.gram)} monomials of a quadric vanish together; give "
            f"{FEWEST * len(moments.gram)} or more, or fewer seeds"
        )
    gram = moments.gram / moments.count
    # The constant follows from the others, which leaves the covariance of these.
    mean = gram[0, 1:]
    spread = gram[1:, 1:] - np.outer(mean, mean)
    slopes = derivatives(moments.dimension, DEGREE)[:, :, 1:]
    gradient = (slopes.mT @ gram @ slopes).sum(axis=0)
    # Products of quantities that are zero on all events have no gradient there; the small term keeps them finite.
    factor = np.linalg.inv(np.linalg.cholesky(gradient + GUARD * np.eye(len(gradient))))
    values, vectors = np.linalg.eigh(factor @ (spread + spread.T) / 2 @ factor.T)
    distances = np.sqrt(np.maximum(values, 0.0))
    count, threshold = count_small(distances, np.zeros_like(distances), largest=largest, least_gap=least_gap)
    varying = factor.T @ vectors[:, :count]
    squares, axes = np.linalg.eigh((gram + gram.T) / 2)
    return Quadrics(
        coordinates=place,
        coefficients=np.concatenate([-mean[None] @ varying, varying]),
        distances=distances,
        threshold=threshold,
        root=np.sqrt(np.maximum(squares, 0.0))[:, None] * axes.T,
        count=moments.count,
    )


def solve_support(quadrics: Quadrics, *, largest: float, least_gap: float) -> NullSpace | None:
    """Find the matrices that keep the support; None where no quadric vanishes, so that nothing confines the events."""
    found = quadrics.coefficients.shape[1]
    if not found:
        return None
    ansatz = quadrics.coordinates.ansatz()
    rows = support_rows(quadrics, ansatz)
    # Events off the surface bend it by about the square of their distance, and by chance by the distance over sqrt(n).
    off = float(quadrics.distances[found - 1])
    noise = (off**2 + off / np.sqrt(quadrics.count)) ** 2 * np.eye(len(ansatz))
    solved = solve_rows(rows, noise, motions=len(ansatz), largest=largest, least_gap=least_gap)
    return null_space_of("support", solved, ansatz, quadrics.coordinates, fit=None, count=quadrics.count)


def support_rows(quadrics: Quadrics, matrices: Inexact[ndarray, "k r r"]) -> Float[ndarray, "k n"]:
    """Rows of the system for some matrices, whose length is the root mean square of the change of the quadrics along each.

    Combinations of the vanishing quadrics do no harm and are left out.
    """
    moved = np.stack([motion(one, quadrics.coefficients, DEGREE) for one in as_real_matrices(matrices)])
    rows = np.einsum("nm,kmc->knc", quadrics.root, moved)
    left, sizes, _ = np.linalg.svd(quadrics.root @ quadrics.coefficients, full_matrices=False)
    left = left[:, sizes > SMALLEST]
    return np.asarray((rows - np.einsum("na,ma,kmc->knc", left, left, rows)).reshape(len(rows), -1))

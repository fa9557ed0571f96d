"""Data of which the symmetry is known: laws with none, laws with one that is broken by a known amount, and symmetric ones.

All are laws of points in three dimensions, searched within the rotations so(3) of these coordinates. What looks like no symmetry
depends on that space: every linear image of a symmetric law is symmetric under conjugated matrices, so among all
matrices the Gaussian with distinct axes has three generators; the Laplace product and the mixture have none there either. Where
that is possible, the second moments are those of a round law, so that no test of variances could tell.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.config.calibration import NullLaw

Points = Float[ndarray, "set n d"]


class NullSet(NamedTuple):
    """A law of points whose algebra within so(3) is known."""

    key: str
    """Short name."""
    label: str
    """Name for a reader."""
    dimension: int
    """Dimension of its algebra within so(3)."""
    draw: Callable[[np.random.Generator, int, int], Points]
    """Draws data sets of some number of events: source, data sets, events."""
    components: int = 3
    """Components of a point; those after the third are labels, which no rotation moves."""
    variances: tuple[float, float, float] | None = None
    """Variances of a Gaussian law, whose true defects are then integrals; None for others."""

    @property
    def generators(self) -> Float[ndarray, "k 3 3"]:
        """Generators of its algebra, in the coordinates."""
        rotations = np.zeros((3, 3, 3))
        for axis in range(3):
            i, j = (axis + 1) % 3, (axis + 2) % 3
            rotations[axis, j, i], rotations[axis, i, j] = 1.0, -1.0
        return rotations[::-1][: self.dimension]


_VARIANCES: dict[str, tuple[float, float, float]] = {"axial": (1.0, 1.0, 2.0), "distinct_axes": (0.7, 1.0, 1.3)}
_CENTRES = np.array([[1.6, 0.2, -0.4], [-0.9, 1.1, 0.3], [-0.4, -1.2, 1.0]])
_SHARES = np.array([0.5, 0.3, 0.2])
_WIDTHS = np.array([0.5, 0.7, 0.9])


def null_set(law: NullLaw) -> NullSet:
    """Give one of the laws of the calibration by its name."""
    label, dimension, draw, components = _LAWS[law]
    return NullSet(law, label, dimension, draw, components, _VARIANCES.get(law))


def broken_set(breaking: float) -> NullSet:
    """Give a Gaussian whose variances are 1 - b, 1 and 1 + b: a round one, broken along every axis.

    To first order in b its three defects in all observables are b, b and 2 b per radian.
    """
    key = f"broken_{breaking:g}".replace(".", "_").replace("-", "m")
    variances = (1.0 - breaking, 1.0, 1.0 + breaking)
    return NullSet(key, f"Gaussian, broken by {breaking:g}", 0, _gaussian(variances), 3, variances)


def plane_set(rng: np.random.Generator, sets: int, events: int, *, breaking: float) -> Float[ndarray, "set n 2"]:
    """Draw Gaussian points of a plane with variances 1 - b/2 and 1 + b/2, whose rotation is broken by b per radian."""
    return np.asarray(rng.normal(size=(sets, events, 2)) * np.sqrt([1.0 - breaking / 2.0, 1.0 + breaking / 2.0]))


def _gaussian(variances: tuple[float, ...]) -> Callable[[np.random.Generator, int, int], Points]:
    def draw(rng: np.random.Generator, sets: int, events: int) -> Points:
        return np.asarray(rng.normal(size=(sets, events, len(variances))) * np.sqrt(variances))

    return draw


def _round(rng: np.random.Generator, sets: int, events: int) -> Points:
    """Directions that are uniform, with a radius that is no Gaussian's: a thick shell."""
    directions = rng.normal(size=(sets, events, 3))
    directions /= np.linalg.norm(directions, axis=-1, keepdims=True)
    radius = np.sqrt(3.0) * np.exp(rng.normal(size=(sets, events, 1)) * 0.3 - 0.09)
    return np.asarray(directions * radius)


def _laplace(rng: np.random.Generator, sets: int, events: int) -> Points:
    return rng.laplace(scale=np.sqrt(0.5), size=(sets, events, 3))


def _mixture(rng: np.random.Generator, sets: int, events: int) -> Points:
    """Three round clusters of unequal weight and width, brought to the mean and covariance of a round law."""
    which = rng.choice(len(_SHARES), p=_SHARES, size=(sets, events))
    points = _CENTRES[which] + _WIDTHS[which][..., None] * rng.normal(size=(sets, events, 3))
    mean = _SHARES @ _CENTRES
    covariance = np.einsum("a,ai,aj->ij", _SHARES, _CENTRES - mean, _CENTRES - mean)
    covariance += np.sum(_SHARES * _WIDTHS**2) * np.eye(3)
    values, axes = np.linalg.eigh(covariance)
    return np.asarray((points - mean) @ (axes / np.sqrt(values)) @ axes.T)


def _shuffled_labels(rng: np.random.Generator, sets: int, events: int) -> Points:
    """Laplace points with a label that was a function of their length before it was given to another point."""
    points = _laplace(rng, sets, events)
    label = np.square(points).sum(axis=-1, keepdims=True) / 3.0 - 1.0
    return np.concatenate([points, rng.permuted(label, axis=1)], axis=-1)


_LAWS: dict[NullLaw, tuple[str, int, Callable[[np.random.Generator, int, int], Points], int]] = {
    "round": ("round shell", 3, _round, 3),
    "axial": ("Gaussian with one axis", 1, _gaussian(_VARIANCES["axial"]), 3),
    "distinct_axes": ("Gaussian with distinct axes", 0, _gaussian(_VARIANCES["distinct_axes"]), 3),
    "laplace": ("Laplace product", 0, _laplace, 3),
    "mixture": ("mixture of three clusters", 0, _mixture, 3),
    "shuffled_labels": ("Laplace product, shuffled labels", 0, _shuffled_labels, 4),
}

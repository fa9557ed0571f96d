"""How agreement and time of a SymmetryLens discovery depend on the length of the signals."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.discovery.symmetrylens.result import LensResult
from symscope.errors import DataError
from symscope.evaluation.lens_views import LensView

_FITTED_FROM = 17
"""Shortest signals of the fit."""


class ScalingPoint(NamedTuple):
    """One ensemble on signals of one length."""

    basis: str
    """Name of what the signals are made of."""
    length: int
    """Components n of a signal."""
    cosine: Float[ndarray, " seed"]
    """|cosine| of each seed's generator with the truth, on the whole n x n crop."""
    seconds: Float[ndarray, " seed"]
    """Processor time of each seed [s]."""
    success_cosine: float
    """|cosine| from which a seed is a success."""


class PowerLaw(NamedTuple):
    """``factor * n ** exponent``."""

    exponent: float
    """Power of the length."""
    factor: float
    """Value at n = 1, in the unit of what was fitted."""

    def at(self, length: Float[ndarray, " n"]) -> Float[ndarray, " n"]:
        """Value at some lengths."""
        return np.asarray(self.factor * np.asarray(length, dtype=np.float64) ** self.exponent)


def scaling_points(views: Sequence[LensView]) -> list[ScalingPoint]:
    """Give agreement and time of each ensemble, shortest signals first for each basis."""
    points = [
        ScalingPoint(
            view.basis,
            view.settings.length,
            np.asarray(view.score.cosine),
            processor_seconds(view.result),
            view.score.success_cosine,
        )
        for view in views
    ]
    bases = list(dict.fromkeys(point.basis for point in points))
    return sorted(points, key=lambda point: (bases.index(point.basis), point.length))


def processor_seconds(result: LensResult) -> Float[ndarray, " seed"]:
    """Give the processor time of each seed [s].

    Raises
    ------
    DataError
        Where the method does not tell it.
    """
    if "processor_seconds" not in result.history:
        raise DataError(
            "the result does not tell the processor time of its seeds, as the method 'symmetrylens_fast' does; discover "
            "anew with that method"
        )
    return np.asarray(result.history["processor_seconds"][:, -1])


def fitted_points(points: Sequence[ScalingPoint]) -> list[ScalingPoint]:
    """Give the points of the fit: lengths from 17 upwards, as what shorter ones take hardly depends on n.

    All points where these are less than two lengths.
    """
    long = [point for point in points if point.length >= _FITTED_FROM]
    return long if len({point.length for point in long}) > 1 else list(points)


def fit_power_law(points: Sequence[ScalingPoint]) -> PowerLaw | None:
    """Fit the time over the length by a line through the logarithms of all seeds of :func:`fitted_points`.

    None for less than two lengths.
    """
    points = fitted_points(points)
    if len({point.length for point in points}) < 2:
        return None
    lengths = np.concatenate([np.full(len(point.seconds), point.length) for point in points])
    seconds = np.concatenate([point.seconds for point in points])
    exponent, offset = np.polyfit(np.log(lengths), np.log(np.maximum(seconds, 1e-6)), 1)
    return PowerLaw(float(exponent), float(np.exp(offset)))

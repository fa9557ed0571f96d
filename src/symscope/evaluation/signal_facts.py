"""What can be measured about signals with a hidden axis before anything is learned."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray


class SignalFacts(NamedTuple):
    """Measured properties of a set of signals."""

    correlation_length: float
    """Distance on the hidden axis at which the autocorrelation falls to 1/e [steps]; NaN where it never does."""
    neighbours_given: float
    """Correlation of neighbouring components of the data as they are given, averaged."""
    neighbours_hidden: float
    """The same on the hidden axis."""
    kurtosis: float
    """Excess kurtosis of the hidden components, averaged; 0 for a Gaussian."""
    condition: float
    """Largest over smallest eigenvalue of the covariance; no disguise changes it."""


def measure_signals(samples: Float[ndarray, "sample d"], representation: Float[ndarray, "d d"]) -> SignalFacts:
    """Measure signals.

    Parameters
    ----------
    samples
        Signals as they are given, one a row.
    representation
        The disguise U, ``s = U x``.
    """
    centred = samples - samples.mean(axis=0)
    covariance = centred.T @ centred / len(centred)
    hidden = representation @ covariance @ representation.T
    autocorrelation = np.array([np.diagonal(hidden, lag).mean() for lag in range(len(hidden))])
    signals = centred @ representation.T
    variances = np.diagonal(hidden)
    eigenvalues = np.linalg.eigvalsh(covariance)
    return SignalFacts(
        correlation_length=_crossing(autocorrelation / autocorrelation[0], float(np.exp(-1))),
        neighbours_given=_neighbours(covariance),
        neighbours_hidden=_neighbours(hidden),
        kurtosis=float(np.mean(np.mean(signals**4, axis=0) / variances**2 - 3)),
        condition=float(eigenvalues[-1] / eigenvalues[0]) if eigenvalues[0] > 0 else float("inf"),
    )


def _neighbours(covariance: Float[ndarray, "d d"]) -> float:
    scale = np.sqrt(np.diagonal(covariance))
    return float(np.mean(np.diagonal(covariance, 1) / (scale[:-1] * scale[1:])))


def _crossing(values: Float[ndarray, " lag"], level: float) -> float:
    """Lag at which the values first fall below the level, on the straight line between two lags."""
    below = np.flatnonzero(values < level)
    if not len(below):
        return float("nan")
    after = int(below[0])
    before = values[after - 1]
    return after - 1 + float((before - level) / (before - values[after]))

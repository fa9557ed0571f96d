"""Probabilities of sums of squares of normal variables with unequal variances and means, for many sums at once.

Q = sum_i (b_i + sqrt(w_i) z_i)^2 with independent standard normal z_i is what the tests of symmetry look at: b is the breaking
and w the sampling noise. Probabilities are those of the saddlepoint approximation (Lugannani and Rice 1980; Kuonen 1999),
whose relative error stays below a few per cent far into the tails, where five sigma live.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from scipy.stats import norm

_ITERATIONS = 40
_NEAR_MEAN = 1e-4
"""Where the saddlepoint is nearer to zero than this, in units of sigma, its limit at zero is used."""


class NormalSquares:
    """The law of Q, or of many Q at once along the leading axes.

    Parameters
    ----------
    weights
        Variances w_i >= 0; at least one of each row above 0.
    means_squared
        Squared means b_i^2 of the same variables, by default 0.
    """

    def __init__(
        self, weights: Float[ndarray, "*set i"], means_squared: Float[ndarray, "*set i"] | None = None
    ) -> None:
        largest = np.maximum(weights.max(axis=-1, keepdims=True), np.finfo(float).tiny)
        # Variables without noise would put a mass where the approximation has none; they get a noise too small to matter.
        self._weights = np.maximum(weights, 1e-9 * largest)
        self._squares = np.zeros_like(self._weights) if means_squared is None else means_squared
        self._largest = largest[..., 0]

    @property
    def mean(self) -> Float[ndarray, "*set"]:
        """The expectation of Q."""
        return np.asarray((self._weights + self._squares).sum(axis=-1))

    @property
    def variance(self) -> Float[ndarray, "*set"]:
        """The variance of Q."""
        return np.asarray((2.0 * self._weights**2 + 4.0 * self._weights * self._squares).sum(axis=-1))

    def above(self, value: Float[ndarray, "*set"] | float) -> Float[ndarray, "*set"]:
        """Probability that Q exceeds a value."""
        return np.asarray(norm.sf(self._root(value)))

    def below(self, value: Float[ndarray, "*set"] | float) -> Float[ndarray, "*set"]:
        """Probability that Q stays below a value."""
        return np.asarray(norm.cdf(self._root(value)))

    def _root(self, value: Float[ndarray, "*set"] | float) -> Float[ndarray, "*set"]:
        """Signed root of Barndorff-Nielsen: Q is above the value with the probability that a standard normal is above it."""
        value = np.asarray(np.maximum(value, 1e-12 * self.mean), dtype=np.float64)
        s = self._saddlepoint(value)
        u = 1.0 - 2.0 * s[..., None] * self._weights
        cumulant = (-0.5 * np.log(u) + s[..., None] * self._squares / u).sum(axis=-1)
        second = (2.0 * self._weights**2 / u**2 + 4.0 * self._weights * self._squares / u**3).sum(axis=-1)
        third = (8.0 * self._weights**3 / u**3 + 24.0 * self._weights**2 * self._squares / u**4).sum(axis=-1)
        distance = s * np.sqrt(second)
        near = np.abs(distance) < _NEAR_MEAN
        root = np.sign(s) * np.sqrt(np.maximum(2.0 * (s * value - cumulant), 0.0))
        safe = np.where(near, 1.0, root)
        correction = np.log(np.where(near, 1.0, distance) / safe) / safe
        return np.asarray(np.where(near, distance + third / (6.0 * second**1.5), root + correction))

    def _saddlepoint(self, value: Float[ndarray, "*set"]) -> Float[ndarray, "*set"]:
        """Solve K'(s) = value: Newton steps in logarithms, kept between bounds."""
        shape = np.broadcast_shapes(value.shape, self._largest.shape)
        log_u, low, high = np.zeros(shape), np.full(shape, -60.0), np.full(shape, 60.0)
        ratio = self._weights / self._largest[..., None]
        for _ in range(_ITERATIONS):
            u = 1.0 - ratio * (1.0 - np.exp(log_u)[..., None])
            first = (self._weights / u + self._squares / u**2).sum(axis=-1)
            slope = -(ratio * (self._weights / u**2 + 2.0 * self._squares / u**3)).sum(axis=-1) * np.exp(log_u)
            too_high = first < value
            high, low = np.where(too_high, log_u, high), np.where(too_high, low, log_u)
            step = log_u - np.log(first / value) * first / slope
            inside = (step > low) & (step < high)
            moved = np.where(inside, step, 0.5 * (low + high))
            if np.all(np.abs(moved - log_u) < 1e-12 * (1.0 + np.abs(log_u))):
                break
            log_u = moved
        return np.asarray((1.0 - np.exp(log_u)) / (2.0 * self._largest))

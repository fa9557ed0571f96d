"""The order of a cyclic group of turns, from the harmonics of the law of points in the angle of a plane.

A law that turns by 2 pi / k leave as it is has only harmonics m that are multiples of k. So k is the greatest common divisor of all
harmonics that are there: an exact whole number, without a search over generators.
"""

from dataclasses import dataclass
from math import gcd

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray
from scipy.stats import chi2

from symscope.errors import DataError

ROUNDING = 1e-12
"""Share of a function's size below which its spread, or its size in a harmonic, is rounding."""
SINGULAR = 1e-12
"""Variance of a combination of unit size below which it is constant but for rounding."""


@dataclass(frozen=True, kw_only=True)
class AngularHarmonics:
    """Which harmonics the law of points has in the angle of a plane."""

    plane: tuple[int, int]
    """Indices of the two components."""
    statistics: Float[ndarray, " m"]
    """Chi-squared of the hypothesis that harmonic m = 1, 2, ... vanishes."""
    freedom: Int[ndarray, " m"]
    """Its degrees of freedom: how many of the functions that measure a harmonic vary on their own."""
    level: float
    """Chance of a single false harmonic among all."""

    @property
    def p_values(self) -> Float[ndarray, " m"]:
        """P-values of each harmonic; the smallest that floating point tells where it is beyond that."""
        # Where nothing varies there is nothing to test.
        values = np.where(self.freedom > 0, chi2.sf(self.statistics, np.maximum(self.freedom, 1)), 1.0)
        return np.asarray(np.maximum(values, 1e-300))

    @property
    def present(self) -> Bool[ndarray, " m"]:
        """Harmonics that are there."""
        return np.asarray(self.p_values < self.level / len(self.statistics))

    @property
    def order(self) -> int:
        """Order k of the largest cyclic group of turns that leaves the law as it is.

        1 for none; 0 where no harmonic is seen, so that no turn changes the law as far as the data tell.
        """
        return gcd(*(int(m) + 1 for m in np.flatnonzero(self.present)))

    def rest(self, order: int) -> float:
        """P-value of the hypothesis that all harmonics vanish which a cyclic group of some order forbids.

        On points that the order was not read from, this tests it.
        """
        forbidden = (np.arange(len(self.statistics)) + 1) % max(order, 1) != 0 if order else np.ones_like(self.present)
        if not forbidden.any():
            return 1.0
        # The harmonics of one law of angles are nearly independent; the sum of Bonferroni's bounds needs no independence at all.
        return float(min(1.0, forbidden.sum() * self.p_values[forbidden].min()))


def angular_harmonics(
    x: Float[ndarray, "n d"],
    y: Float[ndarray, " n"] | None = None,
    *,
    plane: tuple[int, int] = (0, 1),
    largest: int = 40,
    level: float = 1e-4,
) -> AngularHarmonics:
    """Test which harmonics the law of points has in the angle of a plane.

    Parameters
    ----------
    x
        Points.
    y
        Values of a function at them, or labels; None asks for the symmetry of the density of the points.
    plane
        Two components.
    largest
        Largest harmonic; at least the orders that are to be told, and twice the largest order makes it sure.
    level
        Chance that one or more harmonics are found that are not there.

    Notes
    -----
    Harmonic m is measured by the means of a e^(i m theta) for a few bounded functions a of the radius, the other components
    and y, which turns leave as they are; their covariance comes from the data. Points on few directions make some of these
    constant: one that is not zero is a harmonic for certain, and one that is zero tells nothing.

    Raises
    ------
    DataError
        For fewer than 100 points, and for points or values that are not finite.
    """
    if len(x) < 100:
        raise DataError(f"{len(x)} points are too few to test harmonics; give at least 100")
    require_finite(x, y)
    first, second = plane
    angle = np.arctan2(x[:, second], x[:, first])
    others = [x[:, index] for index in range(x.shape[1]) if index not in plane]
    factors = _factors(np.hypot(x[:, first], x[:, second]), others, y)
    statistics, freedom = np.empty(largest), np.empty(largest, dtype=np.int64)
    sizes = np.sqrt((factors**2).mean(axis=1))
    sizes = np.concatenate([sizes, sizes])
    wave = np.exp(1j * angle)
    power = np.ones_like(wave)
    for index in range(largest):
        power = power * wave
        parts = np.concatenate([factors * power.real, factors * power.imag])
        statistics[index], freedom[index] = _chi_squared(parts, sizes)
    return AngularHarmonics(plane=plane, statistics=statistics, freedom=freedom, level=level)


def require_finite(x: Float[ndarray, "n d"], y: Float[ndarray, " n"] | None) -> None:
    """Refuse points and values that are not finite, which would agree with any symmetry."""
    for what, values in (("points", x), ("values", y)):
        bad = 0 if values is None else int(np.sum(~np.isfinite(values)))
        if bad:
            raise DataError(f"{bad} numbers of the {what} are NaN or infinite; leave such points out first")


def _chi_squared(parts: Float[ndarray, "a n"], sizes: Float[ndarray, " a"]) -> tuple[float, int]:
    """Chi-squared of the hypothesis that all means vanish, with its degrees of freedom.

    Functions of rounding alone are left out, and combinations that do not vary count only where their mean is not zero, which
    then is so for certain.
    """
    norms = np.sqrt((parts**2).mean(axis=1))
    kept = norms > ROUNDING * sizes
    scaled = parts[kept] / norms[kept][:, None]
    mean = scaled.mean(axis=1)
    centred = scaled - mean[:, None]
    variances, directions = np.linalg.eigh(centred @ centred.T / parts.shape[1])
    along = mean @ directions
    varies = variances > SINGULAR
    freedom = int(varies.sum())
    if np.any(np.abs(along[~varies]) > np.sqrt(SINGULAR)):
        return np.inf, max(freedom, 1)
    return parts.shape[1] * float(np.sum(along[varies] ** 2 / variances[varies])), freedom


def _factors(radius: ndarray, others: list[ndarray], y: ndarray | None) -> Float[ndarray, "a n"]:
    """Bounded functions of what turns leave as it is, centred but for the first."""
    bounded = [_bounded(other) for other in others]
    rows = [np.ones_like(radius), _bounded(radius), *bounded]
    if y is not None:
        value = _bounded(np.asarray(y, dtype=np.float64))
        rows += [value, value**2, *(value * other for other in bounded)]
    factors = np.stack([rows[0], *(row - row.mean() for row in rows[1:])])
    kept, size = [0], np.sqrt((factors**2).mean(axis=1))
    for index in range(1, len(factors)):
        # A factor that others give already would make the covariance singular, such as the square of a label.
        basis = factors[kept] / size[kept][:, None]
        rest = factors[index] - np.linalg.lstsq(basis.T, factors[index], rcond=None)[0] @ basis
        if np.sqrt((rest**2).mean()) > 1e-3 * max(float(size[index]), 1e-12) and size[index] > 1e-9:
            kept.append(index)
    return np.asarray(factors[kept])


def _bounded(values: ndarray) -> ndarray:
    spread = float(values.std())
    # The radius of points on a circle varies by rounding alone, and that by the corner they lie on.
    varies = spread > ROUNDING * float(np.abs(values).max())
    return np.tanh((values - values.mean()) / spread) if varies else np.zeros_like(values)

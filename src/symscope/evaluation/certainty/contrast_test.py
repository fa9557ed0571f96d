"""A held-out test of one group element, for the law of points and of a function of them.

Among the moments of the points, and of these weighted with the function, the contrast that the element changes most is fitted on one
part of the points. On the other part its mean before and after the element is compared, point by point. Where the element leaves the law as
it is, the mean of the differences vanishes, whatever the contrast, so that a test of a single number has its level by the
central limit theorem; where it does not, the fitted contrast looks where the breaking is.
"""

from collections.abc import Callable
from itertools import combinations_with_replacement
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from scipy.stats import norm

from symscope.errors import DataError

CLIP = 4.0
"""Standardised components and values beyond this many standard deviations count as that many."""
NOTICED = 2.0
"""Moments that an element changes by fewer standard errors than this stay out of the contrast."""
LARGEST = 20
ROUNDING = 1e-6
"""Root mean square below which the change of a moment of standardised components is rounding."""


class ContrastTest(NamedTuple):
    """Result of a held-out test of one element."""

    p_value: float
    """Two-sided, of the hypothesis that the element leaves the law as it is."""
    score: float
    """Change of the contrast in its standard errors."""
    points: int
    """Points that were held out."""


def contrast_test(
    x: Float[ndarray, "n f"],
    move: Callable[[Float[ndarray, "m f"]], Float[ndarray, "m f"]],
    *,
    y: Float[ndarray, " n"] | None = None,
    degree: int = 3,
    seed: int = 0,
) -> ContrastTest:
    """Test whether an element leaves the law of points, and a function of them, as it is.

    Parameters
    ----------
    x
        Points that the discovery did not see, all components of all objects in a row.
    move
        What the element does to points.
    y
        Values of a function, which an element that leaves it as it is does not change; None tests the density.
    degree
        Largest degree of the moments.
    seed
        Of the split into halves, one for the fit and one for the test.

    Raises
    ------
    DataError
        For fewer than 100 points or more than 20 components.
    """
    if len(x) < 100 or x.shape[1] > LARGEST:
        raise DataError(f"{len(x)} points of {x.shape[1]} components; give at least 100 points of at most {LARGEST}")
    x = np.asarray(x, dtype=np.float64)
    order = np.random.default_rng(seed).permutation(len(x))
    half = len(x) // 2
    spread = x.std(axis=0)
    centre, scale = x.mean(axis=0), np.where(spread > 0, spread, 1.0)
    value = np.ones(len(x)) if y is None else np.clip((y - y.mean()) / (float(y.std()) or 1.0), -CLIP, CLIP)
    weights = [np.ones(len(x))] if y is None else [np.ones(len(x)), value, value**2]

    def changes(chosen: ndarray) -> Float[ndarray, "m w n"]:
        points = x[chosen]
        before, after = (
            _monomials(np.clip((state - centre) / scale, -CLIP, CLIP), degree)
            for state in (points, np.asarray(move(points), dtype=np.float64))
        )
        return np.stack([(after - before) * weight[chosen] for weight in weights], axis=1)

    fitted = changes(order[:half])
    errors = np.maximum(fitted.std(axis=-1) / np.sqrt(half), 1e-12)
    scores = fitted.mean(axis=-1) / errors
    # Arithmetic of the move with fewer digits changes what it should leave alone, by its rounding.
    changed = np.sqrt(np.square(fitted).mean(axis=-1)) > ROUNDING
    scores = np.where(changed, scores, 0.0)
    noticed = changed & (np.abs(scores) > min(NOTICED, float(np.abs(scores).max()) * 0.999))
    contrast = np.where(noticed, scores / errors, 0.0)
    size = float(np.abs(contrast).max())
    held = np.tensordot(contrast / (size or 1.0), changes(order[half:]), axes=2)
    error = float(held.std()) / np.sqrt(len(held))
    score = float(held.mean()) / error if error > 0 else 0.0
    return ContrastTest(float(2.0 * norm.sf(abs(score))), score, len(held))


def _monomials(points: Float[ndarray, "n f"], degree: int) -> Float[ndarray, "m n"]:
    """Products of up to `degree` components."""
    rows = points.T
    found = [
        np.prod(rows[list(chosen)], axis=0)
        for size in range(1, degree + 1)
        for chosen in combinations_with_replacement(range(len(rows)), size)
    ]
    return np.stack(found)

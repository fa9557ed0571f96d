"""How well a symmetry is established: an upper bound on the defect of the generators that were found.

That a test does not reject a symmetry says little: the data may be few. An equivalence statement turns the burden round (Wellek
2010). Its null hypothesis is a defect of delta or more, and rejecting it certifies "defect below delta".

The generators are found on one part of the events, which also gives the spread of the observables, the unit of the defect; the
defect is measured on the other part. So the search needs no correction: the statement holds for the very generators that were
found, whatever the search did. With r the rows of
the k generators in units of the spread of the observables, N |r|^2 is a sum of squares of normal variables with means that are
sqrt(N) r and with the variances of the noise; the bound is the largest defect at which a value as small as the observed one
has a probability of `level`.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.discovery.nullspace.density import WeakForm
from symscope.evaluation.certainty.quadratic_forms import NormalSquares

_BISECTIONS = 50


class Breaking(NamedTuple):
    """How far generators found elsewhere are from symmetries of these events."""

    squared: Float[ndarray, "*set"]
    """Sum of the squared defects of the generators without the bias of the noise; may be negative [1 / flow^2]."""
    squared_error: Float[ndarray, "*set"]
    """Its standard error [1 / flow^2]."""
    p_value: Float[ndarray, "*set"]
    """Of the hypothesis that these very generators are exact. They come with errors of their own, so a small value
    is a statement about them and not about the algebra; see :mod:`symscope.evaluation.certainty.dimension_test`."""
    rows: Float[ndarray, "*set q k"]
    """The breaking itself in units of the spread of the observables, noise included."""
    variances: Float[ndarray, "*set i"]
    """Variances of sqrt(events) times the rows along their principal axes."""
    means_squared: Float[ndarray, "*set i"]
    """Squares of sqrt(events) times the rows along these axes."""
    events: int
    """Events on which it was measured."""

    def certified(self, delta: Float[ndarray, "*set"] | float) -> Float[ndarray, "*set"]:
        """p-value of a defect of `delta` or more: the statement "below delta" holds at this level."""
        return self._below(delta, self.means_squared.sum(axis=-1))

    def bound(self, level: float) -> Float[ndarray, "*set"]:
        """Upper bound of the defect at confidence 1 - level.

        It is never smaller than the sensitivity, the bound from data whose squares are as large as their noise makes them on
        average; without this floor, `level` of all exact symmetries would be given a bound of zero.
        """
        noise = self.variances.sum(axis=-1)
        size = np.maximum(self.means_squared.sum(axis=-1), noise)
        low, high = np.zeros_like(size), (2.0 * np.sqrt(size) + 10.0 * np.sqrt(noise)) / np.sqrt(self.events)
        for _ in range(_BISECTIONS):
            middle = 0.5 * (low + high)
            inside = self._below(middle, size) > level
            low, high = np.where(inside, middle, low), np.where(inside, high, middle)
        return np.asarray(high)

    def _below(self, delta: ndarray | float, size: ndarray | float) -> Float[ndarray, "*set"]:
        """Probability of squares below `size` for a defect of `delta` in the direction that was seen."""
        # Where a noisy direction happens to show little, its share would be taken too small and too much would be certified; so
        # the noise is added to what was seen. In the calibration this keeps the level, without it 6 % are certified and not 5 %.
        seen = self.means_squared + self.variances
        share = seen / np.maximum(seen.sum(axis=-1, keepdims=True), np.finfo(float).tiny)
        return NormalSquares(self.variances, share * np.asarray(self.events * np.square(delta))[..., None]).below(size)


def breaking(form: WeakForm, generators: Float[ndarray, "*set m k"]) -> Breaking:
    """Measure the defect of given generators on events that had no part in finding them.

    Parameters
    ----------
    form
        Weak form of these events.
    generators
        Orthonormal coefficients of the generators in the basis of the form, one column each.
    """
    rows, noise = form.along(generators)
    flat = np.sqrt(form.events) * rows.reshape(*rows.shape[:-2], -1)
    variances, axes = np.linalg.eigh(noise)
    variances = np.maximum(variances, 0.0)
    means = np.square((axes.mT @ flat[..., None])[..., 0])
    size, bias = means.sum(axis=-1), variances.sum(axis=-1)
    # Of the squares, the signal without its bias decides the error; where there is none, the noise alone.
    signal = np.maximum(means - variances, 0.0)
    error = np.sqrt((2.0 * variances**2 + 4.0 * variances * signal).sum(axis=-1))
    return Breaking(
        squared=(size - bias) / form.events,
        squared_error=error / form.events,
        p_value=NormalSquares(variances).above(size),
        rows=rows,
        variances=variances,
        means_squared=means,
        events=form.events,
    )

"""How many generators a density has: a test of the rank of its weak form, with the noise of the rows taken into account.

For each k the hypothesis is "the algebra has at least k dimensions in the search space", that is, the rows have rank m - k or
less. The statistic is the sum of the k smallest squared singular values of the rows times the number of events; under the
hypothesis it is a sum of squares of normal variables whose variances follow from the noise of the rows (Robin and Smith 2000;
the block is that of Kleibergen and Paap 2006). The search over generators is part of the statistic, so nothing has to be
corrected for it.

The hypotheses are nested. The largest k that is not rejected is therefore an upper bound: with probability 1 - level or more
the algebra has no more dimensions, whatever the number of hypotheses. That a k is not rejected is no evidence for it;
for that see :mod:`symscope.evaluation.certainty.equivalence`.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from symscope.discovery.nullspace.density import WeakForm
from symscope.evaluation.certainty.quadratic_forms import NormalSquares


class DimensionTest(NamedTuple):
    """Tests of every dimension, for one data set or for many along the leading axes."""

    p_values: Float[ndarray, "*set m"]
    """p-value of "at least k dimensions" for k = 1, ..., m."""
    defects: Float[ndarray, "*set m"]
    """Defects of the principal flows, the smallest first, with the noise in them [per unit of flow]."""
    flows: Float[ndarray, "*set m m"]
    """Coefficients of the principal flows, one column each."""

    def at_most(self, level: float) -> Int[ndarray, "*set"]:
        """Upper bound of the dimension: exceeded by the truth with a probability of at most `level`."""
        kept = self.p_values > level
        sizes = np.arange(1, kept.shape[-1] + 1)
        return np.asarray(np.where(kept, sizes, 0).max(axis=-1))


def dimension_test(form: WeakForm) -> DimensionTest:
    """Test the hypothesis of at least k dimensions for each k."""
    left, values, right = np.linalg.svd(form.rows, full_matrices=True)
    m = right.shape[-1]
    # Fewer observables than flows leave some flows unseen, whose values are zero.
    unseen = max(0, m - values.shape[-1])
    values = np.concatenate([values, np.zeros((*values.shape[:-1], unseen))], axis=-1)
    squares = form.events * np.cumsum(values[..., ::-1] ** 2, axis=-1)
    p_values = np.ones_like(squares)
    for k in range(unseen + 1, m + 1):
        _, noise = form.block(left[..., :, m - k :], right.mT[..., :, m - k :])
        weights = np.maximum(np.linalg.eigvalsh(noise), 0.0)
        p_values[..., k - 1] = NormalSquares(weights).above(squares[..., k - 1])
    return DimensionTest(p_values=p_values, defects=values[..., ::-1], flows=right.mT[..., :, ::-1])

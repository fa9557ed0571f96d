"""Probabilities of sums of squares of normal variables, against scipy and against draws."""

import numpy as np
import pytest
from scipy.stats import chi2, ncx2

from symscope.evaluation.certainty.quadratic_forms import NormalSquares


@pytest.mark.parametrize("degrees", [1, 2, 5, 40])
@pytest.mark.parametrize("probability", [0.9, 0.5, 0.05, 1e-3, 1e-7])
def test_equal_weights_give_the_chi_squared_law(degrees, probability):
    value = chi2.isf(probability, degrees)
    found = float(NormalSquares(np.full(degrees, 3.0)).above(3.0 * value))
    assert found == pytest.approx(probability, rel=0.11 if degrees == 1 else 0.05)


@pytest.mark.parametrize(("degrees", "mean"), [(2, 20.0), (5, 20.0), (20, 60.0)])
@pytest.mark.parametrize("probability", [0.95, 0.5, 0.05, 0.01])
def test_a_mean_gives_the_noncentral_law(degrees, mean, probability):
    squares = np.zeros(degrees)
    squares[0] = mean
    value = ncx2.ppf(probability, degrees, mean)
    assert float(NormalSquares(np.ones(degrees), squares).below(value)) == pytest.approx(probability, rel=0.02)


def test_unequal_weights_and_means_against_draws(rng):
    weights, squares = np.array([3.0, 1.0, 0.3, 0.1, 0.01]), np.array([4.0, 1.0, 0.0, 0.5, 9.0])
    draws = np.square(np.sqrt(squares) + np.sqrt(weights) * rng.normal(size=(400_000, 5))).sum(axis=1)
    law = NormalSquares(weights, squares)
    assert float(law.mean) == pytest.approx(draws.mean(), rel=0.01)
    assert float(law.variance) == pytest.approx(draws.var(), rel=0.02)
    for share in (0.01, 0.05, 0.5, 0.95, 0.99):
        value = float(np.quantile(draws, share))
        assert float(law.below(value)) == pytest.approx(share, rel=0.08)
        assert float(law.below(value)) + float(law.above(value)) == pytest.approx(1.0)


def test_many_laws_at_once_are_as_each_alone(rng):
    weights, squares, values = rng.uniform(0.1, 1, (7, 5)), rng.uniform(0, 1, (7, 5)), rng.uniform(0.1, 20, 7)
    together = NormalSquares(weights, squares).below(values)
    alone = [float(NormalSquares(weights[i], squares[i]).below(values[i])) for i in range(7)]
    np.testing.assert_allclose(together, alone, rtol=1e-9)


def test_the_probability_is_continuous_through_the_mean():
    law = NormalSquares(np.array([2.0, 1.0, 0.5]))
    values = float(law.mean) * (1.0 + np.array([-1e-2, -1e-4, -1e-6, 0.0, 1e-6, 1e-4, 1e-2]))
    found = np.array([float(law.below(value)) for value in values])
    assert np.all(np.diff(found) > 0)
    assert np.ptp(found) < 0.02


def test_variables_without_noise_do_not_matter():
    some = NormalSquares(np.array([1.0, 1.0, 1.0])).above(7.81)
    more = NormalSquares(np.array([1.0, 1.0, 1.0, 0.0, 0.0])).above(7.81)
    np.testing.assert_allclose(more, some, rtol=1e-6)

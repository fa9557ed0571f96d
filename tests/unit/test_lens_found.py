"""What is said of a translation whose truth nobody knows."""

import numpy as np
import pytest
import scipy.linalg
from tests.makers.lens_results import lens_like, signals_settings

from symscope.data.signals import make_signals
from symscope.errors import DataError
from symscope.evaluation.lens_agreement import agreement, toeplitz_defect
from symscope.plotting.lens_found import plot_lens_found
from symscope.report.lens_found import found_records


@pytest.fixture
def settings():
    return signals_settings("gaussian_permuted", length=15)


@pytest.fixture
def samples(settings, rng):
    return make_signals(settings, 3000, rng=rng)


def test_a_stationary_covariance_has_no_defect_and_a_scrambled_one_has(rng):
    stationary = scipy.linalg.toeplitz(0.8 ** np.arange(12))
    assert toeplitz_defect(stationary, stationary) == pytest.approx(0, abs=1e-12)
    order = rng.permutation(12)
    scrambled = stationary[np.ix_(order, order)]
    means = scipy.linalg.toeplitz([np.diagonal(scrambled, k).mean() for k in range(12)])
    coloured = scrambled - np.eye(12)
    expected = np.linalg.norm(scrambled - means) ** 2 / np.linalg.norm(coloured) ** 2
    assert toeplitz_defect(scrambled, scrambled) == pytest.approx(expected)
    assert expected > 0.1
    assert toeplitz_defect(2.5 * np.eye(12), 2.5 * np.eye(12)) == 0


def test_sampling_errors_of_a_stationary_signal_cancel(rng):
    x = rng.multivariate_normal(np.zeros(8), scipy.linalg.toeplitz(0.5 ** np.arange(8)), size=(200, 2, 100))
    defects = [toeplitz_defect(np.cov(a, rowvar=False), np.cov(b, rowvar=False)) for a, b in x]
    error = np.std(defects) / np.sqrt(len(defects))
    assert abs(np.mean(defects)) < 4 * error
    assert error < 0.02


def test_good_seeds_agree_and_make_unseen_samples_stationary(settings, samples, rng):
    agreed = agreement(lens_like(rng, settings, noise=1e-4), samples)
    assert agreed.pairs.min() > 0.999  # seeds of the maker alternate in direction and sign
    assert len(agreed.pairs) == 10
    records = {record.id: record for record in found_records(lens_like(rng, settings), agreed)}
    assert records["symmetrylens.figure_found.agreement"].n_seeds == 5
    assert agreed.given > 0.3
    assert agreed.found.max() < 0.05


def test_the_odd_seed_out_is_not_drawn_and_lost_seeds_are_left_out(settings, samples, rng):
    result = lens_like(rng, settings, n_seeds=4, noise=1e-3)
    result.generators[0] = rng.permuted(result.generators[0], axis=0)
    result.generators[2] = np.nan
    agreed = agreement(result, samples)
    assert agreed.typical in (1, 3)
    assert len(agreed.pairs) == 3
    assert np.isnan(agreed.found[2])
    records = {record.id: record for record in found_records(result, agreed)}
    assert records["symmetrylens.figure_found.found"].n_seeds == 3
    plot_lens_found(result, samples, agreed)


def test_one_seed_has_nothing_to_agree_with(settings, samples, rng):
    result = lens_like(rng, settings, n_seeds=1)
    agreed = agreement(result, samples)
    records = {record.id: record for record in found_records(result, agreed)}
    assert records["symmetrylens.figure_found.agreement"].value is None
    plot_lens_found(result, samples, agreed)
    result.generators[:] = np.nan
    with pytest.raises(DataError, match="all 1 seeds diverged"):
        agreement(result, samples)

"""Searches of the fast way of SymmetryLens: waves, signs and the race of starts, against independent references."""

import numpy as np
import pytest
import scipy.linalg
import torch
from tests.makers.stationary import likeness, rotation, stationary_samples

from symscope.config.signals import GaussianPulses, LegendrePulses
from symscope.config.symmetrylens_fast import SymmetryLensFast
from symscope.discovery.symmetrylens.envelopes import (
    learn_low_waves,
    sharpen_places,
    sharpest_low_waves,
    waves_by_frequency,
)
from symscope.discovery.symmetrylens.race import race, sharpened_signs, turned_waves
from symscope.discovery.symmetrylens.sharpness import Sharpened
from symscope.discovery.symmetrylens.signs import negentropy, search_signs
from symscope.discovery.symmetrylens.stationarity import PairStationarity, average_along_diagonals
from symscope.discovery.symmetrylens.waves import Shape, spectral_order, standing_waves

# --- waves ------------------------------------------------------------------------------------------------------------


def test_waves_of_a_known_toeplitz_matrix_are_its_eigenvectors():
    lags = 0.7 ** np.arange(12)  # a spectrum that falls with the frequency
    values, vectors = scipy.linalg.eigh(scipy.linalg.toeplitz(lags))
    waves = standing_waves(values[::-1].copy(), [spectral_order(12, Shape(0.0))], iterations=400)[0]
    np.testing.assert_allclose(np.abs(np.sum(waves * vectors[:, ::-1], axis=0)), 1, atol=1e-3)


@pytest.mark.parametrize("n", [3, 8, 11])
def test_one_projection_gives_the_waves_of_the_averaged_matrix(n):
    """Against the matrix, its diagonals averaged one by one, and a general solver."""
    spectrum = np.sort(np.random.default_rng(n).gamma(2.0, size=n))[::-1].copy()
    order = spectral_order(n, Shape(1.0))
    sines = np.sin(np.outer(np.arange(1, n + 1), np.arange(1, n + 1)) * np.pi / (n + 1)) * np.sqrt(2 / (n + 1))
    matrix = (sines[:, list(order)] * spectrum) @ sines[:, list(order)].T
    averaged = scipy.linalg.toeplitz([np.diagonal(matrix, k).mean() for k in range(n)])
    waves = standing_waves(spectrum, [order, tuple(range(n))], iterations=1)[0]
    np.testing.assert_allclose(waves.T @ averaged @ waves, np.diag(np.linalg.eigvalsh(averaged)[::-1]), atol=1e-12)
    np.testing.assert_allclose(waves.T @ waves, np.eye(n), atol=1e-12)


def test_order_of_a_spectrum_with_a_peak_falls_on_both_sides():
    assert spectral_order(6, Shape(0.0)) == (0, 1, 2, 3, 4, 5)
    assert spectral_order(6, Shape(2.0)) == (2, 1, 3, 0, 4, 5)
    assert spectral_order(6, Shape(2.0, 2.0))[:4] == (2, 1, 3, 0)
    assert spectral_order(6, Shape(0.0, 1.0, 3)) == (1, 2, 3, 0, 4, 5)


# --- signs ------------------------------------------------------------------------------------------------------------


def test_negentropy_is_nothing_for_gaussians_and_grows_with_sparsity():
    g = torch.Generator().manual_seed(0)
    gauss = torch.randn(1, 100_000, 3, generator=g)
    sparse = gauss * (torch.rand(1, 100_000, 3, generator=g) < 0.2)
    assert float(negentropy(gauss)) < 1e-3
    assert float(negentropy(sparse)) > 0.5
    torch.testing.assert_close(negentropy(7 * sparse), negentropy(sparse))


@pytest.mark.parametrize("places", [None, 5])
def test_signs_of_known_waves_are_found_up_to_a_mirror(places):
    x, covariance = stationary_samples(n=11)
    values, vectors = torch.linalg.eigh(average_along_diagonals(covariance))
    waves, values = vectors.flip(1), values.flip(0)
    truth = torch.where(torch.rand(11, generator=torch.Generator().manual_seed(1)) < 0.5, -1.0, 1.0)
    amplitudes = (x @ waves.float()) * truth
    frequencies = torch.arange(11)[None]
    signs, score = search_signs(
        amplitudes,
        waves.float()[None],
        frequencies,
        sweeps=3,
        generator=torch.Generator().manual_seed(0),
        places=places,
    )
    product = signs[0] * truth
    mirror = torch.sign((waves * waves.flip(0)).sum(dim=0)).float()
    assert any(torch.equal(product, s * m) for s in (1, -1) for m in (torch.ones(11), mirror))
    seen = x if places is None else x[:, [0, 2, 5, 8, 10]]  # 2.5 and 7.5 go to the even neighbours
    assert float(score) == pytest.approx(float(negentropy(seen[None])), rel=1e-4)


def test_signs_of_all_waves_above_a_frequency_are_found_from_given_signs():
    x, covariance = stationary_samples(n=11)
    waves = torch.linalg.eigh(average_along_diagonals(covariance))[1].flip(1).float()
    crossings = (torch.diff(torch.sign(waves), dim=0) != 0).sum(dim=0)
    frequencies = torch.argsort(torch.argsort(crossings, stable=True))
    amplitudes = x @ waves
    for flipped in (slice(6, None), slice(7, None, 2), slice(3, 4)):
        signs = torch.ones(1, 11)
        signs[:, torch.argsort(frequencies)[flipped]] = -1
        found, score = search_signs(
            amplitudes,
            waves[None],
            frequencies[None],
            sweeps=1,
            generator=torch.Generator().manual_seed(0),
            signs=signs,
            gain=1e-3,
        )
        assert float(score) == pytest.approx(float(negentropy(x[None])), rel=1e-4)
        mirror = torch.sign((waves * waves.flip(0)).sum(dim=0))
        assert any(torch.equal(found[0], sign * m) for sign in (1, -1) for m in (torch.ones(11), mirror))


# --- race -------------------------------------------------------------------------------------------------------------


def test_gradient_of_the_sharpened_loss_agrees_with_differences():
    x, covariance = stationary_samples()
    loss = PairStationarity(x, covariance, whitening=[0])
    q = rotation(9, 0.05)
    loss.adapt(q)
    sharpened = Sharpened(loss, 2.0)
    terms, gradient = sharpened(q)
    y = x @ q.T.float()
    assert terms["negentropy"] == pytest.approx(-2 * len(x) * float(negentropy(y[None] / y.std())), rel=0.05)
    direction = torch.randn(9, 9, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    step = 1e-4
    ends = [sum(sharpened(q + side * step * direction)[0].values()) for side in (1, -1)]
    numeric = (ends[0] - ends[1]) / (2 * step)
    assert float((gradient * direction).sum()) == pytest.approx(numeric, rel=2e-2)


def test_wrong_signs_of_the_highest_waves_are_found_after_the_descent():
    x, covariance = stationary_samples(n=11, n_samples=6000)
    waves = torch.linalg.eigh(average_along_diagonals(covariance))[1].flip(1)
    signs = torch.ones(11, dtype=torch.float64)
    signs[-2:] = -1
    wrong = (waves * signs) @ waves.T
    right = torch.eye(11, dtype=torch.float64)
    settings, g = SymmetryLensFast(places=6), torch.Generator().manual_seed(2)
    turned = sharpened_signs(x, covariance, wrong, settings=settings, generator=g)
    assert turned is not None
    torch.testing.assert_close(turned, right, atol=0.05, rtol=0)
    assert sharpened_signs(x, covariance, right, settings=settings, generator=g) is None


def test_waves_of_equal_power_that_were_exchanged_are_turned_back():
    """A quarter turn of two neighbouring waves, as when their powers come in the wrong order."""
    x, covariance = stationary_samples(n=11, n_samples=6000)
    values, vectors = torch.linalg.eigh(covariance)
    pair = int((values[1:] / values[:-1]).argmin())
    turn = torch.eye(11, dtype=torch.float64)
    turn[pair, pair], turn[pair, pair + 1] = 0.0, 1.0
    turn[pair + 1, pair], turn[pair + 1, pair + 1] = -1.0, 0.0
    wrong = vectors @ turn @ vectors.T
    assert likeness(wrong) < 0.95
    alike = 1.001 * float(1 - values[pair] / values[pair + 1])
    back = turned_waves(x, covariance, wrong, settings=SymmetryLensFast(alike=alike))
    assert likeness(back) > 0.999
    kept = turned_waves(x, covariance, wrong, settings=SymmetryLensFast(alike=0.0))
    np.testing.assert_allclose(kept.numpy(), wrong.numpy(), atol=1e-12)


def test_a_race_ends_with_the_first_heat_that_has_a_stationary_runner():
    x, covariance = stationary_samples(n=9, n_samples=8000)
    settings = SymmetryLensFast(
        samples=8000, draft_samples=6000, race_samples=2000, heat=1, bursts=2, progress=0.3, alike=0.001, sign_trials=1
    )
    told = []
    starts = [rotation(9, 2.0), rotation(9, 0.03), rotation(9, 1.0, seed=2)]
    q, value = race(
        x,
        covariance,
        starts,
        settings=settings,
        generator=torch.Generator().manual_seed(0),
        tell=lambda name, _, loss: told.append((name, loss)),
    )
    assert told[-1][0] == "race 3"  # the first start, the same with its waves turned, and the second one
    assert value == told[-1][1] < settings.stationary < told[0][1]
    assert likeness(q) > 0.99


# --- low waves -------------------------------------------------------------------------------------------------------


def with_mixed_low_waves(covariance, cut):
    """The truth, but for a random rotation of its waves of low frequency among each other."""
    _, waves = waves_by_frequency(covariance, torch.eye(len(covariance), dtype=torch.float64))
    mixed = waves.clone()
    mixed[:, :cut] = waves[:, :cut] @ rotation(cut, 3.0)
    return mixed @ waves.T


def half_whitened(x, covariance):
    values, vectors = torch.linalg.eigh(covariance)
    return x @ ((vectors / values**0.25) @ vectors.T).float()


def test_waves_come_by_frequency_whatever_their_power():
    spectrum = np.array([0.3, 1.0, 2.0, 1.5, 0.7, 0.4])
    sines = np.sin(np.outer(np.arange(1, 7), np.arange(1, 7)) * np.pi / 7)
    lags = (sines * spectrum) @ sines.T
    covariance = torch.from_numpy(scipy.linalg.toeplitz([np.diagonal(lags, k).mean() for k in range(6)]))
    powers, waves = waves_by_frequency(covariance, torch.eye(6, dtype=torch.float64))
    crossings = (torch.diff(torch.sign(waves), dim=0) != 0).sum(dim=0)
    assert (torch.diff(crossings) >= 0).all()
    assert powers.argmax() not in (0, 5)
    torch.testing.assert_close(waves.T @ covariance @ waves, torch.diag(powers), atol=1e-10, rtol=0)


@pytest.mark.parametrize(("basis", "n", "cut"), [(GaussianPulses(), 21, 7), (LegendrePulses(), 33, 11)])
def test_low_waves_in_any_mixture_are_learned_from_the_high_ones(basis, n, cut):
    x, covariance = stationary_samples(n=n, n_samples=20_000, basis=basis)
    wrong = with_mixed_low_waves(covariance, cut)
    waves = waves_by_frequency(covariance, torch.eye(n, dtype=torch.float64))[1]

    def overlap(q):  # of the low waves, each up to its sign
        return float((waves.T @ q @ waves).diagonal().abs()[:cut].mean())

    found = learn_low_waves(x, covariance, wrong, cut=cut)
    torch.testing.assert_close(found @ found.T, torch.eye(n, dtype=torch.float64))
    assert overlap(wrong) < 0.55
    assert overlap(found) > 0.95
    best, score = sharpest_low_waves(
        x, covariance, wrong, search_samples=4000, places=n, generator=torch.Generator().manual_seed(0)
    )
    assert likeness(best) > 0.98 > likeness(wrong)
    assert score == pytest.approx(float(negentropy(half_whitened(x, covariance)[None])), rel=0.1)


def test_short_pulses_are_put_in_their_places_by_their_skewness():
    x, covariance = stationary_samples(n=21, n_samples=20_000)
    wrong = rotation(21, 0.12)
    assert likeness(wrong) < 0.9
    found = sharpen_places(x, covariance, wrong, floor=0.3, iterations=8)
    torch.testing.assert_close(found @ found.T, torch.eye(21, dtype=torch.float64))
    assert likeness(found) > 0.98

"""The fast way of SymmetryLens: its parts against independent references, and the whole of it on small signals."""

import numpy as np
import pytest
import scipy.linalg
import torch

from symscope.config.signals import LegendrePulses, SignalsDataset
from symscope.config.symmetrylens_fast import SymmetryLensFast
from symscope.data.hidden_axis import hidden_representation, true_generator
from symscope.data.signals import hidden_signals, make_signals
from symscope.discovery.symmetrylens.checks import check_samples
from symscope.discovery.symmetrylens.descent import descend, exchange
from symscope.discovery.symmetrylens.fast import discover_fast
from symscope.discovery.symmetrylens.race import race, sharpened_signs, turned_waves
from symscope.discovery.symmetrylens.result import LensResult
from symscope.discovery.symmetrylens.sharpness import Sharpened
from symscope.discovery.symmetrylens.signs import negentropy, search_signs
from symscope.discovery.symmetrylens.stationarity import PairStationarity, average_along_diagonals
from symscope.discovery.symmetrylens.waves import Shape, spectral_order, standing_waves
from symscope.errors import DataError
from symscope.evaluation.symmetrylens import score_lens


def stationary_samples(n=9, n_samples=4000, seed=0):
    x = hidden_signals(SignalsDataset(length=n), n_samples, rng=np.random.default_rng(seed))
    x = torch.from_numpy(check_samples(x))
    x = x / x.std()
    return x, (x.T @ x).double() / len(x)


def rotation(n, size, seed=0):
    a = torch.randn(n, n, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)) * size
    return torch.linalg.matrix_exp(a - a.T)


def likeness(q):
    """Mean |diagonal| of a representation or of its mirror image; 1 for the hidden signal itself."""
    return max(float(m.diagonal().abs().mean()) for m in (q, q.flip(0)))


# --- waves -----------------------------------------------------------------------------------------------------------


def test_waves_of_a_known_toeplitz_matrix_are_its_eigenvectors():
    lags = 0.7 ** np.arange(12)  # a spectrum that falls with the frequency
    values, vectors = scipy.linalg.eigh(scipy.linalg.toeplitz(lags))
    waves = standing_waves(values[::-1].copy(), [spectral_order(12, Shape(0.0))], iterations=400)[0]
    np.testing.assert_allclose(np.abs(np.sum(waves * vectors[:, ::-1], axis=0)), 1, atol=1e-3)


def test_order_of_a_spectrum_with_a_peak_falls_on_both_sides():
    assert spectral_order(6, Shape(0.0)) == (0, 1, 2, 3, 4, 5)
    assert spectral_order(6, Shape(2.0)) == (2, 1, 3, 0, 4, 5)
    assert spectral_order(6, Shape(2.0, 2.0))[:4] == (2, 1, 3, 0)
    assert spectral_order(6, Shape(0.0, 1.0, 3)) == (1, 2, 3, 0, 4, 5)


# --- signs -----------------------------------------------------------------------------------------------------------


def test_negentropy_is_nothing_for_gaussians_and_grows_with_sparsity():
    g = torch.Generator().manual_seed(0)
    gauss = torch.randn(1, 100_000, 3, generator=g)
    sparse = gauss * (torch.rand(1, 100_000, 3, generator=g) < 0.2)
    assert float(negentropy(gauss)) < 1e-3
    assert float(negentropy(sparse)) > 0.5
    torch.testing.assert_close(negentropy(7 * sparse), negentropy(sparse))


def test_signs_of_known_waves_are_found_up_to_a_mirror():
    x, covariance = stationary_samples(n=11)
    values, vectors = torch.linalg.eigh(average_along_diagonals(covariance))
    waves, values = vectors.flip(1), values.flip(0)
    truth = torch.where(torch.rand(11, generator=torch.Generator().manual_seed(1)) < 0.5, -1.0, 1.0)
    amplitudes = (x @ waves.float()) * truth
    frequencies = torch.arange(11)[None]
    signs, score = search_signs(
        amplitudes, waves.float()[None], frequencies, sweeps=3, generator=torch.Generator().manual_seed(0)
    )
    product = signs[0] * truth
    mirror = torch.sign((waves * waves.flip(0)).sum(dim=0)).float()
    assert any(torch.equal(product, s * m) for s in (1, -1) for m in (torch.ones(11), mirror))
    assert float(score) == pytest.approx(float(negentropy(x[None])), rel=1e-4)


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


# --- stationarity ----------------------------------------------------------------------------------------------------


def test_average_along_diagonals_is_the_nearest_toeplitz_matrix():
    matrix = torch.randn(2, 5, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    average = average_along_diagonals(matrix)
    for k in range(-4, 5):
        for a, m in zip(average, matrix, strict=True):
            expected = m.diagonal(k).mean()
            torch.testing.assert_close(a.diagonal(k), expected.expand(5 - abs(k)))


def test_gradient_of_the_loss_agrees_with_differences():
    x, covariance = stationary_samples()
    loss = PairStationarity(x, covariance, whitening=[0, 3])
    q = rotation(9, 0.05)
    loss.adapt(q)
    direction = torch.randn(9, 9, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    terms, gradient = loss(q)
    assert loss.value(q) == pytest.approx(sum(terms.values()), rel=1e-5)
    step = 1e-4
    numeric = (loss.value(q + step * direction) - loss.value(q - step * direction)) / (2 * step)
    assert float((gradient * direction).sum()) == pytest.approx(numeric, rel=2e-2)


def test_loss_of_the_truth_is_about_half_the_conditions_and_does_not_grow_with_the_samples():
    for n_samples in (4000, 40_000):
        x, covariance = stationary_samples(n=13, n_samples=n_samples)
        loss = PairStationarity(x, covariance, whitening=[0, 4])
        identity = torch.eye(13, dtype=torch.float64)
        loss.adapt(identity)
        assert 0.5 < loss.per_condition(identity) < 2.5
        assert loss.per_condition(rotation(13, 0.1)) > 5


def test_conditions_are_counted_as_the_rank_of_what_is_compared():
    """Independent entries of the symmetric 2m x 2m moments, less the free averages along diagonals, plus the means."""
    x, covariance = stationary_samples(n=6, n_samples=500)
    m, n = 6, 6
    free = m + m + (2 * m - 1)  # lags of odd-odd, of even-even, and of odd-even in both directions
    entries = 2 * m * (2 * m + 1) // 2
    expected = (n * (n + 1) // 2 - n) + entries - free + 2 * (m - 1)
    assert PairStationarity(x, covariance, whitening=[0]).conditions == expected


# --- descent ---------------------------------------------------------------------------------------------------------


def test_descent_returns_to_the_truth_from_a_small_rotation():
    x, covariance = stationary_samples(n=9, n_samples=20_000)
    loss = PairStationarity(x, covariance, whitening=[0, 3])
    start = rotation(9, 0.05)
    loss.adapt(start)
    q = descend(loss, start, iterations=80)
    torch.testing.assert_close(q @ q.T, torch.eye(9, dtype=torch.float64), atol=1e-10, rtol=0)
    assert float(q.diagonal().abs().mean()) > 0.995 > float(start.diagonal().mean())


def test_exchange_puts_swapped_and_turned_components_back():
    x, covariance = stationary_samples(n=9, n_samples=20_000)
    loss = PairStationarity(x, covariance, whitening=[0])
    order, signs = [0, 1, 3, 2, 4, 5, 6, 8, 7], torch.ones(9, dtype=torch.float64)
    signs[4] = -1
    q = (torch.eye(9, dtype=torch.float64) * signs)[order]
    found, turned = exchange(loss.moments(q), reach=2)
    mended = torch.tensor(turned, dtype=q.dtype)[:, None] * q[found]
    torch.testing.assert_close(mended, torch.eye(9, dtype=torch.float64) * float(mended[0, 0]))


# --- race ------------------------------------------------------------------------------------------------------------


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
    turned = sharpened_signs(x, covariance, wrong)
    assert turned is not None
    torch.testing.assert_close(turned, right, atol=0.05, rtol=0)
    assert sharpened_signs(x, covariance, right) is None


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
    settings = SymmetryLensFast(samples=8000, draft_samples=6000, heat=1, finalists=1, bursts=2)
    told = []
    starts = [rotation(9, 2.0), rotation(9, 0.03), rotation(9, 1.0, seed=2)]
    q, value = race(x, covariance, starts, settings=settings, tell=lambda name, _, loss: told.append((name, loss)))
    assert told[-1][0] == "race 3"  # the first start, the same with its waves turned, and the second one
    assert value == told[-1][1] < settings.stationary < told[0][1]
    assert likeness(q) > 0.99


# --- the whole -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("representation", "length"), [("permuted", 11), ("dst", 10)])
def test_the_hidden_shift_is_found_behind_a_disguise(representation, length):
    dataset = SignalsDataset(length=length, representation=representation)
    x = make_signals(dataset, 12_000, rng=np.random.default_rng(0))
    settings = SymmetryLensFast(samples=8000, draft_samples=4000, peaks=4, starts=3)
    result = discover_fast(x, settings=settings, seeds=[3, 4] if length == 11 else [3])
    unseen = make_signals(dataset, 2000, rng=np.random.default_rng(1))
    score = score_lens(result, true_generator(dataset), representation=hidden_representation(dataset), samples=unseen)
    assert score.success.all()
    assert score.cosine.min() > 0.995
    assert (score.power == 1).all()
    assert score.recovery.min() > 0.99
    assert score.filter_share.min() > 0.95
    assert (result.history["per_condition"][:, -1] < 2).all()
    # Row p of the convolution is G^p psi.
    for g, psi, rows in zip(result.generators, result.filters, result.convolutions, strict=True):
        middle = length // 2
        np.testing.assert_allclose(rows[middle], psi, atol=1e-12)
        np.testing.assert_allclose(g @ psi, rows[middle + 1], atol=1e-9)


def test_the_same_seed_gives_the_same_result():
    x = make_signals(SignalsDataset(length=9), 4000, rng=np.random.default_rng(0))
    settings = SymmetryLensFast(
        samples=2000,
        draft_samples=1000,
        search_samples=500,
        peaks=3,
        starts=1,
        iterations=5,
        bursts=1,
        draft_iterations=3,
    )
    a, b = (discover_fast(x, settings=settings, seeds=[1]) for _ in range(2))
    np.testing.assert_array_equal(a.generators, b.generators)


def test_legendre_signals_with_a_peaked_spectrum():
    dataset = SignalsDataset(length=13, basis=LegendrePulses(width=(4, 8)))
    x = make_signals(dataset, 40_000, rng=np.random.default_rng(0))
    result = discover_fast(x, settings=SymmetryLensFast(samples=15_000, draft_samples=8000, starts=4), seeds=[0])
    score = score_lens(result, true_generator(dataset), representation=hidden_representation(dataset), samples=x[:2000])
    assert score.cosine[0] > 0.98


# --- bad input -------------------------------------------------------------------------------------------------------


def broken(kind):
    x = np.random.default_rng(0).standard_normal((200, 6))
    if kind == "nan":
        x[7, 2] = np.nan
    elif kind == "infinite":
        x[0, 0] = np.inf
    elif kind == "constant":
        x[:, 4] = 3.25
    elif kind == "duplicated":
        x[:, 5] = -2 * x[:, 1] + 1
    elif kind == "dependent":
        x[:, 5] = x[:, 0] + x[:, 1]
    elif kind == "few":
        x = x[:6]
    elif kind == "vector":
        x = x[:, 0]
    elif kind == "narrow":
        x = x[:, :2]
    elif kind == "text":
        x = x.astype(str)
    return x


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("nan", r"1 values that are NaN or infinite, the first in row 7, column 2"),
        ("infinite", r"row 0, column 0"),
        ("constant", r"constant in column 4"),
        ("duplicated", r"columns 1 and 5 .* are the same up to scale"),
        ("dependent", r"span 5 of their 6 dimensions"),
        ("few", r"at least 100 are needed"),
        ("vector", r"a matrix of numbers"),
        ("narrow", r"at least 3 are needed"),
        ("text", r"a matrix of numbers"),
    ],
)
def test_samples_that_cannot_carry_a_result_are_refused(kind, message):
    with pytest.raises(DataError, match=message):
        discover_fast(broken(kind), settings=SymmetryLensFast(), seeds=[0])


def test_a_few_samples_more_than_dimensions_are_needed():
    with pytest.raises(DataError, match="at least 7"):
        check_samples(broken("few"))
    assert check_samples(np.random.default_rng(0).standard_normal((7, 6)) + 5).mean() == pytest.approx(0, abs=1e-6)


def test_drafts_larger_than_the_final_descent_are_refused():
    with pytest.raises(ValueError, match="drafts use at most as many"):
        SymmetryLensFast(samples=1000, draft_samples=2000)


# --- scores ----------------------------------------------------------------------------------------------------------


def result_of(convolutions, step):
    convolutions = np.stack(convolutions)
    middle = convolutions.shape[1] // 2
    return LensResult(
        generators=np.stack([np.linalg.pinv(c) @ step @ c for c in convolutions]),
        filters=convolutions[:, middle],
        convolutions=convolutions,
        seeds=tuple(range(len(convolutions))),
        seconds=1.0,
        steps=1,
        padding=0,
        settings={},
    )


def scored(convolutions, step, dataset):
    x = make_signals(dataset, 4000, rng=np.random.default_rng(0))
    return score_lens(
        result_of(convolutions, step), true_generator(dataset), representation=hidden_representation(dataset), samples=x
    )


def test_truth_mirror_and_sign_all_score_one():
    dataset = SignalsDataset(length=11, representation="dst")
    u = hidden_representation(dataset)
    score = scored([u, u[::-1], -u], np.eye(11, k=1), dataset)
    np.testing.assert_allclose(score.cosine, 1)
    np.testing.assert_allclose(score.rmse, 0, atol=1e-12)
    np.testing.assert_allclose(score.recovery, 1)
    np.testing.assert_allclose(score.filter_width, 1)
    assert score.inverse.tolist() == [False, True, False]
    assert score.filter_sign.tolist() == [1, 1, -1]
    assert score.success.all()


def test_a_shift_by_two_is_no_success():
    dataset = SignalsDataset(length=11)
    score = scored([np.eye(11)], np.eye(11, k=2), dataset)
    assert score.power[0] == 2
    assert score.cosine[0] == pytest.approx(0)
    assert not score.success[0]


def test_minus_the_shift_is_told_and_the_rmse_follows_the_better_sign():
    score = scored([np.eye(11)], -np.eye(11, k=1), SignalsDataset(length=11))
    assert score.negative[0]
    assert score.rmse[0] == pytest.approx(0)


def test_cosine_and_rmse_of_a_blurred_generator():
    dataset = SignalsDataset(length=11)
    noise = 0.1 * np.random.default_rng(0).standard_normal((11, 11))
    found, truth = np.eye(11, k=1) + noise, np.eye(11, k=1)
    score = scored([np.eye(11)], found, dataset)
    expected = np.vdot(found, truth) / np.linalg.norm(found) / np.linalg.norm(truth)
    assert score.cosine[0] == pytest.approx(expected)
    assert score.rmse[0] == pytest.approx(np.sqrt(np.mean(noise**2)))
    inner = slice(2, 9)
    assert score.interior_rmse[0] == pytest.approx(np.sqrt(np.mean(noise[inner, inner] ** 2)))


def test_an_offset_of_the_window_is_recovered_and_told():
    dataset = SignalsDataset(length=11)
    score = scored([np.eye(11, k=1)], np.eye(11, k=1), dataset)
    assert abs(score.offset[0]) == 1
    assert score.recovery[0] > 0.85


def test_a_seed_that_diverged_scores_nothing():
    dataset = SignalsDataset(length=11)
    result = result_of([np.eye(11), np.eye(11)], np.eye(11, k=1))
    result.generators[1] = np.nan
    score = score_lens(
        result,
        true_generator(dataset),
        representation=np.eye(11),
        samples=make_signals(dataset, 500, rng=np.random.default_rng(0)),
    )
    assert score.success.tolist() == [True, False]
    assert score.cosine[1] == 0


def test_a_result_is_scored_on_its_own_data_only():
    dataset = SignalsDataset(length=9)
    with pytest.raises(DataError, match="score a result on its own data"):
        scored([np.eye(11)], np.eye(11, k=1), dataset)

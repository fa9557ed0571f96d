"""The fast way of SymmetryLens: stationarity and descent against independent references, the whole, and bad input."""

import numpy as np
import pytest
import torch
from tests.makers.stationary import rotation, stationary_samples

from symscope.config.signals import LegendrePulses, SignalsDataset
from symscope.config.symmetrylens_fast import SymmetryLensFast
from symscope.data.hidden_axis import hidden_representation, true_generator
from symscope.data.signals import make_signals
from symscope.discovery.symmetrylens.checks import check_samples
from symscope.discovery.symmetrylens.descent import descend, exchange
from symscope.discovery.symmetrylens.fast import discover_fast
from symscope.discovery.symmetrylens.stationarity import PairStationarity, average_along_diagonals
from symscope.errors import DataError
from symscope.evaluation.symmetrylens import score_lens

# --- stationarity -----------------------------------------------------------------------------------------------------


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


# --- descent ----------------------------------------------------------------------------------------------------------


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


# --- the whole --------------------------------------------------------------------------------------------------------


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


# --- bad input --------------------------------------------------------------------------------------------------------


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

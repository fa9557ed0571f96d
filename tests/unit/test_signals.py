"""Signals with a hidden translation, and the user's own matrices."""

import struct

import numpy as np
import pytest
import scipy.special

from symscope.config.signals import (
    DigitSlices,
    DispersedPulses,
    GaussianPulses,
    LegendrePulses,
    SignalsDataset,
)
from symscope.data.hidden_axis import hidden_representation, true_generator
from symscope.data.signals import hidden_signals, make_signals
from symscope.errors import ConfigError, DataError

BASES = {
    "gaussian": GaussianPulses(),
    "wide": GaussianPulses(width=(0.5, 2.5)),
    "legendre": LegendrePulses(),
    "digits": DigitSlices(),
}


def covariance(x):
    return np.cov(x, rowvar=False)


def off_toeplitz(matrix):
    """Largest spread along a diagonal, relative to the variance."""
    n = len(matrix)
    return max(np.ptp(np.diagonal(matrix, k)) for k in range(n)) / np.trace(matrix) * n


@pytest.mark.parametrize("length", [16, 21])
@pytest.mark.parametrize("basis", BASES.values(), ids=BASES)
def test_signals_on_a_line_are_stationary_and_of_unit_size(basis, length):
    x = hidden_signals(SignalsDataset(basis=basis, length=length), 60_000, rng=np.random.default_rng(1))
    assert x.shape == (60_000, length)
    assert x.dtype == np.float32
    assert x.std() == pytest.approx(1, abs=0.05)
    assert off_toeplitz(covariance(x)) < 0.15
    third = np.mean((x - x.mean(axis=0)) ** 3, axis=0) / x.std() ** 3
    assert np.ptp(third) < 0.25 * abs(third.mean()) + 0.1


def test_the_mean_number_of_pulses_sets_the_mean_of_the_signal():
    """Area a at 5 x 0.5 pulses over a range of 2 n: the mean is 2.5 / 2 n, before the division by the deviation."""
    dataset = SignalsDataset(noise=0, length=15)
    x = hidden_signals(dataset, 200_000, rng=np.random.default_rng(0))
    n = 15
    # Each of 5 trials adds p a g(t - c): its mean square less its squared mean, summed over the trials.
    rate = 2.5 / (2 * n)
    width = np.linspace(0.2, 1.0, 20_001)
    power = np.mean(1 / (2 * np.sqrt(np.pi) * width))
    variance = rate * (1 + 1 / 12) * power - rate**2 / 5
    assert x.mean() == pytest.approx(rate / np.sqrt(variance), rel=0.02)


def test_legendre_pulses_are_those_of_scipy():
    basis = LegendrePulses(
        degrees=[3], order=1, amplitude=(1, 1), width=(8, 8), pulses=1, probability=1, half_range=1e-6
    )
    dataset = SignalsDataset(basis=basis, noise=0, length=9)
    x = hidden_signals(dataset, 3, rng=np.random.default_rng(0))[0]
    u = np.clip(2 * (np.arange(9) - 4) / 8, -1, 1)
    expected = -scipy.special.lpmv(1, 3, np.sin(np.pi * u / 2))
    np.testing.assert_allclose(x / np.linalg.norm(x), expected / np.linalg.norm(expected), atol=1e-5)


def test_published_factors_change_the_weights_of_the_degrees_only():
    dataset = SignalsDataset(basis=LegendrePulses(degrees=[2]), length=11)
    published = SignalsDataset(basis=LegendrePulses(degrees=[2], factors="published"), length=11)
    a, b = (hidden_signals(d, 100, rng=np.random.default_rng(3)) for d in (dataset, published))
    np.testing.assert_allclose(a, b, atol=1e-5)


@pytest.mark.parametrize("representation", ["identity", "permuted", "dst"])
@pytest.mark.parametrize("length", [8, 9])
def test_the_disguise_is_orthogonal_and_the_generator_shifts_the_hidden_signal(representation, length):
    dataset = SignalsDataset(length=length, representation=representation)
    u = hidden_representation(dataset)
    np.testing.assert_allclose(u @ u.T, np.eye(length), atol=1e-12)
    hidden = hidden_signals(dataset, 50, rng=np.random.default_rng(2))
    x = make_signals(dataset, 50, rng=np.random.default_rng(2))
    np.testing.assert_allclose(x @ u.T, hidden, atol=1e-5)
    moved = x @ true_generator(dataset).T @ u.T
    np.testing.assert_allclose(moved[:, :-1], hidden[:, 1:], atol=1e-5)
    np.testing.assert_allclose(moved[:, -1], 0, atol=1e-5)


def test_a_permutation_is_a_permutation_and_is_the_same_for_every_draw():
    dataset = SignalsDataset(length=12, representation="permuted")
    u = hidden_representation(dataset)
    assert set(np.unique(u)) == {0, 1}
    assert not np.array_equal(u, np.eye(12))
    np.testing.assert_array_equal(u, hidden_representation(dataset))
    assert not np.array_equal(u, hidden_representation(SignalsDataset(length=12, permutation_seed=1)))


@pytest.mark.parametrize("basis", [GaussianPulses(), LegendrePulses(width=(3, 7))], ids=["gaussian", "legendre"])
def test_circular_signals_have_a_circulant_covariance_and_keep_odd_pulses_odd(basis):
    dataset = SignalsDataset(basis=basis, boundary="circle", length=15)
    c = covariance(hidden_signals(dataset, 100_000, rng=np.random.default_rng(0)))
    assert np.abs(c - np.roll(c, 1, axis=(0, 1))).max() < 0.06
    step = true_generator(dataset)
    np.testing.assert_array_equal(np.linalg.matrix_power(step, 15), np.eye(15))


def test_odd_circular_pulse_has_no_mean():
    basis = LegendrePulses(degrees=[2], width=(8, 8), amplitude=(1, 1), pulses=1, probability=1)
    x = hidden_signals(
        SignalsDataset(basis=basis, boundary="circle", noise=0, length=15), 40, rng=np.random.default_rng(0)
    )
    assert np.abs(x.sum(axis=1)).max() < 0.15 * np.abs(x).sum(axis=1).mean()


def test_dispersed_waves_move_by_the_true_generator():
    """A wave from distance c + 1 is the propagation of the one from c: checked away from the ends of a long window."""
    basis = DispersedPulses(pulses=1, probability=1, amplitude=(1, 1), width=(0.7, 0.7), half_range=1e-9)
    dataset = SignalsDataset(basis=basis, noise=0, length=121)
    wave = hidden_signals(dataset, 1, rng=np.random.default_rng(0))[0].astype(float)
    step = true_generator(dataset)
    frequency = (np.arange(512) + 0.5) / 1024
    share = 2 * frequency
    delay = 1 / (1 + 0.3 * share - 0.2 * share**2)
    spectrum = np.exp(-2 * (np.pi * frequency * 0.7) ** 2)
    position = np.arange(121) - 60
    expected = (spectrum * np.cos(2 * np.pi * frequency * (position[:, None] + delay))).sum(axis=1)
    at_source = (spectrum * np.cos(2 * np.pi * frequency * position[:, None])).sum(axis=1)
    np.testing.assert_allclose(
        (step @ wave)[30:90] * at_source[60] / wave[60], expected[30:90], atol=0.02 * at_source[60]
    )


def test_without_dispersion_the_propagation_is_the_shift():
    dataset = SignalsDataset(basis=DispersedPulses(velocity=(1, 0, 0)), length=9)
    np.testing.assert_allclose(true_generator(dataset), np.eye(9, k=1), atol=1e-9)


def test_the_same_seed_gives_the_same_signals_and_no_signals_are_refused():
    dataset = SignalsDataset(length=7)
    a, b = (make_signals(dataset, 20, rng=np.random.default_rng(4)) for _ in range(2))
    np.testing.assert_array_equal(a, b)
    with pytest.raises(ConfigError, match="at least 1"):
        make_signals(dataset, 0, rng=np.random.default_rng(0))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"basis": {"kind": "gaussian", "width": [2, 1]}}, "smaller end first"),
        ({"basis": {"kind": "legendre", "degrees": [1, 3], "order": 2}}, "at most the smallest degree"),
        ({"basis": {"kind": "digit_slices"}, "boundary": "circle"}, "no circular form"),
        ({"basis": {"kind": "dispersion", "velocity": [0.5, 0, -0.6]}}, "must stay positive"),
        ({"samples": {"train": 10}}, "give 'train', 'val' and 'test'"),
    ],
)
def test_impossible_settings_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        SignalsDataset.model_validate(values)


def test_slices_of_images_of_ones_own(tmp_path):
    """Bars of width two: a slice shows their profile, at every place of the window."""
    images = np.zeros((3, 4, 6), np.uint8)
    images[:, :, 2:4] = 200
    path = tmp_path / "bars-idx3-ubyte"
    path.write_bytes(struct.pack(">HBBIII", 0, 8, 3, *images.shape) + images.tobytes())
    settings = SignalsDataset(length=9, noise=0, basis=DigitSlices(images=str(path), zoom=1))
    rows = make_signals(settings, 4000, rng=np.random.default_rng(0))
    whole = rows[(rows[:, 0] == 0) & (rows[:, -1] == 0) & (rows.max(axis=1) > 0)]
    areas = whole.sum(axis=1)
    assert len(whole) > 500
    np.testing.assert_allclose(areas, areas.mean(), rtol=1e-5)
    assert set(range(2, 7)) <= set(whole.argmax(axis=1))
    with pytest.raises(DataError, match="no such file"):
        make_signals(SignalsDataset(basis=DigitSlices(images="none.gz")), 10, rng=np.random.default_rng(0))

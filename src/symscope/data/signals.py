"""One-dimensional signals whose law does not change under translations, behind an orthogonal disguise.

SymmetryLens, section 4: a random number of pulses with random centres, widths and amplitudes, cut to a window, plus
white noise, turned by a fixed orthogonal matrix.

What is hidden and how: :mod:`symscope.data.hidden_axis`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import scipy.special
import torch
from jaxtyping import Float, Int, UInt8
from numpy import ndarray
from sklearn.datasets import load_digits

from symscope.config.signals import DigitSlices, DispersedPulses, GaussianPulses, LegendrePulses, Pulses, SignalsDataset
from symscope.data.hidden_axis import disguise, propagation
from symscope.errors import ConfigError, DataError
from symscope.io.idx import read_idx

_CHUNK = 1 << 17
"""Pulses or signals worked on at a time, to bound the memory."""
_SAMPLE = 20_000
"""Signals from which the variance of the noiseless signal is taken, in a stream of their own."""


class LabelledSignals(NamedTuple):
    """Signals and what they are."""

    x: Float[ndarray, "sample n"]
    """One signal a row, as :func:`make_signals` gives them."""
    y: UInt8[ndarray, " sample"]
    """Number of its class in the order of `classes`; zeros where there are none."""


def make_signals(settings: SignalsDataset, n_samples: int, *, rng: np.random.Generator) -> Float[ndarray, "sample n"]:
    """Draw signals, in their disguise.

    Parameters
    ----------
    settings
        The law of the signals.
    n_samples
        How many.
    rng
        Source of randomness.

    Returns
    -------
    ndarray
        One signal a row, float32, in units of the standard deviation of the noiseless signal (all components
        together), not centred.

    Notes
    -----
    The published code draws the fixed permutation by reseeding the global generator in every batch, which makes all
    later batches of the permuted sets equal; and it measures distances on the circle without their sign. Neither is
    done here.
    """
    return labelled_signals(settings, n_samples, rng=rng).x


def labelled_signals(settings: SignalsDataset, n_samples: int, *, rng: np.random.Generator) -> LabelledSignals:
    """Draw signals in their disguise with the class of each; see :func:`make_signals`."""
    hidden, labels = _draw(settings, n_samples, rng)
    return LabelledSignals(disguise(hidden, settings), np.zeros(n_samples, np.uint8) if labels is None else labels)


def hidden_signals(settings: SignalsDataset, n_samples: int, *, rng: np.random.Generator) -> Float[ndarray, "sample n"]:
    """Draw signals before the disguise: what a discovery should recover, with the noise. See :func:`make_signals`."""
    return _draw(settings, n_samples, rng)[0]


def _draw(
    settings: SignalsDataset, n_samples: int, rng: np.random.Generator
) -> tuple[Float[ndarray, "sample n"], UInt8[ndarray, " sample"] | None]:
    """Hidden signals with their noise, and their classes where there are any."""
    if n_samples < 1:
        raise ConfigError(f"{n_samples} signals are asked for; at least 1 is needed")
    classes = len(settings.classes or ())
    if not classes:
        unlabelled = scaled_with_noise(
            lambda count, stream: _noiseless(settings, count, stream), n_samples, noise=settings.noise, rng=rng
        )
        return unlabelled, None
    labels = rng.integers(classes, size=n_samples, dtype=np.uint8)
    # Each class has a scale of its own, so that the mean power does not tell the classes apart.
    alike = [np.full(_SAMPLE, one, np.uint8) for one in range(classes)]
    scales = [_noiseless(settings, _SAMPLE, np.random.default_rng(0), one).std() for one in alike]
    signals = _noiseless(settings, n_samples, rng, labels)
    signals *= (1 / np.array(scales, np.float32))[labels, None]
    return _with_noise(signals, noise=settings.noise, rng=rng), labels


def scaled_with_noise(
    draw: Callable[[int, np.random.Generator], Float[ndarray, "sample n"]],
    n_samples: int,
    *,
    noise: float,
    rng: np.random.Generator,
) -> Float[ndarray, "sample n"]:
    """Draw noiseless samples, divide them by the standard deviation of their law, and add white noise in its units."""
    # The scale comes from a sample of its own: it is a property of the law, and not of how many samples are drawn.
    scale = float(draw(_SAMPLE, np.random.default_rng(0)).std())
    signals = draw(n_samples, rng)
    signals *= np.float32(1 / scale)
    return _with_noise(signals, noise=noise, rng=rng)


def _with_noise(
    signals: Float[ndarray, "sample n"], *, noise: float, rng: np.random.Generator
) -> Float[ndarray, "sample n"]:
    """Add white noise in place."""
    if noise > 0:
        for start in range(0, len(signals), _CHUNK):
            block = signals[start : start + _CHUNK]
            block += np.float32(noise) * rng.standard_normal(block.shape, dtype=np.float32)
    return signals


def _noiseless(
    settings: SignalsDataset, n_samples: int, rng: np.random.Generator, labels: UInt8[ndarray, " sample"] | None = None
) -> Float[ndarray, "sample n"]:
    if isinstance(settings.basis, DigitSlices):
        return _digit_slices(settings.basis, settings.length, n_samples, rng)
    shapes = settings.basis.degrees if isinstance(settings.basis, LegendrePulses) else [0]
    total = torch.zeros(n_samples, settings.length)
    for degree in shapes:
        probability = settings.basis.probability / len(shapes)
        _add_pulses(total, settings, settings.basis, degree, rng, probability=probability, labels=labels)
    return np.asarray(total.numpy())


def _add_pulses(
    total: torch.Tensor,
    settings: SignalsDataset,
    basis: GaussianPulses | LegendrePulses | DispersedPulses,
    degree: int,
    rng: np.random.Generator,
    *,
    probability: float,
    labels: UInt8[ndarray, " sample"] | None,
) -> None:
    """Add the pulses of one shape in place; only pulses that exist and reach the window are computed."""
    n_samples, n = total.shape
    position = np.arange(n, dtype=np.float32) - np.float32((n - 1) / 2)
    owner = np.repeat(np.arange(n_samples), rng.binomial(basis.pulses, probability, n_samples))
    half = _half_range(settings, basis)
    centre = rng.uniform(-half, half, len(owner)).astype(np.float32)
    amplitude = rng.uniform(*basis.amplitude, len(owner)).astype(np.float32)
    width = rng.uniform(*basis.width, len(owner)).astype(np.float32)
    if labels is not None:
        distance, factor = (table[labels[owner]] for table in _patterns(settings))
        owner, width = np.repeat(owner, distance.shape[1]), np.repeat(width, distance.shape[1])
        centre, amplitude = (centre[:, None] + distance).ravel(), (amplitude[:, None] * factor).ravel()
    if settings.boundary == "line" and not isinstance(basis, DispersedPulses):
        reach = width / 2 if isinstance(basis, LegendrePulses) else 8 * width
        seen = np.flatnonzero(np.abs(centre) < n / 2 + reach)
        owner, centre, amplitude, width = owner[seen], centre[seen], amplitude[seen], width[seen]
    for start in range(0, len(owner), _CHUNK):
        part = slice(start, start + _CHUNK)
        c, w = centre[part, None], width[part, None]
        if isinstance(basis, DispersedPulses):
            wave = _dispersed(basis, position, c, w)
        else:
            distance = position - c
            if settings.boundary == "circle":
                distance = (distance + n / 2) % n - n / 2  # signed, so that odd pulses stay odd
            wave = (
                _gaussian(distance, w) if isinstance(basis, GaussianPulses) else _legendre(basis, degree, distance, w)
            )
        total.index_add_(0, torch.from_numpy(owner[part]), torch.from_numpy(amplitude[part, None] * wave))


def _patterns(settings: SignalsDataset) -> tuple[Float[ndarray, "class copy"], Float[ndarray, "class copy"]]:
    """Distances and factors of the copies that make each class; shorter patterns end in factors of zero."""
    patterns = [*(settings.classes or {}).values()]
    tables = np.zeros((2, len(patterns), max(map(len, patterns))), dtype=np.float32)
    for number, pattern in enumerate(patterns):
        tables[:, number, : len(pattern)] = np.array(pattern).T
    return tables[0], tables[1]


def _half_range(settings: SignalsDataset, basis: Pulses) -> float:
    if settings.boundary == "circle":
        return settings.length / 2
    return float(settings.length) if basis.half_range is None else basis.half_range


def _gaussian(distance: Float[ndarray, "pulse n"], width: Float[ndarray, "pulse 1"]) -> Float[ndarray, "pulse n"]:
    return np.asarray(np.exp(-0.5 * (distance / width) ** 2) / (np.float32(np.sqrt(2 * np.pi)) * width))


def _legendre(
    basis: LegendrePulses, degree: int, distance: Float[ndarray, "pulse n"], width: Float[ndarray, "pulse 1"]
) -> Float[ndarray, "pulse n"]:
    u = np.clip(2 * distance / width, -1, 1)
    z = np.sin(np.float32(np.pi / 2) * u)
    derivative = np.polynomial.Polynomial(scipy.special.legendre(degree).coef[::-1]).deriv(basis.order)
    value = np.polynomial.polynomial.polyval(z, derivative.coef.astype(np.float32))
    value *= np.clip(1 - z * z, 0, None) ** np.float32(basis.order / 2)
    if basis.order == 0:
        value[np.abs(u) >= 1] = 0  # with m > 0 the function ends at zero by itself
    return np.asarray(value * np.float32(2.0**-degree if basis.factors == "published" else 1.0))


def _dispersed(
    basis: DispersedPulses,
    position: Float[ndarray, " n"],
    centre: Float[ndarray, "pulse 1"],
    width: Float[ndarray, "pulse 1"],
) -> Float[ndarray, "pulse n"]:
    """Sum of ``cos(2 pi f (t - c / velocity))`` with the spectrum of a Gaussian pulse of unit area."""
    frequency, delay = propagation(basis)
    spectrum = np.exp(-2 * (np.pi * frequency * width) ** 2) / len(frequency)
    phase = 2 * np.pi * frequency * delay * centre
    time = 2 * np.pi * np.outer(frequency, position)
    wave = (spectrum * np.cos(phase)) @ np.cos(time) + (spectrum * np.sin(phase)) @ np.sin(time)
    return np.asarray(wave, dtype=np.float32)


def _images(basis: DigitSlices) -> Float[ndarray, "image height width"]:
    if basis.images is None:
        return np.asarray(load_digits().images, dtype=np.float32)
    images = read_idx(Path(basis.images), axes=3)
    if min(images.shape) < 2:
        raise DataError(
            f"{basis.images} holds images of shape {images.shape}; at least 2 x 2 pixels and 2 images are needed"
        )
    return np.asarray(images, dtype=np.float32)


def _digit_slices(basis: DigitSlices, n: int, n_samples: int, rng: np.random.Generator) -> Float[ndarray, "sample n"]:
    """Horizontal lines at random heights through random digits, seen through a window at a random place."""
    images = _images(basis)
    rows, pixels = images.shape[1:]
    result = np.empty((n_samples, n), dtype=np.float32)
    # The margin keeps every window that can see a part of the digit, each equally likely.
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1)))
    for start in range(0, n_samples, _CHUNK):
        count = min(_CHUNK, n_samples - start)
        chosen: Int[ndarray, " sample"] = rng.integers(0, len(images), count)
        height = rng.uniform(0, rows - 1, count)
        row = np.minimum(height.astype(np.int64), rows - 2)
        part = (height - row).astype(np.float32)[:, None]
        line = (1 - part) * padded[chosen, row] + part * padded[chosen, row + 1]
        span = n + basis.zoom * (pixels + 1)
        first = rng.uniform(0, span, count) - n
        place = np.clip((first[:, None] + np.arange(1, n + 1)) / basis.zoom, 0, pixels + 1 - 1e-6)
        left = place.astype(np.int64)
        weight = (place - left).astype(np.float32)
        index = np.arange(count)[:, None]
        result[start : start + count] = (1 - weight) * line[index, left] + weight * line[index, left + 1]
    return result

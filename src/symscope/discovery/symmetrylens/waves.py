"""Standing waves: the eigenvectors of a Toeplitz matrix with a given spectrum.

The hidden covariance of a stationary signal is Toeplitz, and the orthogonal disguise leaves its spectrum as it is. A
Toeplitz matrix with that spectrum is found by alternating projections, starting from sines. Which matrix they find
depends on which eigenvalue is given to which frequency; the right order is not known, so several are tried.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray

Order = tuple[int, ...]
"""Frequencies (0 is the lowest) in the order of falling power."""


class Shape(NamedTuple):
    """Shape of a power spectrum, as far as the order of its values goes."""

    peak: float
    """Place of the peak, in units of the spacing of the frequencies; 0 for a spectrum that falls all along."""
    bend: float = 1.0
    """Power q of the frequency in which the spectrum falls alike on both sides: 1 or more; a spectrum is even in the
    frequency, so that its low side is flatter than its high side."""
    mean_rank: int | None = None
    """Rank of the lowest frequency, whose power often stands apart: a bounded number of pulses lowers it, an unknown
    offset raises it. None leaves it where the peak puts it."""


def spectral_order(n: int, shape: Shape) -> Order:
    """Order of n frequencies by falling power."""
    frequency = np.arange(1, n + 1, dtype=np.float64) ** shape.bend
    order = [int(k) for k in np.argsort(np.abs(frequency - (1 + shape.peak) ** shape.bend), kind="stable")]
    if shape.mean_rank is not None:
        order.remove(0)
        order.insert(min(shape.mean_rank, n - 1), 0)
    return tuple(order)


def standing_waves(
    spectrum: Float[ndarray, " n"], orders: Iterable[Order], *, iterations: int
) -> Float[ndarray, "order n n"]:
    """Eigenvectors, as columns by falling eigenvalue, of Toeplitz matrices near the given spectrum, one for each order.

    Parameters
    ----------
    spectrum
        Eigenvalues of the covariance, falling.
    orders
        Frequencies in the order of falling power.
    iterations
        Alternating projections.
    """
    n = len(spectrum)
    index = np.arange(n)
    sines = np.sin(np.outer(index + 1, index + 1) * np.pi / (n + 1)) * np.sqrt(2 / (n + 1))
    waves = np.stack([sines[:, list(order)] for order in orders])
    lag = np.abs(index[:, None] - index)
    for _ in range(iterations):
        # The means along the diagonals of sum_a spectrum_a w_a w_a^T, from the power of each wave.
        power = np.square(np.abs(np.fft.rfft(waves, 2 * n, axis=1))) @ spectrum
        autocovariance = np.fft.irfft(power, 2 * n, axis=1)[:, :n] / (n - index)
        waves = _eigenvectors(autocovariance[:, lag])
    return waves


def _eigenvectors(toeplitz: Float[ndarray, "order n n"]) -> Float[ndarray, "order n n"]:
    """Eigenvectors of symmetric Toeplitz matrices, as columns by falling eigenvalue.

    Each is equal to its mirror image or to minus that, so two problems of half the size give them in half the time.
    """
    n = toeplitz.shape[-1]
    half = n // 2
    corner, mirrored = toeplitz[:, :half, :half], toeplitz[:, :half, : n - half - 1 : -1]
    even = corner + mirrored
    if n % 2:
        middle = np.sqrt(2) * toeplitz[:, :half, half, None]
        centre = toeplitz[:, half, half, None, None]
        even = np.block([[even, middle], [middle.transpose(0, 2, 1), centre]])
    even_values, even_vectors = np.linalg.eigh(even)
    odd_values, odd_vectors = np.linalg.eigh(corner - mirrored)
    vectors = np.zeros_like(toeplitz)
    sides = np.sqrt(0.5)
    vectors[:, :half, : n - half] = sides * even_vectors[:, :half]
    vectors[:, :half, n - half :] = sides * odd_vectors
    vectors[:, n - half :] = vectors[:, :half][:, ::-1]
    vectors[:, n - half :, n - half :] *= -1
    if n % 2:
        vectors[:, half, : n - half] = even_vectors[:, half]
    falling = np.argsort(-np.concatenate([even_values, odd_values], axis=1), axis=1, kind="stable")
    return np.asarray(np.take_along_axis(vectors, falling[:, None], axis=2))

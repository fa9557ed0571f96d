"""Coordinates in which events have unit second moments, and matrices that act in them.

Only directions that the events visit have a coordinate. Complex vectors are handled as real ones, all real parts before
all imaginary parts, and their matrices stay complex-linear.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Inexact, Num
from numpy import ndarray

from symscope.errors import DataError


def as_real(values: Num[ndarray, "n *rest"]) -> Float[ndarray, "n k"]:
    """Flatten each event to one real vector, object by object; of complex ones real parts before imaginary parts."""
    rows = values[:, None] if values.ndim == 1 else values
    if np.iscomplexobj(rows):
        rows = np.concatenate([rows.real, rows.imag], axis=-1)
    return np.ascontiguousarray(rows.reshape(len(rows), math.prod(rows.shape[1:])), dtype=np.float64)


@dataclass(frozen=True)
class Coordinates:
    """u = `into` x, with unit second moments, and x = `back` u on the directions that the events visit."""

    into: Inexact[ndarray, "r d"]
    back: Inexact[ndarray, "d r"]
    span: Inexact[ndarray, "d r"]
    """Orthonormal basis of those directions."""

    @property
    def rank(self) -> int:
        """Number of directions that the events visit."""
        return int(self.into.shape[0])

    def ansatz(self) -> Inexact[ndarray, "k r r"]:
        """Basis of all matrices in these coordinates, of unit norm; complex ones once as they are and once times i."""
        units = np.eye(self.rank**2).reshape(-1, self.rank, self.rank)
        return np.concatenate([units, 1j * units]) if np.iscomplexobj(self.into) else units

    def lifted(self, matrices: Inexact[ndarray, "c r r"]) -> Inexact[ndarray, "c d d"]:
        """Write matrices of these coordinates as they act on events; unvisited directions are left alone."""
        return np.asarray(self.back @ matrices @ self.into)


def second_moments(
    products: Float[ndarray, "k k"], *, objects: int, is_complex: bool = False
) -> Inexact[ndarray, "d d"]:
    """Mean of x x^H over objects, from the mean products of all real components of an event's objects."""
    each = len(products) // objects
    pooled = np.zeros((each, each))
    for k in range(objects):
        pooled += products[k * each : (k + 1) * each, k * each : (k + 1) * each] / objects
    if not is_complex:
        return pooled
    half = each // 2
    real = pooled[:half, :half] + pooled[half:, half:]
    return np.asarray(real + 1j * (pooled[half:, :half] - pooled[:half, half:]))


def coordinates(moments: Inexact[ndarray, "d d"], *, tolerance: float) -> Coordinates:
    """Find coordinates with unit second moments.

    Parameters
    ----------
    moments
        Mean of x x^H.
    tolerance
        With every component scaled to unit root mean square, directions in which the events are smaller than this share of
        the largest do not count as visited.

    Raises
    ------
    DataError
        Where all events are zero, or not finite.
    """
    if not np.isfinite(moments).all():
        raise DataError("the sums over the events are not finite; remove events with NaN or infinite entries")
    size = np.sqrt(np.maximum(np.diagonal(moments).real, 0.0))
    if not size.any():
        raise DataError("all entries of x are zero, which every group element leaves as they are; give other samples")
    scaled = np.divide(moments, np.outer(size, size), out=np.zeros_like(moments), where=np.outer(size, size) > 0)
    values, vectors = np.linalg.eigh(scaled)
    kept = values > tolerance**2 * values.max()
    span, _ = np.linalg.qr(size[:, None] * vectors[:, kept])
    inner = span.conj().T @ moments @ span
    values, vectors = np.linalg.eigh((inner + inner.conj().T) / 2)
    axes = span @ vectors
    return Coordinates((axes / np.sqrt(values)).conj().T, axes * np.sqrt(values), span)

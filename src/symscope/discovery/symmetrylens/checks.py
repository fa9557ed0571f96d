"""What a matrix of samples must satisfy before a symmetry is sought in it."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.errors import DataError

_DUPLICATE = 1e-9
"""Two columns with 1 - |correlation| below this are the same up to scale."""
_RANK = 1e-10
"""Smallest ratio of a variance of a direction to the largest one that is not rounding."""


def check_samples(x: ndarray, *, least: int = 2, name: str = "the samples") -> Float[ndarray, "sample d"]:
    """Check a matrix of samples and give it as float32 with the mean of each column taken off.

    Nothing is repaired: a direction without variance has no place in an orthogonal representation, and dropping it
    silently would change what the generator acts on.

    Raises
    ------
    DataError
        Where the array is no matrix of numbers, holds NaN or infinity, has fewer samples than it needs, or has
        constant, duplicated or linearly dependent columns.
    """
    x = np.asarray(x)
    if x.ndim != 2 or x.dtype.kind not in "fiu":
        raise DataError(
            f"{name} have shape {x.shape} and type {x.dtype}; a matrix of numbers (sample, component) is needed"
        )
    n_samples, dim = x.shape
    if dim < 3:
        raise DataError(f"{name} have {dim} components; at least 3 are needed for a translation to be seen")
    wanted = max(least, dim + 1)
    if n_samples < wanted:
        raise DataError(
            f"{name} are {n_samples} with {dim} components; at least {wanted} are needed, so give more samples"
        )
    x = x.astype(np.float64) if x.dtype.kind != "f" else x
    bad = ~np.isfinite(x)
    if bad.any():
        row, column = (int(i[0]) for i in np.nonzero(bad))
        raise DataError(
            f"{name} hold {int(bad.sum())} values that are NaN or infinite, the first in row {row}, column {column} "
            "(from 0); remove these rows or fill them"
        )
    centred = x - x.mean(axis=0, dtype=np.float64)
    deviation = np.sqrt(np.mean(np.square(centred), axis=0))
    largest = float(deviation.max())
    constant = np.flatnonzero(deviation <= 1e-7 * max(largest, float(np.abs(x).max())))
    if len(constant):
        raise DataError(f"{name} are constant in {_columns(constant)}; remove what does not vary")
    correlation = (centred / deviation).T @ (centred / deviation) / n_samples
    twins = np.argwhere(np.triu(1 - np.abs(correlation), 1) + np.tri(dim) < _DUPLICATE)
    if len(twins):
        first, second = (int(i) for i in twins[0])
        raise DataError(
            f"columns {first} and {second} (from 0) of {name} are the same up to scale, and {len(twins)} such pairs "
            "exist; keep one of each pair"
        )
    spectrum = np.linalg.eigvalsh(centred.T.astype(np.float64) @ centred.astype(np.float64) / n_samples)
    rank = int((spectrum > _RANK * spectrum[-1]).sum())
    if rank < dim:
        raise DataError(
            f"{name} span {rank} of their {dim} dimensions; project them on the directions that vary "
            "(principal components) first, or add noise"
        )
    return np.ascontiguousarray(centred, dtype=np.float32)


def _columns(indices: ndarray) -> str:
    shown = ", ".join(str(int(index)) for index in indices[:5])
    more = f" and {len(indices) - 5} more" if len(indices) > 5 else ""
    return f"column{'s' if len(indices) > 1 else ''} {shown}{more} (from 0)"

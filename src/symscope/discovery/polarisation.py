"""Symmetries of a function from its derivatives: one linear system, and its null space.

A matrix A is a symmetry of f where d/dt f(exp(tA) x) = 0, or A f(x) where the value transforms as well. This is linear in A:
every sample gives one equation for each output (LieGG; Moskalev et al. 2022).
"""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from symscope.discovery.nullspace.system import count_small


class SingularMatrices(NamedTuple):
    """Singular values of a linear system in the entries of a matrix, and what belongs to them."""

    values: Float[Tensor, "seed k"]
    """Singular values over the square root of the number of equations, rising."""
    matrices: Float[Tensor, "seed k d d"]
    """The matrix of each, of unit Frobenius norm."""
    number: Int[Tensor, " seed"]
    """How many of them, from the smallest, belong to the null space."""


def polarisation_rows(
    jacobian: Float[Tensor, "seed n outputs objects d"],
    x: Float[Tensor, "n objects d"],
    values: Float[Tensor, "seed n moved d"] | None = None,
) -> Float[Tensor, "seed rows d d"]:
    """One equation sum_jk R_jk A_jk = 0 for each sample and output.

    Parameters
    ----------
    jacobian
        Derivatives of the outputs by the entries of x.
    x
        Samples, on whose objects A acts alike.
    values
        Outputs as vectors on which A acts too; their components, one vector after the other, are those of `jacobian`. None
        where the outputs do not transform.
    """
    rows = torch.einsum("snopj,npk->snojk", jacobian, x)
    if values is not None:
        identity = torch.eye(x.shape[-1], dtype=x.dtype, device=x.device)
        # Component i of vector m: (A f)_i has the coefficient f_k at A_jk where j = i.
        rows = rows - torch.einsum("ij,snmk->snmijk", identity, values).flatten(2, 3)
    return rows.flatten(1, 2)


def null_space(rows: Float[Tensor, "seed rows d d"], *, largest: float) -> SingularMatrices:
    """Matrices that all equations leave at zero, for each seed.

    Parameters
    ----------
    rows
        The equations.
    largest
        A singular value above this share of the largest one is never counted as zero.

    Returns
    -------
    SingularMatrices
        In double precision. Its `number` is the place of the widest gap between neighbouring values, on a logarithmic scale, of
        those whose lower end may count as zero; where none may, it is 0.
    """
    size = rows.shape[-1]
    flat = rows.to(torch.float64).flatten(2)
    _, singular, basis = torch.linalg.svd(flat, full_matrices=flat.shape[1] < flat.shape[2])
    missing = flat.shape[2] - singular.shape[1]
    singular = torch.cat([singular, singular.new_zeros(len(singular), missing)], dim=1) if missing else singular
    values = singular.flip(1) / flat.shape[1] ** 0.5
    matrices = basis.flip(1).reshape(*values.shape, size, size)
    return SingularMatrices(values, matrices, count_each(values, largest=largest))


def count_each(values: Float[Tensor, "seed k"], *, largest: float) -> Int[Tensor, " seed"]:
    """Count the small ones of rising values for each seed: up to the widest gap, if its lower end is small enough.

    Parameters
    ----------
    values
        Rising; only their ratios count.
    largest
        A value above this share of the largest one is never small.
    """
    counts = []
    for one in values.to(torch.float64).cpu().numpy():
        shares = one / max(float(one[-1]), np.finfo(np.float64).tiny)
        counts.append(count_small(shares, np.zeros_like(shares), largest=largest, least_gap=1.0)[0])
    return torch.tensor(counts, device=values.device)

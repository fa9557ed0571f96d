"""Search spaces: which entries of a generator may differ from zero."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from symscope.errors import ConfigError


def search_mask(search_space: str | Sequence[Sequence[int]], dim: int) -> Float[Tensor, "{dim} {dim}"]:
    """Matrix of ones where a generator of size `dim` is free and zeros elsewhere.

    Parameters
    ----------
    search_space
        `full`; `2x2` (blocks of two on the diagonal: coordinates grouped as x1 y1, px1 py1, x2 y2, ...); `4x4` (two
        bodies in that grouping, 8 dimensions: positions couple to positions and momenta to momenta, across bodies);
        `affine` (all but the last row); or the rows of the matrix itself.

    Raises
    ------
    ConfigError
        Where the search space does not fit the dimension.
    """
    if not isinstance(search_space, str):
        mask = (
            torch.tensor([list(row) for row in search_space], dtype=torch.float64)
            if search_space
            else torch.zeros(0, 0)
        )
        if mask.shape != (dim, dim):
            raise ConfigError(
                f"generator.search_space has shape {tuple(mask.shape)}, and the samples need ({dim}, {dim})"
            )
        return mask
    if search_space == "full":
        return torch.ones(dim, dim, dtype=torch.float64)
    if search_space == "affine":
        mask = torch.ones(dim, dim, dtype=torch.float64)
        mask[-1] = 0.0
        return mask
    if search_space == "2x2":
        if dim % 2:
            raise ConfigError(f"generator.search_space '2x2' needs an even dimension, and the samples have {dim}")
        return torch.kron(torch.eye(dim // 2, dtype=torch.float64), torch.ones(2, 2, dtype=torch.float64))
    if search_space == "4x4":
        if dim != 8:
            raise ConfigError(
                f"generator.search_space '4x4' is for two bodies in the plane (8 dimensions), found {dim}"
            )
        kind = torch.tensor([0, 0, 1, 1, 0, 0, 1, 1])  # 0 for a position, 1 for a momentum
        return (kind[:, None] == kind[None, :]).to(torch.float64)
    raise ConfigError(
        f"generator.search_space '{search_space}' is not known; allowed: full, 2x2, 4x4, affine or a matrix"
    )

"""Sums over the first rows of a matrix, for all numbers of rows at once."""

import math
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor


def room_for(rows: int) -> int:
    """Rows to allocate for :func:`accumulate_rows`: the smallest multiple of its block that holds `rows`."""
    block = _block(rows)
    return -(-rows // block) * block


def accumulate_rows(values: Float[Tensor, "*batch r c"], rows: int) -> None:
    """Replace each row by the sum of the rows up to it, in place.

    The sums go through blocks of about sqrt(rows), where each step adds long contiguous rows of all blocks at once. That
    is several times faster than ``torch.cumsum``, which walks down one column after the other.

    Parameters
    ----------
    values
        ``room_for(rows)`` rows; those from `rows` on come out without meaning.
    rows
        Number of rows that are in use.
    """
    block = _block(rows)
    blocks = values.view(*values.shape[:-2], values.shape[-2] // block, block, values.shape[-1])
    lines = blocks.unbind(-2)
    for before, line in pairwise(lines):
        line.add_(before)
    totals = lines[-1][..., :-1, :].cumsum(-2)
    blocks[..., 1:, :, :] += totals[..., None, :]


def _block(rows: int) -> int:
    return max(math.isqrt(rows), 1)


def select_rows(table: Float[Tensor, "*batch r c"], indices: Tensor) -> Float[Tensor, "*batch k c"]:
    """Rows of each matrix of a contiguous stack: ``indices`` (*batch, k) counts inside its own matrix."""
    *batch, rows, columns = table.shape
    count = math.prod(batch)
    offsets = torch.arange(0, count * rows, rows, device=table.device, dtype=indices.dtype)
    flat = (indices.reshape(count, -1) + offsets[:, None]).flatten()
    return table.view(count * rows, columns).index_select(0, flat).view(*indices.shape, columns)

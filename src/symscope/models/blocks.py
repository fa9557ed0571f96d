"""Dense blocks of jets of similar size: complete graphs without edge lists and without padding to the longest jet."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Bool, Int
from torch import Tensor

PADDING_EDGES = 2048
"""Places for edges that a block may waste on padding without regard to its size: about what a further block costs."""
PADDING_SHARE = 0.1
"""Share of a block's places that may be padding."""


class Block(NamedTuple):
    """Some jets side by side, each with `node` places; the places that a smaller jet leaves over are not valid."""

    nodes: Int[Tensor, "jet node"]
    """Flat node at each place; unused places repeat the jet's first node, so that they hold finite numbers."""
    pair: Bool[Tensor, "jet node node"]
    """Whether target and source are two different nodes of the jet: the edges of its complete graph."""


class BlockLayout(NamedTuple):
    """How the flat nodes of a batch are spread over dense blocks."""

    blocks: tuple[Block, ...]
    places: Int[Tensor, " node"]
    """Where each flat node lies in the concatenation of all blocks' places."""
    n_edges: int
    """Directed edges between different nodes of a jet, summed over jets: no padding counted."""

    def collect(self, parts: Sequence[Tensor]) -> Tensor:
        """Flat nodes (node, feature) from the blocks' results (jet, node, feature)."""
        return torch.cat([part.reshape(-1, part.shape[-1]) for part in parts])[self.places]


def plan_blocks(offsets: Int[Tensor, " jet_plus_1"], *, max_edges: int) -> BlockLayout:
    """Group jets by size into blocks of at most `max_edges` places for edges (one jet at least).

    Parameters
    ----------
    offsets
        First node of each jet, and the number of nodes at the end; jets may be empty.
    max_edges
        Bound on jets times nodes squared in a block; sets the memory of the edge network and keeps its arrays in the
        processor's cache.
    """
    device = offsets.device
    starts = offsets[:-1].cpu()
    counts = offsets.diff().cpu()
    order = torch.argsort(counts, descending=True, stable=True)
    sizes = counts[order].tolist()
    blocks = []
    places = torch.empty(int(offsets[-1]), dtype=torch.int64)
    first, filled = 0, 0
    while first < len(sizes) and sizes[first] > 0:
        n = sizes[first]
        most = min(len(sizes), first + max(1, max_edges // (n * n)))
        # A block ends early where the padding of small jets would cost more than the operations of another block.
        last, waste = first + 1, 0
        while last < most and sizes[last] > 0:
            waste += n * n - sizes[last] ** 2
            if waste > max(PADDING_EDGES, PADDING_SHARE * n * n * (last + 1 - first)):
                break
            last += 1
        jets = order[first:last]
        node = torch.arange(n)
        valid = node[None, :] < counts[jets][:, None]
        index = starts[jets][:, None] + torch.where(valid, node[None, :], 0)
        places[index[valid]] = filled + torch.arange(valid.numel()).reshape(valid.shape)[valid]
        pair = valid[:, :, None] & valid[:, None, :] & ~torch.eye(n, dtype=torch.bool)
        blocks.append(Block(index.to(device), pair.to(device)))
        filled += valid.numel()
        first = last
    n_edges = int((counts * (counts - 1)).sum())
    return BlockLayout(tuple(blocks), places.to(device), n_edges)

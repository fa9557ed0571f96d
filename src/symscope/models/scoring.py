"""Logits of many jets: sorted by size, in pieces that fit in memory, in the order given."""

import copy

import numpy as np
import torch
from torch import Tensor

from symscope.models.lorentznet import LorentzNet
from symscope.models.nodes import check_jets

_DTYPES = {"float32": torch.float32, "float64": torch.float64, "bfloat16": torch.float32}


def score_jets(
    network: LorentzNet,
    momenta: Tensor | np.ndarray,
    offsets: Tensor | np.ndarray,
    *,
    device: torch.device | str | None = None,
    precision: str | None = None,
    batch_edges: int = 1 << 20,
    beam_momenta: Tensor | None = None,
) -> Tensor:
    """Logits of ragged jets in evaluation mode.

    Parameters
    ----------
    network
        A tagger; it is neither changed nor moved.
    momenta
        (n_constituents, 4) E, px, py, pz [GeV]; each jet's constituents by falling pT (any order gives the same).
    offsets
        (n_jets + 1,) integers: first constituent of each jet, and n_constituents at the end. Jets may be empty.
    device
        Where to compute; None is where the network is.
    precision
        ``float32``, ``float64`` or ``bfloat16`` (the edge network's arrays in bfloat16, the rest in float32). None is
        the wider of the network's and the momenta's types.
    batch_edges
        Bound on the edges (nodes squared) that are in work at once: memory is some 50 bytes times the width for each
        edge of a dense block and little beside.
    beam_momenta
        (2, 4) beams to use instead of (sqrt 2, 0, 0, +-1), such as boosted ones.

    Returns
    -------
    Tensor
        (n_jets, 2) logits of background and signal, on the CPU. The score of a jet is the softmax's second entry. It
        does not depend on the other jets.

    Raises
    ------
    DataError
        If the arrays are no ragged jets or hold numbers that are not finite.
    """
    p = torch.as_tensor(momenta).detach()
    ends = torch.as_tensor(offsets).detach().cpu()
    check_jets(p, ends)
    ends = ends.to(torch.int64)
    weight = network.embedding.weight
    wide = torch.promote_types(weight.dtype, p.dtype if p.is_floating_point() else torch.float64)
    dtype = wide if precision is None else _DTYPES[precision]
    where = torch.device(weight.device if device is None else device)
    model = copy.deepcopy(network).to(device=where, dtype=dtype).eval()
    model.edge_dtype = torch.bfloat16 if precision == "bfloat16" else None
    model.block_edges = model.block_edges if where.type == "cpu" else batch_edges
    counts = ends.diff()
    order = torch.argsort(counts, stable=True)
    places = (counts[order] + 2) ** 2
    group = torch.div(places.cumsum(0), batch_edges, rounding_mode="floor")
    logits = torch.zeros((len(counts), 2), dtype=dtype)
    with torch.inference_mode():
        for jets in torch.split(order, torch.unique_consecutive(group, return_counts=True)[1].tolist()):
            piece, piece_ends = take_jets(p, ends, jets)
            logits[jets] = model(piece.to(where), piece_ends.to(where), beam_momenta=beam_momenta).cpu()
    return logits


def take_jets(momenta: Tensor, offsets: Tensor, jets: Tensor) -> tuple[Tensor, Tensor]:
    """Ragged arrays of some jets, in the order asked for."""
    counts = offsets.diff()[jets]
    ends = torch.zeros(len(jets) + 1, dtype=torch.int64)
    torch.cumsum(counts, 0, out=ends[1:])
    shift = torch.repeat_interleave(offsets[jets] - ends[:-1], counts)
    return momenta[torch.arange(int(ends[-1])) + shift], ends

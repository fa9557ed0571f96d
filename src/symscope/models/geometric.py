"""What the taggers take from torch-geometric, imported without the deprecation warnings of its own start-up."""

import warnings
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from symscope.models.nodes import JetNodes

with warnings.catch_warnings():
    # torch-geometric 2.8 scripts some classes with torch.jit when it is imported, which torch 2.13 warns about.
    warnings.filterwarnings("ignore", message=r"`torch\.jit\.", category=DeprecationWarning)
    from torch_geometric.data import Data
    from torch_geometric.nn import MessagePassing
    from torch_geometric.utils import scatter

__all__ = ["Data", "MessagePassing", "complete_graphs", "scatter"]


def complete_graphs(nodes: "JetNodes") -> Data:
    """Jets as torch-geometric's data: ``pos`` the momenta, ``x`` the scalars, ``batch``, and all edges within each jet.

    The edge index has 8 bytes times twice the number of edges; the networks of this package do not need it.
    """
    counts = nodes.counts
    neighbours = torch.repeat_interleave(counts - 1, counts)
    target = torch.repeat_interleave(torch.arange(len(neighbours), device=counts.device), neighbours)
    first_edge = torch.cat([neighbours.new_zeros(1), neighbours.cumsum(0)])
    source = torch.arange(len(target), device=counts.device) - first_edge[target] + nodes.offsets[nodes.batch[target]]
    source = source + (source >= target).to(source.dtype)  # a node is no neighbour of itself
    return Data(x=nodes.scalars, pos=nodes.momenta, edge_index=torch.stack([source, target]), batch=nodes.batch)

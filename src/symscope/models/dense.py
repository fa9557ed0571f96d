"""One message-passing layer over complete graphs, computed on dense blocks: the same function as ``MetricConv.forward``."""

import torch
from jaxtyping import Float
from torch import Tensor

from symscope.models.blocks import plan_blocks
from symscope.models.conv import MetricConv
from symscope.models.edges import EdgeInputs, EdgeOptions, EdgeWeights, edge_messages
from symscope.models.geometric import scatter
from symscope.models.kinematics import signed_log
from symscope.models.nodes import JetNodes
from symscope.models.normalisation import pooled_moments, update_running


class Graphs:
    """Complete graphs of a batch of jets: where nodes lie, which jet they are of, how many neighbours they have.

    Parameters
    ----------
    nodes
        The jets' nodes.
    max_edges
        Bound on a block's places for edges, see :func:`~symscope.models.blocks.plan_blocks`.
    """

    def __init__(self, nodes: JetNodes, *, max_edges: int) -> None:
        self.layout = plan_blocks(nodes.offsets, max_edges=max_edges)
        self.batch = nodes.batch
        self.n_jets = len(nodes.counts)
        self.neighbours = (nodes.counts - 1).to(nodes.scalars.dtype)[self.batch][:, None]
        self.pairs = [block.pair.to(nodes.scalars.dtype) for block in self.layout.blocks]


def dense_layer(
    layer: MetricConv,
    h: Float[Tensor, "node h"],
    x: Float[Tensor, "node 4"],
    *,
    scalars: Float[Tensor, "node 2"],
    metric: Float[Tensor, "4 4"],
    graphs: Graphs,
    dtype: torch.dtype,
    keep: bool,
) -> tuple[Float[Tensor, "node h"], Float[Tensor, "node 4"]]:
    """Compute new node features and momenta.

    Parameters
    ----------
    layer
        Owner of the weights.
    h, x, scalars
        Features, momenta [GeV] and scalars of the nodes.
    metric
        Bilinear form of the scalar products.
    graphs
        Which nodes belong together.
    dtype
        Precision of the arrays over edges.
    keep
        Whether the backward pass finds the activations kept, rather than computing them again.
    """
    momenta = [x[block.nodes] for block in graphs.layout.blocks]
    products = [scalar_products(p, pair, metric) for p, pair in zip(momenta, graphs.pairs, strict=True)]
    target, source, product_weights = _first_layer(layer, h, x, products, graphs)
    move_in, move_out = layer.move_in, layer.move_out
    weights = EdgeWeights(
        products=product_weights,
        out=layer.edge_out.weight,
        out_bias=layer.edge_out.bias,
        gate=layer.gate.weight[0],
        gate_bias=layer.gate.bias,
        move=None if move_in is None else move_in.weight,
        move_bias=None if move_in is None else move_in.bias,
        move_out=None if move_out is None else move_out.weight[0],
    )
    options = EdgeOptions(clamp=layer.clamp, dtype=dtype, keep=keep)
    parts = [
        edge_messages(EdgeInputs(target[block.nodes], source[block.nodes], p, uv, pair), weights, options)
        for block, p, uv, pair in zip(graphs.layout.blocks, momenta, products, graphs.pairs, strict=True)
    ]
    if not parts:
        return layer.update_nodes(h, torch.zeros_like(h), scalars), x
    new_h = layer.update_nodes(h, graphs.layout.collect([messages for messages, _ in parts]), scalars)
    if move_in is None:
        return new_h, x
    total = graphs.layout.collect([move for _, move in parts if move is not None])
    if layer.aggregation == "mean":
        total = total / graphs.neighbours.clamp(min=1)
    return new_h, x + layer.step * total


def scalar_products(
    p: Float[Tensor, "jet node 4"], pair: Float[Tensor, "jet node node"], metric: Float[Tensor, "4 4"]
) -> Float[Tensor, "jet node node 2"]:
    """psi(||x_i - x_j||^2) and psi(<x_i, x_j>) of all pairs, in the type of `pair` and zero where it is.

    The squared norm is taken from the products as <i,i> + <j,j> - 2 <i,j>, which needs momenta in float64: then the
    cancellation leaves an error of 1e-12 GeV^2, far less than rounding the momenta to float32 would.
    """
    dot = (p @ metric) @ p.mT
    own = dot.diagonal(dim1=1, dim2=2)
    norm = own[:, :, None] + own[:, None] - 2 * dot
    return signed_log(torch.stack([norm, dot], dim=-1)).to(pair.dtype) * pair[..., None]


def _first_layer(
    layer: MetricConv, h: Tensor, x: Tensor, products: list[Tensor], graphs: Graphs
) -> tuple[Tensor, Tensor, Tensor]:
    """First edge layer and its batch normalisation, split into contributions of target, source and products."""
    w = layer.edge_in.weight
    width = layer.hidden
    target = h @ w[:, :width].T
    source = h @ w[:, width : 2 * width].T
    if layer.include_momenta:
        target = target + x.to(h.dtype) @ w[:, 2 * width : 2 * width + 4].T
        source = source + x.to(h.dtype) @ w[:, 2 * width + 4 : 2 * width + 8].T
    product_weights = w[:, -2:].T
    bn = layer.edge_norm
    if bn.running_mean is None or bn.running_var is None:
        raise RuntimeError("the edge network's batch normalisation keeps no running statistics")
    count = graphs.layout.n_edges
    if layer.training and (count > 0 or layer.pool is not None):
        if count > 0:
            mean, variance = edge_moments(target, source, product_weights, products, graphs)
        else:
            mean, variance = torch.zeros_like(bn.running_mean), torch.ones_like(bn.running_var)
        if layer.pool is not None:
            mean, variance, count = pooled_moments(mean, variance, count, layer.pool)
        update_running(bn, mean, variance, count)
    else:
        mean, variance = bn.running_mean, bn.running_var
    scale = bn.weight * torch.rsqrt(variance + bn.eps)
    return target * scale + (bn.bias - mean * scale), source * scale, product_weights * scale


def edge_moments(
    target: Float[Tensor, "node h"],
    source: Float[Tensor, "node h"],
    product_weights: Float[Tensor, "2 h"],
    products: list[Tensor],
    graphs: Graphs,
) -> tuple[Float[Tensor, " h"], Float[Tensor, " h"]]:
    """Mean and biased variance of the first edge layer over all edges, without an array over edges and features.

    The layer is a sum t_i + s_j + w . u_ij with the two products u. Its second moment needs the products of node sums
    within each jet, the sums of u at each node, and the covariance of u. (u is symmetric in i and j.)
    """
    edges = graphs.layout.n_edges
    target_mean = (graphs.neighbours * target).sum(0) / edges
    source_mean = (graphs.neighbours * source).sum(0) / edges
    t, s = target - target_mean, source - source_mean
    product_mean = torch.stack([u.sum((0, 1, 2)) for u in products]).sum(0) / edges
    centred = [(u - product_mean) * pair[..., None] for u, pair in zip(products, graphs.pairs, strict=True)]
    covariance = torch.stack([c.view(-1, 2).T @ c.view(-1, 2) for c in centred]).sum(0)
    at_node = graphs.layout.collect([c.sum(2) for c in centred]) @ product_weights
    ts_jet = scatter(torch.cat([t, s], dim=1), graphs.batch, dim=0, dim_size=graphs.n_jets, reduce="sum")
    t_jet, s_jet = ts_jet.chunk(2, dim=1)
    second = (
        (graphs.neighbours * (t * t + s * s)).sum(0)
        + 2 * ((t_jet * s_jet).sum(0) - (t * s).sum(0))
        + 2 * ((t + s) * at_node).sum(0)
        + (product_weights * (covariance @ product_weights)).sum(0)
    )
    mean = target_mean + source_mean + product_mean @ product_weights
    return mean, (second / edges).clamp(min=0)

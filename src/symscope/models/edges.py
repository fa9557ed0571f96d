"""The edge network on dense blocks, with a backward pass of its own.

The first edge layer is linear in the two nodes' features, so it is taken once per node and added per pair. What is
left per edge are two square matrix products; everything else is done in place on arrays that fit in the cache. The
activations are kept for the backward pass where they are small, and computed again where they are not.
"""

from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


def _relu_backward_(gradient: Tensor, activation: Tensor) -> Tensor:
    """Gradient before a relu, in place; one pass, where multiplying by a comparison takes three."""
    out: Tensor = torch.ops.aten.threshold_backward.grad_input(gradient, activation, 0, grad_input=gradient)
    return out


class EdgeWeights(NamedTuple):
    """Weights of the edge network after its first layer has been split (widths h)."""

    products: Float[Tensor, "2 h"]
    """Effect of psi(||x_i - x_j||^2) and psi(<x_i, x_j>) on the first layer, batch normalisation included."""
    out: Float[Tensor, "h h"]
    out_bias: Float[Tensor, " h"]
    gate: Float[Tensor, " h"]
    gate_bias: Float[Tensor, " 1"]
    move: Float[Tensor, "h h"] | None
    """Hidden layer of the momentum update; None in a layer that leaves the momenta as they are."""
    move_bias: Float[Tensor, " h"] | None
    move_out: Float[Tensor, " h"] | None


class EdgeOptions(NamedTuple):
    """How the edge network is computed."""

    clamp: float | None
    """Bound on each component of one neighbour's momentum update [GeV]; None is no bound."""
    dtype: torch.dtype
    """Precision of the arrays over edges; sums over neighbours are in that of the node features."""
    keep: bool
    """Whether activations are kept for the backward pass instead of being computed again."""


class _Activations(NamedTuple):
    first: Tensor  # (edge, h) after relu
    gated: Tensor  # (edge, h) message times gate
    gate: Tensor  # (edge, 1), zero where there is no edge
    move_hidden: Tensor | None  # (edge, h) after relu
    step: Tensor | None  # (jet, node, node) coefficient of x_i - x_j, zero where there is no edge


class EdgeInputs(NamedTuple):
    """What goes into the edge network of one block."""

    target: Float[Tensor, "jet node h"]
    """The first edge layer's contribution of a node as target, batch normalisation included."""
    source: Float[Tensor, "jet node h"]
    """The same of a node as source."""
    momenta: Float[Tensor, "jet node 4"]
    """x of the nodes [GeV]."""
    products: Float[Tensor, "jet node node 2"]
    """psi(||x_i - x_j||^2) and psi(<x_i, x_j>) of all pairs."""
    pair: Float[Tensor, "jet node node"]
    """1 where the two nodes are different nodes of the jet, 0 elsewhere."""


def edge_messages(
    inputs: EdgeInputs, weights: EdgeWeights, options: EdgeOptions
) -> tuple[Float[Tensor, "jet node h"], Float[Tensor, "jet node 4"] | None]:
    """Sum the gated messages and the clamped momentum updates of the neighbours, for all nodes of a block."""
    arguments = (*inputs, *weights)
    if torch.is_grad_enabled() and any(a is not None and a.requires_grad for a in arguments):
        messages, moves = _EdgeMessages.apply(options, *arguments)  # type: ignore[no-untyped-call]
    else:
        messages, moves, _ = _forward(inputs, weights, options)
    return messages, None if weights.move is None else moves


def _forward(
    inputs: EdgeInputs, weights: EdgeWeights, options: EdgeOptions, *, keep: bool = False
) -> tuple[Tensor, Tensor, _Activations | None]:
    """Compute the sums; with `keep` also the activations, otherwise their memory is used again on the way."""
    target, source, momenta, products, pair = inputs
    jets, n, h = target.shape
    w = _cast(weights, options.dtype)
    first = (target.to(options.dtype)[:, :, None] + source.to(options.dtype)[:, None]).view(-1, h)
    first.addmm_(products.to(options.dtype).view(-1, 2), w.products).relu_()
    gated = torch.addmm(w.out_bias, first, w.out.t()).relu_()
    gate = torch.addmm(w.gate_bias, gated, w.gate[:, None]).sigmoid_().mul_(pair.view(-1, 1))
    gated.mul_(gate)
    messages = gated.view(jets, n, n, h).sum(2, dtype=target.dtype)
    if w.move is None or w.move_bias is None or w.move_out is None:
        moves = momenta.new_zeros((0,))
        return messages, moves, _Activations(first, gated, gate, None, None) if keep else None
    hidden = torch.addmm(w.move_bias, gated, w.move.t(), out=None if keep else first).relu_()
    step = (hidden @ w.move_out).to(momenta.dtype).view(jets, n, n).mul_(pair)
    if options.clamp is not None and _may_reach(options.clamp, step, momenta):
        difference = momenta[:, :, None] - momenta[:, None]
        moves = difference.mul_(step[..., None]).clamp_(-options.clamp, options.clamp).sum(2)
    else:
        moves = momenta * step.sum(2, keepdim=True) - step @ momenta
    return messages, moves, _Activations(first, gated, gate, hidden, step) if keep else None


def _may_reach(clamp: float, step: Tensor, momenta: Tensor) -> bool:
    """Whether a momentum update may reach the bound; on a GPU always True, which spares asking it."""
    return step.is_cuda or bool(step.abs().max() * 2 * momenta.abs().max() > clamp)


def _cast(weights: EdgeWeights, dtype: torch.dtype) -> EdgeWeights:
    return EdgeWeights(*(None if t is None else t.to(dtype) for t in weights))  # type: ignore[arg-type]


class _EdgeMessages(torch.autograd.Function):
    """:func:`_forward` with a backward pass that keeps or recomputes the activations."""

    @staticmethod
    def forward(ctx: Any, options: EdgeOptions, *arguments: Tensor | None) -> tuple[Tensor, Tensor]:
        messages, moves, kept = _forward(*_unpack(arguments), options, keep=options.keep)
        ctx.options = options
        ctx.n_arguments = len(arguments)
        ctx.save_for_backward(*arguments, *(kept or ()))
        return messages, moves

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        inputs, weights = _unpack(ctx.saved_tensors[: ctx.n_arguments])
        kept: _Activations | None = None
        if ctx.options.keep:
            kept = _Activations(*ctx.saved_tensors[ctx.n_arguments :])
        else:
            kept = _forward(inputs, weights, ctx.options, keep=True)[2]
        if kept is None:
            raise RuntimeError("the edge network kept no activations")
        return None, *_backward(gradients, inputs, weights, kept, ctx.options)


def _unpack(arguments: Any) -> tuple[EdgeInputs, EdgeWeights]:
    n_inputs = len(EdgeInputs._fields)
    return EdgeInputs(*arguments[:n_inputs]), EdgeWeights(*arguments[n_inputs:])


def _backward(
    gradients: tuple[Tensor, ...],
    inputs: EdgeInputs,
    weights: EdgeWeights,
    kept: _Activations,
    options: EdgeOptions,
) -> tuple[Tensor | None, ...]:
    """Compute the gradients of all fields of the inputs and of the weights, in this order."""
    target, _, momenta, products, pair = inputs
    jets, n, h = target.shape
    dtype, full = options.dtype, target.dtype
    w = _cast(weights, dtype)
    d_messages = gradients[0].to(dtype)[:, :, None]
    d_momenta = d_move = d_move_bias = d_move_out = None
    if w.move is None or w.move_out is None or kept.move_hidden is None or kept.step is None:
        d_gated = d_messages.expand(jets, n, n, h).reshape(-1, h)
    else:
        d_momenta, d_step = _move_gradients(gradients[1], momenta, kept.step, options.clamp)
        d_step = d_step.mul_(pair).to(dtype).view(-1, 1)
        d_move_out = (kept.move_hidden.t() @ d_step).view(-1).to(full)
        d_hidden = _relu_backward_(d_step * w.move_out, kept.move_hidden)
        d_move = (d_hidden.t() @ kept.gated).to(full)
        d_move_bias = d_hidden.sum(0, dtype=full)
        d_gated = d_hidden @ w.move
        d_gated.view(jets, n, n, h).add_(d_messages)
    # With M = g m: dL/d(logit of g) = g (1 - g) sum(dM m) = (1 - g) sum(dM M), and m > 0 just where M > 0.
    d_logit = (d_gated * kept.gated).sum(-1, keepdim=True).mul_(1 - kept.gate)
    d_gate = (kept.gated.t() @ (d_logit / kept.gate.clamp(min=torch.finfo(dtype).tiny))).view(-1).to(full)
    d_second = _relu_backward_(d_gated.mul_(kept.gate).addcmul_(d_logit, w.gate), kept.gated)
    d_out = (d_second.t() @ kept.first).to(full)
    d_first = _relu_backward_(d_second @ w.out, kept.first)
    d_product_weights = (products.to(dtype).view(-1, 2).t() @ d_first).to(full)
    d_products = (d_first @ w.products.t()).to(products.dtype).view(jets, n, n, 2)
    d_pairs = d_first.view(jets, n, n, h)
    return (
        d_pairs.sum(2, dtype=full),
        d_pairs.sum(1, dtype=full),
        d_momenta,
        d_products,
        None,
        d_product_weights,
        d_out,
        d_second.sum(0, dtype=full),
        d_gate,
        d_logit.sum(dtype=full).view(1),
        d_move,
        d_move_bias,
        d_move_out,
    )


def _move_gradients(d_moves: Tensor, momenta: Tensor, step: Tensor, clamp: float | None) -> tuple[Tensor, Tensor]:
    """Gradients of the momentum updates with respect to the momenta and to the coefficients of x_i - x_j."""
    if clamp is not None and _may_reach(clamp, step, momenta):
        difference = momenta[:, :, None] - momenta[:, None]
        d_product = d_moves[:, :, None] * ((step[..., None] * difference).abs() <= clamp)
        d_difference = d_product * step[..., None]
        return d_difference.sum(2) - d_difference.sum(1), (d_product * difference).sum(-1)
    d_momenta = d_moves * step.sum(2, keepdim=True) - step.mT @ d_moves
    return d_momenta, (d_moves * momenta).sum(-1, keepdim=True) - d_moves @ momenta.mT

"""Perceptrons with one hidden layer whose input has a single component that is not masked, without a product over samples.

The mask leaves one component v of each sample, so every hidden neuron sees w v + b. As a function of the number v, the
output is piecewise linear with one break at -b / w for each neuron. Sorting the breaks and summing over them once gives all
pieces; a sample then only looks up its piece. The work falls from samples x neurons x outputs to
(samples + neurons) x outputs, the slope of the output by v comes out of the same table, and the gradients of the weights are
sums over the samples beyond each break.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from symscope.discovery.symmetrylens.published.prefix import accumulate_rows, room_for, select_rows


class Weights(NamedTuple):
    """Weights of all perceptrons, or derivatives by them."""

    first: Float[Tensor, "seed net component hidden"]
    """First matrix."""
    first_bias: Float[Tensor, "seed net hidden"]
    """First bias."""
    second: Float[Tensor, "seed net hidden out"]
    """Second matrix."""
    second_bias: Float[Tensor, "seed net out"]
    """Second bias."""

    @classmethod
    def zeros(
        cls,
        seeds: int,
        *,
        nets: int,
        components: int,
        hidden: int,
        outputs: int,
        dtype: torch.dtype,
        device: torch.device,
    ) -> "Weights":
        """Make weights that are all zero."""
        shapes = (components, hidden), (hidden,), (hidden, outputs), (outputs,)
        return cls(*(torch.zeros(seeds, nets, *shape, dtype=dtype, device=device) for shape in shapes))

    def part(self, seeds: slice) -> "Weights":
        """Weights of some seeds."""
        return Weights(*(values[seeds] for values in self))


def initialise(weights: Weights, streams: Sequence[torch.Generator]) -> None:
    """Uniform starting values in +-sqrt(6 / (inputs + outputs)) (Glorot and Bengio 2010), biases zero."""
    for s, stream in enumerate(streams):
        for matrix in (weights.first[s], weights.second[s]):
            bound = (6.0 / (matrix.shape[-2] + matrix.shape[-1])) ** 0.5
            drawn = torch.rand(matrix.shape, generator=stream, device=matrix.device, dtype=matrix.dtype)
            matrix.copy_((2.0 * drawn - 1.0) * bound)
    weights.first_bias.zero_()
    weights.second_bias.zero_()


class Pieces(NamedTuple):
    """Piecewise linear outputs of the perceptrons that are given some components."""

    breaks: Float[Tensor, "seed net given hidden"]
    """Values of the input at which a neuron switches, in rising order."""
    order: Int[Tensor, "seed net given hidden"]
    """Which neuron that is."""
    slopes: Float[Tensor, "seed net given row out"]
    """Slope of the outputs by the input, for each number of breaks below the input."""
    offsets: Float[Tensor, "seed net given row out"]
    """Value of that piece, continued to an input of zero."""

    def find(self, inputs: Float[Tensor, "seed given sample"]) -> Int[Tensor, "seed net given sample"]:
        """Count the breaks below each input, which is the number of its piece."""
        return torch.searchsorted(self.breaks, inputs[:, None].expand(-1, self.breaks.shape[1], -1, -1).contiguous())

    def evaluate(
        self, inputs: Float[Tensor, "seed given sample"], pieces: Int[Tensor, "seed net given sample"]
    ) -> tuple[Float[Tensor, "seed net given sample out"], Float[Tensor, "seed net given sample out"]]:
        """Look up the outputs and their slopes."""
        slopes = select_rows(self.slopes, pieces)
        return select_rows(self.offsets, pieces).addcmul_(slopes, inputs[:, None, :, :, None]), slopes

    def count_below(self, pieces: Int[Tensor, "seed net given sample"]) -> Int[Tensor, "seed net given hidden"]:
        """Count the inputs up to the break of each neuron, in the neurons' own order."""
        *batch, hidden = self.breaks.shape
        counts = torch.zeros(*batch, hidden + 1, dtype=pieces.dtype, device=pieces.device)
        counts.scatter_add_(-1, pieces, torch.ones_like(pieces))
        return torch.empty_like(self.order).scatter_(-1, self.order, counts.cumsum(-1)[..., :hidden])


def piecewise(weights: Weights, *, given: slice, slope: float) -> Pieces:
    """Tabulate the perceptrons that are given the components `given`; `slope` is the leaky rectifier's."""
    inner = weights.first[:, :, given]
    bias = weights.first_bias[:, :, None].expand_as(inner)
    breaks, order = _breaks(inner, bias).sort(dim=-1)
    always, sign = _always(inner, slope)
    seeds, nets, count, hidden = inner.shape
    outputs = weights.second.shape[-1]
    rows = room_for(hidden + 1)
    spread = order.view(seeds, nets, count * hidden)
    switched = select_rows(weights.second, spread).view(seeds, nets, count, hidden, outputs)
    tables = inner.new_empty(2, seeds, nets, count, rows, outputs)
    for table, scale in zip(tables, (inner, bias), strict=True):
        torch.matmul(always * scale, weights.second, out=table[..., 0, :])
        torch.mul(switched, (sign * scale).gather(-1, order)[..., None], out=table[..., 1 : hidden + 1, :])
    tables[1, ..., 0, :] += weights.second_bias[:, :, None]
    tables[..., hidden + 1 :, :] = 0.0
    accumulate_rows(tables, hidden + 1)
    return Pieces(breaks, order, tables[0], tables[1])


def accumulate_gradients(
    gradients: Weights,
    weights: Weights,
    inputs: Float[Tensor, "seed given sample"],
    by_outputs: Sequence[Float[Tensor, "seed given sample out"]],
    *,
    below: Int[Tensor, "seed net given hidden"],
    given: slice,
    slope: float,
) -> None:
    """Add to `gradients` the derivatives of a loss, from its derivatives by the outputs.

    Parameters
    ----------
    gradients, weights
        Of the same seeds.
    inputs
        In rising order.
    by_outputs
        Derivatives of the loss by the outputs of each perceptron at these inputs.
    below
        Inputs up to the break of each neuron, from :meth:`Pieces.count_below`.
    given
        Components that the perceptrons are given.
    slope
        Of the leaky rectifier.
    """
    inner = weights.first[:, :, given]
    bias = weights.first_bias[:, :, None].expand_as(inner)
    always, sign = _always(inner, slope)
    nets = len(by_outputs)
    seeds, count, samples, outputs = by_outputs[0].shape
    sums = inner.new_empty(2, seeds, nets, count, room_for(samples + 1), outputs)
    sums[..., 0, :] = 0.0
    for net, values in enumerate(by_outputs):
        torch.mul(values, inputs[..., None], out=sums[0, :, net, :, 1 : samples + 1])
        sums[1, :, net, :, 1 : samples + 1] = values
    sums[..., samples + 1 :, :] = 0.0
    accumulate_rows(sums, samples + 1)
    totals = sums[..., samples, :].clone()
    switched = [select_rows(part, below) for part in sums]

    # Beyond its break a neuron has the slope `always + sign`, before it `always`; the sums above are those before it.
    beyond = always + sign
    outer = torch.cat([beyond * inner, beyond * bias], dim=2)
    gradients.second.add_(outer.mT @ torch.cat(list(totals), dim=2))
    turned = switched[0] * (sign * inner)[..., None]
    turned.addcmul_(switched[1], (sign * bias)[..., None])
    gradients.second.sub_(turned.sum(2) if count > 1 else turned[:, :, 0])
    second = weights.second[:, :, None]
    by_inner, by_bias = (
        beyond * (total @ weights.second.mT) - sign * part.mul_(second).sum(-1)
        for total, part in zip(totals, switched, strict=True)
    )
    gradients.first[:, :, given] += by_inner
    gradients.first_bias.add_(by_bias.sum(2))
    gradients.second_bias.add_(totals[1].sum(2))


def _breaks(inner: Tensor, bias: Tensor) -> Tensor:
    """Input at which each neuron switches; infinite where it never does, zero where it has neither weight nor bias."""
    breaks = -bias / (inner + 0.0)  # no negative zeros
    return torch.where(breaks.isnan(), 0.0, breaks)


def _always(inner: Tensor, slope: float) -> tuple[Tensor, Tensor]:
    """Slope of each neuron's rectifier for inputs below its break, and what is added to it beyond.

    A neuron of positive weight is in its leaky part below the break and in its straight part beyond it; one of negative
    weight the other way round.
    """
    falling = (inner < 0).to(inner.dtype)
    return slope + (1.0 - slope) * falling, (1.0 - slope) * (1.0 - 2.0 * falling)

"""Plain perceptrons that continue a trajectory: an ensemble with leading axis seed."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

Activation = Literal["swish", "relu", "tanh"]

ACTIVATIONS = {"swish": nn.functional.silu, "relu": torch.relu, "tanh": torch.tanh}
"""Activations by name."""


class Mlp(nn.Module):
    """Perceptrons of one shape, one for each seed.

    Parameters
    ----------
    widths
        Of the input, the hidden layers and the output.
    activation
        After each hidden layer.
    streams
        One random stream for each seed, for the starting values: uniform in +-1/sqrt(inputs).
    dtype
        Arithmetic.
    """

    def __init__(
        self,
        widths: Sequence[int],
        *,
        activation: Activation,
        streams: Sequence[torch.Generator],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self.activation = ACTIVATIONS[activation]
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for into, out in pairwise(widths):
            drawn = [(2 * torch.rand(into + 1, out, generator=s, device=s.device) - 1) * into**-0.5 for s in streams]
            both = torch.stack(drawn).cpu().to(dtype)
            self.weights.append(nn.Parameter(both[:, :-1].clone()))
            self.biases.append(nn.Parameter(both[:, -1:].clone()))

    def forward(self, x: Float[Tensor, "seed batch k"]) -> Float[Tensor, "seed batch o"]:
        """Apply each seed's network to its batch."""
        values = x
        for number, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            values = torch.baddbmm(bias, values, weight)
            if number < len(self.weights) - 1:
                values = self.activation(values)
        return values


class MlpPredictor(nn.Module):
    """A perceptron from all past components to all future ones.

    Parameters
    ----------
    past, future, dim
        Steps in and out, and components of a state.
    hidden, layers, activation
        Shape of the network.
    streams, dtype
        See :class:`Mlp`.
    """

    def __init__(
        self,
        *,
        past: int,
        future: int,
        dim: int,
        hidden: int,
        layers: int,
        activation: Activation,
        streams: Sequence[torch.Generator],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self.future, self.dim = future, dim
        widths = [past * dim, *[hidden] * layers, future * dim]
        self.network = Mlp(widths, activation=activation, streams=streams, dtype=dtype)

    def forward(self, x: Float[Tensor, "seed batch past d"]) -> Float[Tensor, "seed batch future d"]:
        """Continue each trajectory."""
        out: Tensor = self.network(x.flatten(2))
        return out.view(*out.shape[:2], self.future, self.dim)

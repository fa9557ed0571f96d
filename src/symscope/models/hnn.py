"""Hamiltonian networks (Greydanus, Dzamba and Yosinski 2019): an ensemble with leading axis seed.

A perceptron gives an energy H(q, p), and a state moves by dq/dt = dH/dp, dp/dt = -dH/dq. The flow is integrated with the
implicit midpoint rule, which is symplectic,

    z' - z = tau J grad H((z + z') / 2),

with the time between two states of the data as step. Trained on pairs of consecutive states, the rule needs no
integration at all: both of its sides are known but for H. What is learned is the energy of which the midpoint rule
gives the observed steps; it differs from the energy of the exact flow by terms of the order of the square of the step,
and it is the one with which predictions are made.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from symscope.config.prediction import HnnModel
from symscope.errors import ConfigError
from symscope.models.mlp import Mlp


class Hnn(nn.Module):
    """Energies of bodies, one for each seed; the unit of time is the step of the data.

    Parameters
    ----------
    settings
        Shape of the network and order of the components.
    dim
        Components of a state: body after body, positions and then momenta.
    future
        Steps that are predicted, from the last state that is given.
    unit, change
        Typical size and change in a step of each component: see :func:`flow_units`.
    streams, dtype
        See :class:`~symscope.models.mlp.Mlp`.

    Raises
    ------
    ConfigError
        Where the components are no bodies with positions and momenta.
    """

    unit: Tensor
    change: Tensor

    def __init__(
        self,
        settings: HnnModel,
        *,
        dim: int,
        future: int,
        unit: Float[Tensor, " {dim}"],
        change: Float[Tensor, " {dim}"],
        streams: Sequence[torch.Generator],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self.future, self.iterations = future, settings.iterations
        self.coordinates, self.activation = settings.coordinates, settings.activation
        self.network = Mlp(
            [dim, settings.hidden, settings.hidden, 1], activation=settings.activation, streams=streams, dtype=dtype
        )
        self.register_buffer("unit", unit.to(dtype))
        self.register_buffer("change", change.to(dtype))

    def velocity(self, state: Float[Tensor, "seed batch d"]) -> Float[Tensor, "seed batch d"]:
        """Change of a state in one step: J grad H, by hand, so that training differentiates once."""
        (first, second, last), (b1, b2, _) = self.network.weights, self.network.biases
        one = torch.baddbmm(b1, state / self.unit, first)
        h1, slope1 = self._activate(one)
        _, slope2 = self._activate(torch.baddbmm(b2, h1, second))
        back = (slope2 * last.mT) @ second.mT
        gradient = (slope1 * back) @ first.mT
        by_q, by_p = gradient.reshape(*gradient.shape[:-1], -1, 2, self.coordinates).unbind(-2)
        return torch.stack([by_p, -by_q], dim=-2).flatten(-3) * self.change

    def _activate(self, values: Tensor) -> tuple[Tensor, Tensor]:
        """Activation and its derivative."""
        if self.activation == "tanh":
            out = torch.tanh(values)
            return out, 1 - out * out
        gate = torch.sigmoid(values)
        out = values * gate
        return out, gate + out * (1 - gate)

    def loss(
        self, before: Float[Tensor, "seed batch d"], after: Float[Tensor, "seed batch d"]
    ) -> Float[Tensor, " seed"]:
        """Mean squared error of the midpoint rule for pairs of consecutive states, in units of the typical change."""
        error = (after - before - self.velocity((before + after) / 2)) / self.change
        return error.square().mean(dim=(1, 2))

    def forward(self, x: Float[Tensor, "seed batch past d"]) -> Float[Tensor, "seed batch future d"]:
        """Follow the flow from the last state; the earlier ones give the first guess of each step."""
        state = x[:, :, -1]
        states = []
        for _ in range(self.future):
            change = self.velocity(state)
            for _ in range(self.iterations):
                change = self.velocity(state + change / 2)
            state = state + change
            states.append(state)
        return torch.stack(states, dim=2)


def flow_units(
    states: Float[Tensor, "n time d"], *, coordinates: int
) -> tuple[Float[Tensor, " d"], Float[Tensor, " d"]]:
    """Typical size and change of each component, such that a flow in these units is still a Hamiltonian one.

    Positions of a body share one unit u_q, its momenta one unit u_p; the changes are k / u_p and k / u_q with the same k
    for all bodies, because dq = k dH/d(p / u_p) / u_p and dp = -k dH/d(q / u_q) / u_q have the one energy k H.

    Raises
    ------
    ConfigError
        Where the components are no bodies with `coordinates` positions and momenta.
    """
    dim = states.shape[-1]
    if dim % (2 * coordinates):
        raise ConfigError(
            f"a state has {dim} components, which are no bodies with {coordinates} positions and as many momenta; set "
            "'coordinates' of the hnn, or use another network"
        )
    bodies = states.reshape(*states.shape[:-1], -1, 2, coordinates)
    unit = bodies.square().mean(dim=(0, 1, 4)).sqrt().clamp_min(torch.finfo(states.dtype).tiny)
    moved = bodies.diff(dim=1).square().mean(dim=(0, 1, 4)).sqrt() if states.shape[1] > 1 else unit
    k = (moved * unit.flip(-1)).square().mean().sqrt()
    change = k / unit.flip(-1)
    each = coordinates * torch.ones(unit.numel(), dtype=torch.int64)
    return unit.flatten().repeat_interleave(each), change.flatten().repeat_interleave(each)

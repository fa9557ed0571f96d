"""The message-passing layer on torch-geometric's terms: readable, one line a formula, any graph."""

from typing import Literal

import torch
from torch import Tensor, nn

from symscope.models.geometric import MessagePassing, scatter
from symscope.models.kinematics import inner, signed_log
from symscope.models.normalisation import Pool, pooled_batch_norm


class MetricConv(MessagePassing):  # type: ignore[misc]  # torch-geometric is untyped
    r"""One layer of LorentzNet, whose scalar products use a metric that is an argument.

    .. math::
        m_{ij} &= \phi_e(h_i, h_j, \psi(\|x_i - x_j\|_J^2), \psi(\langle x_i, x_j \rangle_J)) \\
        x_i' &= x_i + c \, \mathrm{agg}_j \, \mathrm{clamp}(\phi_x(g_{ij} m_{ij}) (x_i - x_j)) \\
        h_i' &= h_i + \phi_h(h_i, \textstyle\sum_j g_{ij} m_{ij}, s_i), \quad g_{ij} = \mathrm{sigmoid}(\phi_m(m_{ij}))

    Source: Gong et al., JHEP 07 (2022) 030, eqs. (3.2)-(3.5); LieGAN (Yang et al., 2023), eq. (12) for the metric J.
    This class owns the parameters and is the readable reference. :class:`~symscope.models.lorentznet.LorentzNet` computes
    the same function of complete graphs by :mod:`symscope.models.dense`, several times faster.

    Parameters
    ----------
    hidden
        Width h of node features and messages.
    moves
        Whether the layer updates the momenta; the last one of a network does not.
    include_momenta
        Whether x_i and x_j [GeV] join the input of phi_e (LorentzNet without equivariance).
    step, clamp
        c and the bound on each component of one neighbour's update [GeV] above; None is no bound.
    aggregation
        agg above: ``mean`` over neighbours (published code) or ``sum`` (paper).

    Shapes
    ------
    h (node, hidden), x (node, 4), scalars (node, 2), metric (4, 4), edge_index (2, edge) -> h (node, hidden), x (node, 4)
    """

    def __init__(
        self,
        hidden: int,
        *,
        moves: bool,
        include_momenta: bool,
        step: float,
        clamp: float | None,
        aggregation: Literal["mean", "sum"],
    ) -> None:
        super().__init__(aggr=None)
        self.hidden, self.include_momenta = hidden, include_momenta
        self.step, self.clamp, self.aggregation = step, clamp, aggregation
        # Sums over all processes that train this network together; None where it is one.
        self.pool: Pool | None = None
        self.edge_in = nn.Linear(2 * hidden + (8 if include_momenta else 0) + 2, hidden, bias=False)
        self.edge_norm = nn.BatchNorm1d(hidden)
        self.edge_out = nn.Linear(hidden, hidden)
        self.gate = nn.Linear(hidden, 1)
        self.node_in = nn.Linear(2 * hidden + 2, hidden)
        self.node_norm = nn.BatchNorm1d(hidden)
        self.node_out = nn.Linear(hidden, hidden)
        self.move_in = nn.Linear(hidden, hidden) if moves else None
        self.move_out = nn.Linear(hidden, 1, bias=False) if moves else None

    def initialise(self, rng: torch.Generator) -> None:
        """Draw all weights anew: uniform within 1/sqrt(fan_in), the last momentum weights Xavier with gain 1e-3."""
        for module in self.modules():
            if isinstance(module, nn.Linear):
                initialise_linear(module, rng)
        if self.move_out is not None:
            nn.init.xavier_uniform_(self.move_out.weight, gain=1e-3, generator=rng)

    def forward(
        self, h: Tensor, x: Tensor, scalars: Tensor, metric: Tensor, edge_index: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Compute new node features and momenta; see the class."""
        messages, moves = self.propagate(edge_index, h=h, x=x, metric=metric)
        return self.update_nodes(h, messages, scalars), x if moves is None else x + self.step * moves

    def message(self, h_i: Tensor, h_j: Tensor, x_i: Tensor, x_j: Tensor, metric: Tensor) -> tuple[Tensor, Tensor]:
        """Gated messages (edge, hidden) and momentum updates (edge, 4), the latter empty in a layer that does not move."""
        difference = x_i - x_j
        norm = signed_log(inner(difference, difference, metric))
        dot = signed_log(inner(x_i, x_j, metric))
        raw = [x_i, x_j] if self.include_momenta else []
        edge = torch.cat([h_i, h_j, *raw, norm[:, None], dot[:, None]], dim=-1)
        message = self.edge_out(self.edge_norm(self.edge_in(edge)).relu()).relu()
        message = message * self.gate(message).sigmoid()
        if self.move_in is None or self.move_out is None:
            return message, difference[:, :0]
        move = self.move_out(self.move_in(message).relu()) * difference
        return message, move if self.clamp is None else move.clamp(-self.clamp, self.clamp)

    def aggregate(self, inputs: tuple[Tensor, Tensor], index: Tensor, dim_size: int) -> tuple[Tensor, Tensor | None]:
        """Sum of the messages, and mean or sum of the momentum updates, at each target node."""
        message, move = inputs
        messages = scatter(message, index, dim=0, dim_size=dim_size, reduce="sum")
        if self.move_in is None:
            return messages, None
        return messages, scatter(move, index, dim=0, dim_size=dim_size, reduce=self.aggregation)

    def update_nodes(self, h: Tensor, messages: Tensor, scalars: Tensor) -> Tensor:
        """Node features after the aggregated messages (node, hidden)."""
        hidden = self.node_in(torch.cat([h, messages, scalars], dim=-1))
        if self.pool is not None and self.training:
            update = pooled_batch_norm(self.node_norm, hidden, self.pool).relu()
        else:
            update = self.node_norm(hidden).relu()
        new: Tensor = h + self.node_out(update)
        return new


def initialise_linear(module: nn.Linear, rng: torch.Generator) -> None:
    """Torch's default law of a linear layer's weights and biases, drawn from `rng`."""
    bound = module.in_features**-0.5
    nn.init.uniform_(module.weight, -bound, bound, generator=rng)
    if module.bias is not None:
        nn.init.uniform_(module.bias, -bound, bound, generator=rng)

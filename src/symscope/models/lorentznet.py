"""LorentzNet and its relatives: one network whose metric is an argument."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from symscope.config.taggers import TaggerNetwork
from symscope.errors import ConfigError
from symscope.models.conv import MetricConv, initialise_linear
from symscope.models.dense import Graphs, dense_layer
from symscope.models.geometric import scatter
from symscope.models.nodes import JetNodes, build_nodes
from symscope.models.normalisation import Pool

BLOCK_VALUES = 1 << 19
"""Numbers in one array over the edges of a dense block on a CPU: 2 MB in float32, which the caches hold."""

DEFAULT_ACTIVATION_BYTES = 1 << 30
"""Activations of the edge networks that a training step may keep; beyond it they are computed twice."""


class LorentzNet(nn.Module):
    """Message-passing jet tagger over complete graphs with an invariant scalar product.

    Minkowski metric: LorentzNet. The same with raw momenta: LorentzNet (w/o). Euclidean metric: EGNN. A fitted metric:
    LieGNN. Source: Gong et al., JHEP 07 (2022) 030; Yang et al., ICML 2023 (LieGAN), section 5.4.

    Parameters
    ----------
    settings
        Shape of the network.
    metric
        Symmetric 4 x 4 bilinear form J of <p, q> = p^T J q, order (E, px, py, pz).
    include_momenta
        Whether the raw momenta of both nodes join the edge network.
    rng
        Random stream of the initial weights.

    Notes
    -----
    A jet's logits do not depend on the other jets of its batch in evaluation mode; in training mode batch normalisation
    takes its statistics over all edges and nodes of the batch. The node scalars are psi(mass) with the Minkowski mass
    whatever the metric is, as in the published code: a label of the particle, and zero for massless constituents.
    """

    metric: Tensor

    def __init__(
        self,
        settings: TaggerNetwork,
        metric: Float[Tensor, "4 4"],
        *,
        include_momenta: bool = False,
        rng: torch.Generator,
    ) -> None:
        super().__init__()
        exact = torch.as_tensor(metric, dtype=torch.float64)
        if not torch.allclose(exact, exact.T, rtol=0, atol=1e-6 * float(exact.abs().max())):
            raise ConfigError(f"the metric {exact.tolist()} is not symmetric; pass (J + J^T) / 2")
        self.settings = settings
        self.include_momenta = include_momenta
        self.register_buffer("metric", ((exact + exact.T) / 2).to(torch.get_default_dtype()))
        self.edge_dtype: torch.dtype | None = None
        self.block_edges = BLOCK_VALUES // settings.hidden
        self.activation_bytes = DEFAULT_ACTIVATION_BYTES
        with torch.random.fork_rng(devices=[]):  # torch draws weights from its own stream, which must not notice
            self.embedding = nn.Linear(2, settings.hidden)
            self.layers = nn.ModuleList(
                MetricConv(
                    settings.hidden,
                    moves=k < settings.layers - 1,
                    include_momenta=include_momenta,
                    step=settings.momentum_step,
                    clamp=settings.momentum_clamp,
                    aggregation=settings.momentum_aggregation,
                )
                for k in range(settings.layers)
            )
            self.readout_in = nn.Linear(settings.hidden, settings.hidden)
            self.readout_out = nn.Linear(settings.hidden, 2)
        for linear in (self.embedding, self.readout_in, self.readout_out):
            initialise_linear(linear, rng)
        for layer in self.layers:
            if isinstance(layer, MetricConv):
                layer.initialise(rng)

    def share_statistics(self, pool: Pool) -> None:
        """Take the statistics of the batch normalisation over the processes that `pool` sums over."""
        for layer in self.layers:
            if isinstance(layer, MetricConv):
                layer.pool = pool

    @property
    def n_parameters(self) -> int:
        """Trainable numbers."""
        return sum(p.numel() for p in self.parameters())

    def forward(
        self,
        momenta: Float[Tensor, "constituent 4"],
        offsets: Int[Tensor, " jet_plus_1"],
        *,
        beam_momenta: Float[Tensor, "2 4"] | None = None,
        rng: torch.Generator | None = None,
        share: tuple[int, int] = (0, 1),
    ) -> Float[Tensor, "jet 2"]:
        """Logits (background, signal) of each jet.

        Parameters
        ----------
        momenta
            E, px, py, pz of all constituents [GeV], in any floating type; float64 keeps masses exact.
        offsets
            First constituent of each jet, and the number of constituents at the end. A jet may be empty.
        beam_momenta
            Beams to use instead of (sqrt 2, 0, 0, +-1), such as boosted ones.
        rng
            Random stream of the dropout, on the CPU; used in training mode only, where None means torch's own.
        share
            (k, n) where these jets are number k, k + n, k + 2n, ... of a batch that several processes share: the dropout
            is drawn for all of it, so that it does not depend on n.
        """
        dtype = self.embedding.weight.dtype
        nodes = build_nodes(momenta, offsets, beams=self.settings.beams, dtype=dtype, beam_momenta=beam_momenta)
        return self.forward_nodes(nodes, rng=rng, share=share)

    def forward_nodes(
        self, nodes: JetNodes, *, rng: torch.Generator | None = None, share: tuple[int, int] = (0, 1)
    ) -> Float[Tensor, "jet 2"]:
        """Logits of jets whose nodes are built already."""
        graphs = Graphs(nodes, max_edges=self.block_edges)
        h, x = self.embedding(nodes.scalars), nodes.momenta
        metric, dtype = self.metric.to(x.dtype), self.edge_dtype or h.dtype
        activations = 3 * graphs.layout.n_edges * self.settings.hidden * self.settings.layers * dtype.itemsize
        keep = activations < self.activation_bytes
        for layer in self.layers:
            h, x = dense_layer(
                layer,  # type: ignore[arg-type]  # a ModuleList does not know its members' type
                h,
                x,
                scalars=nodes.scalars,
                metric=metric,
                graphs=graphs,
                dtype=dtype,
                keep=keep,
            )
        return self._read_out(h, nodes, rng, share)

    def forward_edges(self, nodes: JetNodes, edge_index: Int[Tensor, "2 edge"]) -> Float[Tensor, "jet 2"]:
        """Logits by torch-geometric's message passing: the readable reference, for any graph (row 1 is the target)."""
        h, x = self.embedding(nodes.scalars), nodes.momenta
        for layer in self.layers:
            h, x = layer(h, x, nodes.scalars, self.metric, edge_index)
        return self._read_out(h, nodes)

    def _read_out(
        self, h: Tensor, nodes: JetNodes, rng: torch.Generator | None = None, share: tuple[int, int] = (0, 1)
    ) -> Tensor:
        total = scatter(h, nodes.batch, dim=0, dim_size=len(nodes.counts), reduce="sum")
        size = nodes.counts.clamp(min=1)
        divisor = size if self.settings.readout == "mean" else size.max().expand_as(size)
        hidden = self.readout_in(total / divisor[:, None]).relu()
        if self.training and self.settings.dropout > 0:
            own, of = share
            drawn = torch.rand((len(hidden) * of, hidden.shape[1]), generator=rng, dtype=hidden.dtype)
            keep = drawn[own::of] >= self.settings.dropout
            hidden = hidden * keep.to(hidden) / (1 - self.settings.dropout)
        logits: Tensor = self.readout_out(hidden)
        return logits

"""Speed of the tagger against a plain reference in the manner of the published code: padded batch, edge lists, gathers.

Both compute the same function of the same jets, of the published network's size (6 layers, width 72), in batches of 32; a test
compares their gradients. The reference pads a batch to its longest jet and keeps every array over edges;
its pooling is over the padded length, which is switched on in ours for the comparison of values only.
"""

from collections.abc import Callable

import numpy as np
import torch
from tests.benchmarks.suite import Size, alternate, operations, peak_memory, run
from torch import Tensor, nn

from symscope.config.taggers import TaggerNetwork
from symscope.evaluation.speed import Measurement
from symscope.models.conv import MetricConv
from symscope.models.kinematics import inner, metric_tensor, signed_log
from symscope.models.lorentznet import LorentzNet
from symscope.models.nodes import build_nodes
from symscope.models.scoring import score_jets

FULL = 69
"""Mean number of constituents of the reference dataset's jets within the window."""
BATCH = 32
GOAL = 4.0
"""Times the plain reference that is wanted at full size."""


def make_jets(n_jets: int, rng: np.random.Generator, mean: int = FULL) -> tuple[Tensor, Tensor]:
    """Massless constituents around an axis; at full size about 5400 edges a jet, 134 nodes at most."""
    counts = np.clip(rng.gamma(8, mean / 8, size=n_jets), 0.15 * mean, 1.91 * mean).astype(int)
    n = counts.sum()
    pt = np.clip(rng.exponential(12, size=n), 0.5, None)
    eta, phi = rng.normal(0, 0.3, size=(2, n))
    momenta = np.stack([pt * np.cosh(eta), pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)], axis=1)
    momenta[:, 0] = np.sqrt((momenta[:, 1:] ** 2).sum(1))
    return torch.from_numpy(momenta), torch.from_numpy(np.concatenate([[0], np.cumsum(counts)]))


class PaddedReference(nn.Module):
    """The same weights on a padded batch with an explicit list of edges, sums by unsorted indices."""

    def __init__(self, network: LorentzNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, momenta: Tensor, scalars: Tensor, valid: Tensor) -> Tensor:
        """Logits of a batch: momenta (jet, place, 4), scalars (jet, place, 2), valid (jet, place)."""
        jets, places = valid.shape
        pair = valid[:, :, None] & valid[:, None, :] & ~torch.eye(places, dtype=torch.bool)
        jet, i, j = pair.nonzero(as_tuple=True)
        i, j = jet * places + i, jet * places + j
        x, s = momenta.reshape(-1, 4), scalars.reshape(-1, 2)
        h = self.network.embedding(s)
        metric = self.network.metric.to(x.dtype)
        for layer in self.network.layers:
            h, x = self._layer(layer, h, x, s, metric, i, j, valid.reshape(-1, 1))
        pooled = (h * valid.reshape(-1, 1)).view(jets, places, -1).mean(1)
        return self.network.readout_out(self.network.readout_in(pooled).relu())

    @staticmethod
    def _layer(  # noqa: PLR0917
        layer: MetricConv, h: Tensor, x: Tensor, s: Tensor, metric: Tensor, i: Tensor, j: Tensor, valid: Tensor
    ) -> tuple[Tensor, Tensor]:
        difference = x[i] - x[j]
        norm = signed_log(inner(difference, difference, metric))[:, None]
        dot = signed_log(inner(x[i], x[j], metric))[:, None]
        edge = torch.cat([h[i], h[j], norm.to(h.dtype), dot.to(h.dtype)], dim=1)
        m = layer.edge_out(layer.edge_norm(layer.edge_in(edge)).relu()).relu()
        m = m * layer.gate(m).sigmoid()
        new_x = x
        if layer.move_in is not None and layer.move_out is not None:
            move = (difference.to(h.dtype) * layer.move_out(layer.move_in(m).relu())).clamp(-layer.clamp, layer.clamp)
            total = torch.zeros_like(x, dtype=h.dtype).scatter_add_(0, i[:, None].expand(-1, 4), move)
            number = torch.zeros_like(total).scatter_add_(0, i[:, None].expand(-1, 4), torch.ones_like(move))
            new_x = x + layer.step * (total / number.clamp(min=1))
        messages = torch.zeros_like(h).scatter_add_(0, i[:, None].expand(-1, h.shape[1]), m)
        joined = torch.cat([h, messages, s], dim=1)
        # The published batch normalisation takes padded nodes in; ours must not, so it is applied to real nodes here.
        hidden = layer.node_in(joined)
        normed = torch.zeros_like(hidden).masked_scatter(valid, layer.node_norm(hidden[valid[:, 0]]))
        return h + layer.node_out(normed.relu()), new_x


def pad(momenta: Tensor, offsets: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Padded arrays of a batch, beams included."""
    nodes = build_nodes(momenta, offsets, beams=True, dtype=torch.float32)
    split = nodes.counts.tolist()
    padded = [nn.utils.rnn.pad_sequence(list(t.split(split)), batch_first=True) for t in nodes[:2]]
    valid = torch.arange(max(split))[None, :] < nodes.counts[:, None]
    return padded[0], padded[1], valid


def make_batches(n_jets: int, mean: int = FULL) -> list[tuple[Tensor, Tensor]]:
    """Jets in batches, as pairs of momenta and offsets."""
    momenta, offsets = make_jets(n_jets, np.random.default_rng(1), mean)
    ends = [offsets[first : first + BATCH + 1] for first in range(0, n_jets, BATCH)]
    return [(momenta[end[0] : end[-1]], end - end[0]) for end in ends]


def make_network(edge_dtype: torch.dtype | None = None, **changes: object) -> LorentzNet:
    """Make a network of the published size, without dropout so that both ways compute the same."""
    settings = TaggerNetwork.model_validate({"dropout": 0.0, "momentum_clamp": 100.0, **changes})
    network = LorentzNet(settings, metric_tensor("minkowski"), rng=torch.Generator().manual_seed(3))
    network.edge_dtype = edge_dtype
    return network


def train_steps(step: Callable[..., Tensor], batches: list[tuple[Tensor, Tensor]], network: LorentzNet) -> None:
    """Make a forward and a backward pass and an optimiser step on each batch."""
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4, fused=True)
    network.train()
    for batch in batches:
        optimizer.zero_grad(set_to_none=True)
        loss = step(*batch).logsumexp(1).mean()
        loss.backward()
        optimizer.step()


def score_plain(plain: PaddedReference, batches: list[tuple[Tensor, Tensor]]) -> None:
    """Score by the reference."""
    plain.network.eval()
    with torch.inference_mode():
        for batch in batches:
            plain(*pad(*batch))


def score_ours(network: LorentzNet, batches: list[tuple[Tensor, Tensor]], precision: str = "float32") -> None:
    """Score all jets at once, as the evaluation does."""
    momenta = torch.cat([part for part, _ in batches])
    counts = torch.cat([offsets.diff() for _, offsets in batches])
    offsets = torch.cat([counts.new_zeros(1), counts.cumsum(0)])
    score_jets(network, momenta, offsets, precision=precision)


def train_alone(n_jets: int, mean: int) -> None:
    """Train for the peak of the memory."""
    network = make_network()
    train_steps(network, make_batches(n_jets, mean), network)


def score_alone(n_jets: int, mean: int) -> None:
    """Score for the peak of the memory."""
    score_ours(make_network(), make_batches(n_jets, mean))


def measure(size: Size, repeats: int) -> list[Measurement]:
    """Jets a second in training and inference against the number of constituents."""
    means = {"smoke": (10,), "small": (FULL,), "full": (17, 35, FULL, 138)}[size]
    n_jets = {"smoke": 32, "small": 16, "full": 64}[size]
    found = []
    for mean in means:
        batches = make_batches(n_jets, mean)
        reference, ours, low = make_network(), make_network(), make_network(torch.bfloat16)
        plain = PaddedReference(reference)
        taken = alternate(
            {
                "train plain": lambda p=plain, b=batches: train_steps(lambda *one: p(*pad(*one)), b, p.network),
                "train float32": lambda n=ours, b=batches: train_steps(n, b, n),
                "train bfloat16": lambda n=low, b=batches: train_steps(n, b, n),
                "score plain": lambda p=plain, b=batches: score_plain(p, b),
                "score float32": lambda n=ours, b=batches: score_ours(n, b),
                "score bfloat16": lambda n=ours, b=batches: score_ours(n, b, "bfloat16"),
            },
            repeats,
        )
        products = {
            "train": operations(lambda n=ours, b=batches: train_steps(n, b, n)) / n_jets,
            "score": operations(lambda n=ours, b=batches: score_ours(n, b)) / n_jets,
        }
        words = {"train": "training", "score": "inference"}
        found += [
            Measurement(
                step=f"tagger_{words[kind]}{'' if precision == 'float32' else f'_{precision}'}",
                label=f"LorentzNet {words[kind]}, {precision}, {mean} constituents a jet",
                unit="jets/s",
                rate=n_jets / taken[f"{kind} {precision}"],
                plain=n_jets / taken[f"{kind} plain"],
                goal=GOAL if mean == FULL and precision == "float32" else None,
                size=float(mean),
                axis="constituents a jet",
                peak=peak_memory(train_alone if kind == "train" else score_alone, n_jets, mean)
                if precision == "float32"
                else None,
                operations=products[kind],
            )
            for kind in ("train", "score")
            for precision in ("float32", "bfloat16")
        ]
    return found


if __name__ == "__main__":
    run(measure, __doc__)

"""Speed of the tagger against a plain reference in the manner of the published code: padded batch, edge lists, gathers.

Both compute the same function of the same jets, of the published network's size (6 layers, width 72) and with 10 to 132
constituents a jet, in batches of 32. The reference pads a batch to its longest jet and keeps every array over edges;
its pooling is over the padded length, which is switched on in ours for the comparison of values only.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from symscope.config.taggers import TaggerNetwork
from symscope.models.conv import MetricConv
from symscope.models.kinematics import inner, metric_tensor, signed_log
from symscope.models.lorentznet import LorentzNet
from symscope.models.nodes import build_nodes
from symscope.models.scoring import score_jets


def make_jets(n_jets: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Massless constituents around an axis; about 5400 edges a jet, 134 nodes at most."""
    counts = np.clip(rng.gamma(8, 69 / 8, size=n_jets), 10, 132).astype(int)
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


def train_steps(
    step: Callable[..., Tensor], batches: list[tuple[Tensor, Tensor]], network: LorentzNet, clock: Callable[[], float]
) -> float:
    """Seconds for a forward and a backward pass and an optimiser step on each batch."""
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4)
    network.train()
    start = clock()
    for batch in batches:
        optimizer.zero_grad()
        loss = step(*batch).logsumexp(1).mean()
        loss.backward()
        optimizer.step()
    return clock() - start


def main() -> None:
    """Print the ratios of jets per second, training and inference, and how far the values agree."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--jets", type=int, default=64, help="jets, in batches of 32")
    parser.add_argument("--repeats", type=int, default=3, help="interleaved repetitions; the best of each is compared")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--cpu-time", action="store_true", help="count processor time, for a machine that others use")
    arguments = parser.parse_args()
    clock = time.process_time if arguments.cpu_time else time.perf_counter
    torch.set_num_threads(arguments.threads)
    rng = np.random.default_rng(1)
    momenta, offsets = make_jets(arguments.jets, rng)
    settings = TaggerNetwork(dropout=0.0, momentum_clamp=100.0)
    networks = [LorentzNet(settings, metric_tensor("minkowski"), rng=torch.Generator().manual_seed(3)) for _ in "123"]
    batches = []
    for first in range(0, arguments.jets, 32):
        ends = offsets[first : first + 33]
        batches.append((momenta[ends[0] : ends[-1]], ends - ends[0]))
    nodes = offsets.diff() + 2
    print(f"{arguments.jets} jets, {float((nodes * (nodes - 1)).double().mean()):.0f} edges a jet, width 72, 6 layers")

    reference, ours, low = networks
    plain = PaddedReference(reference)
    low.edge_dtype = torch.bfloat16

    # The same function first.
    same = LorentzNet(
        settings.model_copy(update={"readout": "padded_mean"}),
        metric_tensor("minkowski"),
        rng=torch.Generator().manual_seed(3),
    ).double()
    double = PaddedReference(LorentzNet(settings, metric_tensor("minkowski"), rng=torch.Generator().manual_seed(3)))
    double.double()
    for module, call in (
        (same, lambda b: same(*b)),
        (double, lambda b: double(*(t.double() for t in pad(*b)[:2]), pad(*b)[2])),
    ):
        module.train()
        call(batches[0]).sum().backward()
    worst = max(
        float((a.grad - b.grad).abs().max() / b.grad.abs().max().clamp(min=1e-12))
        for a, b in zip(same.parameters(), double.network.parameters(), strict=True)
        if a.grad is not None and b.grad is not None and float(b.grad.abs().max()) > 1e-9
    )
    print(f"same function: largest relative difference of gradients, batch normalisation in training mode: {worst:.1e}")

    seconds: dict[str, list[float]] = {}
    for _ in range(arguments.repeats):
        seconds.setdefault("train plain", []).append(train_steps(lambda *b: plain(*pad(*b)), batches, reference, clock))
        seconds.setdefault("train ours", []).append(train_steps(ours, batches, ours, clock))
        seconds.setdefault("train ours bfloat16", []).append(train_steps(low, batches, low, clock))
        reference.eval()
        with torch.inference_mode():
            start = clock()
            for batch in batches:
                plain(*pad(*batch))
        seconds.setdefault("score plain", []).append(clock() - start)
        for name, precision in (("score ours", "float32"), ("score ours bfloat16", "bfloat16")):
            start = clock()
            score_jets(ours, momenta, offsets, precision=precision)
            seconds.setdefault(name, []).append(clock() - start)
    for kind in ("train", "score"):
        base = min(seconds[f"{kind} plain"])
        for name, taken in seconds.items():
            if name.startswith(kind):
                rate = arguments.jets / min(taken)
                print(f"{name:22s} {rate:8.1f} jets/s   {base / min(taken):5.2f} times the plain reference")


if __name__ == "__main__":
    main()

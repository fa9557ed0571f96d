"""The fast dense path computes the same function as torch-geometric's message passing."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from symscope.config.taggers import TaggerNetwork
from symscope.errors import ConfigError, DataError
from symscope.models.blocks import plan_blocks
from symscope.models.dense import Graphs, edge_moments, scalar_products
from symscope.models.geometric import complete_graphs
from symscope.models.kinematics import canonical_metric, metric_tensor
from symscope.models.lorentznet import LorentzNet
from symscope.models.nodes import JetNodes, build_nodes
from symscope.models.scoring import score_jets

COUNTS = (3, 0, 7, 1, 12, 7, 2)
SKEWED = torch.tensor([[1.1, 0.1, 0, 0], [0.1, -1.0, 0.2, 0], [0, 0.2, -0.9, 0], [0, 0, 0, -1.2]], dtype=torch.float64)


def make_jets(rng: np.random.Generator, counts: tuple[int, ...] = COUNTS) -> tuple[torch.Tensor, torch.Tensor]:
    """Massless constituents of a few GeV to 100 GeV around one direction for each jet."""
    n = sum(counts)
    direction = np.repeat(rng.normal(size=(len(counts), 3)), counts, axis=0) + 0.2 * rng.normal(size=(n, 3))
    p3 = direction / np.linalg.norm(direction, axis=1, keepdims=True) * rng.exponential(20, size=(n, 1))
    momenta = np.concatenate([np.linalg.norm(p3, axis=1, keepdims=True), p3], axis=1)
    return torch.from_numpy(momenta), torch.from_numpy(np.concatenate([[0], np.cumsum(counts)]))


def complete_graph(nodes: JetNodes) -> torch.Tensor:
    """Edge index (source, target) of all ordered pairs of different nodes within each jet."""
    batch = nodes.batch
    pair = (batch[:, None] == batch[None, :]) & ~torch.eye(len(batch), dtype=torch.bool)
    target, source = pair.nonzero().T
    return torch.stack([source, target])


def test_data_for_torch_geometric(rng: np.random.Generator) -> None:
    nodes = build_nodes(*make_jets(rng), beams=True, dtype=torch.float32)
    data = complete_graphs(nodes)
    assert torch.equal(data.edge_index, complete_graph(nodes))
    assert data.validate()
    assert data.num_nodes == len(nodes.momenta)
    assert not data.has_self_loops()
    assert data.is_undirected()


def make_network(*, metric: torch.Tensor, include_momenta: bool, **settings: object) -> LorentzNet:
    chosen = TaggerNetwork(hidden=8, layers=3, dropout=0.0, **settings)  # type: ignore[arg-type]
    rng = torch.Generator().manual_seed(5)
    network = LorentzNet(chosen, metric, include_momenta=include_momenta, rng=rng).double()
    network.metric = metric
    with torch.no_grad():  # momentum updates large enough to matter, statistics that are not trivial
        for layer in network.layers:
            layer.edge_norm.running_mean.normal_(generator=rng)
            layer.edge_norm.running_var.uniform_(0.5, 2, generator=rng)
            if layer.move_out is not None:
                layer.move_out.weight.mul_(1e4)
    network.block_edges = 150
    return network


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("include_momenta", [True, False])
@pytest.mark.parametrize("aggregation", ["mean", "sum"])
@pytest.mark.parametrize(("recompute", "clamp"), [(True, None), (False, None), (True, 100.0), (False, 100.0)])
def test_dense_path_is_message_passing(
    training: bool, include_momenta: bool, aggregation: str, recompute: bool, clamp: float | None
) -> None:
    momenta, offsets = make_jets(np.random.default_rng(20231))
    options = {"momentum_aggregation": aggregation, "momentum_clamp": clamp}
    dense = make_network(metric=SKEWED, include_momenta=include_momenta, **options)
    plain = make_network(metric=SKEWED, include_momenta=include_momenta, **options)
    dense.activation_bytes = 0 if recompute else 1 << 30
    nodes = build_nodes(momenta, offsets, beams=True, dtype=torch.float64)
    weights = torch.randn(len(COUNTS), 2, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    results = []
    for network in (dense, plain):
        network.train(training)
        logits = network(momenta, offsets) if network is dense else network.forward_edges(nodes, complete_graph(nodes))
        (logits * weights).sum().backward()
        results.append((logits, dict(network.named_parameters()), dict(network.named_buffers())))
    (fast, fast_parameters, fast_buffers), (slow, slow_parameters, slow_buffers) = results
    torch.testing.assert_close(fast, slow, rtol=1e-9, atol=1e-9)
    for name, parameter in slow_parameters.items():
        assert parameter.grad is not None
        assert parameter.grad.abs().max() > 0
        torch.testing.assert_close(fast_parameters[name].grad, parameter.grad, rtol=1e-7, atol=1e-9, msg=name)
    for name, buffer in slow_buffers.items():
        torch.testing.assert_close(fast_buffers[name], buffer, rtol=1e-9, atol=1e-9, msg=name)


def test_momentum_updates_are_clamped_alike(rng: np.random.Generator) -> None:
    momenta, offsets = make_jets(rng)
    nodes = build_nodes(momenta, offsets, beams=True, dtype=torch.float64)
    free = make_network(metric=SKEWED, include_momenta=False, momentum_clamp=None)
    bound = make_network(metric=SKEWED, include_momenta=False, momentum_clamp=0.5)
    logits = bound(momenta, offsets)
    assert (logits - free(momenta, offsets)).abs().max() > 1e-3, "the bound does nothing here"
    torch.testing.assert_close(logits, bound.forward_edges(nodes, complete_graph(nodes)), rtol=1e-9, atol=1e-9)


def test_batch_normalisation_moments_without_edges(rng: np.random.Generator) -> None:
    momenta, offsets = make_jets(rng)
    nodes = build_nodes(momenta, offsets, beams=True, dtype=torch.float64)
    graphs = Graphs(nodes, max_edges=100)
    blocks = graphs.layout.blocks
    assert len(blocks) > 2
    target, source = torch.from_numpy(rng.normal(3, 1, size=(2, len(nodes.momenta), 5)))
    weights = torch.from_numpy(rng.normal(size=(2, 5)))
    products = [scalar_products(nodes.momenta[b.nodes], p, SKEWED) for b, p in zip(blocks, graphs.pairs, strict=True)]
    mean, variance = edge_moments(target, source, weights, products, graphs)
    edges = torch.cat(
        [
            (target[b.nodes][:, :, None] + source[b.nodes][:, None] + u @ weights)[b.pair]
            for b, u in zip(blocks, products, strict=True)
        ]
    )
    assert len(edges) == graphs.layout.n_edges
    torch.testing.assert_close(mean, edges.mean(0), rtol=1e-10, atol=1e-10)
    torch.testing.assert_close(variance, edges.var(0, correction=0), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("max_edges", [1, 60, 10**6])
def test_blocks_hold_every_node_once_and_little_padding(max_edges: int) -> None:
    counts = torch.randint(0, 40, (200,), generator=torch.Generator().manual_seed(2))
    offsets = torch.cat([torch.zeros(1, dtype=torch.int64), counts.cumsum(0)])
    layout = plan_blocks(offsets, max_edges=max_edges)
    flat = torch.arange(int(offsets[-1]), dtype=torch.float64)[:, None]
    assert torch.equal(layout.collect([flat[b.nodes] for b in layout.blocks]), flat)
    assert sum(int(b.pair.sum()) for b in layout.blocks) == layout.n_edges == int((counts * (counts - 1)).sum())
    places = sum(b.pair.numel() for b in layout.blocks)
    assert places <= int((counts**2).sum()) / 0.9 + 2048 * len(layout.blocks)
    assert max(b.pair.numel() for b in layout.blocks) <= max(max_edges, int(counts.max()) ** 2)


def test_scores_do_not_depend_on_batch_mates_or_order(rng: np.random.Generator) -> None:
    momenta, offsets = make_jets(rng)
    network = make_network(metric=metric_tensor("minkowski"), include_momenta=False).float()
    together = score_jets(network, momenta, offsets, precision="float32")
    for jet, (first, last) in enumerate(pairwise(offsets)):
        own = momenta[first:last]
        shuffled = own[torch.from_numpy(rng.permutation(len(own)))]
        alone = score_jets(network, shuffled, np.array([0, len(own)]), precision="float32")
        torch.testing.assert_close(alone[0], together[jet], rtol=0, atol=1e-5)
    pieces = score_jets(network, momenta, offsets, precision="float32", batch_edges=30)
    torch.testing.assert_close(pieces, together, rtol=0, atol=1e-5)


def test_published_readout_depends_on_batch_mates(rng: np.random.Generator) -> None:
    momenta, offsets = make_jets(rng, (3, 12))
    network = make_network(metric=metric_tensor("minkowski"), include_momenta=False, readout="padded_mean").eval()
    together = network(momenta, offsets)[0]
    alone = network(momenta[:3], offsets[:2])[0]
    assert (together - alone).abs().max() > 1e-3


def test_empty_jets_and_single_constituents_score_finite() -> None:
    momenta = torch.tensor([[50.0, 30.0, 40.0, 0.0]])
    for beams in (True, False):
        network = make_network(metric=metric_tensor("minkowski"), include_momenta=False, beams=beams)
        logits = score_jets(network, momenta, torch.tensor([0, 0, 1, 1]))
        assert logits.shape == (3, 2)
        assert torch.isfinite(logits).all()
        assert torch.equal(logits[0], logits[2])
        assert not torch.equal(logits[0], logits[1])
    assert score_jets(network, momenta[:0], torch.tensor([0])).shape == (0, 2)


def test_training_on_a_batch_without_edges_keeps_the_statistics() -> None:
    network = make_network(metric=metric_tensor("minkowski"), include_momenta=False, beams=False).train()
    before = network.layers[0].edge_norm.running_mean.clone()
    network(torch.tensor([[5.0, 3.0, 4.0, 0.0], [5.0, 0.0, 4.0, 3.0]]), torch.tensor([0, 1, 2])).sum().backward()
    assert torch.equal(network.layers[0].edge_norm.running_mean, before)


def test_float32_momenta_keep_massless_particles_massless(rng: np.random.Generator) -> None:
    momenta, offsets = make_jets(rng)
    rounded = build_nodes(momenta.float(), offsets, beams=True, dtype=torch.float64)
    assert rounded.scalars[:, 0].abs().max() < 1e-5
    heavy = torch.tensor([[50.0, 30.0, 38.0, 0.0]])
    nodes = build_nodes(heavy, torch.tensor([0, 1]), beams=False, dtype=torch.float64)
    assert nodes.scalars[0, 0].item() == pytest.approx(np.log1p(np.sqrt(2500 - 900 - 1444)))


@pytest.mark.parametrize(
    ("momenta", "offsets", "words"),
    [
        (np.zeros((3, 3)), np.array([0, 3]), r"shape \(3, 3\).*\(n_constituents, 4\)"),
        (np.zeros((3, 4)), np.array([0, 2]), "from 0 to 2 over 3 constituents"),
        (np.zeros((3, 4)), np.array([0, 2, 1, 3]), "rise"),
        (np.zeros((3, 4)), np.array([0.0, 3.0]), "integers"),
        (np.full((3, 4), np.nan), np.array([0, 3]), "constituent 0 are not finite"),
    ],
)
def test_arrays_that_are_no_jets_are_refused(momenta: np.ndarray, offsets: np.ndarray, words: str) -> None:
    network = make_network(metric=metric_tensor("minkowski"), include_momenta=False)
    with pytest.raises(DataError, match=words):
        score_jets(network, momenta, offsets)


def test_metric_must_be_symmetric_and_known() -> None:
    skew = torch.eye(4, dtype=torch.float64)
    skew[0, 1] = 0.5
    with pytest.raises(ConfigError, match="not symmetric"):
        LorentzNet(TaggerNetwork(hidden=4, layers=1), skew, rng=torch.Generator())
    with pytest.raises(ConfigError, match=r"'galilean'.*minkowski, euclidean"):
        metric_tensor("galilean")


def test_fitted_metric_loses_its_arbitrary_factor() -> None:
    eta = metric_tensor("minkowski")
    for factor in (-3.0, 0.1):
        torch.testing.assert_close(canonical_metric(factor * eta), eta)
    with pytest.raises(ConfigError, match="zero"):
        canonical_metric(0 * eta)
    with pytest.raises(ConfigError, match="symmetric"):
        canonical_metric(torch.triu(torch.ones(4, 4)))

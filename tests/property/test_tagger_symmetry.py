"""Which transformations leave which tagger's logits alone; the transformations come from the package `vector`."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import vector

from symscope.config.taggers import TaggerEvaluation, TaggerNetwork, TaggerTraining
from symscope.evaluation.invariance import InvarianceError, measure_invariance, random_boost, random_rotation
from symscope.models.kinematics import beam_particles, inner, metric_tensor
from symscope.models.lorentznet import LorentzNet
from symscope.models.scoring import score_jets
from symscope.training.jets import TaggerJets
from symscope.training.loop import train_tagger
from symscope.training.tagger_result import TrainedTagger, build_network

STRICT = {torch.float64: 1e-6, torch.float32: 2e-4}


def make_jets(rng: np.random.Generator, *, massive: bool = False) -> tuple[torch.Tensor, torch.Tensor]:
    counts = np.array([4, 9, 1, 6])
    axis = np.repeat(rng.normal(size=(4, 3)), counts, axis=0)
    p3 = axis / np.linalg.norm(axis, axis=1, keepdims=True) + 0.3 * rng.normal(size=(20, 3))
    p3 *= rng.exponential(20, size=(20, 1))
    mass = rng.uniform(0.5, 2, size=20) if massive else np.zeros(20)
    energy = np.sqrt((p3**2).sum(1) + mass**2)
    return torch.from_numpy(np.c_[energy, p3]), torch.from_numpy(np.concatenate([[0], np.cumsum(counts)]))


def make_network(metric: torch.Tensor, dtype: torch.dtype, *, include_momenta: bool = False) -> LorentzNet:
    rng = torch.Generator().manual_seed(9)
    settings = TaggerNetwork(hidden=12, layers=3)
    network = LorentzNet(settings, metric, include_momenta=include_momenta, rng=rng).to(dtype)
    network.metric = metric.to(dtype)
    with torch.no_grad():
        for layer in network.layers:
            if layer.move_out is not None:
                layer.move_out.weight.mul_(300)
    return network


def boosted(momenta: torch.Tensor, beta: tuple[float, float, float]) -> torch.Tensor:
    """Momenta boosted by `vector`, an independent implementation."""
    e, px, py, pz = momenta.numpy().T
    out = vector.array({"E": e, "px": px, "py": py, "pz": pz}).boost(vector.obj(x=beta[0], y=beta[1], z=beta[2]))
    return torch.from_numpy(np.stack([out.E, out.px, out.py, out.pz], axis=1))


def rotated(momenta: torch.Tensor, angle: float) -> torch.Tensor:
    """Momenta rotated about the x axis and then the z axis by `vector`."""
    e, px, py, pz = momenta.numpy().T
    out = vector.array({"E": e, "px": px, "py": py, "pz": pz}).rotateX(angle).rotateZ(2 * angle)
    return torch.from_numpy(np.stack([out.E, out.px, out.py, out.pz], axis=1))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("massive", [True, False])
@pytest.mark.parametrize("beta", [(0.5, 0.0, 0.0), (0.1, -0.3, 0.6), (0.0, 0.0, 0.9)])
def test_lorentznet_is_invariant_under_boosts(
    rng: np.random.Generator, dtype: torch.dtype, massive: bool, beta: tuple[float, float, float]
) -> None:
    momenta, offsets = make_jets(rng, massive=massive)
    network = make_network(metric_tensor("minkowski"), dtype)
    beams = beam_particles(dtype=torch.float64)
    precision = str(dtype).removeprefix("torch.")
    before = score_jets(network, momenta, offsets, precision=precision)
    after = score_jets(network, boosted(momenta, beta), offsets, precision=precision, beam_momenta=boosted(beams, beta))
    torch.testing.assert_close(after, before, rtol=STRICT[dtype], atol=STRICT[dtype])
    fixed = score_jets(network, boosted(momenta, beta), offsets, precision=precision)
    assert (fixed - before).abs().max() > 10 * (after - before).abs().max(), "fixed beams break the symmetry"


@pytest.mark.parametrize("metric", ["minkowski", "euclidean"])
def test_both_metrics_are_invariant_under_rotations(rng: np.random.Generator, metric: str) -> None:
    momenta, offsets = make_jets(rng)
    network = make_network(metric_tensor(metric), torch.float64)
    before = score_jets(network, momenta, offsets)
    beams = rotated(beam_particles(dtype=torch.float64), 0.7)
    after = score_jets(network, rotated(momenta, 0.7), offsets, beam_momenta=beams)
    torch.testing.assert_close(after, before, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("metric", "include_momenta"), [("euclidean", False), ("minkowski", True)], ids=["egnn", "lorentznet_wo"]
)
def test_other_taggers_are_not_invariant_under_boosts(
    rng: np.random.Generator, metric: str, include_momenta: bool
) -> None:
    momenta, offsets = make_jets(rng)
    network = make_network(metric_tensor(metric), torch.float64, include_momenta=include_momenta)
    beta = (0.1, -0.3, 0.6)
    before = score_jets(network, momenta, offsets)
    beams = boosted(beam_particles(dtype=torch.float64), beta)
    after = score_jets(network, boosted(momenta, beta), offsets, beam_momenta=beams)
    assert (after - before).abs().max() > 1e-3


def test_fitted_metric_is_invariant_under_its_own_group(rng: np.random.Generator) -> None:
    """With J = S^T eta S the group of J is S^-1 Lambda S."""
    shape = torch.eye(4, dtype=torch.float64) + 0.1 * torch.from_numpy(rng.normal(size=(4, 4)))
    form = shape.T @ metric_tensor("minkowski") @ shape
    transformation = torch.linalg.solve(shape, random_boost(rng, max_rapidity=1.0) @ shape)
    momenta, offsets = make_jets(rng)
    network = make_network(form, torch.float64)
    # The node scalars are Minkowski masses, which this group does not keep; take their weights away.
    with torch.no_grad():
        network.embedding.weight.zero_()
        for layer in network.layers:
            layer.node_in.weight[:, -2:] = 0
    beams = beam_particles(dtype=torch.float64)
    before = score_jets(network, momenta, offsets)
    after = score_jets(network, momenta @ transformation.T, offsets, beam_momenta=beams @ transformation.T)
    torch.testing.assert_close(after, before, rtol=1e-6, atol=1e-6)
    assert (score_jets(network, momenta @ transformation.T, offsets) - before).abs().max() > 1e-3


def test_random_transformations_preserve_the_metric(rng: np.random.Generator) -> None:
    eta = metric_tensor("minkowski")
    for _ in range(20):
        for g in (random_boost(rng, max_rapidity=2.0), random_rotation(rng)):
            torch.testing.assert_close(g.T @ eta @ g, eta, rtol=0, atol=1e-12)
            assert torch.linalg.det(g).item() == pytest.approx(1)
    momenta, _ = make_jets(rng)
    g = random_rotation(rng)
    torch.testing.assert_close((momenta @ g.T)[:, 0], momenta[:, 0])
    torch.testing.assert_close(
        inner(momenta @ g.T, momenta @ g.T, eta), inner(momenta, momenta, eta), atol=1e-9, rtol=0
    )


def test_measured_invariance_tells_the_models_apart(rng: np.random.Generator) -> None:
    momenta, offsets = make_jets(rng)
    settings = TaggerEvaluation(invariance_transformations=2)
    errors = {
        name: measure_invariance(
            make_network(metric_tensor(name), torch.float64), momenta, offsets, settings=settings, seed=1
        )
        for name in ("minkowski", "euclidean")
    }
    assert set(errors["minkowski"]) == {
        "rotation_with_beams",
        "boost_with_beams",
        "rotation_beams_fixed",
        "boost_beams_fixed",
    }
    assert errors["minkowski"]["boost_with_beams"].max_logit < 1e-6
    assert errors["minkowski"]["rotation_with_beams"].max_logit < 1e-6
    assert errors["euclidean"]["rotation_with_beams"].max_logit < 1e-6
    assert errors["euclidean"]["boost_with_beams"].max_logit > 1e-3
    assert errors["minkowski"]["boost_beams_fixed"].max_logit > 1e-4
    assert errors["minkowski"]["boost_with_beams"].logit_spread > 0


def realistic_jets(n: int, seed: int) -> TaggerJets:
    """Massless jets of 600 GeV in pT with 10 to 40 constituents: three prongs (signal) or one (background)."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 2
    counts = rng.integers(10, 41, n)
    jet = np.repeat(np.arange(n), counts)
    prong = rng.integers(0, 3, len(jet))
    axes = rng.normal(0, 0.3, (2, n, 3)) * labels[:, None]
    centre = np.stack([rng.uniform(-1.5, 1.5, n), rng.uniform(-np.pi, np.pi, n)])
    eta, phi = centre[:, jet] + axes[:, jet, prong] + 0.08 * rng.normal(size=(2, len(jet)))
    pt = rng.exponential(1, len(jet)) ** 2
    pt *= 600 / np.bincount(jet, pt)[jet]
    momenta = np.stack([pt * np.cosh(eta), pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)], axis=1)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    return TaggerJets(torch.from_numpy(momenta), torch.from_numpy(offsets), torch.from_numpy(labels))


@pytest.fixture(scope="module")
def brief_training() -> TrainedTagger:
    """Some 40 steps at a high learning rate, so that the momentum updates matter."""
    settings = TaggerTraining(
        epochs=4, warmup_epochs=1, cooldown_epochs=0, learning_rate=1e-2, batch_jets=16, select_by="loss"
    )
    network = TaggerNetwork(hidden=12, layers=4)
    train, val = realistic_jets(160, 1), realistic_jets(60, 2)
    return train_tagger(train, val, network=network, metric="minkowski", settings=settings, seed=3)


def invariance_of(network: LorentzNet) -> dict[str, InvarianceError]:
    jets = realistic_jets(12, 4)
    settings = TaggerEvaluation(invariance_transformations=3, max_rapidity=1.0)
    return measure_invariance(network, jets.momenta, jets.offsets, settings=settings, seed=5)


@pytest.mark.parametrize("seed", [0, 1])
def test_an_untrained_default_network_is_invariant_on_realistic_jets(seed: int) -> None:
    network = LorentzNet(TaggerNetwork(), metric_tensor("minkowski"), rng=torch.Generator().manual_seed(seed))
    errors = invariance_of(network)
    for family in ("rotation", "boost"):
        assert errors[f"{family}_with_beams"].max_logit < 1e-3
    assert errors["boost_beams_fixed"].max_logit > 10 * errors["boost_with_beams"].max_logit


def test_a_trained_network_is_invariant_on_realistic_jets(brief_training: TrainedTagger) -> None:
    errors = invariance_of(build_network(brief_training))
    for family in ("rotation", "boost"):
        assert errors[f"{family}_with_beams"].max_logit < 1e-3
    assert errors["boost_with_beams"].logit_spread > 0.1


def test_a_bound_on_components_breaks_the_invariance(brief_training: TrainedTagger) -> None:
    """The published code's bound, with momentum updates so large that it acts."""
    errors = []
    for clamp in (None, 100.0):
        network = build_network(replace(brief_training, network=brief_training.network | {"momentum_clamp": clamp}))
        with torch.no_grad():
            for layer in network.layers:
                if layer.move_out is not None:
                    layer.move_out.weight.mul_(10)
        errors.append(invariance_of(network)["boost_with_beams"].max_logit)
    free, bound = errors
    assert free < 1e-3
    assert bound > 1e-2

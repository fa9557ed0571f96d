"""MSR: its inner loop against automatic derivatives, what it finds of shared weights, and what it refuses."""

import numpy as np
import pytest
import torch

from symscope.config.functions import FunctionsDataset, SharedWeights
from symscope.config.msr import Msr
from symscope.data.functions import make_points, shared_element
from symscope.discovery.building import build_trainer
from symscope.discovery.discover import discover_symmetry
from symscope.discovery.msr import orbit_element
from symscope.discovery.samples import prepare_samples
from symscope.errors import ConfigError
from symscope.evaluation.verdicts import judge
from symscope.io.generators import read_discovery, write_discovery


def settings(**changes):
    optimisation = {"steps": 60, "batch": 8, "log_every": 20, **changes.pop("optimisation", {})}
    return Msr.model_validate({"free": 5, "optimisation": optimisation, **changes})


def layers(group="shifts", order=4, layers=40, n=12):
    function = SharedWeights(group=group, order=order, layers=layers)
    parts = make_points(FunctionsDataset(function=function), n, rng=np.random.default_rng(2))
    return function, np.concatenate([part.x for part in parts]), np.concatenate([part.y for part in parts])


def discover(method, x, y, *, tasks=40, seeds=(0, 1), **options):
    return discover_symmetry(
        x, y, x_action="vector", y_action="trivial", method=method, seeds=seeds, tasks=tasks, device="cpu", **options
    )


@pytest.mark.parametrize("group", ["shifts", "turns"])
def test_layers_are_equivariant_and_their_rows_one_orbit(group):
    """A group element that acts on the input shifts the output."""
    function, x, y = layers(group, order=5, layers=3)
    element = shared_element(function)
    np.testing.assert_allclose(np.linalg.matrix_power(element, 5), np.eye(len(element)), atol=1e-12)
    for task in range(3):
        mine = slice(task * 12, (task + 1) * 12)
        weights = np.linalg.lstsq(x[mine, 0].astype(float), y[mine].astype(float), rcond=None)[0].T
        np.testing.assert_allclose(weights @ element, np.roll(weights, -1, axis=0), atol=1e-4)
        read = orbit_element(torch.as_tensor(weights)[None, None])[0].numpy()
        np.testing.assert_allclose(weights @ read, weights @ element, atol=1e-3)


def test_the_element_is_read_from_weights_of_full_rank(rng):
    function = SharedWeights(group="turns", order=7)
    element = shared_element(function)
    rows = rng.standard_normal((3, 3))
    weights = np.stack([rows @ np.linalg.matrix_power(element, j) for j in range(7)], axis=1)
    np.testing.assert_allclose(orbit_element(torch.as_tensor(weights)[None])[0], element, atol=1e-12)


def test_the_inner_loop_is_gradient_descent():
    """Against torch's derivative of half the squared error, one task after the other."""
    _, x, y = layers()
    method = settings(precision="float64", input_rms=None, inner={"steps": 3, "rate": 0.05})
    samples = prepare_samples(
        x,
        y,
        x_action="vector",
        y_action="trivial",
        method=method,
        dtype=torch.float64,
        device=torch.device("cpu"),
        tasks=40,
    )
    trainer = build_trainer(method, samples, torch.eye(4), [torch.Generator().manual_seed(seed) for seed in (0, 1)])
    adapted = trainer.adapt(trainer.x[:2, :6].expand(2, -1, -1, -1), trainer.y[:2, :6].expand(2, -1, -1, -1))
    for seed in range(2):
        for task in range(2):
            free = trainer.start[seed].detach().clone()
            inputs, outputs = trainer.x[task, :6], trainer.y[task, :6]
            for _ in range(3):
                free.requires_grad_(True)
                weights = (trainer.symmetry[seed].detach() @ free).view(4, 4)
                error = 0.5 * (inputs @ weights.T - outputs).square().sum(1).mean()
                free = (free - 0.05 * torch.autograd.grad(error, free)[0]).detach()
            np.testing.assert_allclose(
                adapted[seed, task].detach(), (trainer.symmetry[seed] @ free).view(4, 4).detach(), rtol=1e-9
            )


def test_the_sharing_of_a_convolution_is_found(tmp_path):
    function, x, y = layers(layers=60, n=16)
    method = settings(optimisation={"steps": 600, "batch": 16, "lr": 0.02}, inner={"steps": 3, "rate": 0.08})
    found = discover(method, x, y, tasks=60, seeds=range(3))
    assert found.shared_weights.shape == (3, 4, 4, 4)
    verdict = judge("weight_sharing", found, FunctionsDataset(function=function))
    assert verdict.success.all(), verdict.words
    np.testing.assert_allclose(found.elements[:, 0], np.broadcast_to(shared_element(function), (3, 4, 4)), atol=0.15)
    write_discovery(tmp_path / "found.h5", found)
    np.testing.assert_array_equal(read_discovery(tmp_path / "found.h5").shared_weights, found.shared_weights)


def test_a_killed_run_resumes_with_the_same_final_numbers(tmp_path, killed_at_first_checkpoint):
    _, x, y = layers()
    path, method = tmp_path / "state.pt", settings(optimisation={"steps": 150})
    whole = discover(method, x, y)
    killed_at_first_checkpoint(
        lambda **options: discover(method, x, y, **options), checkpoint=path, checkpoint_every=0.0
    )
    np.testing.assert_array_equal(discover(method, x, y, checkpoint=path).shared_weights, whole.shared_weights)


def test_samples_that_it_cannot_take_are_refused():
    _, x, y = layers()
    with pytest.raises(ConfigError, match="batch asks for 8 tasks"):
        discover(settings(), x[:48], y[:48], tasks=4)
    with pytest.raises(ConfigError, match="weights of linear layers"):
        discover(settings(), x, (y[:, 0] > 0).astype(int))

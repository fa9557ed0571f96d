"""Augerino+: that the average is what the paper says, what it finds, that it resumes, and what it refuses."""

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from symscope.config.augerino import Augerino
from symscope.config.discovery import TruthSettings
from symscope.discovery.building import build_trainer
from symscope.discovery.discover import discover_symmetry
from symscope.discovery.elements import draw_group_elements
from symscope.discovery.samples import prepare_samples
from symscope.evaluation.discovery import score_discovery


def settings(**changes):
    optimisation = {"steps": 60, "batch": 16, "log_every": 20, **changes.pop("optimisation", {})}
    return Augerino.model_validate(
        {"network": {"hidden": 16, "layers": 2}, "copies": 3, "optimisation": optimisation, **changes}
    )


def discover(method, x, y, *, y_action="trivial", seeds=(0, 1), **options):
    return discover_symmetry(
        x, y, x_action="vector", y_action=y_action, method=method, seeds=seeds, device="cpu", **options
    )


def points(n=2000):
    """Normal points in the plane, (n, 1, 2)."""
    return np.random.default_rng(5).standard_normal((n, 1, 2))


LONGER = {"steps": 800, "batch": 64, "lr_generator": 1e-2, "lr_network": 5e-3, "decay_start": 0.5}


def test_the_rotations_that_leave_a_function_alone_are_found():
    x = points()
    method = settings(
        network={"hidden": 32, "layers": 2}, optimisation=LONGER, spread={"weight": 0.1, "cap": 1.5}, copies=4
    )
    found = discover(method, x, np.sin(2.0 * np.linalg.norm(x[:, 0], axis=-1)), seeds=range(4))
    score = score_discovery(found, TruthSettings(algebra="so(2)"))
    assert np.median(score.span_cosine) > 0.99
    assert np.all(found.history["spread"][:, -1] > 1.0)
    assert np.all(found.history["prediction_loss"][:, -1] < found.history["prediction_loss"][:, 0])


def test_the_rotations_under_which_a_map_is_equivariant_are_found():
    x = points()
    radius = np.linalg.norm(x, axis=-1, keepdims=True)
    quarter = np.array([[0.0, 1.0], [-1.0, 0.0]])
    y = np.cos(2.0 * radius) * x + np.sin(2.0 * radius) * x @ quarter
    method = settings(
        network={"hidden": 32, "layers": 2}, optimisation=LONGER, spread={"weight": 0.1, "cap": 1.5}, copies=4
    )
    found = discover(method, x, y, y_action="vector", seeds=range(4))
    assert np.median(score_discovery(found, TruthSettings(algebra="so(2)")).span_cosine) > 0.99


def trainer_of(method, x, y, *, y_action, seeds=(0, 1)):
    samples = prepare_samples(
        x, y, x_action="vector", y_action=y_action, method=method, dtype=torch.float64, device=torch.device("cpu")
    )
    streams = [torch.Generator().manual_seed(seed) for seed in seeds]
    return build_trainer(method, samples, torch.as_tensor(samples.visited()), streams)


def test_the_prediction_is_the_mean_over_copies_there_and_back(torch_rng):
    """Equation 11 averaged as in equation 15, against one copy after the other with torch's own exponential."""
    x, y = points(20), points(20)
    trainer = trainer_of(settings(precision="float64"), x, y, y_action="vector")
    combined = 0.5 * torch.randn(2, 15, 2, 2, dtype=torch.float64, generator=torch_rng)
    batch = torch.as_tensor(x)[:5].expand(2, -1, -1, -1)
    predicted = trainer.predict(batch, combined)
    wanted = torch.zeros_like(predicted)
    for seed in range(2):
        for sample in range(5):
            for copy in range(3):
                g = torch.linalg.matrix_exp(combined[seed, 3 * sample + copy])
                inputs = (batch[seed, sample] @ g.mT).expand(2, 1, 2)
                outputs = trainer.network(inputs)[seed, 0].view(1, 2)
                wanted[seed, sample] += outputs @ torch.linalg.inv(g).mT / 3.0
    torch.testing.assert_close(predicted, wanted, rtol=1e-6, atol=1e-8)


def test_labels_are_classified():
    x = points(200)
    y = (np.linalg.norm(x[:, 0], axis=-1) > 1.2).astype(int) + 4
    found = discover(settings(optimisation={"steps": 200, "lr_network": 1e-2}), x, y)
    assert np.all(found.history["prediction_loss"][:, -1] < np.log(2.0))


def test_a_seed_gives_the_same_numbers_alone_and_in_an_ensemble():
    x, y = points(100), points(100)
    method = settings(precision="float64", generator={"channels": 2}, coefficients={"law": "uniform"})
    together = discover(method, x, y, y_action="vector", seeds=(3, 8))
    alone = discover(method, x, y, y_action="vector", seeds=(8,))
    np.testing.assert_allclose(alone.generators[0], together.generators[1], rtol=1e-9)
    assert not np.allclose(together.generators[0], together.generators[1])
    assert together.elements is None
    assert draw_group_elements(together, 0, 7, seed=1).shape == (7, 2, 2)


def test_the_search_space_and_its_constraint_hold():
    method = settings(generator={"search_space": [[0, 1], [1, 0]], "constraint": "unit"})
    found = discover(method, points(100), points(100), y_action="vector")
    np.testing.assert_array_equal(found.generators[:, 0].diagonal(axis1=1, axis2=2), 0)
    np.testing.assert_allclose(np.linalg.norm(found.generators, axis=(2, 3)), 1.0, rtol=1e-6)


def test_a_killed_run_resumes_with_the_same_final_numbers(tmp_path, killed_at_first_checkpoint):
    x, y, path = points(100), points(100), tmp_path / "state.pt"
    method = settings(optimisation={"steps": 150, "average_from": 0.3})

    def run(**options):
        return discover(method, x, y, y_action="vector", **options)

    whole = run()
    killed_at_first_checkpoint(run, checkpoint=path, checkpoint_every=0.0)
    resumed = run(checkpoint=path)
    np.testing.assert_array_equal(resumed.generators, whole.generators)
    np.testing.assert_array_equal(resumed.history["spread"], whole.history["spread"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"optimisation": {"epochs": 3.0}}, "give one of"),
        ({"generator": {"search_space": "affine"}}, "homogeneous"),
        ({"generator": {"incremental": True}}, "is for liegan"),
        ({"generator": {"frozen": True}}, "initial_algebra"),
        ({"generator": {"report": "sparse"}}, "mixes the channels"),
        ({"copies": 0}, "greater than or equal to 1"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        settings(**changes)


def test_the_length_of_a_training_is_told_for_captions():
    assert settings().amount == "60 steps"
    assert settings().least_samples == 16

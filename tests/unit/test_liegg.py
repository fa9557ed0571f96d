"""Symmetries read from derivatives: the linear system against known algebras, and what a trained network shows."""

import numpy as np
import pytest
import torch

from symscope.config.discovery import TruthSettings
from symscope.config.liegg import LieGG
from symscope.discovery.discover import discover_symmetry
from symscope.discovery.polarisation import count_each, null_space, polarisation_rows
from symscope.discovery.tasks import split_tasks
from symscope.errors import ConfigError
from symscope.evaluation.discovery import score_discovery
from symscope.groups import known_algebra, span_cosine
from symscope.io.generators import read_discovery, write_discovery


def settings(**changes):
    optimisation = {"steps": 60, "batch": 16, "log_every": 20, **changes.pop("optimisation", {})}
    return LieGG.model_validate({"network": {"hidden": 32, "layers": 2}, "optimisation": optimisation, **changes})


def discover(method, x, y, *, y_action="trivial", seeds=(0, 1), **options):
    return discover_symmetry(
        x, y, x_action="vector", y_action=y_action, method=method, seeds=seeds, device="cpu", **options
    )


def points(n=2000, d=2):
    """Normal points, (n, 1, d)."""
    return np.random.default_rng(5).standard_normal((n, 1, d))


@pytest.mark.parametrize(
    ("metric", "algebra", "dimension"),
    [
        ([1.0, 1.0, 1.0], "so(3)", 3),
        ([1.0, -1.0, -1.0, -1.0], "so(1,3)", 6),
        ([1.0, 1.0, 1.0, 1.0, 1.0], "so(5)", 10),
    ],
)
def test_exact_derivatives_of_a_quadratic_form_give_its_algebra(metric, algebra, dimension):
    x = torch.as_tensor(points(300, len(metric)))
    gradient = 2.0 * x * torch.tensor(metric, dtype=torch.float64)
    found = null_space(polarisation_rows(gradient[None, :, None], x), largest=0.1)
    assert found.number.tolist() == [dimension]
    assert span_cosine(found.matrices[0, :dimension].numpy(), known_algebra(algebra)) > 1 - 1e-12
    np.testing.assert_allclose(torch.linalg.matrix_norm(found.matrices), 1.0, rtol=1e-12)


def test_exact_derivatives_of_an_equivariant_map_give_what_commutes_with_it():
    """The map x -> M x of the plane, with M a turn, commutes with turns and stretches; not so with a stretch of one axis."""
    x = torch.as_tensor(points(50))
    turn = torch.tensor([[0.6, -0.8], [0.8, 0.6]], dtype=torch.float64)
    for matrix, number in ((turn, 2), (torch.diag(torch.tensor([1.0, 2.0], dtype=torch.float64)), 2)):
        jacobian = matrix.expand(1, 50, 2, 2)[:, :, :, None]
        values = x[None] @ matrix.mT
        found = null_space(polarisation_rows(jacobian, x, values), largest=0.1)
        assert found.number.tolist() == [number]
        for generator in found.matrices[0, :number]:
            np.testing.assert_allclose(generator @ matrix, matrix @ generator, atol=1e-12)


def test_fewer_equations_than_entries_leave_the_rest_free():
    x = torch.tensor([[[1.0, 0.0, 0.0]]], dtype=torch.float64)
    found = null_space(polarisation_rows(x[:, None, None], x), largest=0.1)
    assert found.matrices.shape == (1, 9, 3, 3)
    assert found.number.tolist() == [8]


def test_the_widest_gap_counts_and_only_below_the_largest_share():
    values = torch.tensor([[1e-3, 2e-3, 0.5, 1.0], [0.3, 0.5, 0.8, 1.0], [0.0, 1e-9, 1e-3, 1.0]])
    assert count_each(values, largest=0.1).tolist() == [2, 0, 2]


def test_a_network_shows_the_rotations_that_leave_a_function_alone(tmp_path):
    x = points()
    method = settings(optimisation={"steps": 800, "batch": 64})
    found = discover(method, x, np.sin(2.0 * np.linalg.norm(x[:, 0], axis=-1)), seeds=range(3))
    assert found.generators.shape == (3, 1, 2, 2)
    assert found.spectrum.shape == (3, 4)
    assert np.all(np.diff(found.spectrum) >= 0)
    assert np.median(score_discovery(found, TruthSettings(algebra="so(2)")).span_cosine) > 0.99
    assert np.all(found.history["prediction_loss"][:, -1] < 0.5 * found.history["prediction_loss"][:, 0])
    write_discovery(tmp_path / "found.h5", found)
    np.testing.assert_array_equal(read_discovery(tmp_path / "found.h5").spectrum, found.spectrum)
    np.testing.assert_array_equal(split_tasks(found)[0].spectrum, found.spectrum)


def test_classes_are_looked_at_through_the_differences_of_their_logits():
    x = points()
    classes = (np.linalg.norm(x[:, 0], axis=-1) > 1.2).astype(int)
    found = discover(settings(optimisation={"steps": 500, "batch": 64}), x, classes)
    assert found.generators.shape[1] == 1
    assert score_discovery(found, TruthSettings(algebra="so(2)")).span_cosine.min() > 0.95


def test_a_map_of_vectors_is_looked_at_as_such():
    """Two vectors in, two out: turns of the plane turn them all."""
    x = np.random.default_rng(5).standard_normal((2000, 2, 2))
    y = (x * x[:, ::-1]).sum(-1, keepdims=True) * x / 3.0
    method = settings(optimisation={"steps": 800, "batch": 64}, polarisation={"largest": 0.4})
    found = discover(method, x, y, y_action="vector")
    assert score_discovery(found, TruthSettings(algebra="so(2)")).span_cosine.min() > 0.95


def test_a_function_without_symmetry_has_no_generator():
    x = points()
    found = discover(
        settings(optimisation={"steps": 300, "batch": 64}), x, np.concatenate([x, np.sin(x) + x[..., ::-1]], -1)[:, 0]
    )
    np.testing.assert_array_equal(found.generators, 0)


def test_a_seed_is_the_same_alone_and_a_killed_run_resumes(tmp_path, killed_at_first_checkpoint):
    x, path = points(100), tmp_path / "state.pt"
    y = np.linalg.norm(x[:, 0], axis=-1)
    method = settings(optimisation={"steps": 150}, precision="float64")
    whole = discover(method, x, y)
    np.testing.assert_allclose(discover(method, x, y, seeds=(1,)).spectrum[0], whole.spectrum[1], rtol=1e-6)
    killed_at_first_checkpoint(
        lambda **options: discover(method, x, y, **options), checkpoint=path, checkpoint_every=0.0
    )
    np.testing.assert_array_equal(discover(method, x, y, checkpoint=path).spectrum, whole.spectrum)


def test_samples_that_it_cannot_take_are_refused():
    x = points(64)
    with pytest.raises(ConfigError, match="one task at a time"):
        discover(settings(), x, x[:, 0, 0], tasks=2)
    with pytest.raises(ConfigError, match="'complex_vector'"):
        discover_symmetry(
            x.astype(complex),
            x[:, 0, 0],
            x_action="complex_vector",
            y_action="trivial",
            method=settings(),
            seeds=[0],
            device="cpu",
        )

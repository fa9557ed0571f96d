"""A basis that a physicist reads, found from a random mix of generators."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ortho_group

from symscope.groups import (
    LORENTZ_NAMES,
    MINKOWSKI,
    dilatation,
    euclidean_algebra,
    known_algebra,
    lorentz_algebra,
    metric_cosine,
    pseudo_orthogonal_algebra,
    rotation_algebra,
    span_cosine,
    special_unitary_algebra,
)
from symscope.groups.physical_basis import physical_basis
from symscope.groups.simple_extension import extended_simply

LIGHT_CONE = np.concatenate([lorentz_algebra(), dilatation(4)])
NAMES = (*LORENTZ_NAMES, "dilatation")


def mixed(generators: np.ndarray, seed: int, noise: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    stack = generators + noise * rng.standard_normal(generators.shape)
    return np.tensordot(rng.standard_normal((len(stack), len(stack))), stack, axes=1)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_random_mix_of_the_seven_generators_of_the_light_cone_gives_them_back(seed):
    found = physical_basis(mixed(LIGHT_CONE, seed))
    assert found.names == NAMES
    np.testing.assert_allclose(found.generators, LIGHT_CONE, atol=1e-6)
    assert metric_cosine(found.metric, MINKOWSKI) > 1 - 1e-9
    assert found.metric[0, 0] > 0


def test_noise_leaves_the_names_and_nearly_the_generators():
    found = physical_basis(mixed(LIGHT_CONE, 3, noise=0.02))
    assert found.names == NAMES
    np.testing.assert_allclose(found.generators, LIGHT_CONE, atol=0.12)
    assert found.cosines.min() > 0.99


def test_the_lorentz_algebra_alone_and_with_the_time_last():
    assert physical_basis(mixed(lorentz_algebra(), 4)).names == LORENTZ_NAMES
    order = [1, 2, 3, 0]
    last = lorentz_algebra()[:, order][:, :, order]
    found = physical_basis(mixed(last, 5), components=["px", "py", "pz", "E"])
    assert found.names[0] == "rotation x"
    assert found.names[3] == "boost x"
    np.testing.assert_allclose(found.generators, last, atol=1e-8)


def test_rotations_about_the_axes():
    axes = physical_basis(mixed(rotation_algebra(3), 6))
    assert axes.names == ("rotation x", "rotation y", "rotation z")
    turn = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    np.testing.assert_allclose(axes.generators[2], turn, atol=1e-10)
    stretched = np.diag([1.0, 2.0, 1.0]) @ rotation_algebra(3) @ np.diag([1.0, 0.5, 1.0])
    found = physical_basis(mixed(stretched, 6))
    assert found.names == axes.names
    np.testing.assert_allclose(np.diag(found.metric)[0] / np.diag(found.metric)[1], 4.0)
    assert span_cosine(found.generators, stretched) == pytest.approx(1)


def test_other_signatures_are_read_by_their_planes():
    found = physical_basis(mixed(pseudo_orthogonal_algebra(2, 3), 7))
    assert found.names[0] == "rotation 1-2"
    assert found.names[1] == "boost 1-3"
    assert found.cosines.min() > 1 - 1e-9


def test_a_random_frame_keeps_the_span_and_gives_its_axes():
    turn = ortho_group.rvs(4, random_state=np.random.default_rng(1))
    moved = turn @ LIGHT_CONE @ turn.T
    found = physical_basis(mixed(moved, 8))
    assert found.names == NAMES
    assert span_cosine(found.generators, moved) == pytest.approx(1)
    # Time is the axis that lies nearest to its direction, here the second component.
    seen = found.frame.T @ found.metric @ found.frame
    np.testing.assert_allclose(seen, np.diag([-1.0, 1.0, -1.0, -1.0]), atol=1e-8)
    assert np.argmax(np.abs(turn[:, 0])) == 1


def test_without_a_unique_form_the_sparse_basis_is_read():
    found = physical_basis(mixed(euclidean_algebra(3), 9), components=["x", "y", "z", "1"])
    assert sorted(found.names) == [
        "rotation x-y",
        "rotation x-z",
        "rotation y-z",
        "x by 1",
        "y by 1",
        "z by 1",
    ]
    assert found.metric is None
    twice = physical_basis(mixed(known_algebra("so(3)", copies=2), 10))
    assert span_cosine(twice.generators, known_algebra("so(3)", copies=2)) == pytest.approx(1)
    assert len(set(twice.names)) == 3


def test_complex_generators_keep_their_span():
    pauli = special_unitary_algebra(2)
    found = physical_basis(mixed(pauli, 11))
    assert span_cosine(found.generators, pauli) == pytest.approx(1)
    assert all(max(abs(np.vdot(one, known)) for known in pauli) > 0.7 * 0.99 for one in found.generators)


def test_a_turn_of_several_planes_at_once_is_read_as_one():
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    names = ["x1", "y1", "x2", "y2"]
    alike = physical_basis(0.3 * np.kron(np.eye(2), turn)[None], components=names)
    assert alike.names == ("rotation x1-y1, x2-y2",)
    np.testing.assert_allclose(alike.cosines, 1.0)
    opposite = physical_basis(np.kron(np.diag([1.0, -1.0]), turn)[None], components=names)
    assert opposite.names == ("rotation x1-y1, y2-x2",)
    # Planes that turn by other angles have no such name.
    assert physical_basis(np.kron(np.diag([1.0, 0.4]), turn)[None], components=names).names == ("generator 1",)


def test_directions_without_data_are_filled_in_the_simplest_way():
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    # Two bodies whose centre rests: only the difference of their places is visited.
    span = np.kron(np.array([[1.0], [-1.0]]) / np.sqrt(2.0), np.eye(2))
    learned = np.kron(np.array([[1.0, -1.0], [-1.0, 1.0]]) / 2.0, turn)[None]
    found = extended_simply(learned, span)
    np.testing.assert_allclose(found @ span, learned @ span, atol=1e-12)
    np.testing.assert_allclose(found[0], np.kron(np.eye(2), turn), atol=1e-9)
    np.testing.assert_array_equal(extended_simply(learned, np.eye(4)), learned)

"""What data can tell about a matrix: their span, and matrices restricted to it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from symscope.groups import data_span, project_on_data, restrict_to_span

SEEDS = st.integers(min_value=0, max_value=2**31)


def subspace_points(rng, rank, *, is_complex=False):
    """Points in a random subspace of six dimensions, in units that differ by many orders of magnitude."""
    directions = rng.standard_normal((rank, 6))
    weights = rng.standard_normal((40, rank))
    if is_complex:
        directions = directions + 1j * rng.standard_normal((rank, 6))
        weights = weights + 1j * rng.standard_normal((40, rank))
    return (weights @ directions) * 10.0 ** rng.integers(-4, 5, size=6)


@given(SEEDS, st.integers(min_value=1, max_value=6), st.booleans())
@settings(max_examples=40, deadline=None)
def test_the_span_has_the_rank_of_the_data_and_holds_them(seed, rank, is_complex):
    points = subspace_points(np.random.default_rng(seed), rank, is_complex=is_complex)
    span = data_span(points)
    assert span.shape == (6, rank)
    np.testing.assert_allclose(span.conj().T @ span, np.eye(rank), atol=1e-10)
    inside = (span @ (span.conj().T @ points.T)).T
    np.testing.assert_allclose(inside, points, atol=1e-9 * np.abs(points).max())


@given(SEEDS, st.integers(min_value=1, max_value=5), st.booleans())
@settings(max_examples=40, deadline=None)
def test_matrices_agree_after_restriction_if_and_only_if_they_agree_on_the_data(seed, rank, is_complex):
    rng = np.random.default_rng(seed)
    points = subspace_points(rng, rank, is_complex=is_complex)
    span = data_span(points)
    first = rng.standard_normal((2, 6, 6))
    unseen = np.eye(6) - span @ span.conj().T
    second = first + rng.standard_normal((2, 6, 6)) @ unseen  # same on all data, another matrix
    np.testing.assert_allclose(restrict_to_span(first, span), restrict_to_span(second, span), atol=1e-9)
    other = first.copy()
    other[0] += np.outer(rng.standard_normal(6), span[:, 0].conj()).real
    assert not np.allclose(restrict_to_span(first, span)[0], restrict_to_span(other, span)[0])


def test_full_data_change_nothing_and_no_data_tell_nothing(rng):
    generators = rng.standard_normal((2, 3, 3))
    np.testing.assert_array_equal(restrict_to_span(generators, data_span(rng.standard_normal((9, 3)))), generators)
    assert data_span(np.zeros((5, 3))).shape == (3, 0)
    assert not restrict_to_span(generators, data_span(np.zeros((5, 3)))).any()


def test_rounding_to_single_precision_adds_no_direction(rng):
    half = rng.standard_normal((1000, 4)).astype(np.float32)
    states = np.concatenate([half, -half], axis=1)
    assert data_span(states).shape == (8, 4)


def test_projection_drops_what_leads_out_of_the_span():
    points = np.array([[1.0, 0.0], [2.0, 0.0]])
    generator = np.array([[[3.0, 5.0], [4.0, 6.0]]])
    np.testing.assert_allclose(project_on_data(generator, points), [[[3.0]]])
    np.testing.assert_allclose(restrict_to_span(generator, data_span(points)), [[[3.0, 0.0], [4.0, 0.0]]])

"""What learned matrices do to orbits: coordinates of the data, angles, singular values, the equations of motion."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm, null_space
from tests.makers.orbit_results import (
    TRUTH,
    TWO_BODY_SPAN,
    discovery,
    element_like,
    extended_like,
    liegan_like,
    orbits,
    rotation,
    turning,
    two_body_discoveries,
)

from symscope.config.trajectory_datasets import NBodyDataset
from symscope.errors import DataError
from symscope.evaluation.constraints import relative_spectra
from symscope.evaluation.orbits import deviations, follow_orbits, solved_orbits, typical_orbit
from symscope.evaluation.rotations import (
    found_angles,
    in_span_coordinates,
    rotation_angles,
    scaled_like,
    span_coordinates,
    true_generator,
    visited_span,
)


def test_two_opposite_bodies_are_told_by_the_first(rng):
    turned = TWO_BODY_SPAN @ np.linalg.qr(rng.normal(size=(4, 4)))[0]
    assert span_coordinates(TWO_BODY_SPAN).tolist() == [0, 1, 2, 3]
    assert span_coordinates(turned).tolist() == [0, 1, 2, 3]
    assert span_coordinates(np.eye(5)).tolist() == list(range(5))
    np.testing.assert_allclose(in_span_coordinates(turning(4), turned), turning(2), atol=1e-12)
    with pytest.raises(DataError, match="2 columns, of which 1 are independent"):
        span_coordinates(np.ones((3, 2)))


def test_what_a_matrix_does_outside_of_the_span_does_not_count(rng):
    for matrix in extended_like(rng, noise=0.0):
        assert np.abs(matrix - turning(4)).max() > 0.1
        np.testing.assert_allclose(in_span_coordinates(matrix, TWO_BODY_SPAN), turning(2), atol=1e-12)


def test_coordinates_give_what_the_matrix_does_to_states(rng):
    span = np.linalg.qr(rng.normal(size=(6, 3)))[0]
    matrix = span @ rng.normal(size=(3, 3)) @ span.T
    state = span @ rng.normal(size=3)
    kept = span_coordinates(span)
    np.testing.assert_allclose(in_span_coordinates(matrix, span) @ state[kept], (matrix @ state)[kept], atol=1e-12)


def test_scale_and_sign_are_those_of_the_truth_on_the_span(rng):
    found = scaled_like(np.stack([-3.0 * turning(4), 0.2 * turning(4), np.zeros((8, 8))]), turning(4), TWO_BODY_SPAN)
    np.testing.assert_allclose(found, np.stack([turning(4), turning(4), np.zeros((8, 8))]), atol=1e-12)


def test_angles_of_rotations(rng):
    degrees = np.array([0.0, 12.0, 90.0, 170.0, 180.0])
    turns = np.stack([rotation(np.radians(angle), 4) for angle in degrees])
    np.testing.assert_allclose(rotation_angles(turns, turning(4), TWO_BODY_SPAN), degrees, atol=1e-9)
    np.testing.assert_allclose(rotation_angles(np.linalg.inv(turns), turning(4), TWO_BODY_SPAN), degrees, atol=1e-9)
    noisy = element_like(rng, degrees[1:4])
    np.testing.assert_allclose(rotation_angles(noisy, turning(4), TWO_BODY_SPAN), degrees[1:4], atol=2.0)


def test_angles_are_given_for_elements_alone(rng):
    found = two_body_discoveries(rng)
    assert found_angles(found["liegan"], TRUTH) is None
    assert np.abs(found_angles(found["symmetrygan"], TRUTH) - 90).max() < 5
    np.testing.assert_array_equal(visited_span(found["liegan"], TRUTH), TWO_BODY_SPAN)


def test_figures_of_one_generator_refuse_larger_algebras():
    np.testing.assert_array_equal(np.abs(true_generator(TRUTH)), np.abs(turning(4)))
    with pytest.raises(DataError, match="has 3 generators"):
        true_generator(TRUTH.model_copy(update={"algebra": "so(3)"}))


def test_spectra_count_the_maps_that_commute(rng):
    learned = liegan_like(rng, noise=0.002)
    learned[2] = np.nan
    found, truth, gaps = relative_spectra(discovery(learned), TRUTH)
    commutator = np.kron(turning(4), np.eye(8)) - np.kron(np.eye(8), turning(4).T)
    assert (truth < 1e-10).sum() == null_space(commutator).shape[1] == 32
    assert np.isnan(found[2]).all()
    assert np.isnan(gaps[2])
    assert (np.delete(gaps, 2) == 32).all()
    good = np.delete(found, 2, axis=0)
    assert ((good < 1e-5).sum(axis=1) == 8).all()  # each block commutes with itself and the identity only
    assert ((good < 0.02).sum(axis=1) == 32).all()
    assert (np.diff(good, axis=1) <= 1e-12).all()
    with pytest.raises(DataError, match="all 1 seeds"):
        relative_spectra(discovery(np.full((1, 8, 8), np.nan)), TRUTH)


SETTINGS = {"masses": [1.0, 2.5], "gravitation": 1.3, "timesteps": 11, "duration": 4.0}


def newton(_, state):
    x = state.reshape(2, 2, 2)
    masses = np.array(SETTINGS["masses"])[:, None]
    pull = x[1, 0] - x[0, 0]
    pull = SETTINGS["gravitation"] * masses[0] * masses[1] * pull / np.linalg.norm(pull) ** 3
    return np.stack([x[:, 1] / masses, np.stack([pull, -pull])], axis=1).ravel()


def test_the_equations_of_motion_are_newtons(rng):
    starts = rng.normal(size=(3, 8)) + np.array([3.0, 0, 0, 0, -3.0, 0, 0, 0])
    settings = NBodyDataset(**SETTINGS)
    found = follow_orbits(starts, settings, steps=6)
    for start, states in zip(starts, found, strict=True):
        exact = solve_ivp(
            newton, (0, 2.0), start, t_eval=np.linspace(0, 2.0, 6), rtol=1e-11, atol=1e-12, method="DOP853"
        )
        np.testing.assert_allclose(states, exact.y.T, atol=1e-7)


def test_a_rotation_takes_orbits_to_orbits_and_a_stretching_does_not(rng):
    dataset = {"source": "nbody", **SETTINGS}
    starts = rng.normal(size=(1, 8)) + np.array([3.0, 0, 0, 0, -3.0, 0, 0, 0])
    orbit = follow_orbits(starts, NBodyDataset(**dataset), steps=11)[0]
    turned = np.stack([orbit @ expm(angle * turning(4)).T for angle in (0.0, 1.0, 2.0)])
    assert deviations(turned, solved_orbits(turned, dataset)).max() < 1e-8
    assert deviations(1.1 * turned, solved_orbits(1.1 * turned, dataset)).min() > 1e-2
    assert solved_orbits(turned, None) is None
    assert solved_orbits(turned, {"source": "trajectories"}) is None


def test_deviations_are_relative_to_the_orbit(rng):
    orbit = orbits(rng)
    radius = np.linalg.norm(orbit[..., :2], axis=-1).max(axis=1)
    moved = orbit.copy()
    moved[:, -1, 4] += 0.1 * radius
    np.testing.assert_allclose(deviations(moved, orbit), 0.1)


def test_the_orbit_that_turns_by_the_median_angle_is_chosen(rng):
    found = orbits(rng, n=7)
    radius = np.linalg.norm(found[:, 0, :2], axis=1)
    assert typical_orbit(found) == np.argsort(radius)[3]  # Kepler's third law: the order of radii is that of speeds

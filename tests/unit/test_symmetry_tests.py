"""The statements about dimension, defect and generators hold as often as they say; many data sets at once."""

import numpy as np
import pytest

from symscope.config.calibration import NULL_LAWS
from symscope.discovery.nullspace.density import principal_flows, search_space, weak_form, weak_sums
from symscope.discovery.nullspace.observables import Polynomials, random_waves
from symscope.evaluation.calibration.null_sets import broken_set, null_set
from symscope.evaluation.certainty.dimension_test import dimension_test
from symscope.evaluation.certainty.equivalence import breaking
from symscope.evaluation.certainty.generator_errors import coefficients, found_algebra

SETS, EVENTS = 400, 2000
OBSERVABLES = Polynomials(3, 2, envelope=2.0)
SO3 = search_space("so(3)")


def within(found, expected, trials=SETS, sigmas=4.0):
    """Whether a share is within the spread of a binomial law."""
    return abs(found - expected) < sigmas * np.sqrt(expected * (1 - expected) / trials)


@pytest.fixture(scope="module")
def forms():
    """Weak forms of two halves of many data sets of each law."""
    rng = np.random.default_rng(11)
    made = {}
    for law in ("round", "axial", "distinct_axes"):
        points = null_set(law).draw(rng, SETS, EVENTS)
        halves = [weak_sums(part, OBSERVABLES, SO3) for part in np.split(points, 2, axis=1)]
        made[law] = [weak_form(sums) for sums in (*halves, halves[0].merge(halves[1]))]
    return made


@pytest.mark.parametrize(("law", "dimension"), [("round", 3), ("axial", 1)])
def test_a_true_dimension_is_rejected_at_the_level(forms, law, dimension):
    test = dimension_test(forms[law][2])
    for level in (0.05, 0.2):
        assert within((test.p_values[:, dimension - 1] < level).mean(), level)
        assert (test.at_most(level) < dimension).mean() < level + 4 * np.sqrt(level / SETS)


def test_a_larger_dimension_is_rejected(forms):
    assert np.all(dimension_test(forms["axial"][2]).at_most(0.05) <= 1)
    assert (dimension_test(forms["distinct_axes"][2]).at_most(0.05) == 0).mean() > 0.8


@pytest.mark.parametrize("law", ["axial", "distinct_axes"])
def test_a_defect_is_certified_where_it_is_reached_at_the_level(forms, law):
    rng = np.random.default_rng(12)
    truth = weak_form(weak_sums(null_set(law).draw(rng, 1, 400_000)[0], OBSERVABLES, SO3))
    first, second, _ = forms[law]
    flows = principal_flows(first)[1][..., :1]
    measured = breaking(second, flows)
    defect = np.linalg.norm(truth.rows @ flows, axis=(-2, -1))
    assert (measured.certified(defect) < 0.05).mean() < 0.05 + 4 * np.sqrt(0.05 * 0.95 / SETS)
    assert (measured.certified(defect) < 0.05).mean() > 0.01
    bounds = measured.bound(0.05)
    assert (bounds < defect).mean() < 0.09
    # The bound is where the statement turns, except where the floor has lifted it.
    turns = measured.certified(bounds)
    assert np.all(turns < 0.0501)
    assert (turns > 0.0499).mean() > 0.3
    pull = (measured.squared - defect**2) / measured.squared_error
    assert abs(pull.mean()) < 0.4


def test_the_bound_shrinks_with_the_root_of_the_number_of_events():
    rng = np.random.default_rng(13)
    bounds = []
    for events in (1000, 16_000):
        form = weak_form(weak_sums(rng.normal(size=(40, events, 3)), OBSERVABLES, SO3))
        bounds.append(np.median(breaking(form, np.eye(3)[:, :1] * np.ones((40, 1, 1))).bound(0.05)))
    assert bounds[0] / bounds[1] == pytest.approx(4.0, rel=0.2)


def test_errors_of_a_generator_are_those_of_repeated_data_sets(forms):
    algebra = found_algebra(forms["axial"][2], 1)
    truth = coefficients(null_set("axial").generators, SO3)
    assert within((algebra.p_value(truth) < 0.05).mean(), 0.05, sigmas=4.5)
    generators = algebra.generators(SO3)[:, 0]
    generators *= np.sign(generators[:, 0, 1])[:, None, None]
    np.testing.assert_allclose(algebra.errors(SO3)[:, 0].mean(axis=0)[2, :2], generators.std(axis=0)[2, :2], rtol=0.15)


def test_the_laws_are_what_they_say():
    rng = np.random.default_rng(14)
    for law in NULL_LAWS:
        one = null_set(law)
        points = one.draw(rng, 2, 100_000)
        assert points.shape == (2, 100_000, one.components)
        second = np.einsum("sni,snj->ij", points, points)[:3, :3] / 200_000
        if law in ("round", "laplace", "mixture", "shuffled_labels"):
            np.testing.assert_allclose(second, np.eye(3), atol=0.03)
        for generator in one.generators:
            np.testing.assert_allclose(generator @ second + second @ generator.T, 0.0, atol=0.03)
    assert broken_set(1e-3).key == "broken_0_001"
    labels = null_set("shuffled_labels").draw(rng, 1, 100_000)[0]
    assert abs(np.corrcoef(np.linalg.norm(labels[:, :3], axis=1), labels[:, 3])[0, 1]) < 0.02


def test_fewer_observables_than_flows_reject_what_they_see_and_bound_the_rest():
    rng = np.random.default_rng(15)
    waves = random_waves(3, 2, bandwidth=1.0, scale=1.0, rng=rng)
    points = rng.normal(size=(20_000, 3)) * np.array([0.5, 1.0, 2.0])
    form = weak_form(weak_sums(points, waves, SO3))
    test = dimension_test(form)
    # Two functions see two of three rotations at most, so that one is never rejected; of an even law the sine sees nothing.
    assert test.p_values[0] == 1.0
    assert test.p_values[1] > 0.05
    assert test.p_values[2] < 1e-6
    assert test.at_most(0.05) == 2
    algebra = found_algebra(form, 2)
    assert algebra.flows.shape == (3, 2)
    assert np.isfinite(algebra.errors(SO3)).all()

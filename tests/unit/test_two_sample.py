"""Held-out two-sample test: the AUC and its error, and discoveries that are right or wrong."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from symscope.config.density import Boosting, Perceptron, TwoSample
from symscope.config.discovery import MixtureLaw, NormalLaw, UniformLaw
from symscope.discovery.coefficients import draw_coefficients
from symscope.errors import DataError
from symscope.evaluation.certainty.moved import discovery_test
from symscope.evaluation.certainty.two_sample import auc_with_variance, two_sample_test
from symscope.groups import rotation_algebra

QUICK = TwoSample(classifier=Boosting(trees=20, leaves=8))


def test_the_area_is_that_of_scikit_learn_also_with_ties(rng):
    positive = rng.random(500) < 0.4
    scores = np.round(rng.normal(size=500) + 0.7 * positive, 1)
    assert auc_with_variance(scores, positive)[0] == pytest.approx(roc_auc_score(positive, scores))


def test_the_error_is_that_of_repeated_draws(rng):
    found = np.array(
        [
            auc_with_variance(np.concatenate([rng.normal(size=150), rng.normal(0.5, size=100)]), np.arange(250) >= 150)
            for _ in range(800)
        ]
    )
    assert np.sqrt(found[:, 1].mean()) == pytest.approx(found[:, 0].std(), rel=0.1)


def test_equal_laws_are_rejected_at_the_level(rng):
    tests = [two_sample_test(*rng.normal(size=(2, 300, 2)), settings=QUICK, seed=seed) for seed in range(120)]
    pulls = np.array([(test.auc - 0.5) / test.error for test in tests])
    assert pulls.std() == pytest.approx(1.0, abs=0.25)
    assert np.mean([test.p_value < 0.05 for test in tests]) < 0.13
    assert np.mean([test.interval(0.05)[0] <= 0.5 <= test.interval(0.05)[1] for test in tests]) > 0.87


@pytest.mark.parametrize("classifier", [Boosting(), Perceptron(hidden=16, epochs=20)])
def test_different_laws_are_told_apart(rng, classifier):
    test = two_sample_test(
        rng.normal(size=(600, 2)), rng.normal(1.0, size=(600, 2)), settings=TwoSample(classifier=classifier), seed=0
    )
    # The best possible area of two normal laws at this distance is 0.841.
    assert 0.75 < test.auc < 0.87
    assert test.p_value < 1e-10
    assert test.tested == 600


@pytest.mark.parametrize(("width", "told_apart"), [((1.0, 1.0), False), ((1.0, 3.0), True)])
def test_a_rotation_is_told_from_the_data_where_they_are_not_round(rng, width, told_apart):
    x = rng.normal(size=(3000, 2, 2)) * np.array(width)
    y = x + 0.1 * rng.normal(size=x.shape)
    weights = draw_coefficients(NormalLaw(sigma=1.0), count=1500, channels=1, parameters={}, seed=3)
    about = {"x_action": "vector", "y_action": "vector", "generators": rotation_algebra(2), "weights": weights}
    test = discovery_test(x, y, **about, settings=QUICK, seed=1)
    assert (test.p_value < 1e-3) == told_apart


def test_labels_stay_with_their_events(rng):
    """The label says in which direction the event lies, so a rotation of the event alone is seen, though the events are round."""
    x = rng.normal(size=(3000, 1, 2))
    y = (x[:, 0, 0] > 0).astype(np.int64)
    weights = draw_coefficients(UniformLaw(half_width=3.0), count=1500, channels=1, parameters={}, seed=3)
    about = {"x_action": "vector", "y_action": "trivial", "generators": rotation_algebra(2), "weights": weights}
    assert discovery_test(x, y, **about, settings=QUICK, seed=1).p_value < 1e-6
    assert discovery_test(x, None, **about, settings=QUICK, seed=1).p_value > 1e-3


def test_complex_generators_move_complex_events(rng):
    x = rng.normal(size=(1000, 1, 2)) + 1j * rng.normal(size=(1000, 1, 2))
    weights = draw_coefficients(NormalLaw(), count=500, channels=1, parameters={}, seed=3)
    phase = np.array([[[1j, 0], [0, 1j]]])
    about = {"x_action": "complex_vector", "y_action": "trivial", "generators": phase, "weights": weights}
    assert discovery_test(x, None, **about, settings=QUICK, seed=1).p_value > 1e-3


def test_learned_laws_are_drawn_with_their_parameters():
    learned = {"mean": np.array([5.0]), "scale": np.array([[2.0]])}
    drawn = draw_coefficients(NormalLaw(covariance="learned"), count=4000, channels=1, parameters=learned, seed=0)
    assert drawn.mean() == pytest.approx(5.0, abs=0.2)
    assert drawn.std() == pytest.approx(2.0, rel=0.1)
    mixture = {"logits": np.zeros((1, 2)), "means": np.array([[-4.0, 4.0]]), "log_sigma": np.full((1, 2), -3.0)}
    drawn = draw_coefficients(MixtureLaw(components=2), count=4000, channels=1, parameters=mixture, seed=0)
    assert np.abs(drawn).mean() == pytest.approx(4.0, abs=0.1)


def test_mistakes_are_named(rng):
    x = rng.normal(size=(100, 1, 2))
    with pytest.raises(DataError, match="too small"):
        two_sample_test(x[:3, 0], x[:3, 0], settings=QUICK, seed=0)
    with pytest.raises(DataError, match="2 and 1 features"):
        two_sample_test(x[:, 0], x[:, 0, :1], settings=QUICK, seed=0)
    with pytest.raises(DataError, match="NaN"):
        two_sample_test(np.full((9, 2), np.nan), x[:9, 0], settings=QUICK, seed=0)
    about = {
        "x_action": "vector",
        "y_action": "trivial",
        "generators": rotation_algebra(2),
        "settings": QUICK,
        "seed": 0,
    }
    with pytest.raises(DataError, match="rows of coefficients"):
        discovery_test(x, None, **about, weights=np.zeros((9, 1)))
    with pytest.raises(DataError, match="one y for each x"):
        discovery_test(x, x[:9], **about, weights=np.zeros((50, 1)))

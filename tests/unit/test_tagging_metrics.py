"""Figures of merit against scikit-learn and by hand."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, roc_auc_score, roc_curve

from symscope.errors import DataError
from symscope.models.tagging_metrics import background_rejection, tagging_metrics


def test_metrics_agree_with_scikit_learn(rng: np.random.Generator) -> None:
    labels = rng.integers(0, 2, size=4000)
    scores = 1 / (1 + np.exp(-rng.normal(2 * labels - 1, 1.5).round(2)))  # rounded: scores with ties
    metrics = tagging_metrics(scores, labels)
    assert metrics.accuracy == pytest.approx(accuracy_score(labels, scores > 0.5))
    assert metrics.auc == pytest.approx(roc_auc_score(labels, scores))
    false_positive, true_positive, _ = roc_curve(labels, scores, drop_intermediate=False)
    for efficiency, value, bound in (
        (0.3, metrics.rejection_30, metrics.bound_30),
        (0.5, metrics.rejection_50, metrics.bound_50),
    ):
        assert value == pytest.approx(1 / false_positive[true_positive >= efficiency].min())
        assert not bound
    assert metrics.n_signal == labels.sum()
    assert metrics.n_background == (1 - labels).sum()


def test_rejection_by_hand() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.95, 0.75, 0.2, 0.1])
    labels = np.array([1, 1, 1, 1, 0, 0, 0, 0])
    # Half of the signal passes at 0.8; of the background only 0.95 does.
    assert background_rejection(scores, labels, 0.5) == (0.5, 4.0, False)
    assert background_rejection(scores, labels, 0.75) == (0.75, 2.0, False)


def test_rejection_is_a_flagged_bound_where_no_background_passes() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.3, 0.2, 0.1])
    labels = np.array([1, 1, 1, 0, 0, 0])
    rejection = background_rejection(scores, labels, 0.5)
    assert rejection.is_bound
    assert rejection.value == 3
    metrics = tagging_metrics(scores, labels)
    assert (metrics.bound_30, metrics.bound_50) == (True, True)


@pytest.mark.parametrize(
    ("scores", "labels", "words"),
    [
        (np.array([0.1, np.nan]), np.array([0, 1]), "1 of 2 scores are not finite"),
        (np.array([0.1, 0.2]), np.array([1, 1]), r"labels are \[1\]; both"),
    ],
)
def test_impossible_input_is_refused(scores: np.ndarray, labels: np.ndarray, words: str) -> None:
    with pytest.raises(DataError, match=words):
        tagging_metrics(scores, labels)

"""How well a tagger separates signal from background jets."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Integer
from sklearn.metrics import roc_auc_score, roc_curve

from symscope.errors import DataError


class Rejection(NamedTuple):
    """Inverse background efficiency 1/eps_B at a signal efficiency."""

    signal_efficiency: float
    value: float
    """1/eps_B; where no background jet passes, the number of background jets, which is then a lower bound."""
    is_bound: bool
    """Whether no background jet passes the cut, so that `value` is only a lower bound."""


class TaggingMetrics(NamedTuple):
    """Figures of merit on one set of jets; the score is the probability of signal."""

    accuracy: float
    """Share of jets with the right label at a score of 1/2."""
    auc: float
    """Area under the ROC curve."""
    rejection_30: float
    """1/eps_B at 30 % signal efficiency; a lower bound where `bound_30`."""
    rejection_50: float
    """1/eps_B at 50 % signal efficiency; a lower bound where `bound_50`."""
    bound_30: bool
    bound_50: bool
    n_signal: int
    n_background: int


def tagging_metrics(scores: Float[np.ndarray, " jet"], labels: Integer[np.ndarray, " jet"]) -> TaggingMetrics:
    """Accuracy, AUC and background rejections of scores in [0, 1].

    Raises
    ------
    DataError
        If a class is missing or a score is not finite.
    """
    _check(scores, labels)
    n_signal = int((labels == 1).sum())
    at_30, at_50 = (background_rejection(scores, labels, efficiency) for efficiency in (0.3, 0.5))
    return TaggingMetrics(
        accuracy=float(((scores > 0.5) == (labels == 1)).mean()),
        auc=float(roc_auc_score(labels, scores)),
        rejection_30=at_30.value,
        rejection_50=at_50.value,
        bound_30=at_30.is_bound,
        bound_50=at_50.is_bound,
        n_signal=n_signal,
        n_background=len(labels) - n_signal,
    )


def background_rejection(
    scores: Float[np.ndarray, " jet"], labels: Integer[np.ndarray, " jet"], signal_efficiency: float
) -> Rejection:
    """1/eps_B at the tightest cut that at least the share `signal_efficiency` of the signal passes.

    Jets with the score of the cut itself pass. There is no interpolation between jets.
    """
    _check(scores, labels)
    false_positive, true_positive, _ = roc_curve(labels, scores, drop_intermediate=False)
    reached = int(np.searchsorted(true_positive, signal_efficiency - 1e-12))
    passing = float(false_positive[reached])
    n_background = int((labels == 0).sum())
    if passing == 0:
        return Rejection(signal_efficiency, float(n_background), True)
    return Rejection(signal_efficiency, 1 / passing, False)


def _check(scores: np.ndarray, labels: np.ndarray) -> None:
    if not np.isfinite(scores).all():
        raise DataError(f"{int((~np.isfinite(scores)).sum())} of {len(scores)} scores are not finite")
    if set(np.unique(labels).tolist()) != {0, 1}:
        raise DataError(f"labels are {np.unique(labels).tolist()}; both 0 (background) and 1 (signal) are needed")

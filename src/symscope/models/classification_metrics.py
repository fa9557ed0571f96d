"""How well classifiers tell classes apart, all seeds at once."""

import numpy as np
import scipy.stats
from jaxtyping import Float, Integer
from numpy import ndarray

from symscope.errors import DataError


def accuracy(
    scores: Float[ndarray, "seed sample class"], labels: Integer[ndarray, " sample"]
) -> Float[ndarray, " seed"]:
    """Share of the samples whose own class has the largest score; NaN for a seed whose scores are not all finite."""
    shares = (scores.argmax(axis=-1) == labels).mean(axis=-1)
    return np.asarray(np.where(np.isfinite(scores).all(axis=(1, 2)), shares, np.nan))


def area_under_curve(
    scores: Float[ndarray, "seed sample class"], labels: Integer[ndarray, " sample"]
) -> Float[ndarray, " seed"]:
    """Area under the ROC curve: each class against all others, and the mean over the classes.

    It is the chance that a sample of the class scores above one of another class, from the sum of ranks (Mann-Whitney).
    With two classes whose scores add up to a constant, both terms are the usual area.

    Parameters
    ----------
    scores
        Probabilities of the classes.
    labels
        Class of each sample, 0 to below the number of classes.

    Raises
    ------
    DataError
        Where a class has no sample, or all of them.
    """
    areas = []
    for one in range(scores.shape[-1]):
        chosen = labels == one
        inside = int(chosen.sum())
        outside = len(labels) - inside
        if not inside or not outside:
            raise DataError(
                f"class {one} has {inside} of {len(labels)} test samples; an area under the curve needs some of it and of others"
            )
        ranks = scipy.stats.rankdata(scores[..., one], axis=-1)
        areas.append((ranks[:, chosen].sum(axis=-1) - inside * (inside + 1) / 2) / (inside * outside))
    return np.asarray(np.mean(areas, axis=0))

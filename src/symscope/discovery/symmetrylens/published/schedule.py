"""Learning rates, the time that they measure, and when to log and to take snapshots."""

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from symscope.config.symmetrylens import LensOptimisation


def learning_rate_factors(steps: int, decay_to: float) -> Float[ndarray, "step"]:
    """Share of the first learning rate at each step: a geometric fall from 1 to `decay_to`."""
    return np.asarray(decay_to ** (np.arange(steps) / max(steps - 1, 1)))


def training_time(steps: int, decay_to: float) -> Float[ndarray, "step"]:
    """Share tau of the training that is over with each step, measured by the sum of learning rates, equation (18)."""
    total = np.cumsum(learning_rate_factors(steps, decay_to))
    return np.asarray(total / total[-1])


def snapshot_steps(settings: LensOptimisation, steps: int) -> Int[ndarray, "snapshot"]:
    """Choose the updates after which snapshots are taken: from the start to the end, ever further apart."""
    if settings.snapshots == 0:
        return np.zeros(0, dtype=np.int64)
    share = np.linspace(0.0, 1.0, settings.snapshots + 1)
    return np.unique(np.round(share**2 * steps).astype(np.int64))

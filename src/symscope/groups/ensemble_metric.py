"""The invariant forms of an ensemble, as values: apart from the fit, so that its users do not depend on how it is done."""

from typing import NamedTuple

from jaxtyping import Float
from numpy import ndarray


class EnsembleMetric(NamedTuple):
    """Invariant forms of an ensemble."""

    metric: Float[ndarray, "seed d d"]
    """One for each seed."""
    gap: Float[ndarray, "seed"]
    """Reliability of each."""
    singular_values: Float[ndarray, "seed m"]
    """Spectrum of each."""
    joint: Float[ndarray, "d d"]
    """The form that fits the generators of all seeds together."""
    joint_gap: float
    """Reliability of the joint form."""
    method: str
    """`svd` or `gradient`."""

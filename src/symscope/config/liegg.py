"""Settings of a method in the manner of LieGG: a network is trained, and its symmetries are read from its derivatives."""

from typing import Literal

from pydantic import Field

from symscope.config.augerino import AugerinoNetwork
from symscope.config.base import FiniteSettings
from symscope.config.training import TrainedMethod, TrainingLength


class PredictorOptimisation(TrainingLength):
    """The loop in which a predictor is trained by itself."""

    lr_network: float = Field(default=5e-3, gt=0)
    """Learning rate of the predictor (Adam)."""
    decay_start: float = Field(default=0.3, ge=0, le=1)
    """Share of the training after which the learning rate falls linearly to zero; 1 keeps it constant."""
    log_every: int = Field(default=100, ge=1)
    """Steps between two entries of the history."""


class Polarisation(FiniteSettings):
    """How symmetries are read from the trained network."""

    points: int = Field(default=2000, ge=1)
    """Samples at which the derivatives are taken, the first ones of the training split."""
    largest: float = Field(default=0.1, gt=0, lt=1)
    """A singular value above this share of the largest one is never that of a symmetry. Among those below, the widest gap on a
    logarithmic scale divides the symmetries from the rest."""


class LieGG(TrainedMethod):
    """In the manner of LieGG (Moskalev, Sepliarskaia, Sosnovik and Smeulders 2022).

    A network f learns the task. The generators A under which it does not change, grad f(x) . A x = 0 at all samples, or
    under which it is equivariant, are the null space of one matrix. Only directions come out: no scale, no range, and
    nothing of a group that is finite.
    """

    name: Literal["liegg"] = "liegg"
    """The method."""
    network: AugerinoNetwork = AugerinoNetwork()
    """The predictor."""
    polarisation: Polarisation = Polarisation()
    """How symmetries are read from it."""
    optimisation: PredictorOptimisation
    """The training loop."""
    input_rms: float | None = Field(default=1.0, gt=0)
    """Scale vectors by one number so that the root mean square of all entries becomes this; null leaves them in their unit."""
    precision: Literal["float32", "float64"] = "float32"
    """Arithmetic of the training; the null space is always computed in double precision."""

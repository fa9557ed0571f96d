"""Settings of MSR: a symmetry matrix that says which weights of a layer are shared, learned from many small tasks."""

from typing import ClassVar, Literal

from pydantic import Field

from symscope.config.base import FiniteSettings
from symscope.config.training import TrainedMethod, TrainingLength


class MetaOptimisation(TrainingLength):
    """The outer loop; a batch is a number of tasks, all of whose samples are used."""

    batch: int = Field(default=32, ge=1)
    """Tasks in each update, for each seed."""
    lr: float = Field(default=0.01, gt=0)
    """Learning rate of the symmetry matrix, of the starting weights and of the logarithm of the inner rate (Adam)."""
    decay_start: float = Field(default=0.3, ge=0, le=1)
    """Share of the training after which the learning rate falls linearly to zero; 1 keeps it constant."""
    log_every: int = Field(default=100, ge=1)
    """Steps between two entries of the history."""


class InnerLoop(FiniteSettings):
    """How the free weights adapt to one task."""

    steps: int = Field(default=3, ge=1, le=100)
    """Steps of gradient descent."""
    rate: float = Field(default=0.05, gt=0)
    """Their size at the start; it is learned (one number for each step)."""
    support: float = Field(default=0.5, gt=0, lt=1)
    """Share of a task's samples, the first ones, that the weights adapt to; the loss of the outer loop is that on the rest."""


class Msr(TrainedMethod):
    """MSR, meta-learning symmetries by reparameterisation (Zhou, Knowles and Finn 2021), of one linear layer.

    The weights of the layer are W = U v. The symmetry matrix U is learned over all tasks, and the free weights v adapt to
    each task in a few steps of gradient descent. What is found is the space of weights that the tasks use. Read as the orbit of
    its first row, it gives the group element that the next row comes from.
    """

    shares_tasks: ClassVar[bool] = True

    name: Literal["msr"] = "msr"
    """The method."""
    free: int = Field(default=8, ge=1, le=256)
    """Free weights v; at least as many as the group leaves."""
    largest: float = Field(default=0.3, gt=0, lt=1)
    """A direction of the adapted weights whose singular value is above this share of the largest always counts as used. Among those
    below, the widest gap on a logarithmic scale divides the used directions from the rest."""
    inner: InnerLoop = InnerLoop()
    """The adaptation."""
    optimisation: MetaOptimisation
    """The training loop."""
    input_rms: float | None = Field(default=1.0, gt=0)
    """Scale inputs by one number so that the root mean square of all entries becomes this; null leaves them in their unit."""
    precision: Literal["float32", "float64"] = "float32"
    """Arithmetic."""

    @property
    def least_samples(self) -> int:
        """Samples of each task that are needed: one to adapt to, one to be judged by."""
        return 2

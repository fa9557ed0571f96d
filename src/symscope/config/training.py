"""What every training has: a length, and a method that is one says how many samples it needs."""

from typing import ClassVar

from pydantic import Field, model_validator

from symscope.config.base import FiniteSettings


class TrainingLength(FiniteSettings):
    """How long a training takes."""

    epochs: float | None = Field(default=None, gt=0)
    """Passes over the samples; give this or `steps`."""
    steps: int | None = Field(default=None, gt=0)
    """Updates of each seed; give this or `epochs`."""
    batch: int = Field(default=64, ge=1)
    """Samples in each update, for each seed."""

    @model_validator(mode="after")
    def _one_length(self) -> "TrainingLength":
        if (self.epochs is None) == (self.steps is None):
            raise ValueError(
                f"epochs is {self.epochs} and steps is {self.steps}; give one of them, and leave the other null"
            )
        return self

    def count_steps(self, n_samples: int) -> int:
        """Count the updates on this many samples; a pass is what whole batches make of them, at least one."""
        if self.steps is not None:
            return self.steps
        return max(1, round((self.epochs or 0.0) * max(1, n_samples // self.batch)))

    @property
    def amount(self) -> str:
        """Length of the training, for captions."""
        return f"{self.steps:,} steps" if self.steps is not None else f"{self.epochs:,.10g} epochs"


class TrainedMethod(FiniteSettings):
    """A method of discovery that trains in batches."""

    name: str
    """The method."""
    optimisation: TrainingLength
    """The training loop."""

    shares_tasks: ClassVar[bool] = False
    """Whether one symmetry is learned from all tasks together, and not one for each."""

    @property
    def least_samples(self) -> int:
        """Samples that are needed: one batch."""
        return self.optimisation.batch

    @property
    def amount(self) -> str:
        """Length of the training, for captions."""
        return self.optimisation.amount

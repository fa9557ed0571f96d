"""What moves the samples in an adversarial game: group elements drawn from learned algebras, or one learned element."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float, Inexact
from torch import Tensor


@runtime_checkable
class Mover(Protocol):
    """One learned transformation, or law of transformations, for each seed of an ensemble."""

    terms: tuple[str, ...]
    """Names of its own numbers in the history."""

    @property
    def learns_elements(self) -> bool:
        """Whether the learned matrices are group elements, and not generators."""
        ...

    @property
    def reports_sparse_basis(self) -> bool:
        """Whether the basis with the fewest large entries is reported in place of the trained one."""
        ...

    @property
    def learned(self) -> Inexact[Tensor, "seed channel d d"]:
        """The learned matrices without any mask; a view of what is trained."""
        ...

    @property
    def reported(self) -> Inexact[Tensor, "seed channel d d"]:
        """The learned matrices as they act now."""
        ...

    @property
    def law_parameters(self) -> dict[str, Tensor]:
        """What is learned of the law of the group elements, each with leading axis seed."""
        ...

    @property
    def state(self) -> list[Tensor]:
        """Everything that is trained, to be saved and restored in place."""
        ...

    def parameters(self) -> list[Tensor]:
        """List what is trained, as real leaves."""
        ...

    def draw(self, streams: Sequence[torch.Generator], *, steps: int, batch: int, dtype: torch.dtype) -> list[Tensor]:
        """Random numbers for several steps at once."""
        ...

    def elements(self, noise: Tensor) -> Inexact[Tensor, "seed batch d d"]:
        """One group element for each sample of a batch."""
        ...

    def penalty(self) -> Float[Tensor, "seed"] | None:
        """Its own terms of the loss, weighted; None where there are none."""
        ...

    def measures(self) -> list[Float[Tensor, "seed"]]:
        """Its own numbers for the history, in the order of `terms`."""
        ...

    def begin_step(self, step_index: int, steps: int) -> None:
        """Prepare for a step."""
        ...

    def update(self, optimizer: torch.optim.Optimizer) -> None:
        """Take one step along the gradients that are there."""
        ...

    def finished(self, learned: Tensor) -> Inexact[Tensor, "seed channel d d"]:
        """Give the matrices to report, from the last ones or an average over steps."""
        ...

"""What a training keeps of itself: the history of its losses, what it learned on the way, and the average over late steps."""

from collections.abc import Sequence

import torch
from jaxtyping import Inexact
from torch import Tensor

from symscope.discovery.loop import log_slot, log_steps


class Logbook:
    """History of an ensemble, on its device.

    Parameters
    ----------
    terms
        Names of the numbers that are logged, one each for every seed.
    learned
        The matrices that are learned, (seed, channel, d, d), for their shape.
    steps, every
        Updates in all, and between two entries.
    average_from
        Share of the training after which the matrices are averaged over all steps; 1 takes the last ones.
    """

    def __init__(
        self,
        terms: Sequence[str],
        learned: Inexact[Tensor, "seed channel d d"],
        *,
        steps: int,
        every: int,
        average_from: float,
    ) -> None:
        self.terms = tuple(terms)
        self.steps = steps
        self.every = every
        self.averaged = average_from < 1.0
        self.average_start = min(int(average_from * steps), steps - 1)
        self.average = torch.zeros_like(learned, requires_grad=False)
        self.at_steps = log_steps(steps, every)
        logged, real = len(self.at_steps), learned.real.dtype
        self.values = torch.zeros(logged, len(self.terms), len(learned), dtype=real, device=learned.device)
        self.trajectory = torch.zeros(logged, *learned.shape, dtype=learned.dtype, device=learned.device)

    def slot(self, step_index: int) -> int | None:
        """Place of the step that is being made, if it is logged."""
        return log_slot(step_index, steps=self.steps, every=self.every)

    @torch.no_grad()
    def add_to_average(self, step_index: int, learned: Tensor) -> None:
        """Take one more step into the running average, if it is late enough."""
        if step_index >= self.average_start:
            self.average += (learned - self.average) / (step_index - self.average_start + 1)

    @torch.no_grad()
    def write(self, slot: int, values: Sequence[Tensor], learned: Tensor) -> None:
        """Write one entry: a number for each term and seed, and the matrices."""
        self.values[slot] = torch.stack(tuple(values))
        self.trajectory[slot] = learned

    def tensors(self) -> tuple[Tensor, ...]:
        """Everything written so far."""
        return self.average, self.values, self.trajectory


def falling_rate(step_index: int, steps: int, *, start: float, end: float) -> float:
    """Share of a learning rate: 1 up to a share `start` of the steps, then linearly down to `end`."""
    begins = start * steps
    fall = max(0.0, (step_index - begins) / max(steps - begins, 1.0))
    return 1.0 - (1.0 - end) * fall

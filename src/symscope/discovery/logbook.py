"""What a training keeps of itself: the history of its losses, what it learned on the way, and the average over late steps."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from jaxtyping import Inexact
from torch import Tensor


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
        logged = max(steps // every, 1)
        real = learned.real.dtype
        self.values = torch.zeros(logged, len(self.terms), len(learned), dtype=real, device=learned.device)
        self.at_steps = [min((k + 1) * every, steps) for k in range(logged)]
        self.trajectory = torch.zeros(logged, *learned.shape, dtype=learned.dtype, device=learned.device)

    def slot(self, step_index: int) -> int | None:
        """Place of the step that is being made, if it is logged."""
        done = step_index + 1
        if done % self.every == 0:
            return done // self.every - 1
        return 0 if done == self.steps and self.steps < self.every else None

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

    def state(self) -> dict[str, Tensor]:
        """Everything written so far."""
        return {"average": self.average, "history": self.values, "trajectory": self.trajectory}

    @torch.no_grad()
    def restore(self, state: Mapping[str, Any]) -> None:
        """Continue where :meth:`state` was taken."""
        for name, mine in self.state().items():
            mine.copy_(state[name])


def falling_rate(step_index: int, steps: int, *, start: float, end: float) -> float:
    """Share of a learning rate: 1 up to a share `start` of the steps, then linearly down to `end`."""
    begins = start * steps
    fall = max(0.0, (step_index - begins) / max(steps - begins, 1.0))
    return 1.0 - (1.0 - end) * fall

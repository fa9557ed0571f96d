"""What all discoveries of matrices have in common while they train."""

from abc import abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor

from symscope.discovery.batches import BatchStream
from symscope.discovery.logbook import Logbook
from symscope.discovery.loop import ResumableLoop

NOISE_BLOCK = 64
"""Steps for which random coefficients are drawn at once; a matter of speed alone."""


class EnsembleTrainer(ResumableLoop):
    """Trains all seeds of an ensemble together, in blocks of steps that can be interrupted.

    Parameters
    ----------
    steps
        Number of updates.
    streams
        One random stream for each seed.
    batches
        The order of the samples.
    players
        All tensors that are trained; they are restored in place.
    optimizers
        What trains them.
    logbook
        What is kept of the training.
    """

    def __init__(
        self,
        *,
        steps: int,
        streams: list[torch.Generator],
        batches: BatchStream,
        players: Sequence[Tensor],
        optimizers: tuple[torch.optim.Optimizer, ...],
        logbook: Logbook,
    ) -> None:
        super().__init__(steps=steps, streams=streams, batches=batches, optimizers=optimizers)
        self.players = list(players)
        self.logbook = logbook

    def advance(self) -> None:
        """Train up to the next multiple of the block of steps for which noise is drawn at once."""
        count = min(NOISE_BLOCK, self.steps - self.step_index)
        for noise in self.draw(count):
            self.step(noise)
            self.step_index += 1

    @abstractmethod
    def draw(self, steps: int) -> Sequence[Tensor]:
        """Random numbers for several steps at once."""

    @abstractmethod
    def step(self, noise: Tensor) -> None:
        """One update; `step_index` counts those before it."""

    @abstractmethod
    def learned(self) -> Tensor:
        """Give the matrices to report, (seed, channel, d, d)."""

    @property
    def law_parameters(self) -> dict[str, Tensor]:
        """What is learned of the law of the coefficients, each with leading axis seed."""
        return {}

    def tensors(self) -> list[Tensor]:
        """Give what is trained, and what is kept of the training."""
        return [*self.players, *self.logbook.tensors()]

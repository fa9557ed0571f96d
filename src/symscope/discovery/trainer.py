"""The state of any ensemble in training: what it consists of, and how it is saved and continued."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from symscope.discovery.batches import BatchStream
from symscope.discovery.logbook import Logbook

NOISE_BLOCK = 64
"""Steps for which random coefficients are drawn at once; a matter of speed alone."""


class EnsembleTrainer(ABC):
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
        self.steps = steps
        self.step_index = 0
        self.streams = streams
        self.batches = batches
        self.players = list(players)
        self.optimizers = optimizers
        self.logbook = logbook

    def run_block(self) -> None:
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

    def state(self) -> dict[str, Any]:
        """Everything that the following steps depend on."""
        return {
            "step": self.step_index,
            "players": [player.detach() for player in self.players],
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "streams": [stream.get_state() for stream in self.streams],
            "order": self.batches.order,
            "position": self.batches.position,
            **self.logbook.state(),
        }

    @torch.no_grad()
    def restore(self, state: dict[str, Any]) -> None:
        """Continue where :meth:`state` was taken."""
        self.step_index = int(state["step"])
        for player, value in zip(self.players, state["players"], strict=True):
            player.copy_(value)
        for optimizer, values in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(values)
        for stream, value in zip(self.streams, state["streams"], strict=True):
            stream.set_state(value.cpu())
        self.batches.order.copy_(state["order"])
        self.batches.position = int(state["position"])
        self.logbook.restore(state)

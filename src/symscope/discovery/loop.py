"""The loop that every ensemble shares: random streams for the seeds, a state that is saved and continued, the run itself."""

import logging
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from symscope.discovery.batches import BatchStream
from symscope.errors import ConfigError
from symscope.io.checkpoints import read_checkpoint, write_checkpoint

logger = logging.getLogger(__name__)


def seed_streams(seeds: Sequence[int], device: torch.device) -> list[torch.Generator]:
    """One random stream on the device for each seed.

    Raises
    ------
    ConfigError
        Where no seed is given, one is negative, or two are equal.
    """
    if not seeds:
        raise ConfigError("seeds is empty; give at least one integer")
    if len(set(seeds)) != len(seeds) or min(seeds) < 0:
        raise ConfigError(f"seeds must be different integers of at least 0, found {list(seeds)}")
    return [torch.Generator(device=device).manual_seed(seed) for seed in seeds]


class ResumableLoop(ABC):
    """All seeds of a training, which can be interrupted between two calls of :meth:`advance`.

    Parameters
    ----------
    steps
        Number of updates.
    streams
        One random stream for each seed.
    batches
        The order of the samples.
    optimizers
        What trains the parameters.
    """

    def __init__(
        self,
        *,
        steps: int,
        streams: list[torch.Generator],
        batches: BatchStream,
        optimizers: tuple[torch.optim.Optimizer, ...],
    ) -> None:
        self.steps = steps
        self.step_index = 0
        self.streams = streams
        self.batches = batches
        self.optimizers = optimizers

    @abstractmethod
    def advance(self) -> None:
        """Make one or more updates, and raise `step_index` by their number."""

    @abstractmethod
    def tensors(self) -> Sequence[Tensor]:
        """Everything besides the optimisers that changes during the training, always in the same order."""

    def state(self) -> dict[str, Any]:
        """Everything that the following steps depend on."""
        return {
            "step": self.step_index,
            "tensors": [values.detach() for values in self.tensors()],
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "streams": [stream.get_state() for stream in self.streams],
            "order": self.batches.order,
            "position": self.batches.position,
        }

    @torch.no_grad()
    def restore(self, state: dict[str, Any]) -> None:
        """Continue where :meth:`state` was taken."""
        self.step_index = int(state["step"])
        for mine, value in zip(self.tensors(), state["tensors"], strict=True):
            mine.copy_(value)
        for optimizer, values in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(values)
        for stream, value in zip(self.streams, state["streams"], strict=True):
            stream.set_state(value.cpu())
        self.batches.order.copy_(state["order"])
        self.batches.position = int(state["position"])


def run_to_end(
    loop: ResumableLoop,
    *,
    device: torch.device,
    checkpoint: str | os.PathLike[str] | None = None,
    run: str = "",
    every: float = 60.0,
) -> float:
    """Train to the last step, from a checkpoint where there is one.

    Parameters
    ----------
    loop
        The training.
    device
        Where it computes.
    checkpoint
        File for the state, also that at the end: whoever has written the result removes it. None keeps none.
    run
        Fingerprint of the run; a checkpoint of another run is not continued.
    every
        Time between two checkpoints [s].

    Returns
    -------
    float
        Time of the training with that before an interruption [s].
    """
    before = 0.0
    if checkpoint is not None and (state := read_checkpoint(checkpoint, run=run, device=device)) is not None:
        loop.restore(state)
        before = float(state["seconds"])
        logger.info("continuing at step %d of %d", loop.step_index, loop.steps)
    start = last = time.perf_counter()

    def save(now: float) -> None:
        if checkpoint is not None:
            write_checkpoint(checkpoint, {**loop.state(), "seconds": before + now - start}, run=run)

    while loop.step_index < loop.steps:
        loop.advance()
        now = time.perf_counter()
        if now - last >= every:
            last = now
            logger.info("step %d of %d after %.0f s", loop.step_index, loop.steps, before + now - start)
            save(now)
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    end = time.perf_counter()
    save(end)
    return before + end - start


def log_slot(step_index: int, *, steps: int, every: int) -> int | None:
    """Place in a history of the step that is being made, if it is logged; a short run logs its last step."""
    done = step_index + 1
    if done % every == 0:
        return done // every - 1
    return 0 if done == steps and steps < every else None


def log_steps(steps: int, every: int) -> list[int]:
    """Numbers of the steps that are logged, counted from 1."""
    return [min((k + 1) * every, steps) for k in range(max(steps // every, 1))]

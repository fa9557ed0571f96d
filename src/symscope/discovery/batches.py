"""Batches of an ensemble: every seed passes through the samples in its own order."""

from collections.abc import Sequence

import torch
from jaxtyping import Int
from torch import Tensor


class BatchStream:
    """Random batches of indices, one row for each seed, without reading anything back from the device.

    A pass is a permutation of the samples; what is left over when the last full batch is taken is dropped.

    Parameters
    ----------
    n_samples, batch
        Sizes; `batch` is at most `n_samples` over `tasks`.
    streams
        One random stream for each seed.
    tasks
        Equal blocks of the samples, one after the other, and equal blocks of the seeds that draw from them.
    """

    def __init__(self, n_samples: int, batch: int, streams: Sequence[torch.Generator], *, tasks: int = 1) -> None:
        self.n_samples = n_samples // tasks
        self.batch = batch
        self.streams = streams
        self.position = self.n_samples
        self.order = torch.zeros(len(streams), self.n_samples, dtype=torch.int64, device=streams[0].device)
        of_task = torch.arange(tasks, device=streams[0].device).repeat_interleave(len(streams) // tasks)
        self.first = self.n_samples * of_task[:, None] if tasks > 1 else None

    def next(self) -> Int[Tensor, "seed batch"]:
        """Give the indices of the next batch."""
        if self.position + self.batch > self.n_samples:
            for row, stream in zip(self.order, self.streams, strict=True):
                torch.randperm(self.n_samples, generator=stream, device=stream.device, out=row)
            self.position = 0
        self.position += self.batch
        indices = self.order[:, self.position - self.batch : self.position]
        return indices if self.first is None else indices + self.first

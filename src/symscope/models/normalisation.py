"""Batch normalisation over the batch of several processes, by moments that are summed over them."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn

Pool = Callable[[Tensor], Tensor]
"""Sum of a tensor over all processes, through which gradients flow."""


def pooled_moments(
    mean: Float[Tensor, " h"], variance: Float[Tensor, " h"], count: int, pool: Pool
) -> tuple[Float[Tensor, " h"], Float[Tensor, " h"], int]:
    """Moments of the whole batch from those of each process's part.

    Parameters
    ----------
    mean, variance
        Mean and biased variance over the own part; anything finite where it is empty.
    count
        Rows of the own part, 0 or more.
    pool
        Sum over the processes.

    Returns
    -------
    tuple
        Mean, biased variance and number of rows over all processes.
    """
    own = float(count)
    first = pool(torch.cat([mean * own, mean.new_tensor([own])]))
    total = first[-1].detach().clamp(min=1)
    joint = first[:-1] / total
    # Around the joint mean, so that nothing cancels.
    second = pool(own * (variance + (mean - joint) ** 2))
    return joint, second / total, int(total)


@torch.no_grad()
def update_running(bn: nn.BatchNorm1d, mean: Tensor, variance: Tensor, count: int) -> None:
    """Do to the running statistics what ``nn.BatchNorm1d`` does in training."""
    if bn.running_mean is None or bn.running_var is None or bn.num_batches_tracked is None or bn.momentum is None:
        return
    bn.running_mean.lerp_(mean, bn.momentum)
    bn.running_var.lerp_(variance * (count / max(count - 1, 1)), bn.momentum)
    bn.num_batches_tracked += 1


def pooled_batch_norm(bn: nn.BatchNorm1d, rows: Float[Tensor, "row h"], pool: Pool) -> Float[Tensor, "row h"]:
    """Normalise rows as ``bn`` does in training mode, with the statistics of all processes' rows."""
    count = len(rows)
    mean = rows.sum(0) / max(count, 1)
    variance = ((rows - mean) ** 2).sum(0) / max(count, 1)
    mean, variance, count = pooled_moments(mean, variance, count, pool)
    update_running(bn, mean, variance, count)
    return (rows - mean) * torch.rsqrt(variance + bn.eps) * bn.weight + bn.bias

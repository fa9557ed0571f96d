"""Signs of the standing waves, found by how far from Gaussian the components of their sum are."""

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

PEAKEDNESS_OF_GAUSSIAN = float(np.sqrt(0.5))
ODD_WEIGHT = 36 / (8 * np.sqrt(3) - 9)
EVEN_WEIGHT = 24 / (16 * np.sqrt(3) - 27)


def negentropy(y: Float[Tensor, "start sample d"]) -> Float[Tensor, " start"]:
    """Approximate negentropy of the components, summed [nats]; bounded features, so that heavy tails do no harm.

    The approximation of Hyvärinen (1998) with the features ``y exp(-y^2 / 2)`` and ``exp(-y^2 / 2)``.
    """
    y = y / y.std(dim=1, keepdim=True).clamp_min(1e-12)
    bell = torch.exp(-0.5 * y * y)
    odd = (y * bell).mean(dim=1)
    even = bell.mean(dim=1) - PEAKEDNESS_OF_GAUSSIAN
    total: Tensor = (ODD_WEIGHT * odd**2 + EVEN_WEIGHT * even**2).sum(dim=-1)
    return total


def search_signs(
    amplitudes: Float[Tensor, "sample d"],
    waves: Float[Tensor, "start d d"],
    frequencies: Int[Tensor, "start d"],
    *,
    sweeps: int,
    generator: torch.Generator,
    disturbance: float = 0.0,
) -> tuple[Float[Tensor, "start d"], Float[Tensor, " start"]]:
    """Choose signs s that make ``y_i = sum_a s_a z_a E_ia`` least Gaussian, for several sets of waves E at once.

    The waves enter by falling power, each with the better sign. Then flips are tried: of single waves in random order,
    of all waves from some frequency upwards, and of every second one of those, which mirrors the part of high
    frequency.

    Parameters
    ----------
    amplitudes
        Coefficients z of the samples, by falling power.
    waves
        Columns E_a of each start.
    frequencies
        Place of each wave among the frequencies, from 0.
    sweeps
        Largest number of rounds of flips.
    generator
        Source of the random order and of the disturbance.
    disturbance
        Probability that a wave enters with the worse sign, for restarts.

    Returns
    -------
    signs, negentropy
    """
    n_starts, dim = len(waves), waves.shape[-1]
    signs = torch.ones(n_starts, dim, dtype=amplitudes.dtype)
    total = amplitudes[None, :, 0, None] * waves[:, None, :, 0]
    best = negentropy(total)
    for a in range(1, dim):
        part = amplitudes[None, :, a, None] * waves[:, None, :, a]
        plus, minus = total + part, total - part
        up, down = negentropy(plus), negentropy(minus)
        plain = torch.rand(n_starts, generator=generator) >= disturbance
        better = (up >= down) == plain
        signs[:, a] = torch.where(better, 1.0, -1.0)
        total, best = torch.where(better[:, None, None], plus, minus), torch.where(better, up, down)
    for _ in range(sweeps):
        before = best
        single = 1 - 2 * torch.eye(dim)[torch.randperm(dim, generator=generator)]
        for flips in (*single[:, None], *frequency_flips(frequencies)):
            trial = signs * flips
            value = negentropy((amplitudes * trial[:, None]) @ waves.transpose(1, 2))
            better = value > best * (1 + 1e-6)
            signs = torch.where(better[:, None], trial, signs)
            best = torch.where(better, value, best)
        if bool((best == before).all()):
            break
    return signs, best


def frequency_flips(frequencies: Int[Tensor, "start d"]) -> Float[Tensor, "move start d"]:
    """Signs that turn all waves from some frequency upwards, or every second one of those."""
    dim = frequencies.shape[-1]
    cut = torch.arange(1, dim)[:, None, None]
    above = frequencies >= cut
    return torch.cat([1.0 - 2.0 * above, 1.0 - 2.0 * (above & (frequencies % 2 == 1))])

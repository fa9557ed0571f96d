"""Stationarity: Kullback-Leibler divergences between the densities of components and of those one step further."""

import torch
from jaxtyping import Float
from torch import Tensor

OWN, LOWER, UPPER = 0, 1, 2
"""Estimators in the order of the axis `estimator`: the component's own, and those of its lower and upper neighbour.

Everything that carries this axis is indexed by the estimator, not by the component: entry (LOWER, k) is the estimator of
component k applied to component k + 1, whose lower neighbour k is.
"""

_SHIFTS = {LOWER: 1, UPPER: -1}


def neighbour_targets(values: Float[Tensor, "*batch e"], dims: tuple[int, ...]) -> Float[Tensor, "estimator *batch e"]:
    """Stack what each estimator is applied to: its own component and the two next to it, cyclically along `dims`."""
    parts = [values, *(values.roll((-shift,) * len(dims), dims) for shift in _SHIFTS.values())]
    return torch.stack(parts)


def sum_over_estimators(
    by_targets: Float[Tensor, "estimator *batch e"], dims: tuple[int, ...]
) -> Float[Tensor, "*batch e"]:
    """Hand derivatives by :func:`neighbour_targets` back to the values themselves."""
    total = by_targets[OWN]
    for which, shift in _SHIFTS.items():
        total = total + by_targets[which].roll((shift,) * len(dims), dims)
    return total


def divergence(
    mean_logs: Float[Tensor, "estimator seed *e"],
) -> tuple[Float[Tensor, "seed"], Float[Tensor, "estimator seed *e"]]:
    """Mean divergence from both neighbours, as in equation (8) of the paper, and its derivatives by the mean logarithms.

    Of each component, or of each pair of two different components, it is the mean over the neighbours inside the range of
    max(0, E log p - E log p_neighbour): a divergence cannot be negative, and an estimate below zero gets no gradient.

    Parameters
    ----------
    mean_logs
        Mean logarithm of the density over the samples, by estimator; one axis for components or two for pairs (given,
        estimated).
    """
    own = mean_logs[OWN]
    size, axes = own.shape[-1], own.ndim - 1
    dims = tuple(range(-axes, 0))
    inside = {which: _inside(size, axes, shift, own) for which, shift in _SHIFTS.items()}
    neighbours = sum(inside.values())
    weight = (neighbours > 0).to(own.dtype) / neighbours.clamp(min=1)  # type: ignore[union-attr]
    weight = weight / (weight > 0).sum().clamp(min=1)
    total = torch.zeros(own.shape[0], dtype=own.dtype, device=own.device)
    slopes = torch.zeros_like(mean_logs)
    for which, shift in _SHIFTS.items():
        difference = (own - mean_logs[which].roll((shift,) * axes, dims)) * inside[which]
        total += (difference.clamp(min=0) * weight).flatten(1).sum(1)
        slope = (difference > 0) * inside[which] * weight
        slopes[OWN] += slope
        slopes[which] -= slope.roll((-shift,) * axes, dims)
    return total, slopes


def _inside(size: int, axes: int, shift: int, like: Tensor) -> Tensor:
    """Mark components, or pairs of different ones, whose neighbour lies inside the range."""
    index = torch.arange(size, device=like.device)
    line = ((index - shift >= 0) & (index - shift < size)).to(like.dtype)
    if axes == 1:
        return line
    return line[:, None] * line * (1.0 - torch.eye(size, dtype=like.dtype, device=like.device))

"""Descent over orthogonal matrices, and the exchanges of components that no small rotation makes."""

from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray
from scipy.optimize import minimize
from torch import Tensor

from symscope.discovery.symmetrylens.stationarity import average_along_diagonals

_CURVATURE_OF_PAIRS = 0.1
"""Curvature of the pair terms, per sample, against which that of the covariance is weighed."""


@runtime_checkable
class Loss(Protocol):
    """What can be lowered over orthogonal matrices."""

    def __call__(self, q: Float[Tensor, "d d"]) -> tuple[dict[str, float], Float[Tensor, "d d"]]:
        """Terms of the loss and the gradient of their sum with respect to the entries of `q`."""


def descend(
    loss: Loss, start: Float[Tensor, "d d"], *, iterations: int, covariance: Float[Tensor, "d d"] | None = None
) -> Float[Tensor, "d d"]:
    """Lower a loss over the rotations ``exp(A) start``, A antisymmetric, by L-BFGS.

    Parameters
    ----------
    loss
        What to lower.
    start
        Orthogonal matrix.
    iterations
        Largest number of steps.
    covariance
        Covariance of the data of a signal on a line. With it the angles are those between the standing waves of the
        start, each in units of how well the covariance tells the two waves apart: in these units the loss is about
        equally steep in all directions, and fewer steps do.
    """
    dim = len(start)
    rows, columns = torch.triu_indices(dim, dim, 1)
    waves, unit = torch.eye(dim, dtype=torch.float64), torch.ones(len(rows), dtype=torch.float64)
    if covariance is not None:
        powers, waves = torch.linalg.eigh(average_along_diagonals(start @ covariance @ start.T))
        powers = powers.clamp_min(1e-4 * float(powers.mean()))
        apart = (powers[rows] - powers[columns]) ** 2 / (powers[rows] * powers[columns])
        unit = torch.rsqrt(apart + _CURVATURE_OF_PAIRS)
    start_in_waves = waves.T @ start

    def rotation(parameters: Tensor) -> Tensor:
        upper = torch.zeros(dim, dim, dtype=torch.float64).index_put((rows, columns), parameters * unit)
        turned: Tensor = waves @ (torch.linalg.matrix_exp(upper - upper.T) @ start_in_waves)
        return turned

    def value(parameters: Float[ndarray, " p"]) -> tuple[float, Float[ndarray, " p"]]:
        leaf = torch.tensor(parameters, requires_grad=True)
        q = rotation(leaf)
        terms, gradient = loss(q.detach())
        (slope,) = torch.autograd.grad((q * gradient).sum(), leaf)
        return sum(terms.values()), slope.numpy()

    found = minimize(
        value, np.zeros(len(rows)), jac=True, method="L-BFGS-B", options={"maxiter": iterations, "maxcor": 20}
    )
    left, _, right = torch.linalg.svd(rotation(torch.from_numpy(found.x)))
    found_rotation: Tensor = left @ right  # rounding must not build up over many descents
    return found_rotation


def exchange(moments: Float[Tensor, "k k d d"], *, reach: int, most: int = 100) -> tuple[list[int], list[float]]:
    """Reorder components, and turn signs, so that pair moments come closer to constant along the diagonals.

    A representation with two neighbours exchanged is a local minimum of any smooth loss. The moments of all exchanges
    follow from those at hand, so that trying them needs no data.

    Parameters
    ----------
    moments
        Pair moments; the last feature is even and the others are odd under a change of sign.
    reach
        Largest distance of two components that are exchanged.
    most
        Largest number of changes.

    Returns
    -------
    order, signs
        Component ``order[i]`` with sign ``signs[i]`` takes place i.
    """
    dim = moments.shape[-1]
    order, signs = torch.arange(dim), torch.ones(dim, dtype=moments.dtype)
    swaps = []
    for i in range(dim):
        for j in range(i + 1, min(dim, i + reach + 1)):
            swap = torch.arange(dim)
            swap[i], swap[j] = j, i
            swaps.append(swap)
    identity = torch.arange(dim).expand(dim, dim)
    moves = torch.cat([torch.stack(swaps), identity])
    flips = torch.cat([torch.ones(len(swaps), dim), 1 - 2 * torch.eye(dim)]).to(moments.dtype)
    best = _unevenness(_rearranged(moments, order, signs)[None])[0]
    for _ in range(most):
        orders, all_signs = order[moves], signs[moves] * flips
        values = torch.cat(
            [
                _unevenness(torch.stack([_rearranged(moments, o, s) for o, s in zip(some, some_signs, strict=True)]))
                for some, some_signs in zip(torch.split(orders, 64), torch.split(all_signs, 64), strict=True)
            ]
        )
        chosen = int(values.argmin())
        if values[chosen] >= best * (1 - 1e-6):
            break
        order, signs, best = orders[chosen], all_signs[chosen], values[chosen]
    return [int(i) for i in order], [float(s) for s in signs]


def _rearranged(moments: Tensor, order: Tensor, signs: Tensor) -> Tensor:
    odd = signs.expand(len(moments) - 1, -1)
    factors = torch.cat([odd, torch.ones_like(signs)[None]])
    return moments[:, :, order][..., order] * factors[:, None, :, None] * factors[None, :, None, :]


def _unevenness(moments: Float[Tensor, "move k k d d"]) -> Float[Tensor, " move"]:
    return ((moments - average_along_diagonals(moments)) ** 2).sum(dim=(1, 2, 3, 4))

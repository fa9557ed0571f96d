"""Descent over orthogonal matrices, and the exchanges of components that no small rotation makes."""

from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy import ndarray
from scipy.optimize import minimize
from torch import Tensor

from symscope.discovery.symmetrylens.signs import frequency_flips
from symscope.discovery.symmetrylens.stationarity import PairStationarity, average_along_diagonals

_TOGETHER = 12
"""Largest number of turns of waves that are taken in one round."""


@runtime_checkable
class Loss(Protocol):
    """What can be lowered over orthogonal matrices."""

    def __call__(self, q: Float[Tensor, "d d"]) -> tuple[dict[str, float], Float[Tensor, "d d"]]:
        """Terms of the loss and the gradient of their sum with respect to the entries of `q`."""


def descend(loss: Loss, start: Float[Tensor, "d d"], *, iterations: int) -> Float[Tensor, "d d"]:
    """Lower a loss over the rotations ``exp(A) start``, A antisymmetric, by L-BFGS."""
    dim = len(start)
    rows, columns = torch.triu_indices(dim, dim, 1)

    def rotation(parameters: Tensor) -> Tensor:
        upper = torch.zeros(dim, dim, dtype=torch.float64).index_put((rows, columns), parameters)
        turned: Tensor = torch.linalg.matrix_exp(upper - upper.T) @ start
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


def escape(
    loss: PairStationarity, q: Float[Tensor, "d d"], waves: Float[Tensor, "d d"], *, rounds: int, gain: float = 0.01
) -> Float[Tensor, "d d"]:
    """Lower a loss by turning standing waves of the representation: large steps that no descent makes.

    Where two waves have nearly the same power, the covariance does not tell them apart, and a start may have them
    exchanged; and a wrong sign of a wave, or of all waves above some frequency, is a local minimum.

    Parameters
    ----------
    loss
        What to lower; it is evaluated some hundred times a round, so it should have few samples.
    q
        The representation.
    waves
        Standing waves of the representation as columns, by falling power.
    rounds
        Largest number of turns.
    gain
        Least part of the loss that a turn must gain.
    """
    turns = _turns(waves)
    best = loss.value(q)
    for _ in range(rounds):
        before = best
        values = np.array([loss.value(turn.applied(waves, q)) for turn in turns])
        # Turns that gain alone mostly gain together, so the best ones are all tried before the next round.
        for chosen in np.argsort(values)[:_TOGETHER]:
            if values[chosen] > before * (1 - gain):
                break
            trial = turns[chosen].applied(waves, q)
            value = loss.value(trial)
            if value < best * (1 - gain):
                q, best = trial, value
        if best == before:
            break
    return q


class _Turn(NamedTuple):
    """An orthogonal matrix that mixes a few standing waves."""

    waves: Int[Tensor, " k"]
    matrix: Float[Tensor, "k k"]

    def applied(self, waves: Float[Tensor, "d d"], q: Float[Tensor, "d d"]) -> Float[Tensor, "d d"]:
        """Turn the representation `q`, which has these standing waves."""
        some = waves[:, self.waves]
        turned: Tensor = q + some @ ((self.matrix - torch.eye(len(self.waves), dtype=q.dtype)) @ (some.T @ q))
        return turned


def _turns(waves: Float[Tensor, "d d"]) -> list[_Turn]:
    """Signs of single waves and of all above a frequency, and exchanges of waves with the next three in power."""
    dim = len(waves)
    crossings = (torch.diff(torch.sign(waves), dim=0) != 0).sum(dim=0)
    frequencies = torch.argsort(torch.argsort(crossings, stable=True))
    flips = torch.cat([1.0 - 2.0 * torch.eye(dim), frequency_flips(frequencies[None])[:, 0]])
    turns = []
    for signs in flips:
        flipped = torch.nonzero(signs < 0)[:, 0]
        turns.append(_Turn(flipped, -torch.eye(len(flipped), dtype=waves.dtype)))
    for distance in (1, 2, 3):
        # Quarter turns exchange; eighth turns mend waves that nearly equal power has mixed.
        angles = (0.5, 1.5) if distance > 1 else (0.25, 0.5, 0.75, 1.25, 1.5, 1.75)
        for a in range(dim - distance):
            for angle in angles:
                cosine, sine = np.cos(np.pi * angle), np.sin(np.pi * angle)
                for mirror in (1, -1):
                    matrix = torch.tensor([[cosine, -mirror * sine], [sine, mirror * cosine]], dtype=waves.dtype)
                    turns.append(_Turn(torch.tensor([a, a + distance]), matrix))
    return turns


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

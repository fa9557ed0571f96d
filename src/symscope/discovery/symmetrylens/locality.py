"""Orthogonal representations whose components see one place each, without any knowledge of where the places are.

Behind the whitening filter of a stationary process, a pulse is short. A component that sees one place is then far from
Gaussian, and any mixture of places is closer to it: independent component analysis of the whitened data finds the
places, in no order. Weak waves hold noise alone, which full whitening makes as loud as the rest. So the search begins with
full whitening, where it hardly ever fails, and goes on behind filters that spare the weak waves.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from symscope.discovery.symmetrylens.descent import descend
from symscope.discovery.symmetrylens.signs import EVEN_WEIGHT, ODD_WEIGHT, PEAKEDNESS_OF_GAUSSIAN


class Negentropy:
    """Minus the negentropy of the components of ``y = Q z``, with its gradient; see :func:`~.signs.negentropy`.

    Parameters
    ----------
    z
        Centred samples, whitened more or less.
    """

    def __init__(self, z: Float[Tensor, "sample d"]) -> None:
        self.z = z
        self.covariance = (z.T @ z / len(z)).double()

    def __call__(self, q: Float[Tensor, "d d"]) -> tuple[dict[str, float], Float[Tensor, "d d"]]:
        """Give the loss [nats] and its gradient with respect to the entries of `q`."""
        moved = q @ self.covariance
        deviation = (moved * q).sum(dim=1).sqrt().float()
        u = (self.z @ q.T.float()) / deviation
        bell = torch.exp(-0.5 * u * u)
        tail = u * bell
        odd, even = tail.mean(dim=0), bell.mean(dim=0) - PEAKEDNESS_OF_GAUSSIAN
        value = float((ODD_WEIGHT * odd**2 + EVEN_WEIGHT * even**2).sum())
        slope = 2 * ODD_WEIGHT * odd * (bell - u * tail) - 2 * EVEN_WEIGHT * even * tail
        gradient = ((slope / deviation).T @ self.z).double() / len(self.z)
        # The components are divided by their deviation, which turns with them.
        pull = (slope * u).mean(dim=0) / deviation**2
        return {"negentropy": -value}, pull.double()[:, None] * moved - gradient


def fixed_point(
    z: Float[Tensor, "sample d"], start: Float[Tensor, "d d"], *, iterations: int, tolerance: float = 1e-2
) -> Float[Tensor, "d d"]:
    """Independent components of white data, all at once, by the fixed-point iteration with tanh (Hyvärinen, 1999)."""
    q = start
    for _ in range(iterations):
        g = torch.tanh(z @ q.T)
        left, _, right = torch.linalg.svd(g.T @ z / len(z) - (1 - g * g).mean(dim=0)[:, None] * q)
        before, q = q, left @ right
        if float((1 - (q * before).sum(dim=1).abs()).max()) < tolerance:
            break
    return q


def whiten(
    x: Float[Tensor, "sample d"],
    values: Float[Tensor, " d"],
    vectors: Float[Tensor, "d d"],
    *,
    floor: float = 0.0,
) -> Float[Tensor, "sample d"]:
    """Whiten samples by the root of their covariance, with a power of `floor` times the mean added to each eigenvalue."""
    power = values + floor * values.mean()
    return x @ ((vectors / power.sqrt()) @ vectors.T).to(x.dtype)


def find_places(
    x: Float[Tensor, "sample d"],
    values: Float[Tensor, " d"],
    vectors: Float[Tensor, "d d"],
    *,
    floors: Sequence[float],
    search_samples: int,
    fixed_point_iterations: int,
    iterations: int,
    generator: torch.Generator,
) -> Float[Tensor, "d d"]:
    """Give an orthogonal matrix whose rows see one place each, in no order and with any signs.

    Parameters
    ----------
    x
        Centred samples in random order.
    values, vectors
        Eigenvalues and eigenvectors (columns) of their covariance.
    floors
        Powers added to the eigenvalues of the filters behind which the negentropy is raised, in turn, in units of the mean.
    search_samples
        Samples for that.
    fixed_point_iterations, iterations
        Largest number of steps of the fixed-point search, and of each descent.
    generator
        Source of the random start.
    """
    start = torch.linalg.qr(torch.randn(len(values), len(values), generator=generator))[0]
    q = fixed_point(whiten(x, values, vectors), start, iterations=fixed_point_iterations).double()
    for floor in floors:
        q = descend(Negentropy(whiten(x[:search_samples], values, vectors, floor=floor)), q, iterations=iterations)
    return q

"""Pull towards components that are far from Gaussian, which tells apart what stationarity cannot.

A filter that turns the phase of each frequency commutes with translations. It makes another stationary signal from a
stationary one, and only the ends of the window tell the two apart. The signal itself is the least Gaussian of them.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from symscope.discovery.symmetrylens.signs import EVEN_WEIGHT, ODD_WEIGHT, PEAKEDNESS_OF_GAUSSIAN
from symscope.discovery.symmetrylens.stationarity import PairStationarity


class Sharpened:
    """Loss of stationarity less a multiple of the negentropy of all components.

    Parameters
    ----------
    loss
        The loss of stationarity.
    weight
        Multiple of the negentropy (dimensionless; both are per sample then).
    """

    def __init__(self, loss: PairStationarity, weight: float) -> None:
        self.loss = loss
        self.weight = weight

    def __call__(self, q: Float[Tensor, "d d"]) -> tuple[dict[str, float], Float[Tensor, "d d"]]:
        """Terms [nats] and the gradient of their sum with respect to the entries of `q`."""
        terms, gradient = self.loss(q)
        x = self.loss.x
        y = x @ q.T.to(x.dtype)
        bell = torch.exp(-0.5 * y * y)
        odd, even = (y * bell).mean(dim=0), bell.mean(dim=0) - PEAKEDNESS_OF_GAUSSIAN
        negentropy = float((ODD_WEIGHT * odd**2 + EVEN_WEIGHT * even**2).sum())
        slope = 2 * bell * (ODD_WEIGHT * odd * (1 - y * y) - EVEN_WEIGHT * even * y)
        scale = self.weight * len(y)
        return terms | {"negentropy": -scale * negentropy}, gradient - self.weight * (slope.T @ x).double()

"""Coordinates in which a predictor works: of the directions that the data visit, and of unit size.

Going there commutes with every group that acts linearly on the states and leaves the visited directions alone, so that an
equivariant network stays one.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from symscope.errors import DataError


class Frame(NamedTuple):
    """Linear change of coordinates between states and what a network sees and gives; states are rows."""

    enter: Float[Tensor, "d r"]
    """From a state to coordinates."""
    leave: Float[Tensor, "r d"]
    """Back again; `leave @ enter` is the unit matrix, and `enter @ leave` the projection on the visited directions."""

    def encode(self, x: Float[Tensor, "*n time d"]) -> Float[Tensor, "*n time r"]:
        """Turn states into what the network sees."""
        return x @ self.enter

    def decode(self, out: Float[Tensor, "*n time r"]) -> Float[Tensor, "*n time d"]:
        """Turn what the network gives into states in the unit of the data."""
        return out @ self.leave

    def on(self, device: torch.device | str, dtype: torch.dtype) -> "Frame":
        """Move to a device and arithmetic."""
        return Frame(*(part.to(device=device, dtype=dtype) for part in self))


def data_span(states: Float[Tensor, "*n d"], *, tolerance: float) -> Float[Tensor, "d r"]:
    """Orthonormal basis of the directions that states visit.

    Parameters
    ----------
    states
        Not all zero.
    tolerance
        Directions whose root mean square is at most this share of the largest one's count as not visited.

    Raises
    ------
    DataError
        Where all states are zero or some are not finite.
    """
    rows = states.reshape(-1, states.shape[-1]).double()
    if not bool(rows.isfinite().all()) or not bool(rows.any()):
        raise DataError("the states of the training windows are all zero or not finite; give other trajectories")
    values, directions = torch.linalg.eigh(rows.mT @ rows / len(rows))
    sizes = values.clamp_min(0).sqrt()
    basis = directions[:, sizes > tolerance * sizes[-1]].flip(1)
    largest = basis.gather(0, basis.abs().argmax(0, keepdim=True))
    return torch.as_tensor(basis * largest.sign())


def fit_frame(x: Float[Tensor, "n time d"], *, span: Float[Tensor, "d r"] | None) -> Frame:
    """Coordinates in which the states of training windows have unit size on average, in float64.

    Parameters
    ----------
    x
        States, not all zero.
    span
        Orthonormal basis of the directions to keep; None keeps all components.
    """
    x = x.double()
    basis = torch.eye(x.shape[-1], dtype=torch.float64, device=x.device) if span is None else span.double()
    scale = (x @ basis).square().mean().sqrt()
    return Frame(basis / scale, basis.mT * scale)

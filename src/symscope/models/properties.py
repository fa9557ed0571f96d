"""A perceptron from the atoms of a molecule to its properties: an ensemble with leading axis seed."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from symscope.models.mlp import Activation, Mlp


class PropertyPerceptron(nn.Module):
    """Predicts numbers of a molecule from coordinates and elements of its first atoms; rotations change what it predicts.

    Parameters
    ----------
    objects, elements
        Atoms, and columns of elements of each.
    targets
        Numbers that are predicted.
    hidden, layers, activation
        Shape of the network.
    centred
        Whether coordinates are measured from the centroid of the atoms, so that shifts change nothing.
    quadratic
        Whether it sees all products of two coordinates besides the coordinates.
    streams, dtype
        See :class:`symscope.models.mlp.Mlp`.
    """

    pairs: Tensor

    def __init__(
        self,
        *,
        objects: int,
        elements: int,
        targets: int,
        hidden: int,
        layers: int,
        activation: Activation,
        centred: bool,
        quadratic: bool,
        streams: Sequence[torch.Generator],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self.centred = centred
        n = 3 * objects
        self.register_buffer("pairs", torch.triu_indices(n, n) if quadratic else torch.zeros(2, 0, dtype=torch.int64))
        widths = [n + self.pairs.shape[1] + objects * elements, *[hidden] * layers, targets]
        self.network = Mlp(widths, activation=activation, streams=streams, dtype=dtype)

    def forward(
        self, x: Float[Tensor, "seed batch objects 4"], elements: Float[Tensor, "seed batch k"]
    ) -> Float[Tensor, "seed batch targets"]:
        """Predict the properties of molecules; the last homogeneous coordinate is 0 where there is no atom, 1 or so elsewhere."""
        places, there = x[..., :3], (x[..., 3:] != 0).to(x.dtype)
        if self.centred:
            places = (places - places.sum(2, keepdim=True) / there.sum(2, keepdim=True).clamp_min(1.0)) * there
        flat = places.flatten(2)
        parts = [flat, elements]
        if self.pairs.shape[1]:
            parts.insert(1, flat[..., self.pairs[0]] * flat[..., self.pairs[1]])
        predicted: Tensor = self.network(torch.cat(parts, dim=-1))
        return predicted

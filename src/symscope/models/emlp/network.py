"""The equivariant multilayer perceptron: linear layers, products of features, gates."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from symscope.config.prediction import EmlpModel
from symscope.groups.representations import DUAL, VECTOR, Group
from symscope.models.emlp.linear import Affine, Copies, EquivariantMaps, MapShape

GAIN = 1.5
"""Size of the features before a gate, which halves them at the start."""
PRODUCT_GAIN = 0.1
"""Size of the factors of the products at the start, so that training begins near a linear network."""


class Emlp(nn.Module):
    """Perceptrons with leading axis seed that commute with the group of their seed.

    A hidden layer is an equivariant affine map to vectors, one gate for each vector, and scalars; to which products of
    these features are added, where asked for; and then a vector is multiplied by the sigmoid of its gate, and a scalar s
    becomes s sigmoid(s) (Finzi, Welling and Wilson 2021, section 5). The products are a bilinear map: for each output
    and each type of input an equivariant affine map of the features gives a linear function of that input, which is then
    applied to it. With features V and scalars s this makes a(V) . V for gates and scalars, and b(s) V and b(s) s.
    Here a is a general equivariant map from V to V*, so that invariants are found for groups that are not orthogonal.

    Parameters
    ----------
    settings
        Shape of the network and tolerance.
    group
        One group for each seed.
    past, future
        Vectors in and out.
    streams
        One random stream for each seed, for the starting values.
    dtype
        Arithmetic.

    Raises
    ------
    ConfigError
        Where no linear map but zero is equivariant.
    """

    def __init__(
        self,
        settings: EmlpModel,
        group: Group,
        *,
        past: int,
        future: int,
        streams: Sequence[torch.Generator],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self.dim, self.future = group.dim, future
        self.vectors, self.scalars = settings.vectors, settings.scalars
        n_scalars = settings.vectors + settings.scalars
        hidden: Copies = ((VECTOR, settings.vectors), ("", settings.scalars))
        inner: Copies = ((VECTOR, settings.vectors), ("", n_scalars))
        factors: Copies = ((VECTOR, settings.vectors), (DUAL, n_scalars), ("", n_scalars))
        self.bilinear = settings.bilinear
        shapes, gains, products = [], [], []
        into: Copies = ((VECTOR, past),)
        for _ in range(settings.layers):
            shapes.append(MapShape(into, inner))
            gains.append(GAIN)
            if settings.bilinear:
                products.append(len(shapes))
                shapes.append(MapShape(inner, factors))
                gains.append(PRODUCT_GAIN)
            into = hidden if settings.scalars else hidden[:1]
        shapes.append(MapShape(into, ((VECTOR, future),)))
        gains.append(1.0)
        self.maps = EquivariantMaps(
            group,
            shapes,
            tolerance=settings.tolerance,
            gap_up_to=settings.gap_up_to,
            streams=streams,
            gains=gains,
            dtype=dtype,
            may_vanish=products,
        )

    @property
    def ranks(self) -> list[int]:
        """Dimension of the space of equivariant maps from V to V, for each seed."""
        return self.maps.ranks["V_to_V"]

    def forward(self, x: Float[Tensor, "seed batch past d"]) -> Float[Tensor, "seed batch future d"]:
        """Continue each trajectory."""
        *hidden, last = self.maps()
        values = x.flatten(2)
        step = 2 if self.bilinear else 1
        for number in range(0, len(hidden), step):
            values = torch.baddbmm(hidden[number].bias, values, hidden[number].weight)
            if self.bilinear:
                values = values + self._products(values, hidden[number + 1])
            values = self._gate(values)
        return self._vectors(torch.baddbmm(last.bias, values, last.weight))

    def _vectors(self, values: Float[Tensor, "seed batch k"]) -> Float[Tensor, "seed batch vector d"]:
        return values.reshape(*values.shape[:2], -1, self.dim)

    def _products(self, values: Float[Tensor, "seed batch k"], factors: Affine) -> Float[Tensor, "seed batch k"]:
        """Bilinear part of a layer, in the form of its input."""
        n_v, n_s = self.vectors, self.vectors + self.scalars
        made = torch.baddbmm(factors.bias, values, factors.weight)
        by_scalar, duals, scales = torch.split(made, [n_v * self.dim, n_s * self.dim, n_s], dim=-1)
        vectors = self._vectors(values[..., : n_v * self.dim])
        scalars = values[..., n_v * self.dim :]
        paired = vectors if n_s == n_v else vectors[..., torch.arange(n_s, device=values.device) % n_v, :]
        out_vectors = self._vectors(by_scalar) * scalars[..., :n_v, None]
        out_scalars = (self._vectors(duals) * paired).sum(-1) + scales * scalars
        return torch.cat([out_vectors.flatten(-2), out_scalars], dim=-1)

    def _gate(self, values: Float[Tensor, "seed batch k"]) -> Float[Tensor, "seed batch h"]:
        """Gated nonlinearity; the gates themselves are used up."""
        n_v = self.vectors
        vectors, scalars = torch.split(values, [n_v * self.dim, n_v + self.scalars], dim=-1)
        gates = torch.sigmoid(scalars)
        gated = (self._vectors(vectors) * gates[..., :n_v, None]).flatten(-2)
        if not self.scalars:
            return gated
        return torch.cat([gated, (scalars * gates)[..., n_v:]], dim=-1)

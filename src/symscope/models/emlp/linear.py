"""Learned equivariant linear maps: many at once, because all maps between the same two types share one basis."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from symscope.errors import ConfigError
from symscope.groups.representations import Group, Rep, equivariant_basis

Copies = tuple[tuple[str, int], ...]
"""A sum of representations as (word, copies), such as (("V", 5), ("", 5)): five vectors, then five scalars."""


class MapShape(NamedTuple):
    """Where an affine map comes from and goes to."""

    into: Copies
    out: Copies


class Affine(NamedTuple):
    """An affine map x @ weight + bias for each seed."""

    weight: Float[Tensor, "seed i o"]
    bias: Float[Tensor, "seed 1 o"]


class _Rearrange(torch.autograd.Function):
    """Columns of a table in another order, with zeros in between; its gradient is a rearrangement, too."""

    @staticmethod
    def forward(ctx: Any, flat: Tensor, places: Tensor, sources: Tensor) -> Tensor:
        """Take columns `places`, where 0 stands for zero and k for column k - 1."""
        ctx.save_for_backward(sources)
        return torch.cat([flat.new_zeros(len(flat), 1), flat], dim=1).index_select(1, places)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        """Each column is used once, so that its gradient is that of one entry."""
        (sources,) = ctx.saved_tensors
        return gradients[0].index_select(1, sources), None, None


class EquivariantMaps(nn.Module):
    """A bank of equivariant affine maps.

    All of them are put together with one product for each pair of types and one rearrangement, because a training with
    small batches spends most of its time in starting operations.

    The map between one copy of a type and one copy of another is a combination of an orthonormal basis of the equivariant
    maps between the two; the coefficients are the parameters. This is the same set of maps as that of weights that are
    projected on the equivariant subspace, with fewer parameters. A bias is an equivariant map from one constant scalar.

    Parameters
    ----------
    group
        One group for each seed: arrays with one leading axis.
    shapes
        The maps. A type that no equivariant map reaches gets zeros; a map that reaches nothing at all is an error, unless
        its name is in `may_vanish`.
    tolerance, gap_up_to
        Which singular values count as zero: see :func:`~symscope.groups.representations.equivariant_basis`.
    streams
        One random stream for each seed, for the starting values.
    gains
        Standard deviation of each map's output, for inputs of unit size, at the start.
    dtype
        Arithmetic.

    Raises
    ------
    ConfigError
        Where no map but zero is equivariant.
    """

    def __init__(
        self,
        group: Group,
        shapes: Sequence[MapShape],
        *,
        tolerance: float,
        gap_up_to: float | None,
        streams: Sequence[torch.Generator],
        gains: Sequence[float],
        dtype: torch.dtype,
        may_vanish: Sequence[int] = (),
    ) -> None:
        super().__init__()
        self.dim, self.shapes = group.dim, tuple(shapes)
        self.ranks: dict[str, list[int]] = {}
        counts: dict[tuple[str, str], int] = {}
        for shape in shapes:
            for out, n_out in shape.out:
                for into, n_in in (*shape.into, ("", 1)):
                    counts[out, into] = counts.get((out, into), 0) + n_out * n_in
        self.counts = counts
        self.coefficients = nn.ParameterDict()
        for (out, into), count in counts.items():
            found = equivariant_basis(
                Rep(group, (into,)), Rep(group, (out,)), tolerance=tolerance, gap_up_to=gap_up_to, allow_empty=True
            )
            name = _name(out, into)
            self.ranks[name] = [int(rank) for rank in np.ravel(found.rank)]
            if found.basis.shape[1]:
                flat = torch.as_tensor(found.basis, dtype=dtype).flatten(2)
                self.register_buffer(f"basis_{name}", flat)
                self.coefficients[name] = nn.Parameter(torch.zeros(len(streams), count, flat.shape[1], dtype=dtype))
        for number, shape in enumerate(shapes):
            if number not in may_vanish and not self._reaches(shape):
                words = [Rep(group, tuple(word for word, _ in copies)) for copies in (shape.into, shape.out)]
                equivariant_basis(words[0], words[1], tolerance=tolerance, gap_up_to=gap_up_to)
                raise ConfigError("an equivariant map vanishes for every seed; raise the tolerance")
        places, sources, self.lengths = self._plan()
        self.register_buffer("places", places, persistent=False)
        self.register_buffer("sources", sources, persistent=False)
        self._start(streams, gains)

    @property
    def n_parameters(self) -> list[int]:
        """Free coefficients of each seed."""
        seeds = range(len(next(iter(self.ranks.values()))))
        return [sum(n * self.ranks[_name(*pair)][seed] for pair, n in self.counts.items()) for seed in seeds]

    def forward(self) -> list[Affine]:
        """Put the maps together; call it once for each batch."""
        pieces = [
            torch.bmm(coefficients, self.get_buffer(f"basis_{name}")).flatten(1)
            for name, coefficients in self.coefficients.items()
        ]
        flat = _Rearrange.apply(torch.cat(pieces, dim=1), self.places, self.sources)  # type: ignore[no-untyped-call]
        parts = torch.split(flat, self.lengths, dim=1)
        return [
            Affine(weight.view(len(weight), -1, bias.shape[1]), bias[:, None])
            for weight, bias in zip(parts[::2], parts[1::2], strict=True)
        ]

    def _plan(self) -> tuple[Tensor, Tensor, list[int]]:
        """Where each entry of the maps comes from in the products of coefficients and basis, and back.

        Returns
        -------
        places
            For each entry of all weights and biases, one after the other: 1 + its place in the products, or 0 for zero.
        sources
            For each entry of the products, its place in the weights and biases.
        lengths
            Entries of each weight and bias.
        """
        total = 1
        pieces = {}
        for name, coefficients in self.coefficients.items():
            count, size = coefficients.shape[1], self.get_buffer(f"basis_{name}").shape[-1]
            pieces[name] = total + torch.arange(count * size).view(count, size)
            total += count * size
        start = dict.fromkeys(pieces, 0)
        parts = []
        for shape in self.shapes:
            rows = [self._row(shape, into, n_in, pieces, start) for into, n_in in (*shape.into, ("", 1))]
            parts += [torch.cat(rows[:-1]).flatten(), rows[-1].flatten()]
        places = torch.cat(parts)
        sources = torch.empty(total, dtype=torch.int64)
        sources[places] = torch.arange(len(places))
        return places, sources[1:], [len(part) for part in parts]

    def _row(
        self, shape: MapShape, into: str, n_in: int, pieces: dict[str, Tensor], start: dict[str, int]
    ) -> Int[Tensor, "i o"]:
        """Entries of the weight from one input type to all outputs."""
        blocks = []
        d_in = self.dim ** len(into)
        for out, n_out in shape.out:
            name, d_out = _name(out, into), self.dim ** len(out)
            block = torch.zeros(n_in * d_in, n_out * d_out, dtype=torch.int64)
            if name in pieces:
                first = start[name]
                start[name] = first + n_out * n_in
                piece = pieces[name][first : start[name]].view(n_out, n_in, d_out, d_in)
                block = piece.permute(1, 3, 0, 2).reshape(block.shape)
            blocks.append(block)
        return torch.cat(blocks, dim=1)

    def _reaches(self, shape: MapShape) -> bool:
        pairs = [_name(out, into) for out, _ in shape.out for into, _ in shape.into]
        return any(all(self.ranks[name]) for name in pairs)

    @torch.no_grad()
    def _start(self, streams: Sequence[torch.Generator], gains: Sequence[float]) -> None:
        """Draw normal weights such that inputs of unit size give outputs of the size of the gain; biases are zero.

        Whole matrices are drawn and projected on the basis, so that the weights do not depend on which of the many bases
        of the null space was found.
        """
        start = dict.fromkeys(self.coefficients, 0)
        for shape, gain in zip(self.shapes, gains, strict=True):
            for number, (into, n_in) in enumerate((*shape.into, ("", 1))):
                for out, n_out in shape.out:
                    name = _name(out, into)
                    if name not in self.coefficients:
                        continue
                    first = start[name]
                    start[name] = first + n_out * n_in
                    if number == len(shape.into):
                        continue
                    for seed, stream in enumerate(streams):
                        rank = self.ranks[name][seed]
                        total = sum(n * self.ranks[_name(out, word)][seed] for word, n in shape.into)
                        if rank:
                            basis = self.get_buffer(f"basis_{name}")[seed]
                            size = n_out * n_in, basis.shape[1]
                            drawn = torch.randn(size, generator=stream, device=stream.device, dtype=torch.float64)
                            deviation = gain * (self.dim ** len(out) / total) ** 0.5
                            projected = drawn.cpu().to(basis.dtype) @ basis.mT
                            self.coefficients[name][seed, first : start[name]] = deviation * projected


def _name(out: str, into: str) -> str:
    """Name of the maps between two types, as a parameter may have it."""
    return f"{into or 'S'}_to_{out or 'S'}"

"""Random group elements of a symmetry, one symmetry for each seed of an ensemble."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from symscope.config.prediction import Augmentation
from symscope.errors import ConfigError
from symscope.groups.exponentials import expm

SQUARINGS = 12
"""Halvings in the exponential: generators of unit size with coefficients of several standard deviations stay accurate."""


class Elements(NamedTuple):
    """Group elements and their inverses."""

    forward: Float[Tensor, "seed n d d"]
    inverse: Float[Tensor, "seed n d d"]


class Symmetry(NamedTuple):
    """What is known of the symmetry: generators, or single elements of the group, or both."""

    generators: Float[Tensor, "seed c d d"]
    elements: Float[Tensor, "seed m d d"]

    def on_span(self, span: Float[Tensor, "d r"]) -> "Symmetry":
        """Restrict to a subspace: B^T L B and B^T h B for an orthonormal basis B."""
        return Symmetry(span.mT @ self.generators @ span, span.mT @ self.elements @ span)


def unit_generators(
    generators: Float[Tensor, "seed c d d"], span: Float[Tensor, "d r"] | None = None
) -> Float[Tensor, "seed c d d"]:
    """Find generators of the same span that are orthogonal to each other and as large as a unit rotation.

    Parameters
    ----------
    generators
        In any basis and scale.
    span
        Orthonormal basis of the directions in which products and norms are taken; None takes all.

    Returns
    -------
    Tensor
        Of Frobenius norm sqrt(r): a rotation in planes that fill the span then turns by one radian for each unit.

    Raises
    ------
    ConfigError
        Where they are linearly dependent on the span.
    """
    inside = generators if span is None else span.mT @ generators @ span
    rows = inside.flatten(2).double()
    values, vectors = torch.linalg.eigh(rows @ rows.mT)
    if bool((values[:, :1] <= 1e-12 * values[:, -1:]).any()):
        raise ConfigError(
            "the generators of a seed are linearly dependent on the data; use an experiment with fewer channels, or set "
            "'unit_generators: false'"
        )
    root = vectors @ (values.rsqrt()[..., None] * vectors.mT) * inside.shape[-1] ** 0.5
    return torch.einsum("sij,sjkl->sikl", root.to(generators.dtype), generators)


def draw_elements(symmetry: Symmetry, settings: Augmentation, n: int, streams: Sequence[torch.Generator]) -> Elements:
    """Draw `n` group elements for each seed, with their inverses.

    Parameters
    ----------
    symmetry
        Generators for the law `generators`, elements for the law `elements`.
    settings
        The law.
    streams
        One random stream for each seed.

    Raises
    ------
    ConfigError
        Where the symmetry lacks what the law draws from.
    """
    generators, elements = symmetry
    if settings.law == "generators":
        channels = generators.shape[1]
        if not channels:
            raise ConfigError("the symmetry has no generators; set 'law: elements', or use another experiment")
        drawn = [torch.randn(n, channels, generator=s, device=s.device, dtype=torch.float64) for s in streams]
        weights = settings.sigma * torch.stack(drawn).to(generators.device)
        exponents = torch.einsum("snc,scij->snij", weights, generators.double())
        return Elements(
            expm(exponents, squarings=SQUARINGS).to(generators.dtype),
            expm(-exponents, squarings=SQUARINGS).to(generators.dtype),
        )
    if not elements.shape[1]:
        raise ConfigError(
            "the symmetry has no single elements; set 'law: generators', or use an experiment that learns one"
        )
    forward = []
    for matrices, stream in zip(elements.double(), streams, strict=True):
        powers = [torch.eye(matrices.shape[-1], dtype=torch.float64, device=matrices.device).expand_as(matrices)]
        for _ in range(settings.powers):
            powers.append(matrices @ powers[-1])
        table = torch.stack(powers).flatten(0, 1)
        chosen = torch.randint((settings.powers + 1) * len(matrices), (n,), generator=stream, device=stream.device)
        forward.append(table[chosen.to(table.device)])
    both = torch.stack(forward)
    return Elements(both.to(elements.dtype), torch.linalg.inv(both).to(elements.dtype))

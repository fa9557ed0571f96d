"""The learned Lie algebras of an ensemble, and the law of their coefficients."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Inexact
from torch import Tensor

from symscope.config.discovery import CoefficientLaw, GeneratorSettings
from symscope.discovery.coefficients import coefficients, initial_parameters
from symscope.discovery.masks import search_mask
from symscope.errors import ConfigError
from symscope.groups import expm, known_algebra


class GeneratorEnsemble:
    """One set of generators L_i (channel, d, d) for each seed.

    Parameters
    ----------
    settings, law
        Search space, constraint, starting values; law of the coefficients.
    dim
        Size d of the matrices.
    streams
        One random stream for each seed, for the starting values.
    dtype
        Real arithmetic; complex generators use its complex partner.
    is_complex
        Whether the matrices are complex.
    span
        Orthonormal basis of the directions that the data visit, (d, r); needed where `settings.unseen` is `zero`.
    """

    def __init__(
        self,
        settings: GeneratorSettings,
        law: CoefficientLaw,
        *,
        dim: int,
        streams: Sequence[torch.Generator],
        dtype: torch.dtype,
        is_complex: bool,
        span: Inexact[Tensor, "d r"] | None = None,
    ) -> None:
        self.settings = settings
        self.law = law
        device = streams[0].device
        self.mask = search_mask(settings.search_space, dim).to(dtype=dtype, device=device)
        start = torch.stack([_starting_values(settings, dim, stream, dtype, is_complex) for stream in streams])
        self.seen = seen_rows(self.mask, span) if settings.unseen == "zero" and span is not None else None
        start = start if self.seen is None else self._seen_part(start * self.mask)
        free = self._free_entries() * (2 if is_complex else 1)
        if settings.constraint == "orthonormal" and settings.channels > free:
            raise ConfigError(
                f"generator.constraint 'orthonormal' allows at most {free} channels in this search space, "
                f"and generator.channels is {settings.channels}"
            )
        basis = _exactly(settings.constraint, start * self.mask) if settings.constraint != "free" else start
        self.is_complex = is_complex
        self.leaf = (torch.view_as_real(basis) if is_complex else basis).clone().requires_grad_(not settings.frozen)
        learned = initial_parameters(law, len(streams), settings.channels, dtype)
        self.law_parameters = {name: value.to(device).requires_grad_(True) for name, value in learned.items()}
        self.active = torch.ones(settings.channels, dtype=dtype, device=device)

    @property
    def basis(self) -> Inexact[Tensor, "seed channel d d"]:
        """The generators without the mask; a view of what is trained."""
        return torch.view_as_complex(self.leaf) if self.is_complex else self.leaf

    def parameters(self) -> list[Tensor]:
        """List what is trained, as real leaves."""
        return [*([] if self.settings.frozen else [self.leaf]), *self.law_parameters.values()]

    def combinations(self, noise: Float[Tensor, "seed batch channel k"]) -> Tensor:
        """Random elements of the algebras, sum_i w_i L_i, (seed, batch, d, d)."""
        weights = coefficients(self.law, noise, self.law_parameters)
        if self.settings.incremental:
            weights = weights * self.active
        generators = (self.basis * self.mask).flatten(2)
        combined = weights.to(generators.dtype) @ generators
        return combined.view(*combined.shape[:2], *self.mask.shape)

    def elements(self, noise: Float[Tensor, "seed batch channel k"]) -> Tensor:
        """Random group elements exp(sum_i w_i L_i), (seed, batch, d, d)."""
        return expm(self.combinations(noise), squarings=self.settings.squarings)

    def open_channel(self, channel: int) -> None:
        """Switch on the channels up to this one (channel-by-channel training)."""
        self.active = (torch.arange(self.settings.channels, device=self.active.device) <= channel).to(self.active.dtype)

    @torch.no_grad()
    def constrain(self) -> None:
        """Bring the generators back to the constraint after a small step."""
        if self.seen is not None:
            self.basis.copy_(self._seen_part(self.basis * self.mask))
        if self.settings.constraint == "unit":
            self.basis.copy_(_exactly("unit", self.basis * self.mask))
        elif self.settings.constraint == "orthonormal":
            # Newton-Schulz steps to the polar factor: two, because they converge quadratically from so close.
            rows = _real_rows(self.basis * self.mask)
            for _ in range(2):
                rows = 1.5 * rows - 0.5 * (rows @ rows.mT) @ rows
            self.basis.copy_(_from_real_rows(rows, self.basis))

    @torch.no_grad()
    def finished(self, basis: Tensor) -> Inexact[Tensor, "seed channel d d"]:
        """Give the generators of a basis, such as an average over steps: masked, and constrained exactly."""
        masked = basis.detach() * self.mask
        return masked if self.settings.constraint == "free" else _exactly(self.settings.constraint, masked)

    def _free_entries(self) -> int:
        """Count the independent entries of a generator."""
        if self.seen is None:
            return int(self.mask.sum())
        return round(float(self.seen.diagonal(dim1=-2, dim2=-1).sum().real))

    def _seen_part(self, basis: Tensor) -> Tensor:
        """Take out of masked generators what no data point can tell."""
        return basis if self.seen is None else torch.einsum("scij,ijk->scik", basis, self.seen)


def seen_rows(mask: Float[Tensor, "d d"], span: Inexact[Tensor, "d r"]) -> Inexact[Tensor, "d d d"]:
    """For each row of a masked matrix, the projection on what that row does to the directions of a span.

    Row i has free entries J_i. All rows that differ by something that vanishes on the span, which no data point can tell,
    have the same product with the span; the projection on the range of the span's components J_i gives the shortest.
    """
    parts = []
    for row in mask:
        left, singular, _ = torch.linalg.svd(span * row[:, None], full_matrices=False)
        kept = left * (singular > 1e-6 * singular.amax().clamp_min(1e-30)).to(left.dtype)
        parts.append(kept.conj() @ kept.mT)
    return torch.stack(parts)


def _starting_values(
    settings: GeneratorSettings, dim: int, stream: torch.Generator, dtype: torch.dtype, is_complex: bool
) -> Tensor:
    kind = {torch.float32: torch.complex64, torch.float64: torch.complex128}[dtype] if is_complex else dtype
    if settings.initial_algebra is not None:
        known = known_algebra(settings.initial_algebra)
        if known.shape != (settings.channels, dim, dim) or (np.iscomplexobj(known) and not is_complex):
            raise ConfigError(
                f"generator.initial_algebra '{settings.initial_algebra}' has shape {known.shape}, and "
                f"{settings.channels} channels on these samples need ({settings.channels}, {dim}, {dim})"
            )
        return torch.as_tensor(known, dtype=kind, device=stream.device)
    std = settings.initial_std if settings.initial_std is not None else 2.0**0.5 / dim
    shape = (settings.channels, dim, dim)
    return std * torch.randn(shape, generator=stream, dtype=kind, device=stream.device)


def _exactly(constraint: str, basis: Tensor) -> Tensor:
    if constraint == "unit":
        norms: Tensor = torch.linalg.vector_norm(basis, dim=(-2, -1), keepdim=True)
        return basis / norms
    left, _, right = torch.linalg.svd(_real_rows(basis), full_matrices=False)
    return _from_real_rows(left @ right, basis)


def _real_rows(basis: Tensor) -> Tensor:
    real = torch.view_as_real(basis) if basis.is_complex() else basis
    return real.flatten(2)


def _from_real_rows(rows: Tensor, like: Tensor) -> Tensor:
    if like.is_complex():
        return torch.view_as_complex(rows.reshape(*like.shape, 2).contiguous())
    return rows.reshape(like.shape)

"""The generator, the resolving filter, and the group convolution matrix that they make: equations (5), (6), (20), (21)."""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from symscope.config.symmetrylens import LensGroup
from symscope.groups.exponentials import expm


class LensGroupEnsemble:
    """Generator and filter of every seed.

    Parameters
    ----------
    settings
        Padding, starting values, noise.
    components
        Length of a signal.
    streams
        One random stream for each seed, for the starting values and the filter's noise.
    dtype
        Arithmetic.
    """

    def __init__(
        self, settings: LensGroup, *, components: int, streams: Sequence[torch.Generator], dtype: torch.dtype
    ) -> None:
        self.settings = settings
        self.components = components
        self.streams = streams
        self.padding = components if settings.padding is None else settings.padding
        size = components + 2 * self.padding
        device = streams[0].device
        drawn = [torch.randn(size, size, generator=stream, dtype=dtype, device=device) for stream in streams]
        self.algebra = (settings.initial_std * torch.stack(drawn)).requires_grad_()
        """Free matrix A."""
        self.filter = torch.zeros(len(streams), components, dtype=dtype, device=device, requires_grad=True)
        """Filter psi before its normalisation."""

    def parameters(self) -> list[Tensor]:
        """List what is trained."""
        return [self.algebra, self.filter]

    def noisy_filter(self, step: int) -> Float[Tensor, "seed d"]:
        """Draw the filter of a step: unit length, after noise that decays with the steps."""
        sigma = self.settings.filter_noise * math.exp(-step / self.settings.filter_noise_steps)
        like = self.filter
        noise = [
            torch.randn(self.components, generator=stream, dtype=like.dtype, device=like.device)
            for stream in self.streams
        ]
        return unit(like + sigma * torch.stack(noise))

    def convolution(self, filters: Float[Tensor, "seed d"]) -> Float[Tensor, "seed m d"]:
        """Group convolution matrix of these filters and the generator, in the filters' precision."""
        algebra = self.algebra.to(filters.dtype)
        return convolution_matrix(algebra, filters, padding=self.padding, squarings=self.settings.squarings)

    @torch.no_grad()
    def generators(self) -> Float[Tensor, "seed d d"]:
        """Exponentiate in double precision, and crop to the length of a signal."""
        inside = slice(self.padding, self.padding + self.components)
        return expm(antisymmetric(self.algebra.to(torch.float64)), squarings=self.settings.squarings + 1)[
            :, inside, inside
        ]


def antisymmetric(algebra: Float[Tensor, "*batch d d"]) -> Float[Tensor, "*batch d d"]:
    """Take the antisymmetric part, (A - A^T) / 2."""
    return 0.5 * (algebra - algebra.mT)


def unit(filters: Float[Tensor, "*batch d"]) -> Float[Tensor, "*batch d"]:
    """Scale filters to unit length; one that is zero stays zero."""
    tiny = torch.finfo(filters.dtype).tiny
    norms: Tensor = torch.linalg.vector_norm(filters, dim=-1, keepdim=True)
    return filters / norms.clamp(min=tiny)


def convolution_matrix(
    algebra: Float[Tensor, "*batch k k"], filters: Float[Tensor, "*batch d"], *, padding: int, squarings: int
) -> Float[Tensor, "*batch d d"]:
    """Rows (G^p psi)^T for p = -(d-1)/2, ..., (d-1)/2, where G = exp((A - A^T) / 2).

    The filter is extended by zeros at both ends, moved, and cropped again. The powers of an even length are half-integers.
    With H = exp((A - A^T) / 4) the first row is H^-(d-1) psi, along the binary digits of d - 1; all others follow by
    doubling: the rows so far, times the next square of G. That is about 2 log2(d) small products.
    """
    size = filters.shape[-1]
    power = expm(0.5 * antisymmetric(algebra), squarings=squarings)
    columns = torch.nn.functional.pad(filters, (padding, padding))[..., None]
    back = size - 1
    if back & 1:
        columns = power.mT @ columns
    power = power @ power
    back >>= 1
    powers = [power]  # G, G^2, G^4, ...
    while 2 ** len(powers) < size:
        powers.append(powers[-1] @ powers[-1])
    for digit, square in enumerate(powers):
        if back >> digit & 1:
            columns = square.mT @ columns
    for square in powers:
        missing = size - columns.shape[-1]
        if missing > 0:
            columns = torch.cat([columns, square @ columns[..., :missing]], dim=-1)
    return columns[..., padding : padding + size, :].mT

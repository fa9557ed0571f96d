"""Terms of the generator's loss that keep it from trivial answers. All return one number for each seed."""

import torch
from jaxtyping import Float
from torch import Tensor

from symscope.config.adversarial import CosineRegularizer, FourierRegularizer, Regularizer
from symscope.config.discovery import ChannelCorrelation

TINY = 1e-12


def cosines(a: Tensor, b: Tensor) -> Float[Tensor, "seed batch objects"]:
    """Cosine along the last axis of samples (seed, batch, objects, d); for complex ones of their real and imaginary parts."""
    if a.is_complex():
        a, b = torch.view_as_real(a).flatten(-2), torch.view_as_real(b).flatten(-2)
    if a.ndim > 4:
        a, b = a.flatten(3), b.flatten(3)
    return (a * b).sum(-1) / (_norm(a) * _norm(b)).clamp_min(TINY)


def spectrum(images: Float[Tensor, "*lead height width"]) -> Float[Tensor, "*lead frequency"]:
    """Magnitudes of the two-dimensional Fourier transform without the zero frequency."""
    magnitudes: Tensor = torch.fft.rfft2(images).abs()
    return magnitudes.flatten(-2)[..., 1:]


def similarity(settings: Regularizer, before: Tensor, after: Tensor) -> Float[Tensor, "seed"]:
    """How much transformed samples resemble the original ones; the generator is trained to make it small.

    Parameters
    ----------
    settings
        Kind and its options; the weight is not applied here.
    before, after
        Samples (seed, batch, objects, d), or images (seed, batch, channel, height, width).

    Notes
    -----
    LieGAN, eq. (7), and the published variants. The cosine of a rotation of rate l under coefficients N(0, s^2) is
    exp(-(s l)^2 / 2): it rewards scale without bound, which is why generators are compared up to scale.
    """
    if isinstance(settings, CosineRegularizer):
        values = cosines(before, after)
        if settings.reduction == "mean_of_abs":
            return values.abs().flatten(1).mean(1)
        mean = values.flatten(1).mean(1)
        return mean.abs() if settings.reduction == "abs_of_mean" else mean
    if isinstance(settings, FourierRegularizer):
        return cosines(spectrum(before), spectrum(after)).flatten(1).mean(1)
    difference = _norm((after - before).flatten(2))
    relative = difference / _norm(before.flatten(2)).clamp_min(TINY)
    return -relative.clamp_max(settings.cap).mean(1)


def channel_correlation(
    settings: ChannelCorrelation, basis: Tensor, mask: Float[Tensor, "d d"]
) -> Float[Tensor, "seed"]:
    """Sum over pairs of channels i < j of |R(L_i, L_j)| (LieGAN, eq. 8); basis (seed, channel, d, d)."""
    generators = basis * mask if settings.masked else basis
    dim = generators.shape[-1]
    flat = generators.flatten(2)
    norms = _norm(flat).clamp_min(TINY)
    scale = norms[:, :, None] * norms[:, None, :]
    if settings.kind == "cosine":
        table = (flat @ flat.mH).real / scale * (dim if settings.times_dimension else 1.0)
    else:
        traces = generators.diagonal(dim1=-2, dim2=-1).sum(-1)
        products = flat @ generators.mT.flatten(2).mT
        form = 2.0 * dim * products - 2.0 * traces[:, :, None] * traces[:, None, :]
        table = form.real / (2.0 * dim * scale)
    return torch.triu(table.abs(), diagonal=1).sum((1, 2))


def entrywise_norm(basis: Tensor, p: float) -> Float[Tensor, "seed"]:
    """Sum over channels of the entrywise L_p norms."""
    return _norm(basis.flatten(2), p).sum(1)


def _norm(values: Tensor, p: float = 2.0) -> Tensor:
    result: Tensor = torch.linalg.vector_norm(values, ord=p, dim=-1)
    return result

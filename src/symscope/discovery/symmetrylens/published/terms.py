"""Terms of the loss that depend on the representation through its covariance alone: alignment and joint entropy."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from symscope.config.symmetrylens import LensRank


def covariance(x: Float[Tensor, "seed sample d"]) -> Float[Tensor, "seed d d"]:
    """Covariance of the samples of a batch, equation (14)."""
    centred = x - x.mean(1, keepdim=True)
    return centred.mT @ centred / x.shape[1]


def alignment(covariances: Float[Tensor, "*batch d d"]) -> Float[Tensor, "*batch"]:
    """Minus the mean correlation of neighbouring components, equation (9)."""
    variances = covariances.diagonal(dim1=-2, dim2=-1)
    tiny = torch.finfo(covariances.dtype).eps ** 2
    scale = (variances[..., 1:] * variances[..., :-1]).clamp(min=tiny).sqrt()
    return -(covariances.diagonal(1, -2, -1) / scale).mean(-1)


def component_entropies(variances: Float[Tensor, "*batch d"], floor: float) -> Float[Tensor, "*batch d"]:
    """Entropies of Gaussians, log(2 pi variance + floor) / 2 + 1/2 [nats], equation (15)."""
    return 0.5 * (torch.log(2.0 * math.pi * variances.clamp(min=0) + floor) + 1.0)


def rank_weights(time: float, size: int, settings: LensRank, *, like: Tensor) -> Float[Tensor, "d"]:
    """Weights w_i of the principal components in falling order, equations (17) and (19).

    Parameters
    ----------
    time
        Share tau of the training that is over, in units of the learning rate, 0 to 1; the rank is `size` times this.
    size
        Number of components.
    settings
        Steepness and bound.
    like
        Gives type and device.
    """
    place = torch.linspace(0.0, 1.0, size, dtype=like.dtype, device=like.device)
    bound = settings.exponent_bound
    return torch.sigmoid((settings.gain * (time - place)).clamp(-bound, bound))


def joint_entropy(
    covariances: Float[Tensor, "*batch d d"], weights: Float[Tensor, "d"], floor: float
) -> Float[Tensor, "*batch"]:
    """Entropy for each rank of a Gaussian with this covariance [nats], equation (16)."""
    # LAPACK stops at NaN; a seed that diverged must not end the others.
    finite = covariances.isfinite().all(-1).all(-1)
    eye = torch.eye(covariances.shape[-1], dtype=covariances.dtype, device=covariances.device)
    falling = torch.linalg.eigvalsh(torch.where(finite[..., None, None], covariances, eye)).flip(-1)
    entropy = (component_entropies(falling, floor) * weights).sum(-1) / weights.sum()
    return torch.where(finite, entropy, torch.nan)

"""Four-momenta as the taggers use them: metrics, compressed scalar products, masses, beams."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from symscope.errors import ConfigError

FLOAT32_MASS_RESOLUTION = 8 * torch.finfo(torch.float32).eps
"""Squared masses below this share of E^2 cannot be told from rounding in float32 momenta [dimensionless]."""


def metric_tensor(name: str) -> Float[Tensor, "4 4"]:
    """Metric by name in float64: ``minkowski`` diag(1,-1,-1,-1) or ``euclidean`` diag(1,1,1,1)."""
    diagonals = {"minkowski": (1.0, -1.0, -1.0, -1.0), "euclidean": (1.0, 1.0, 1.0, 1.0)}
    if name not in diagonals:
        known = ", ".join(diagonals)
        raise ConfigError(f"metric '{name}' has no fixed values; name one of {known}, or pass a 4 x 4 array")
    return torch.diag(torch.tensor(diagonals[name], dtype=torch.float64))


def canonical_metric(metric: Tensor) -> Float[Tensor, "4 4"]:
    """Metric with the sign and scale of diag(1,-1,-1,-1): time component positive, Frobenius norm 2, float64, symmetric.

    A fitted metric is determined up to a factor only; fixing it makes taggers with fitted metrics comparable.

    Raises
    ------
    ConfigError
        If it is no 4 x 4 array, not finite, not symmetric, or zero.
    """
    form = torch.as_tensor(metric, dtype=torch.float64)
    if form.shape != (4, 4):
        raise ConfigError(f"the metric has shape {tuple(form.shape)}; pass a symmetric 4 x 4 array")
    size = torch.linalg.norm(form)
    if not torch.isfinite(form).all() or not torch.allclose(form, form.T, rtol=0, atol=1e-6 * float(size)):
        raise ConfigError(f"the metric {form.tolist()} is not a finite symmetric matrix; pass (J + J^T) / 2")
    if float(size) == 0:
        raise ConfigError("the metric is zero; fit it to generators that leave some form invariant")
    sign = -1.0 if float(form[0, 0]) < 0 else 1.0
    scaled: Tensor = (form + form.T) * (sign / size)
    return scaled


def signed_log(u: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """psi(u) = sgn(u) log(|u| + 1), which compresses scalar products [GeV^2] to order ten (LorentzNet, eq. 3.3)."""
    return u.sign() * torch.log1p(u.abs())


def inner(p: Float[Tensor, "*n 4"], q: Float[Tensor, "*n 4"], metric: Float[Tensor, "4 4"]) -> Float[Tensor, "*n"]:
    """Bilinear form p^T J q [GeV^2 for momenta in GeV]."""
    return ((p @ metric) * q).sum(-1)


def restore_massless(momenta: Float[Tensor, "n 4"]) -> Float[Tensor, "n 4"]:
    """Momenta in float64, with the mass shell mended that rounding to float32 has broken.

    A particle whose four components are all representable in float32 has been through it, and a squared mass below
    that format's resolution is then rounding, which would be read as a mass of some tens of MeV at 100 GeV. Such a
    particle gets E = |p| in float64. All others, genuine float64 momenta among them, are passed on unchanged.
    """
    exact = momenta.double()
    rounded = (exact.float().double() == exact).all(-1)
    squares = exact * exact
    unresolved = (2 * squares[:, 0] - squares.sum(-1)).abs() <= FLOAT32_MASS_RESOLUTION * squares[:, 0]
    energy = torch.where(rounded & unresolved, squares[:, 1:].sum(-1).sqrt(), exact[:, 0])
    return torch.cat([energy[:, None], exact[:, 1:]], dim=-1)


def invariant_mass(momenta: Float[Tensor, "n 4"]) -> Float[Tensor, " n"]:
    """Mass sqrt(|E^2 - p^2|) of each particle [GeV]; pass float64, the difference cancels for massless particles.

    Written as 2 E^2 - sum of squares, the order of operations behind the published logits: the published network
    amplifies even the float64 rounding of massless particles (1e-7 GeV) to 1e-5 in its logits.
    """
    squares = momenta * momenta
    return (2 * squares[:, 0] - squares.sum(-1)).abs().sqrt()


def beam_particles(*, dtype: torch.dtype, device: torch.device | str = "cpu") -> Float[Tensor, "2 4"]:
    """Give the two beams (sqrt 2, 0, 0, +-1) that break the symmetry explicitly: unit mass, along the z axis."""
    return torch.tensor([[math.sqrt(2), 0, 0, 1], [math.sqrt(2), 0, 0, -1]], dtype=dtype, device=device)

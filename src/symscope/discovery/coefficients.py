"""Laws of the coefficients w in exp(sum_i w_i L_i).

A law splits into noise, drawn from one random stream for each seed, and a differentiable map from noise and learned
parameters to coefficients; so a seed gives the same numbers alone and in an ensemble.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray
from torch import Tensor

from symscope.config.discovery import CoefficientLaw, IntegerGridLaw, MixtureLaw, NormalLaw, UniformLaw
from symscope.errors import ConfigError


def noise_width(law: CoefficientLaw) -> int:
    """Random numbers for each coefficient."""
    return law.components + 1 if isinstance(law, MixtureLaw) else 1


def draw_noise(
    law: CoefficientLaw,
    streams: Sequence[torch.Generator],
    *,
    steps: int,
    batch: int,
    channels: int,
    dtype: torch.dtype,
) -> Float[Tensor, "step seed batch channel k"]:
    """Random numbers for several steps at once, one stream for each seed.

    The last axis has :func:`noise_width` entries: coefficients without their learned parameters or, for a mixture,
    Gumbel variables that choose the component, then one standard normal variable.
    """
    shape = (steps, batch, channels)
    parts = []
    for stream in streams:
        device = stream.device
        if isinstance(law, NormalLaw):
            part = torch.randn(*shape, 1, generator=stream, device=device, dtype=dtype)
        elif isinstance(law, UniformLaw):
            part = (2.0 * torch.rand(*shape, 1, generator=stream, device=device, dtype=dtype) - 1.0) * law.half_width
        elif isinstance(law, IntegerGridLaw):
            above = law.maximum + (0 if law.half_open else 1)
            part = torch.randint(-law.maximum, above, (*shape, 1), generator=stream, device=device).to(dtype)
        else:
            uniform = torch.rand(*shape, law.components, generator=stream, device=device, dtype=dtype)
            gumbel = -torch.log(-torch.log(uniform.clamp(1e-7, 1.0 - 1e-7)))
            part = torch.cat([gumbel, torch.randn(*shape, 1, generator=stream, device=device, dtype=dtype)], dim=-1)
        parts.append(part)
    return torch.stack(parts, dim=1)


def initial_parameters(law: CoefficientLaw, seeds: int, channels: int, dtype: torch.dtype) -> dict[str, Tensor]:
    """Learned parameters of a law at the start, each with leading axis seed; empty where nothing is learned."""
    if isinstance(law, NormalLaw) and law.covariance == "learned":
        scale = law.sigma * torch.eye(channels, dtype=dtype)
        return {"mean": torch.zeros(seeds, channels, dtype=dtype), "scale": scale.expand(seeds, -1, -1).clone()}
    if isinstance(law, UniformLaw) and law.width == "learned":
        return {"log_factor": torch.zeros(seeds, channels, dtype=dtype)}
    if isinstance(law, MixtureLaw):
        means = torch.linspace(-law.spread, law.spread, law.components, dtype=dtype)
        shape = (seeds, channels, law.components)
        return {
            "logits": torch.zeros(shape, dtype=dtype),
            "means": means.expand(shape).clone(),
            "log_sigma": torch.full(shape, law.sigma, dtype=dtype).log(),
        }
    return {}


def coefficients(
    law: CoefficientLaw, noise: Float[Tensor, "seed batch channel k"], parameters: dict[str, Tensor]
) -> Float[Tensor, "seed batch channel"]:
    """Coefficients from noise; differentiable in the parameters.

    Normal laws with learned covariance: mean + z scale, so that the covariance is scale^T scale. Mixtures choose a
    component through a straight-through Gumbel softmax (Jang et al. 2017).
    """
    if isinstance(law, NormalLaw):
        if law.covariance == "fixed":
            return noise[..., 0] * law.sigma
        return noise[..., 0] @ parameters["scale"] + parameters["mean"][:, None]
    if isinstance(law, MixtureLaw):
        logits = torch.log_softmax(parameters["logits"], dim=-1)[:, None] + noise[..., :-1]
        soft = torch.softmax(logits / law.temperature, dim=-1)
        hard = torch.nn.functional.one_hot(logits.argmax(-1), law.components).to(soft.dtype)
        choice = hard + soft - soft.detach()
        values = parameters["means"][:, None] + parameters["log_sigma"].exp()[:, None] * noise[..., -1:]
        return (choice * values).sum(-1)
    if isinstance(law, UniformLaw) and law.width == "learned":
        return noise[..., 0] * parameters["log_factor"].exp()[:, None]
    return noise[..., 0]


def draw_coefficients(
    law: CoefficientLaw, *, count: int, channels: int, parameters: Mapping[str, ndarray], seed: int
) -> Float[ndarray, "count channels"]:
    """Draw coefficients w of group elements exp(sum_i w_i L_i), in double precision.

    Parameters
    ----------
    law
        Law in the settings of the method.
    count
        Group elements wanted.
    channels
        Generators.
    parameters
        Learned parameters of one seed of the discovery, without the axis of seeds; empty where the law is fixed.
    seed
        Of the draw.
    """
    stream = torch.Generator().manual_seed(seed)
    noise = draw_noise(law, [stream], steps=1, batch=count, channels=channels, dtype=torch.float64)[0]
    learned = {name: torch.as_tensor(values, dtype=torch.float64)[None] for name, values in parameters.items()}
    return np.asarray(coefficients(law, noise, learned)[0].numpy())


def entropy(law: CoefficientLaw, parameters: dict[str, Tensor]) -> Float[Tensor, "seed"]:
    """Differential entropy of a learned law up to a constant: the sum over channels of the logarithm of its width.

    Its derivative does not depend on the unit of the coefficients, so a reward for it prefers no width to another.

    Raises
    ------
    ConfigError
        For a law of which nothing is learned, and for mixtures, whose entropy has no closed form.
    """
    if isinstance(law, UniformLaw) and "log_factor" in parameters:
        return parameters["log_factor"].sum(1)
    if isinstance(law, NormalLaw) and "scale" in parameters:
        logarithm: Tensor = torch.linalg.slogdet(parameters["scale"]).logabsdet
        return logarithm
    raise ConfigError(
        f"entropy_weight needs coefficients of law uniform with width: learned, or normal with covariance: learned; found "
        f"law '{law.law}'"
    )

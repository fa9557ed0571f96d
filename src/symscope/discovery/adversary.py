"""The two losses of the adversarial game, through their derivatives by the logits.

Generator and discriminator are updated from one pass: the generator's step comes first but does not change the
discriminator, and the discriminator is trained on the same transformed samples (the published order). Activations
propagated back are linear in the derivative by the logit, so the generator's gradient is the discriminator's times one
factor for each sample.
"""

from typing import Literal, NamedTuple, Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import softplus

GeneratorLoss = Literal["non_saturating", "saturating"]
LOGIT_LIMIT = 60.0


class Features(NamedTuple):
    """What a discriminator sees of a batch."""

    samples: Tensor
    """(seed, batch, ...) real."""
    extra: Float[Tensor, "seed batch k"] | None
    """Real features beside the samples that nothing transforms or differentiates, or None."""
    classes: Float[Tensor, "seed batch m"] | None
    """One-hot labels, or None."""


class Verdict(NamedTuple):
    """Outcome of one pass of a discriminator over real and transformed samples."""

    real: Float[Tensor, "seed batch"]
    """Logits of real samples."""
    fake: Float[Tensor, "seed batch"]
    """Logits of transformed samples."""
    gradient: Tensor
    """Derivative of each seed's mean generator loss by the transformed samples; their shape."""


@runtime_checkable
class DiscriminatorEnsemble(Protocol):
    """One discriminator for each seed, their parameters in one buffer."""

    parameters: Float[Tensor, "seed p"]
    """All parameters, one row for each seed."""
    gradients: Float[Tensor, "seed p"]
    """Derivative of each seed's discriminator loss, written by :meth:`judge`."""

    def judge(self, real: Features, fake: Features, generator_loss: GeneratorLoss) -> Verdict:
        """One forward and backward pass; fills `gradients`."""
        ...


def discriminator_loss(real: Float[Tensor, "seed batch"], fake: Float[Tensor, "seed batch"]) -> Float[Tensor, "seed"]:
    """Half the sum of the binary cross entropies of real and transformed samples."""
    return 0.5 * (softplus(-real).mean(1) + softplus(fake).mean(1))


def generator_loss(fake: Float[Tensor, "seed batch"], kind: GeneratorLoss) -> Float[Tensor, "seed"]:
    """-log D(fake), or log(1 - D(fake))."""
    return softplus(-fake).mean(1) if kind == "non_saturating" else -softplus(fake).mean(1)


def logit_derivatives(
    real: Float[Tensor, "seed batch"], fake: Float[Tensor, "seed batch"], kind: GeneratorLoss
) -> tuple[Tensor, Tensor, Tensor]:
    """Differentiate the discriminator's loss by the real and fake logits, and the generator's relative to the latter.

    Returns
    -------
    by_real, by_fake, ratio
        Each (seed, batch).
    """
    share = 0.5 / real.shape[1]
    by_real = -share * torch.sigmoid(-real)
    by_fake = share * torch.sigmoid(fake)
    if kind == "non_saturating":
        return by_real, by_fake, -2.0 * torch.exp(-fake.clamp(-LOGIT_LIMIT, LOGIT_LIMIT))
    return by_real, by_fake, torch.full_like(fake, -2.0)

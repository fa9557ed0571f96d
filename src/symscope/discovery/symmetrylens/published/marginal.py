"""Densities of single components: mixtures of Gaussians, equations (27) and (28) of the paper."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from symscope.config.symmetrylens import LensMarginal
from symscope.discovery.symmetrylens.published.mixture import mixture_derivatives
from symscope.discovery.symmetrylens.published.uniformity import OWN, neighbour_targets

BLOCK = 200_000
"""Numbers in one array of a block; a matter of speed alone: the arrays stay in the processor's cache."""


class MarginalVerdict(NamedTuple):
    """Logarithms of densities, by estimator (own, lower, upper neighbour) and component."""

    mean_logs: Float[Tensor, "estimator seed e"]
    """Means over the samples."""
    by_target: Float[Tensor, "estimator seed sample e"]
    """Derivative of each log p by its argument."""


class MarginalEstimators:
    """One mixture for each component and seed.

    Parameters
    ----------
    settings
        Number of kernels and bounds.
    components
        Length of a signal.
    streams
        One random stream for each seed, for the starting means (uniform in +-0.05); logits and log variances start at 1.
    dtype
        Arithmetic.
    """

    def __init__(
        self, settings: LensMarginal, *, components: int, streams: Sequence[torch.Generator], dtype: torch.dtype
    ) -> None:
        self.settings = settings
        device = streams[0].device
        shape = (len(streams), 3, settings.kernels, components)
        self.parameters = torch.ones(shape, dtype=dtype, device=device)
        """Logits, means and log variances, along the second axis."""
        self.gradients = torch.zeros_like(self.parameters)
        for s, stream in enumerate(streams):
            drawn = torch.rand(shape[2:], generator=stream, dtype=dtype, device=device)
            self.parameters[s, 1] = 0.1 * drawn - 0.05

    def judge(self, y: Float[Tensor, "seed sample e"]) -> MarginalVerdict:
        """Densities of all components under their own estimators and their neighbours'; fills `gradients`.

        The gradients are those of the mean entropy, -mean log p of the own estimators.
        """
        seeds, samples, components = y.shape
        targets = neighbour_targets(y, (-1,))
        bound = self.settings.bound
        logits, means, log_variances = (p[:, None] for p in self.parameters.unbind(1))
        logits, log_variances = logits.clamp(-bound, bound), log_variances.clamp(-bound, bound)
        logits = logits - logits.amax(-2, keepdim=True)
        sums = torch.zeros(3, seeds, components, dtype=y.dtype, device=y.device)
        by_target = torch.empty_like(targets)
        self.gradients.zero_()
        step = max(BLOCK // (3 * seeds * components * self.settings.kernels), 1)
        for start in range(0, samples, step):
            part = targets[:, :, start : start + step]
            found = mixture_derivatives(part, logits[None], means[None], log_variances[None])
            sums += found.log_density.sum(2)
            by_target[:, :, start : start + step] = found.by_target
            for k, by_parameter in enumerate((found.by_logit, found.by_mean, found.by_log_variance)):
                self.gradients[:, k] -= by_parameter[OWN].sum(1)
        self.gradients /= samples * components
        if self.settings.bound_gradient == "dead":
            self.gradients[:, ::2] *= self.parameters[:, ::2].abs() <= bound
        return MarginalVerdict(sums / samples, by_target)

    def constrain(self) -> None:
        """Put parameters beyond the bound back, after a step."""
        if self.settings.bound_gradient == "projected":
            self.parameters[:, ::2].clamp_(-self.settings.bound, self.settings.bound)

"""Densities of components given another one: mixtures whose parameters come from three perceptrons, equations (29), (30).

The masking procedure of appendix A.2 keeps one component of each sample and sets the others to zero before the perceptrons
see them. Equally many samples keep each component: sample r of group g keeps component g.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from symscope.config.symmetrylens import LensConditional
from symscope.discovery.symmetrylens.published.mixture import MixtureDerivatives, mixture_derivatives
from symscope.discovery.symmetrylens.published.perceptrons import (
    Weights,
    accumulate_gradients,
    initialise,
    piecewise,
)
from symscope.discovery.symmetrylens.published.uniformity import OWN, neighbour_targets, sum_over_estimators

BLOCK = 600_000
"""Numbers in one array of a block; a matter of speed alone: the arrays stay in the processor's cache."""

NETS = 3
"""Perceptrons for the weights, the means and the log variances of the mixtures."""


class ConditionalVerdict(NamedTuple):
    """Logarithms of densities, by estimator (own, lower, upper neighbour), given and estimated component."""

    mean_logs: Float[Tensor, "estimator seed given e"]
    """Means over the samples; the pairs of a component with itself have no meaning."""
    by_target: Float[Tensor, "estimator seed given sample e"]
    """Derivative of each log p by the estimated component."""
    by_given: Float[Tensor, "estimator seed given sample e"]
    """Derivative of each log p by the given component."""


class ConditionalEstimators:
    """Three perceptrons for each seed, shared by all pairs of components.

    Parameters
    ----------
    settings
        Sizes, outputs, shrinkage.
    components
        Length of a signal.
    streams
        One random stream for each seed, for the starting values.
    dtype
        Arithmetic.
    """

    def __init__(
        self, settings: LensConditional, *, components: int, streams: Sequence[torch.Generator], dtype: torch.dtype
    ) -> None:
        self.settings = settings
        self.components = components
        hidden, outputs = settings.hidden_per_component * components, settings.kernels * components
        self.weights, self.gradients = (
            Weights.zeros(
                len(streams),
                nets=NETS,
                components=components,
                hidden=hidden,
                outputs=outputs,
                dtype=dtype,
                device=streams[0].device,
            )
            for _ in range(2)
        )
        initialise(self.weights, streams)

    def judge(self, groups: Float[Tensor, "seed given sample e"]) -> ConditionalVerdict:
        """Densities of all pairs of components under their own estimators and their neighbours'; fills `gradients`.

        The gradients are those of the mean entropy, -mean log p of the own estimators over pairs of different components,
        plus the shrinkage.

        Parameters
        ----------
        groups
            Representations y; group g has the samples in which the mask keeps component g, in rising order of it.
        """
        seeds, size, samples, _ = groups.shape
        targets = neighbour_targets(groups, self._rolled)
        verdict = ConditionalVerdict(
            torch.empty(3, seeds, size, size, dtype=groups.dtype, device=groups.device),
            torch.empty_like(targets),
            torch.empty_like(targets),
        )
        for gradient in self.gradients:
            gradient.zero_()
        cost = NETS * self.settings.kernels * size * max(3 * samples, self.weights.first.shape[-1])
        seed_step = min(max(BLOCK // (cost * size), 1), seeds)
        step = min(max(BLOCK // (cost * seed_step), 1), size)
        for some in (slice(s, s + seed_step) for s in range(0, seeds, seed_step)):
            for given in (slice(g, min(g + step, size)) for g in range(0, size, step)):
                self._judge_block(targets, some, given, verdict)
        for gradient in self.gradients:
            gradient.div_(-samples * size * (size - 1))
        self._shrink()
        return verdict

    def by_groups(
        self, verdict: ConditionalVerdict, slopes: Float[Tensor, "estimator seed given e"]
    ) -> Float[Tensor, "seed given sample e"]:
        """Differentiate by the representations, for a loss with the derivatives `slopes` by the mean logarithms."""
        samples = verdict.by_target.shape[-2]
        factor = slopes[..., None, :] / samples
        by_targets = verdict.by_target * factor
        given = (verdict.by_given @ factor.mT)[..., 0]
        by_targets.diagonal(dim1=2, dim2=4).add_(given.transpose(-1, -2))
        return sum_over_estimators(by_targets, self._rolled)

    @property
    def _rolled(self) -> tuple[int, ...]:
        """Axes along which neighbours are found; not the groups' where the neighbour is judged on other samples."""
        return (1, 3) if self.settings.neighbour_samples == "same" else (3,)

    def _judge_block(self, targets: Tensor, some: slice, given: slice, verdict: ConditionalVerdict) -> None:
        """Judge the estimators of some seeds that are given some components, and write what comes out into `verdict`."""
        chosen, slope = self.settings, self.settings.slope
        weights, gradients = self.weights.part(some), self.gradients.part(some)
        part = targets[:, some, given].movedim(0, 2).contiguous()
        seeds, count, _, samples, size = part.shape
        inputs = part.diagonal(given.start, 1, 4).movedim(-1, 1).contiguous()
        shape = (seeds, count, 3, samples, chosen.kernels, size)
        table = piecewise(weights, given=given, slope=slope)
        pieces = table.find(inputs.flatten(2))
        raw, steep = table.evaluate(inputs.flatten(2), pieces)
        raw_logit, mean, raw_variance = (net.view(shape) for net in raw.unbind(1))
        logit_part, variance_part = raw_logit.mul_(2.0).sigmoid_(), raw_variance.mul_(2.0).sigmoid_()
        leak = None
        if chosen.mean_output == "leaky":
            leak = slope + (1.0 - slope) * (mean > 0).to(mean.dtype)
            mean = mean * leak
        # gain * tanh(u) = gain * (2 sigmoid(2 u) - 1); the constant drops out of the weights.
        found = mixture_derivatives(
            part, 2.0 * chosen.gain * logit_part, mean, 2.0 * chosen.gain * variance_part - chosen.gain
        )
        by_raw = self._by_outputs(found, logit_part, variance_part, leak)
        total = by_raw[0].mul(steep[:, 0].view(shape))
        for k in (1, 2):
            total.addcmul_(by_raw[k], steep[:, k].view(shape))
        verdict.mean_logs[:, some, given] = found.log_density.mean(-2).movedim(2, 0)
        verdict.by_target[:, some, given] = found.by_target.movedim(2, 0)
        verdict.by_given[:, some, given] = total.sum(-2).movedim(2, 0)
        own = [values[:, :, OWN] for values in by_raw]
        for values in own:
            values.diagonal(given.start, 1, 4).zero_()
        accumulate_gradients(
            gradients,
            weights,
            inputs[:, :, OWN].contiguous(),
            [values.flatten(3) for values in own],
            below=table.count_below(pieces[..., :samples].contiguous()),
            given=given,
            slope=slope,
        )

    def _by_outputs(
        self, found: MixtureDerivatives, logit_part: Tensor, variance_part: Tensor, leak: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Differentiate by the outputs of the perceptrons, before the functions that bound them."""
        by_logit = found.by_logit.mul_(_bell(logit_part)).mul_(4.0 * self.settings.gain)
        by_variance = found.by_log_variance.mul_(_bell(variance_part)).mul_(4.0 * self.settings.gain)
        by_mean = found.by_mean if leak is None else found.by_mean.mul_(leak)
        return by_logit, by_mean, by_variance

    def _shrink(self) -> None:
        """Add the gradient of the Frobenius norms of all matrices."""
        for values, gradient in zip(self.weights[::2], self.gradients[::2], strict=True):
            norm = torch.linalg.matrix_norm(values, keepdim=True).clamp(min=torch.finfo(values.dtype).tiny)
            gradient.addcdiv_(values, norm.expand_as(values), value=self.settings.shrinkage)


def _bell(part: Tensor) -> Tensor:
    """Differentiate the logistic function, from its value."""
    return torch.addcmul(part, part, part, value=-1.0)

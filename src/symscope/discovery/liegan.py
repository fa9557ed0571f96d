"""LieGAN: group elements drawn from learned algebras (Yang, Walters, Dehmamy and Yu 2023, arXiv:2302.00236)."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Inexact
from torch import Tensor

from symscope.config.discovery import LieGan
from symscope.discovery.coefficients import draw_noise, entropy
from symscope.discovery.generator import GeneratorEnsemble
from symscope.discovery.regularizers import channel_correlation, entrywise_norm


class AlgebraMover:
    """Moves samples by exp(sum_i w_i L_i) with random w, and trains the L_i.

    Parameters
    ----------
    settings
        The method's settings.
    generators
        The learned algebras.
    """

    terms: tuple[str, ...] = ("channel_correlation", "generator_norm")

    def __init__(self, settings: LieGan, generators: GeneratorEnsemble) -> None:
        self.settings = settings
        self.generators = generators

    @property
    def learns_elements(self) -> bool:
        """Generators are learned."""
        return False

    @property
    def reports_sparse_basis(self) -> bool:
        """Whether the settings ask for the basis with the fewest large entries."""
        return self.settings.generator.report == "sparse"

    @property
    def learned(self) -> Inexact[Tensor, "seed channel d d"]:
        """The generators without the mask; a view of what is trained."""
        return self.generators.basis

    @property
    def reported(self) -> Inexact[Tensor, "seed channel d d"]:
        """The generators as they act now."""
        return self.generators.basis * self.generators.mask

    @property
    def law_parameters(self) -> dict[str, Tensor]:
        """What is learned of the law of the coefficients."""
        return self.generators.law_parameters

    @property
    def state(self) -> list[Tensor]:
        """Generators, and what is learned of the law of their coefficients."""
        return [self.generators.leaf, *self.generators.law_parameters.values()]

    def parameters(self) -> list[Tensor]:
        """List what is trained, as real leaves."""
        return self.generators.parameters()

    def draw(self, streams: Sequence[torch.Generator], *, steps: int, batch: int, dtype: torch.dtype) -> list[Tensor]:
        """Noise of the coefficients for several steps."""
        channels = self.settings.generator.channels
        noise = draw_noise(
            self.settings.coefficients, streams, steps=steps, batch=batch, channels=channels, dtype=dtype
        )
        return list(noise)

    def elements(self, noise: Tensor) -> Inexact[Tensor, "seed batch d d"]:
        """Random group elements, one for each sample."""
        return self.generators.elements(noise)

    def penalty(self) -> Float[Tensor, "seed"] | None:
        """Overlap of the channels and norm of the generators (eq. 8), and minus the entropy of their coefficients, weighted."""
        chosen, total = self.settings, None
        if chosen.channel_correlation.weight > 0:
            total = chosen.channel_correlation.weight * self._overlap()
        if chosen.norm_weight > 0:
            norm = chosen.norm_weight * entrywise_norm(self.reported, chosen.norm_p)
            total = norm if total is None else total + norm
        if chosen.entropy_weight > 0:
            spread = -chosen.entropy_weight * entropy(chosen.coefficients, self.generators.law_parameters)
            total = spread if total is None else total + spread
        return total

    def measures(self) -> list[Float[Tensor, "seed"]]:
        """Overlap of the channels and mean norm of the generators."""
        return [self._overlap(), torch.linalg.vector_norm(self.learned.flatten(2), dim=-1).mean(1)]

    def begin_step(self, step_index: int, steps: int) -> None:
        """Open the next channel where channels are trained one after the other."""
        if self.settings.generator.incremental:
            channels = self.settings.generator.channels
            self.generators.open_channel(min(step_index * channels // steps, channels - 1))

    def update(self, optimizer: torch.optim.Optimizer) -> None:
        """Take one step; with incremental training only the newest channel moves."""
        if self.settings.generator.incremental:
            basis, active = self.generators.basis, self.generators.active
            before = basis.detach().clone()
            optimizer.step()
            newest = active * (1.0 - torch.roll(active, -1))
            newest[-1] = active[-1]
            with torch.no_grad():
                basis.copy_(torch.where(newest[:, None, None] > 0, basis, before))
        else:
            optimizer.step()
        self.generators.constrain()

    def finished(self, learned: Tensor) -> Inexact[Tensor, "seed channel d d"]:
        """Give the generators to report."""
        return self.generators.finished(learned)

    def _overlap(self) -> Float[Tensor, "seed"]:
        return channel_correlation(self.settings.channel_correlation, self.learned, self.generators.mask)

"""The adversarial game between what moves the samples and a discriminator, as a batched ensemble.

All seeds train in one computation: every tensor has a leading axis `seed`, every loss is summed over it, and nothing
couples two seeds. Nothing is read back from the device inside the loop.
"""

import torch
from torch import Tensor

from symscope.config.adversarial import CosineRegularizer
from symscope.config.discovery import LieGan
from symscope.config.symmetrygan import SymmetryGan
from symscope.discovery.actions import act, as_real_features
from symscope.discovery.adversary import (
    DiscriminatorEnsemble,
    Features,
    Verdict,
    discriminator_loss,
    generator_loss,
)
from symscope.discovery.batches import BatchStream
from symscope.discovery.logbook import Logbook, falling_rate
from symscope.discovery.movers import Mover
from symscope.discovery.regularizers import similarity
from symscope.discovery.samples import Samples
from symscope.discovery.trainer import EnsembleTrainer

TERMS = ("discriminator_loss", "generator_loss", "similarity", "real_logit", "fake_logit")


class AdversarialTrainer(EnsembleTrainer):
    """State of an ensemble in training: LieGAN, SymmetryGAN.

    Parameters
    ----------
    settings
        The method's settings.
    samples
        What to train on, on the device.
    mover, discriminator
        The two players: what moves the samples, and what tells moved from original ones.
    streams
        One random stream for each seed.
    steps
        Number of updates.
    """

    def __init__(
        self,
        settings: LieGan | SymmetryGan,
        samples: Samples,
        *,
        mover: Mover,
        discriminator: DiscriminatorEnsemble,
        streams: list[torch.Generator],
        steps: int,
    ) -> None:
        chosen = settings.optimisation
        discriminator.parameters.grad = discriminator.gradients
        super().__init__(
            steps=steps,
            streams=streams,
            batches=BatchStream(len(samples.x), chosen.batch, streams, tasks=samples.tasks),
            players=[*mover.state, discriminator.parameters],
            optimizers=(
                torch.optim.Adam(mover.parameters(), lr=chosen.lr_generator, betas=chosen.betas_generator, fused=True),
                torch.optim.Adam(
                    [discriminator.parameters], lr=chosen.lr_discriminator, betas=chosen.betas_discriminator, fused=True
                ),
            ),
            logbook=Logbook(
                TERMS + mover.terms,
                mover.learned,
                steps=steps,
                every=chosen.log_every,
                average_from=chosen.average_from,
            ),
        )
        self.settings = settings
        self.x, self.y = samples.x, samples.y
        self.x_action, self.y_action = samples.x_action, samples.y_action
        self.mover, self.discriminator = mover, discriminator
        real, device = samples.x.real.dtype, samples.x.device
        self.one_hot = torch.eye(samples.n_classes, dtype=real, device=device) if samples.n_classes else None

    def draw(self, steps: int) -> list[Tensor]:
        """Random numbers of the mover."""
        batch = self.settings.optimisation.batch
        return self.mover.draw(self.streams, steps=steps, batch=batch, dtype=self.x.real.dtype)

    def step(self, noise: Tensor) -> None:
        """One update of both players; the mover's comes first and leaves the discriminator as it was."""
        self._schedule()
        indices = self.batches.next()
        x, y = self.x[indices], self.y[indices]
        elements = self.mover.elements(noise)
        moved_x = act(self.x_action, elements, x)
        moved_y = act(self.y_action, elements, y)
        verdict = self._judge(x, y, moved_x, moved_y)
        loss, alike = self._regularizers(x, y, moved_x, moved_y)
        self._update_mover(verdict, loss, moved_x, moved_y)
        self.optimizers[1].step()
        self._keep(verdict, alike)

    def _schedule(self) -> None:
        chosen = self.settings.optimisation
        factor = falling_rate(self.step_index, self.steps, start=chosen.decay_start, end=chosen.decay_to)
        for optimizer, rate in zip(self.optimizers, (chosen.lr_generator, chosen.lr_discriminator), strict=True):
            optimizer.param_groups[0]["lr"] = rate * factor
        self.mover.begin_step(self.step_index, self.steps)

    def _judge(self, x: Tensor, y: Tensor, moved_x: Tensor, moved_y: Tensor) -> Verdict:
        loss = self.settings.optimisation.generator_loss
        return self.discriminator.judge(self._features(x, y), self._features(moved_x.detach(), moved_y.detach()), loss)

    def _features(self, x: Tensor, y: Tensor) -> Features:
        classes = self.one_hot[y] if self.one_hot is not None else None
        if self.settings.discriminator.kind == "conv":
            extra = None if classes is not None or y.numel() == 0 else as_real_features(y)
            return Features(x, extra, classes)
        if self.y_action == "trivial":
            extra = None if classes is not None else as_real_features(y)
            return Features(as_real_features(x), extra, classes)
        return Features(torch.cat([as_real_features(x), as_real_features(y)], dim=-1), None, None)

    def _regularizers(self, x: Tensor, y: Tensor, moved_x: Tensor, moved_y: Tensor) -> tuple[Tensor, Tensor]:
        """Loss besides the game, summed over seeds, and the similarity; a term without weight is made for the log only."""
        chosen = self.settings.regularizer
        before, after = x, moved_x
        on_pair = isinstance(chosen, CosineRegularizer) and chosen.compares == "pair"
        if on_pair and self.y_action == self.x_action:
            before, after = torch.cat([x, y], dim=2), torch.cat([moved_x, moved_y], dim=2)
        alike = torch.zeros(len(self.streams), dtype=self.x.real.dtype, device=self.x.device)
        loss = alike.clone()
        if chosen.weight > 0 or self.logbook.slot(self.step_index) is not None:
            alike = similarity(chosen, before, after)
        if chosen.weight > 0:
            loss = loss + chosen.weight * alike
        penalty = self.mover.penalty()
        return (loss if penalty is None else loss + penalty).sum(), alike

    def _update_mover(self, verdict: Verdict, loss: Tensor, moved_x: Tensor, moved_y: Tensor) -> None:
        pairs = [(loss, torch.ones_like(loss)), *self._split(verdict.gradient, moved_x, moved_y)]
        pairs = [(output, gradient) for output, gradient in pairs if output.requires_grad]
        optimizer = self.optimizers[0]
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward([output for output, _ in pairs], [gradient for _, gradient in pairs])
        self.mover.update(optimizer)

    def _split(self, gradient: Tensor, moved_x: Tensor, moved_y: Tensor) -> list[tuple[Tensor, Tensor]]:
        if self.y_action == "trivial" or self.settings.discriminator.kind == "conv":
            return [(moved_x, _like(gradient, moved_x))]
        width = as_real_features(moved_x).shape[-1]
        return [(moved_x, _like(gradient[..., :width], moved_x)), (moved_y, _like(gradient[..., width:], moved_y))]

    @torch.no_grad()
    def _keep(self, verdict: Verdict, alike: Tensor) -> None:
        self.logbook.add_to_average(self.step_index, self.mover.learned)
        slot = self.logbook.slot(self.step_index)
        if slot is None:
            return
        values = (
            discriminator_loss(verdict.real, verdict.fake),
            generator_loss(verdict.fake, self.settings.optimisation.generator_loss),
            alike,
            verdict.real.mean(1),
            verdict.fake.mean(1),
            *self.mover.measures(),
        )
        self.logbook.write(slot, values, self.mover.reported)

    @property
    def learns_elements(self) -> bool:
        """Whether the mover learns group elements."""
        return self.mover.learns_elements

    @property
    def reports_sparse_basis(self) -> bool:
        """Whether the mover's settings ask for the basis with the fewest large entries."""
        return self.mover.reports_sparse_basis

    @property
    def law_parameters(self) -> dict[str, Tensor]:
        """What is learned of the law of the coefficients."""
        return self.mover.law_parameters

    def learned(self) -> Tensor:
        """Give the matrices to report: the last ones, or their average."""
        return self.mover.finished(self.logbook.average if self.logbook.averaged else self.mover.learned)


def _like(gradient: Tensor, moved: Tensor) -> Tensor:
    if moved.is_complex():
        return torch.view_as_complex(gradient.reshape(*moved.shape, 2).contiguous())
    return gradient.reshape(moved.shape)

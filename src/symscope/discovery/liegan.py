"""LieGAN as a batched ensemble (Yang, Walters, Dehmamy and Yu 2023, arXiv:2302.00236).

All seeds train in one computation: every tensor has a leading axis `seed`, every loss is summed over it, and nothing
couples two seeds. Nothing is read back from the device inside the loop.
"""

import logging
from typing import Any

import torch
from torch import Tensor

from symscope.config.discovery import CosineRegularizer, LieGan
from symscope.discovery.actions import act, as_real_features
from symscope.discovery.adversary import (
    DiscriminatorEnsemble,
    Features,
    Verdict,
    discriminator_loss,
    generator_loss,
)
from symscope.discovery.batches import BatchStream
from symscope.discovery.coefficients import draw_noise
from symscope.discovery.generator import GeneratorEnsemble
from symscope.discovery.regularizers import channel_correlation, entrywise_norm, similarity
from symscope.discovery.samples import Samples

logger = logging.getLogger(__name__)

NOISE_BLOCK = 64
"""Steps for which coefficients are drawn at once; a matter of speed alone."""

HISTORY_TERMS = (
    "discriminator_loss",
    "generator_loss",
    "similarity",
    "channel_correlation",
    "real_logit",
    "fake_logit",
    "generator_norm",
)


class LieGanTrainer:
    """State of an ensemble in training.

    Parameters
    ----------
    settings
        The method's settings.
    samples
        What to train on, on the device.
    generator, discriminator
        The two players.
    streams
        One random stream for each seed.
    steps
        Number of updates.
    """

    def __init__(
        self,
        settings: LieGan,
        samples: Samples,
        *,
        generator: GeneratorEnsemble,
        discriminator: DiscriminatorEnsemble,
        streams: list[torch.Generator],
        steps: int,
    ) -> None:
        self.settings = settings
        self.x, self.y = samples.x, samples.y
        self.x_action, self.y_action = samples.x_action, samples.y_action
        self.generator, self.discriminator = generator, discriminator
        self.streams = streams
        self.steps = steps
        real, device = samples.x.real.dtype, samples.x.device
        self.one_hot = torch.eye(samples.n_classes, dtype=real, device=device) if samples.n_classes else None
        chosen = settings.optimisation
        self.batches = BatchStream(len(samples.x), chosen.batch, streams)
        discriminator.parameters.grad = discriminator.gradients
        self.optimizers = (
            torch.optim.Adam(generator.parameters(), lr=chosen.lr_generator, betas=chosen.betas_generator, fused=True),
            torch.optim.Adam(
                [discriminator.parameters], lr=chosen.lr_discriminator, betas=chosen.betas_discriminator, fused=True
            ),
        )
        self.step_index = 0
        self.average = torch.zeros_like(generator.basis, requires_grad=False)
        self.average_start = min(int(chosen.average_from * steps), steps - 1)
        logged = max(steps // chosen.log_every, 1)
        seeds = len(streams)
        self.history = torch.zeros(logged, len(HISTORY_TERMS), seeds, dtype=real, device=device)
        self.history_steps = [min((k + 1) * chosen.log_every, steps) for k in range(logged)]
        self.trajectory = torch.zeros(logged, *generator.basis.shape, dtype=generator.basis.dtype, device=device)

    def run_block(self) -> None:
        """Train up to the next multiple of the block of steps for which noise is drawn at once."""
        count = min(NOISE_BLOCK, self.steps - self.step_index)
        chosen = self.settings
        noise = draw_noise(
            chosen.coefficients,
            self.streams,
            steps=count,
            batch=chosen.optimisation.batch,
            channels=chosen.generator.channels,
            dtype=self.x.real.dtype,
        )
        for k in range(count):
            self.step(noise[k])

    def step(self, noise: Tensor) -> None:
        """One update of both players; the generator's comes first and leaves the discriminator as it was."""
        self._schedule()
        indices = self.batches.next()
        x, y = self.x[indices], self.y[indices]
        elements = self.generator.elements(noise)
        moved_x = act(self.x_action, elements, x)
        moved_y = act(self.y_action, elements, y)
        verdict = self._judge(x, y, moved_x, moved_y)
        terms = self._regularizers(x, y, moved_x, moved_y)
        self._update_generator(verdict, terms, moved_x, moved_y)
        self.optimizers[1].step()
        self._keep(verdict, terms)
        self.step_index += 1

    def _schedule(self) -> None:
        chosen = self.settings.optimisation
        start = chosen.decay_start * self.steps
        over = max(self.steps - start, 1.0)
        fall = max(0.0, (self.step_index - start) / over)
        factor = 1.0 - (1.0 - chosen.decay_to) * fall
        for optimizer, rate in zip(self.optimizers, (chosen.lr_generator, chosen.lr_discriminator), strict=True):
            optimizer.param_groups[0]["lr"] = rate * factor
        if self.settings.generator.incremental:
            channels = self.settings.generator.channels
            self.generator.open_channel(min(self.step_index * channels // self.steps, channels - 1))

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

    def _regularizers(self, x: Tensor, y: Tensor, moved_x: Tensor, moved_y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Total to be differentiated, similarity and overlap; terms without weight are left out between log entries."""
        chosen = self.settings
        before, after = x, moved_x
        on_pair = isinstance(chosen.regularizer, CosineRegularizer) and chosen.regularizer.compares == "pair"
        if on_pair and self.y_action == self.x_action:
            before, after = torch.cat([x, y], dim=2), torch.cat([moved_x, moved_y], dim=2)
        basis = self.generator.basis
        zero = torch.zeros(len(self.streams), dtype=self.x.real.dtype, device=self.x.device)
        logs = self._log_slot() is not None
        weights = chosen.regularizer.weight, chosen.channel_correlation.weight
        alike = similarity(chosen.regularizer, before, after) if weights[0] > 0 or logs else zero
        overlap = zero
        if weights[1] > 0 or logs:
            overlap = channel_correlation(chosen.channel_correlation, basis, self.generator.mask)
        total = zero
        for weight, term in zip(weights, (alike, overlap), strict=True):
            total = total + weight * term if weight > 0 else total
        if chosen.norm_weight > 0:
            total = total + chosen.norm_weight * entrywise_norm(basis * self.generator.mask, chosen.norm_p)
        return total.sum(), alike, overlap

    def _update_generator(
        self, verdict: Verdict, terms: tuple[Tensor, Tensor, Tensor], moved_x: Tensor, moved_y: Tensor
    ) -> None:
        pairs = [(terms[0], torch.ones_like(terms[0])), *self._split(verdict.gradient, moved_x, moved_y)]
        pairs = [(output, gradient) for output, gradient in pairs if output.requires_grad]
        optimizer = self.optimizers[0]
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward([output for output, _ in pairs], [gradient for _, gradient in pairs])
        basis = self.generator.basis
        if self.settings.generator.incremental:
            before = basis.detach().clone()
            optimizer.step()
            newest = self.generator.active * (1.0 - torch.roll(self.generator.active, -1))
            newest[-1] = self.generator.active[-1]
            with torch.no_grad():
                basis.copy_(torch.where(newest[:, None, None] > 0, basis, before))
        else:
            optimizer.step()
        self.generator.constrain()

    def _log_slot(self) -> int | None:
        """Place in the history of the step that is being made, if it is logged."""
        done = self.step_index + 1
        every = self.settings.optimisation.log_every
        if done % every == 0:
            return done // every - 1
        return 0 if done == self.steps and self.steps < every else None

    def _split(self, gradient: Tensor, moved_x: Tensor, moved_y: Tensor) -> list[tuple[Tensor, Tensor]]:
        if self.y_action == "trivial" or self.settings.discriminator.kind == "conv":
            return [(moved_x, _like(gradient, moved_x))]
        width = as_real_features(moved_x).shape[-1]
        return [(moved_x, _like(gradient[..., :width], moved_x)), (moved_y, _like(gradient[..., width:], moved_y))]

    @torch.no_grad()
    def _keep(self, verdict: Verdict, terms: tuple[Tensor, Tensor, Tensor]) -> None:
        basis = self.generator.basis
        if self.step_index >= self.average_start:
            self.average += (basis - self.average) / (self.step_index - self.average_start + 1)
        slot = self._log_slot()
        if slot is None:
            return
        rows = (
            discriminator_loss(verdict.real, verdict.fake),
            generator_loss(verdict.fake, self.settings.optimisation.generator_loss),
            terms[1],
            terms[2],
            verdict.real.mean(1),
            verdict.fake.mean(1),
            torch.linalg.vector_norm(basis.flatten(2), dim=-1).mean(1),
        )
        self.history[slot] = torch.stack(rows)
        self.trajectory[slot] = basis * self.generator.mask

    def generators(self) -> Tensor:
        """Give the generators to report: the last ones, or their average."""
        averaged = self.settings.optimisation.average_from < 1.0
        return self.generator.finished(self.average if averaged else self.generator.basis)

    def state(self) -> dict[str, Any]:
        """Everything that the following steps depend on."""
        return {
            "step": self.step_index,
            "players": [
                self.generator.basis.detach(),
                *[p.detach() for p in self.generator.law_parameters.values()],
                self.discriminator.parameters,
            ],
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "streams": [stream.get_state() for stream in self.streams],
            "order": self.batches.order,
            "position": self.batches.position,
            "average": self.average,
            "history": self.history,
            "trajectory": self.trajectory,
        }

    @torch.no_grad()
    def restore(self, state: dict[str, Any]) -> None:
        """Continue where :meth:`state` was taken."""
        self.step_index = int(state["step"])
        players = [self.generator.basis, *self.generator.law_parameters.values(), self.discriminator.parameters]
        for player, value in zip(players, state["players"], strict=True):
            player.copy_(value)
        for optimizer, values in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(values)
        for stream, value in zip(self.streams, state["streams"], strict=True):
            stream.set_state(value.cpu())
        self.batches.order.copy_(state["order"])
        self.batches.position = int(state["position"])
        for mine, value in ((self.average, "average"), (self.history, "history"), (self.trajectory, "trajectory")):
            mine.copy_(state[value])


def _like(gradient: Tensor, moved: Tensor) -> Tensor:
    if moved.is_complex():
        return torch.view_as_complex(gradient.reshape(*moved.shape, 2).contiguous())
    return gradient.reshape(moved.shape)


def count_steps(settings: LieGan, n_samples: int) -> int:
    """Count the updates that the settings ask for."""
    chosen = settings.optimisation
    if chosen.steps is not None:
        return chosen.steps
    return max(1, round((chosen.epochs or 0.0) * (n_samples // chosen.batch)))

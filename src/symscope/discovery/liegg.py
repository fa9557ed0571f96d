"""In the manner of LieGG: an ensemble of networks learns a task, and each shows the symmetries of what it learned."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from symscope.config.liegg import LieGG
from symscope.discovery.actions import as_real_features
from symscope.discovery.batches import BatchStream
from symscope.discovery.logbook import Logbook, falling_rate
from symscope.discovery.polarisation import SingularMatrices, null_space, polarisation_rows
from symscope.discovery.predictor import PredictorEnsemble, prediction_error, unit_of
from symscope.discovery.samples import Samples
from symscope.discovery.trainer import EnsembleTrainer, first_of_each
from symscope.errors import ConfigError


class LieGGTrainer(EnsembleTrainer):
    """An ensemble of predictors in training; what they know of symmetry is read at the end.

    Parameters
    ----------
    settings
        The method's settings.
    samples
        What to train on, on the device: real vectors, one task.
    streams
        One random stream for each seed.

    Raises
    ------
    ConfigError
        For samples on which no matrix acts as on real vectors.
    """

    def __init__(self, settings: LieGG, samples: Samples, *, streams: list[torch.Generator]) -> None:
        if samples.x_action != "vector" or samples.y_action not in ("vector", "trivial"):
            raise ConfigError(
                f"method 'liegg' needs x that transforms as a real vector, and y that does so too or not at all; found "
                f"'{samples.x_action}' and '{samples.y_action}'"
            )
        chosen = settings.optimisation
        steps = chosen.count_steps(len(samples.x))
        self.settings, self.samples, self.unit = settings, samples, unit_of(samples)
        self.network = PredictorEnsemble(
            settings.network,
            n_inputs=samples.x[0].numel(),
            n_outputs=samples.n_classes or samples.y[0].numel(),
            streams=streams,
            dtype=samples.x.dtype,
        )
        no_matrices = samples.x.new_zeros(len(streams), 0, samples.dim, samples.dim)
        super().__init__(
            steps=steps,
            streams=streams,
            batches=BatchStream(len(samples.x), chosen.batch, streams),
            players=self.network.parameters(),
            optimizers=(torch.optim.Adam(self.network.parameters(), lr=chosen.lr_network, fused=True),),
            logbook=Logbook(("prediction_loss",), no_matrices, steps=steps, every=chosen.log_every, average_from=1.0),
        )

    def draw(self, steps: int) -> Sequence[Tensor]:
        """Nothing is random but the order of the samples."""
        return [self.samples.x.new_empty(0)] * steps

    def step(self, noise: Tensor) -> None:  # noqa: ARG002 - there is none
        """One update of the predictors."""
        chosen = self.settings.optimisation
        indices = self.batches.next()
        x, y = self.samples.x[indices], self.samples.y[indices]
        predicted = self.network(as_real_features(x))
        if not self.samples.n_classes:
            predicted = predicted.view_as(y)
        error = prediction_error(predicted, y, n_classes=self.samples.n_classes, unit=self.unit)
        share = falling_rate(self.step_index, self.steps, start=chosen.decay_start, end=0.0)
        self.descend(error, rate=chosen.lr_network * share)

    def symmetries(self) -> SingularMatrices:
        """Matrices under which the predictors do not change, or are equivariant where y transforms."""
        points = self.samples.x[: self.settings.polarisation.points]
        outputs, jacobian = self._derivatives(points)
        moved = None if self.samples.y_action == "trivial" else outputs.view(*outputs.shape[:2], -1, points.shape[-1])
        rows = polarisation_rows(jacobian.double(), points.double(), None if moved is None else moved.double())
        return null_space(rows, largest=self.settings.polarisation.largest)

    def learned(self) -> Tensor:
        """Give the generators that each seed found; zero where it has fewer than another."""
        found = self.symmetries()
        return first_of_each(found.matrices, found.number)

    def spectrum(self) -> Float[Tensor, "seed k"]:
        """Singular values of the system of equations that symmetries solve."""
        return self.symmetries().values

    def _derivatives(
        self, points: Float[Tensor, "n objects d"]
    ) -> tuple[Float[Tensor, "seed n outputs"], Float[Tensor, "seed n outputs objects d"]]:
        """Give outputs at samples and their derivatives; of logits the differences from their mean, which is all that counts."""
        x = points.expand(len(self.streams), *points.shape).clone().requires_grad_(True)
        outputs = self.network(as_real_features(x))
        if self.samples.n_classes:
            outputs = outputs - outputs.mean(-1, keepdim=True)
        parts = [
            torch.autograd.grad(outputs[..., k].sum(), x, retain_graph=k + 1 < outputs.shape[-1])[0]
            for k in range(outputs.shape[-1])
        ]
        return outputs.detach(), torch.stack(parts, dim=2)

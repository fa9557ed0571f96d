"""Augerino+ as a batched ensemble: a predictor averaged over group elements whose algebra is trained with it.

Augerino (Benton, Finzi, Izmailov and Wilson 2020) learns how far a given group is a symmetry; Augerino+ (LieGAN paper,
section 6) searches all of gl(n), or what a mask leaves of it. Its loss asks for good predictions only, so any generator
that commutes well enough with the map from x to y is as good as another.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from symscope.config.augerino import Augerino
from symscope.discovery.actions import act, as_real_features
from symscope.discovery.batches import BatchStream
from symscope.discovery.coefficients import draw_noise
from symscope.discovery.generator import GeneratorEnsemble
from symscope.discovery.logbook import Logbook, falling_rate
from symscope.discovery.predictor import PredictorEnsemble, prediction_error, unit_of
from symscope.discovery.samples import Samples
from symscope.discovery.trainer import EnsembleTrainer
from symscope.groups import expm

TERMS = ("prediction_loss", "spread", "generator_norm")
TINY = 1e-12


class AugerinoTrainer(EnsembleTrainer):
    """State of an ensemble in training.

    Parameters
    ----------
    settings
        The method's settings.
    samples
        What to train on, on the device.
    generators
        The learned algebras.
    streams
        One random stream for each seed.
    """

    def __init__(
        self,
        settings: Augerino,
        samples: Samples,
        *,
        generators: GeneratorEnsemble,
        streams: list[torch.Generator],
    ) -> None:
        chosen = settings.optimisation
        steps = chosen.count_steps(len(samples.x))
        self.network = PredictorEnsemble(
            settings.network,
            n_inputs=as_real_features(samples.x[None, :1]).shape[-1],
            n_outputs=samples.n_classes or as_real_features(samples.y[None, :1]).shape[-1],
            streams=streams,
            dtype=samples.x.real.dtype,
        )
        super().__init__(
            steps=steps,
            streams=streams,
            batches=BatchStream(len(samples.x), chosen.batch, streams),
            players=[generators.leaf, *generators.law_parameters.values(), *self.network.parameters()],
            optimizers=(
                torch.optim.Adam(generators.parameters(), lr=chosen.lr_generator, fused=True),
                torch.optim.Adam(self.network.parameters(), lr=chosen.lr_network, fused=True),
            ),
            logbook=Logbook(
                TERMS,
                generators.basis,
                steps=steps,
                every=chosen.log_every,
                average_from=chosen.average_from,
            ),
        )
        self.settings, self.samples = settings, samples
        self.generators = generators
        self.scale = unit_of(samples)

    def draw(self, steps: int) -> list[Tensor]:
        """Noise of the coefficients."""
        chosen = self.settings
        noise = draw_noise(
            chosen.coefficients,
            self.streams,
            steps=steps,
            batch=chosen.optimisation.batch * chosen.copies,
            channels=chosen.generator.channels,
            dtype=self.samples.x.real.dtype,
        )
        return list(noise)

    def step(self, noise: Tensor) -> None:
        """One update of predictor and generators together."""
        chosen = self.settings.optimisation
        factor = falling_rate(self.step_index, self.steps, start=chosen.decay_start, end=chosen.decay_to)
        for optimizer, rate in zip(self.optimizers, (chosen.lr_generator, chosen.lr_network), strict=True):
            optimizer.param_groups[0]["lr"] = rate * factor
            optimizer.zero_grad(set_to_none=True)
        indices = self.batches.next()
        x, y = self.samples.x[indices], self.samples.y[indices]
        combined = self.generators.combinations(noise)
        error = prediction_error(self.predict(x, combined), y, n_classes=self.samples.n_classes, unit=self.scale)
        spread = _root_mean_square(combined)
        reward = self.settings.spread.weight * spread.clamp_max(self.settings.spread.cap)
        torch.autograd.backward((error - reward).sum())
        for optimizer in self.optimizers:
            optimizer.step()
        self.generators.constrain()
        self._keep(error, spread)

    def predict(self, x: Tensor, combined: Tensor) -> Tensor:
        """Average over transformed copies (eq. 15, with eq. 11 where y transforms).

        Parameters
        ----------
        x
            Samples (seed, batch, ...).
        combined
            Elements of the algebras, (seed, batch * copies, d, d).

        Returns
        -------
        Tensor
            Logits, or predictions in the form of y; (seed, batch, ...).
        """
        copies, moves_y = self.settings.copies, self.samples.y_action != "trivial"
        both = torch.cat([combined, -combined], dim=1) if moves_y else combined
        elements = expm(both, squarings=self.settings.generator.squarings)
        there, back = elements[:, : combined.shape[1]], elements[:, combined.shape[1] :]
        repeated = x.repeat_interleave(copies, dim=1)
        moved = act(self.samples.x_action, there, repeated)
        result = self.network(as_real_features(moved))
        if self.samples.n_classes == 0:
            result = _in_the_form_of(self.samples.y, result)
        if moves_y:
            result = act(self.samples.y_action, back, result)
        return result.view(*x.shape[:2], copies, *result.shape[2:]).mean(2)

    @torch.no_grad()
    def _keep(self, error: Tensor, spread: Tensor) -> None:
        basis = self.generators.basis
        self.logbook.add_to_average(self.step_index, basis)
        slot = self.logbook.slot(self.step_index)
        if slot is not None:
            norm = torch.linalg.vector_norm(basis.flatten(2), dim=-1).mean(1)
            self.logbook.write(slot, (error, spread, norm), basis * self.generators.mask)

    @property
    def reports_sparse_basis(self) -> bool:
        """Whether the settings ask for the basis with the fewest large entries."""
        return self.settings.generator.report == "sparse"

    @property
    def law_parameters(self) -> dict[str, Tensor]:
        """What is learned of the law of the coefficients."""
        return self.generators.law_parameters

    def learned(self) -> Tensor:
        """Give the generators to report: the last ones, or their average."""
        return self.generators.finished(self.logbook.average if self.logbook.averaged else self.generators.basis)


def _root_mean_square(combined: Tensor) -> Float[Tensor, "seed"]:
    squares = combined.abs().square().sum((-2, -1)).mean(1)
    return squares.clamp_min(TINY).sqrt()


def _in_the_form_of(y: Tensor, flat: Tensor) -> Tensor:
    shape = (*flat.shape[:2], *y.shape[1:])
    if y.is_complex():
        return torch.view_as_complex(flat.view(*shape, 2).contiguous())
    return flat.view(shape)

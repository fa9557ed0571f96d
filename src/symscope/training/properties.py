"""Networks that predict properties of molecules, trained on molecules that a symmetry moves."""

import logging
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray
from torch import Tensor

from symscope.config.prediction import PredictorTraining
from symscope.config.properties import MoleculeAugmentation, PropertyEvaluation, PropertyNetwork
from symscope.data.atoms import N_TARGETS
from symscope.device import resolve_device
from symscope.discovery.batches import BatchStream
from symscope.discovery.loop import ResumableLoop, run_to_end, seed_streams
from symscope.errors import DataError
from symscope.groups import expm
from symscope.io.checkpoints import fingerprint
from symscope.io.samples import Split
from symscope.models.properties import PropertyPerceptron
from symscope.training.augmentation import unit_generators
from symscope.training.predictors import learning_rate

logger = logging.getLogger(__name__)

BLOCK = 64
"""Steps for which group elements are drawn at once; a matter of speed alone."""
SQUARINGS = 6
"""Halvings in the exponential: its error is below 1e-5 for exponents of norm up to 64."""
_EVALUATION_STREAM = 20_231
"""Stream of the elements by which all networks of a study are tested, so that they are the same for all."""


class MoleculeTensors:
    """One split as tensors: atoms, elements, and targets in units of their standard deviation.

    Parameters
    ----------
    split
        Samples of atoms; see :func:`symscope.data.atoms.build_atoms`.
    dtype, device
        Arithmetic.

    Raises
    ------
    DataError
        Where the arrays are no atoms, empty or not finite.
    """

    def __init__(self, split: Split, *, dtype: torch.dtype, device: torch.device) -> None:
        x, y = (torch.as_tensor(np.asarray(values)).to(device=device, dtype=dtype) for values in (split.x, split.y))
        if x.ndim != 3 or x.shape[-1] != 4 or y.ndim != 2 or len(x) != len(y) or y.shape[1] <= N_TARGETS or not len(x):
            raise DataError(
                f"samples have shapes {tuple(x.shape)} and {tuple(y.shape)}; atoms (n, objects, 4) and targets with elements "
                "(n, k) are needed, so take atoms of a dataset of molecules"
            )
        if not bool(x.isfinite().all() and y.isfinite().all()):
            raise DataError("samples hold values that are not finite; make the dataset again")
        self.x, self.targets, self.elements = x, y[:, :N_TARGETS], y[:, N_TARGETS:]


@dataclass(frozen=True)
class TrainedProperties:
    """Networks of all seeds, and how their training went."""

    network: PropertyPerceptron
    """The networks."""
    seeds: tuple[int, ...]
    """Seeds, in the order of the leading axis."""
    history_steps: list[int]
    """Steps at which the errors were noted."""
    history: dict[str, list[list[float]]]
    """`train` and `val`: mean absolute error in standard deviations, one list for each seed."""
    seconds: float
    """Time of the training [s]."""
    steps: int
    """Updates of each seed."""


def train_properties(
    train: Split,
    val: Split,
    *,
    network: PropertyNetwork,
    augmentation: MoleculeAugmentation,
    generators: Float[ndarray, "seed c 4 4"] | None,
    settings: PredictorTraining,
    select: Literal["validation", "last"] = "validation",
    seeds: Sequence[int],
    device: str = "auto",
    checkpoint: str | os.PathLike[str] | None = None,
    source: str = "",
) -> TrainedProperties:
    """Train one network with all its seeds.

    Parameters
    ----------
    train, val
        Samples of atoms.
    network
        Its shape.
    augmentation, generators
        How training molecules are moved, and by which symmetry of each seed; None leaves them where they are.
    settings, select
        How to train, and which weights are kept: those of each seed with the smallest validation error, or the last ones.
    seeds
        One independent run for each.
    device, checkpoint, source
        As in :func:`symscope.training.predictors.train_predictor`.

    Raises
    ------
    DataError
        For samples that are no atoms.
    ConfigError
        For bad seeds, and generators that are linearly dependent.
    """
    place = resolve_device(device)
    streams = seed_streams(seeds, place)
    dtype = torch.float64 if settings.precision == "float64" else torch.float32
    fit, check = (MoleculeTensors(split, dtype=dtype, device=place) for split in (train, val))
    symmetry = None if generators is None else _unit(generators, fit.x)
    model = _network(fit, network, streams).to(place)
    trainer = _Trainer(
        model, fit, check, symmetry=symmetry, sigma=augmentation.sigma, settings=settings, streams=streams
    )
    run = ""
    if checkpoint is not None:
        description = {
            "step": "train_properties",
            "network": network.model_dump(mode="json"),
            "augmentation": augmentation.model_dump(mode="json"),
            "training": settings.model_dump(mode="json", exclude={"checkpoint_seconds"}),
            "seeds": list(seeds),
            "source": source,
        }
        moved = [] if symmetry is None else [symmetry]
        run = fingerprint(description, fit.x, fit.targets, fit.elements, check.x, check.targets, *moved)
    seconds = run_to_end(trainer, device=place, checkpoint=checkpoint, run=run, every=settings.checkpoint_seconds)
    if select == "validation":
        trainer.take_best()
    return TrainedProperties(
        network=trainer.network,
        seeds=tuple(seeds),
        history_steps=trainer.log_steps,
        history={"train": trainer.history[0].tolist(), "val": trainer.history[1].tolist()},
        seconds=seconds,
        steps=trainer.steps,
    )


def draw_moves(
    generators: Float[Tensor, "seed c 4 4"], n: int, *, sigma: float, streams: Sequence[torch.Generator]
) -> Float[Tensor, "seed n 4 4"]:
    """Draw exp(sum w_i L_i) with normal w of width sigma, one stream for each seed."""
    shape = (n, generators.shape[1])
    drawn = [torch.randn(shape, generator=s, device=s.device, dtype=generators.dtype) for s in streams]
    return expm(torch.einsum("snc,scij->snij", sigma * torch.stack(drawn), generators), squarings=SQUARINGS)


def _unit(generators: Float[ndarray, "seed c 4 4"], like: Tensor) -> Float[Tensor, "seed c 4 4"]:
    """Give generators in an orthogonal basis of their span, of Frobenius norm 2."""
    return unit_generators(torch.as_tensor(np.asarray(generators, np.float64))).to(like)


@torch.no_grad()
def evaluate_properties(
    trained: TrainedProperties,
    test: Split,
    *,
    target_std: Sequence[float],
    names: Sequence[str],
    truth: Float[ndarray, "c 4 4"] | None,
    augmentation: MoleculeAugmentation,
    settings: PropertyEvaluation,
) -> list[dict[str, float]]:
    """Measure trained networks on molecules that they have not seen.

    Parameters
    ----------
    trained
        The networks.
    test
        Samples of atoms.
    target_std
        Standard deviation of each target [eV], in which the samples measure them.
    names
        Short names of the targets, such as `homo`.
    truth
        Generators under which no prediction should change; None measures no change.
    augmentation
        Width of the law from which elements of the true group are drawn, the same for all networks.
    settings
        How many of them.

    Returns
    -------
    list
        For each seed the mean absolute error of each target, and under ``NAME_change`` the mean absolute change of the
        prediction as the molecules are moved [meV].
    """
    parameter = next(trained.network.parameters())
    molecules = MoleculeTensors(test, dtype=parameter.dtype, device=parameter.device)
    seeds = len(trained.seeds)
    unit = 1e3 * torch.tensor(list(target_std), dtype=parameter.dtype, device=parameter.device)
    before = _predict(trained.network, molecules.x, molecules.elements, seeds)
    quantities = {"": ((before - molecules.targets) * unit).abs().mean(dim=1)}
    if truth is not None:
        stream = torch.Generator(device=parameter.device).manual_seed(_EVALUATION_STREAM)
        known = _unit(np.asarray(truth)[None], parameter)
        changes = []
        for _ in range(settings.transformations):
            g = draw_moves(known, len(molecules.x), sigma=augmentation.sigma, streams=[stream])[0]
            after = _predict(trained.network, molecules.x @ g.mT, molecules.elements, seeds)
            changes.append(((after - before) * unit).abs().mean(dim=1))
        quantities["_change"] = torch.stack(changes).mean(dim=0)
    return [
        {
            f"{name}{suffix}": float(values[seed, k])
            for suffix, values in quantities.items()
            for k, name in enumerate(names)
        }
        for seed in range(seeds)
    ]


def _predict(network: PropertyPerceptron, x: Tensor, elements: Tensor, seeds: int) -> Tensor:
    """Predictions of every seed's network for the same molecules, some at a time."""
    step = 8192
    parts = [
        network(x[k : k + step].expand(seeds, -1, -1, -1), elements[k : k + step].expand(seeds, -1, -1))
        for k in range(0, len(x), step)
    ]
    return torch.cat(parts, dim=1)


def _network(fit: MoleculeTensors, settings: PropertyNetwork, streams: Sequence[torch.Generator]) -> PropertyPerceptron:
    """Build a network for these molecules, before its training."""
    objects = fit.x.shape[1]
    return PropertyPerceptron(
        objects=objects,
        elements=fit.elements.shape[1] // objects,
        targets=N_TARGETS,
        hidden=settings.hidden,
        layers=settings.layers,
        activation=settings.activation,
        centred=settings.origin == "centroid",
        quadratic=settings.features == "quadratic",
        streams=streams,
        dtype=fit.x.dtype,
    )


class _Trainer(ResumableLoop):
    """An ensemble in training."""

    def __init__(
        self,
        network: PropertyPerceptron,
        fit: MoleculeTensors,
        check: MoleculeTensors,
        *,
        symmetry: Float[Tensor, "seed c 4 4"] | None,
        sigma: float,
        settings: PredictorTraining,
        streams: list[torch.Generator],
    ) -> None:
        self.network, self.fit, self.check = network, fit, check
        self.symmetry, self.sigma, self.settings = symmetry, sigma, settings
        n = len(fit.x)
        batch = min(settings.batch, n)
        super().__init__(
            steps=settings.count_steps(n),
            streams=streams,
            batches=BatchStream(n, batch, streams),
            optimizers=(
                torch.optim.Adam(
                    self.network.parameters(), lr=settings.learning_rate, betas=settings.betas, fused=True
                ),
            ),
        )
        marks = np.linspace(0, self.steps, min(settings.log_points, self.steps) + 1)[1:]
        self.log_steps = [int(mark) for mark in np.unique(marks.round())]
        self.best = [weight.detach().clone() for weight in self.network.parameters()]
        self.best_error = torch.full((len(streams),), math.inf, dtype=fit.x.dtype, device=fit.x.device)
        self.history = torch.full((2, len(streams), len(self.log_steps)), math.nan, dtype=torch.float64)

    def advance(self) -> None:
        """Make some updates of every seed, with group elements that are drawn for all of them at once."""
        count = min(BLOCK, self.steps - self.step_index)
        batch = self.batches.batch
        moves: Tensor | None = None
        if self.symmetry is not None:
            moves = draw_moves(self.symmetry, count * batch, sigma=self.sigma, streams=self.streams)
        for k in range(count):
            self._update(None if moves is None else moves[:, k * batch : (k + 1) * batch])

    def _update(self, moves: Float[Tensor, "seed batch 4 4"] | None) -> None:
        optimizer = self.optimizers[0]
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(self.settings, self.step_index, self.steps)
        chosen = self.batches.next()
        x = self.fit.x[chosen]
        predicted = self.network(x if moves is None else x @ moves.mT, self.fit.elements[chosen])
        loss = (predicted - self.fit.targets[chosen]).abs().mean(dim=(1, 2))
        optimizer.zero_grad(set_to_none=True)
        loss.sum().backward()
        optimizer.step()
        self.step_index += 1
        if self.step_index in self.log_steps:
            self._log(self.log_steps.index(self.step_index), loss.detach())

    @torch.no_grad()
    def _log(self, number: int, loss: Tensor) -> None:
        predicted = _predict(self.network, self.check.x, self.check.elements, len(self.streams))
        self.history[0, :, number] = loss.double().cpu()
        error = (predicted - self.check.targets).abs().mean(dim=(1, 2))
        self.history[1, :, number] = error.double().cpu()
        better = error < self.best_error
        self.best_error.copy_(torch.where(better, error, self.best_error))
        for kept, weight in zip(self.best, self.network.parameters(), strict=True):
            kept[better] = weight[better]

    def tensors(self) -> list[Tensor]:
        """Weights, and what is kept of the training."""
        return [*self.network.parameters(), *self.best, self.best_error, self.history]

    @torch.no_grad()
    def take_best(self) -> None:
        """Go back to the weights of each seed that had the smallest validation error; NaN where there never was one."""
        lost = self.best_error.isinf()
        for weight, kept in zip(self.network.parameters(), self.best, strict=True):
            weight.copy_(kept)
            weight[lost] = math.nan

"""Training of predictors: all seeds of a model in one batched computation, resumable at any moment."""

import logging
import math
import os
from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray
from torch import Tensor

from symscope.config.prediction import HnnModel, MlpModel, PredictorModel, PredictorTraining
from symscope.device import resolve_device
from symscope.discovery.batches import BatchStream
from symscope.discovery.loop import ResumableLoop, run_to_end, seed_streams
from symscope.errors import ConfigError, DataError
from symscope.io.checkpoints import fingerprint
from symscope.training.augmentation import Elements, Symmetry, draw_elements
from symscope.training.predictor_networks import Predictor, build_predictor
from symscope.training.predictor_result import TrainedPredictor
from symscope.training.schedule import warm_cosine

logger = logging.getLogger(__name__)


@runtime_checkable
class WindowsLike(Protocol):
    """One split of windows: see ``symscope.io.samples.Split``."""

    @property
    def x(self) -> ndarray:
        """Past states (n, past, d)."""

    @property
    def y(self) -> ndarray:
        """Future states (n, future, d)."""


def train_predictor(
    train: WindowsLike,
    val: WindowsLike,
    *,
    model: PredictorModel,
    generators: Float[ndarray, "seed c d d"] | None = None,
    elements: Float[ndarray, "seed m d d"] | None = None,
    settings: PredictorTraining,
    seeds: Sequence[int],
    device: str = "auto",
    checkpoint: str | os.PathLike[str] | None = None,
    source: str = "",
) -> TrainedPredictor:
    """Train one model with all its seeds.

    Parameters
    ----------
    train, val
        Windows of trajectories.
    model
        The network and how it uses a symmetry.
    generators, elements
        The symmetry of each seed, acting on a state; None where the model uses none.
    settings
        How to train.
    seeds
        One independent run for each: starting values, order of the windows, group elements. The same seeds give the same
        numbers on the same machine with the same number of threads.
    device
        `auto`, `cpu`, `cuda` or a name that torch knows.
    checkpoint
        File for the state of the run, written at most every `settings.checkpoint_seconds`. Where it exists and belongs
        to this run, training continues from it with the same final numbers; it stays when the training is over.
    source
        Digest of the code, so that a checkpoint of other code is not continued.

    Returns
    -------
    TrainedPredictor
        Weights of all seeds at the end of the training, and the history.

    Raises
    ------
    DataError
        For windows that are not (n, time, d), not finite, all zero, or too few.
    ConfigError
        For a symmetry that is missing, of another size or number of seeds, or allows no equivariant layer; bad seeds.
    """
    place = resolve_device(device)
    streams = seed_streams(seeds, place)
    dtype = torch.float64 if settings.precision == "float64" else torch.float32
    fit, check = _windows(train, "training"), _windows(val, "validation")
    if fit[0].shape[1:] != check[0].shape[1:] or fit[1].shape[1:] != check[1].shape[1:]:
        raise DataError("training and validation windows have different numbers of steps or components; cut both alike")
    symmetry = _symmetry(model, generators, elements, n_seeds=len(seeds), dim=fit[0].shape[-1])
    trainer = _Trainer(model, settings, fit, check, symmetry=symmetry, streams=streams, device=place, dtype=dtype)
    run = ""
    if checkpoint is not None:
        description = {
            "step": "train_predictor",
            "model": model.model_dump(mode="json"),
            "training": settings.model_dump(mode="json", exclude={"checkpoint_seconds"}),
            "seeds": list(seeds),
            "source": source,
        }
        run = fingerprint(description, *fit, *check, *([] if symmetry is None else symmetry))
    seconds = run_to_end(trainer, device=place, checkpoint=checkpoint, run=run, every=settings.checkpoint_seconds)
    return trainer.result(model, seeds, symmetry, seconds)


class _Trainer(ResumableLoop):
    """An ensemble in training."""

    def __init__(
        self,
        model: PredictorModel,
        settings: PredictorTraining,
        fit: tuple[Tensor, Tensor],
        check: tuple[Tensor, Tensor],
        *,
        symmetry: Symmetry | None,
        streams: list[torch.Generator],
        device: torch.device,
        dtype: torch.dtype,
    ) -> None:
        self.settings = settings
        self.predictor: Predictor = build_predictor(model, *fit, symmetry=symmetry, streams=streams, dtype=dtype).to(
            device
        )
        self.x, self.y = (values.to(device=device, dtype=dtype) for values in fit)
        self.check = tuple(values.to(device=device, dtype=dtype) for values in check)
        frame = self.predictor.frame
        self.augmentation = model.augmentation if isinstance(model, MlpModel) and model.use == "augmentation" else None
        self.is_hnn = isinstance(model, HnnModel)
        if self.augmentation is None and not self.is_hnn:
            self.x = frame.encode(self.x)
        self.scale = float(self.y.square().mean().sqrt())
        self.targets = self.y / self.scale
        n = len(self.x)
        batch = min(settings.batch, n)
        parameters = [p for p in self.predictor.parameters() if p.requires_grad]
        super().__init__(
            steps=settings.count_steps(n),
            streams=streams,
            batches=BatchStream(n, batch, streams),
            optimizers=(torch.optim.Adam(parameters, lr=settings.learning_rate, betas=settings.betas, fused=True),),
        )
        marks = np.linspace(0, self.steps, min(settings.log_points, self.steps) + 1)[1:]
        self.log_steps = [int(mark) for mark in np.unique(marks.round())]
        self.history = torch.full((2, len(streams), len(self.log_steps)), math.nan, dtype=torch.float64)
        self.running = torch.zeros(len(streams), dtype=torch.float64, device=device)
        self.running_steps = 0
        self.pool: Elements | None = None
        self.rows = torch.arange(len(streams), device=device)[:, None]

    def advance(self) -> None:
        """One update of every seed."""
        optimizer = self.optimizers[0]
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(self.settings, self.step_index, self.steps)
        loss = self._loss(self.batches.next())
        optimizer.zero_grad(set_to_none=True)
        loss.sum().backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        self.running += loss.detach()
        self.running_steps += 1
        self.step_index += 1
        if self.step_index in self.log_steps:
            self._log(self.log_steps.index(self.step_index))

    def _loss(self, chosen: Tensor) -> Float[Tensor, " seed"]:
        """Mean squared error of each seed's batch, in scaled units."""
        if self.is_hnn:
            return self._flow_loss(chosen)
        frame = self.predictor.frame
        if self.augmentation is None:
            out = frame.decode(self.predictor.network(self.x[chosen])) / self.scale
            return (out - self.targets[chosen]).square().mean(dim=(1, 2, 3))
        forward, inverse = self._elements(chosen.shape[1])
        out = frame.decode(self.predictor.network(frame.encode(self.x[chosen] @ forward.mT))) / self.scale
        if self.augmentation.frame == "transformed":
            return (out - self.targets[chosen] @ forward.mT).square().mean(dim=(1, 2, 3))
        return (out @ inverse.mT - self.targets[chosen]).square().mean(dim=(1, 2, 3))

    def _flow_loss(self, chosen: Tensor) -> Float[Tensor, " seed"]:
        """Error of the flow for one random pair of consecutive states of each window."""
        states = torch.cat([self.x[chosen], self.y[chosen]], dim=2)
        n_pairs = states.shape[2] - 1
        drawn = [torch.randint(n_pairs, chosen.shape[1:], generator=s, device=s.device) for s in self.streams]
        first = torch.stack(drawn)[..., None, None].expand(-1, -1, 1, states.shape[-1])
        loss: Tensor = self.predictor.network.loss(  # type: ignore[operator]
            states.gather(2, first)[:, :, 0], states.gather(2, first + 1)[:, :, 0]
        )
        return loss

    def _elements(self, n: int) -> Elements:
        """Pick a group element for each window of a batch from the current pool."""
        if self.augmentation is None or self.predictor.symmetry is None:
            raise ConfigError("the model has no symmetry to augment with; give one with 'symmetry'")
        if self.pool is None or self.step_index % self.augmentation.pool_steps == 0:
            self.pool = draw_elements(self.predictor.symmetry, self.augmentation, self.augmentation.pool, self.streams)
        chosen = torch.stack(
            [torch.randint(self.augmentation.pool, (n,), generator=s, device=s.device) for s in self.streams]
        )
        return Elements(self.pool.forward[self.rows, chosen], self.pool.inverse[self.rows, chosen])

    @torch.no_grad()
    def _log(self, number: int) -> None:
        self.history[0, :, number] = (self.running / max(self.running_steps, 1)).cpu()
        if not self.is_hnn:
            self.history[0, :, number] *= self.scale**2
        x, y = self.check
        some = slice(None, None, max(1, len(x) // 500))
        error = self.predictor(x[some].expand(len(self.rows), *x[some].shape)) - y[some]
        self.history[1, :, number] = error.double().square().mean(dim=(1, 2, 3)).cpu()
        self.running.zero_()
        self.running_steps = 0
        logger.info(
            "step %d of %d: validation error %.3g (median of seeds)",
            self.step_index,
            self.steps,
            float(self.history[1, :, number].median()),
        )

    def tensors(self) -> list[Tensor]:
        """Weights, and what is kept of the training."""
        return [*self.predictor.state_dict().values(), self.history, self.running]

    def state(self) -> dict[str, Any]:
        """Everything that the following steps depend on."""
        pool = None if self.pool is None else list(self.pool)
        return {**super().state(), "pool": pool, "running_steps": self.running_steps}

    def restore(self, state: dict[str, Any]) -> None:
        """Continue where :meth:`state` was taken."""
        super().restore(state)
        self.pool = None if state["pool"] is None else Elements(*state["pool"])
        self.running_steps = int(state["running_steps"])

    def result(
        self, model: PredictorModel, seeds: Sequence[int], symmetry: Symmetry | None, seconds: float
    ) -> TrainedPredictor:
        """Gather what is kept of the training."""
        return TrainedPredictor(
            model=model.model_dump(mode="json"),
            training=self.settings.model_dump(mode="json"),
            seeds=[int(seed) for seed in seeds],
            past=self.x.shape[1],
            future=self.y.shape[1],
            frame=[part.double().cpu() for part in self.predictor.frame],
            visited=self.predictor.visited,
            generators=None if symmetry is None else symmetry.generators,
            elements=None if symmetry is None else symmetry.elements,
            state_dict={k: v.detach().cpu().clone() for k, v in self.predictor.state_dict().items()},
            history_steps=self.log_steps,
            history={"train_mse": self.history[0].tolist(), "val_mse": self.history[1].tolist()},
            ranks=self.predictor.ranks,
            n_parameters=self.predictor.n_parameters,
            seconds=seconds,
            steps=self.steps,
        )


def learning_rate(settings: PredictorTraining, step: int, steps: int) -> float:
    """Learning rate of a step, counted from 0: a linear warm-up, then half a cosine to zero, or constant."""
    constant = settings.schedule == "constant" and step >= settings.warmup * steps
    return settings.learning_rate * (1.0 if constant else warm_cosine(step, steps, warmup=settings.warmup))


def _windows(split: WindowsLike, name: str) -> tuple[Tensor, Tensor]:
    x, y = torch.as_tensor(np.asarray(split.x)), torch.as_tensor(np.asarray(split.y))
    if x.ndim != 3 or y.ndim != 3 or len(x) != len(y) or x.shape[-1] != y.shape[-1] or not len(x):
        raise DataError(
            f"{name} windows have shapes {tuple(x.shape)} and {tuple(y.shape)}; give (n, past, d) and (n, future, d)"
        )
    if not bool(x.isfinite().all()) or not bool(y.isfinite().all()):
        raise DataError(f"{name} windows hold values that are not finite; remove those trajectories")
    if not bool(x.any()) or not bool(y.any()):
        raise DataError(
            f"all states of the {name} windows are zero, which leaves nothing to predict; give other trajectories"
        )
    return x.double(), y.double()


def _symmetry(
    model: PredictorModel, generators: ndarray | None, elements: ndarray | None, *, n_seeds: int, dim: int
) -> Symmetry | None:
    if model.use == "none":
        return None
    if generators is None and elements is None:
        raise ConfigError(f"the model uses the symmetry '{model.symmetry}', and no generators are given; give them")
    empty = np.zeros((n_seeds, 0, dim, dim))
    both = []
    for name, stack in (("generators", generators), ("elements", elements)):
        array = empty if stack is None else np.asarray(stack, dtype=np.float64)
        if array.ndim != 4 or array.shape[0] != n_seeds or array.shape[2:] != (dim, dim):
            raise ConfigError(
                f"{name} have shape {array.shape}; {n_seeds} seeds and states of {dim} components need ({n_seeds}, c, {dim}, {dim})"
            )
        if not np.isfinite(array).all():
            raise ConfigError(
                f"{name} hold values that are not finite; leave out the seeds of the discovery that diverged"
            )
        both.append(torch.from_numpy(array))
    return Symmetry(*both)

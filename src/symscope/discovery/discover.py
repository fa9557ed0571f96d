"""The one way in: samples and actions to generators."""

import logging
import os
from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
import torch
from torch import Tensor

from symscope.config.actions import ActionName
from symscope.config.methods import AlgebraMethod
from symscope.device import resolve_device
from symscope.discovery.building import build_trainer
from symscope.discovery.loop import run_to_end, seed_streams
from symscope.discovery.result import Discovery
from symscope.discovery.samples import prepare_samples
from symscope.discovery.symmetrygan import principal_logarithms
from symscope.discovery.trainer import EnsembleTrainer
from symscope.errors import ConfigError, DataError
from symscope.groups import sparse_basis
from symscope.io.checkpoints import fingerprint

logger = logging.getLogger(__name__)


def discover_symmetry(
    x: Tensor | np.ndarray,
    y: Tensor | np.ndarray,
    *,
    x_action: ActionName | str,
    y_action: ActionName | str,
    method: AlgebraMethod,
    seeds: Sequence[int],
    tasks: int = 1,
    device: str = "auto",
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_every: float = 60.0,
    source: str = "",
) -> Discovery:
    """Find generators under which the joint distribution of x and y does not change.

    Parameters
    ----------
    x
        Samples: (n, objects, d) for vectors, real or complex; (n, channels, height, width) for images.
    y
        Targets (n, ...): integers are classes, real numbers enter the discriminator as they are or, where they
        transform, like x.
    x_action, y_action
        How a group element acts on each: `vector`, `complex_vector`, `image_grid`, `image_grid_cubic` or `trivial`.
    method
        The method and its settings: LieGAN, SymmetryGAN, Augerino+, LieGG or MSR.
    seeds
        One independent run for each; all train in one batched computation.
    tasks
        Equal blocks of the samples, one after the other, each with a symmetry of its own. Every seed is run on each, all in
        the same computation; the result has the seeds of the first task, then those of the second, and so on
        (:func:`symscope.discovery.tasks.split_tasks`). For MSR they are layers with one symmetry in common, and every seed has
        one result.
    device
        `auto`, `cpu`, `cuda` or a name that torch knows.
    checkpoint
        File for the state of the run. Where it exists and belongs to this run, training continues from it with the
        same final numbers; where it is damaged or belongs to another run, a warning says so and training starts
        afresh. It stays when the training is over.
    checkpoint_every
        Time between two checkpoints [s].
    source
        Digest of the code, so that a checkpoint of other code is not continued.

    Returns
    -------
    Discovery
        Generators of every seed, with history, settings and run time.

    Raises
    ------
    DataError
        For samples that are no numbers, empty, not finite, all zero or of unequal number.
    ConfigError
        For settings that do not fit the samples, unknown actions, and a device that is not there.
    """
    place = resolve_device(device)
    together = method.shares_tasks
    streams = [stream for _ in range(1 if together else tasks) for stream in seed_streams(seeds, place)]
    moves_x, moves_y = _action("x_action", x_action), _action("y_action", y_action)
    _check_numbers(x, y)
    real = torch.float64 if method.precision == "float64" else torch.float32
    samples = prepare_samples(
        x, y, x_action=moves_x, y_action=moves_y, method=method, dtype=real, device=place, tasks=tasks
    )
    if not bool((samples.x != 0).any()):
        raise DataError("all entries of x are zero, which every group element leaves as they are; give other samples")
    span = samples.visited()
    trainer = build_trainer(method, samples, torch.as_tensor(span, dtype=samples.x.dtype, device=place), streams)
    description: dict[str, Any] = {
        "method": method.model_dump(mode="json"),
        "x_action": x_action,
        "y_action": y_action,
        "n_samples": len(samples.x),
        "steps": trainer.steps,
        **({"layers" if together else "tasks": tasks} if tasks > 1 else {}),
    }
    run = ""
    if checkpoint is not None:
        whole = {**description, "step": "discover_symmetry", "seeds": list(seeds), "source": source}
        run = fingerprint(whole, samples.x, samples.y)
    seconds = run_to_end(trainer, device=place, checkpoint=checkpoint, run=run, every=checkpoint_every)
    every_seed = [*seeds] * (1 if together else tasks)
    return _result(trainer, seeds=every_seed, span=span, description=description, seconds=seconds)


def _result(
    trainer: EnsembleTrainer,
    *,
    seeds: Sequence[int],
    span: np.ndarray,
    description: dict[str, Any],
    seconds: float,
) -> Discovery:
    book = trainer.logbook
    learned = trainer.learned().cpu().numpy()
    learned = learned.astype(np.complex128 if np.iscomplexobj(learned) else np.float64)
    on_the_way = np.ascontiguousarray(book.trajectory.cpu().numpy().swapaxes(0, 1))
    elements = None
    if trainer.learns_elements:
        elements, learned = learned, principal_logarithms(learned)
        on_the_way = principal_logarithms(on_the_way) if on_the_way.size else on_the_way
    elif trainer.reports_sparse_basis:
        learned = np.stack([sparse_basis(stack) if np.isfinite(stack).all() else stack for stack in learned])
    values = book.values.cpu().to(torch.float64).numpy()
    discovery = Discovery(
        generators=learned,
        elements=elements,
        spectrum=_as_array(trainer.spectrum()),
        shared_weights=_as_array(trainer.shared_weights()),
        span=span,
        seeds=tuple(int(seed) for seed in seeds),
        history={name: np.ascontiguousarray(values[:, k].T) for k, name in enumerate(book.terms)},
        history_steps=np.array(book.at_steps, dtype=np.int64),
        history_generators=on_the_way,
        tried=_in_double(trainer.tried),
        coefficient_parameters=_in_double(trainer.law_parameters),
        settings=description,
        seconds=seconds,
        steps=trainer.steps,
    )
    if not discovery.finite.all():
        lost = [seed for seed, fine in zip(discovery.seeds, discovery.finite, strict=True) if not fine]
        logger.warning("seeds %s diverged to values that are not finite, or collapsed to a singular element", lost)
    return discovery


def _as_array(values: Tensor | None) -> np.ndarray | None:
    return None if values is None else np.ascontiguousarray(values.detach().cpu().numpy())


def _in_double(values: dict[str, Tensor]) -> dict[str, np.ndarray]:
    return {name: value.detach().cpu().to(torch.float64).numpy() for name, value in values.items()}


def _action(setting: str, name: str) -> ActionName:
    known: tuple[ActionName, ...] = get_args(ActionName)
    for action in known:
        if action == name:
            return action
    raise ConfigError(f"{setting} is '{name}'; use one of {', '.join(known)}")


def _check_numbers(x: Tensor | np.ndarray, y: Tensor | np.ndarray) -> None:
    for name, values in (("x", x), ("y", y)):
        if isinstance(values, np.ndarray) and values.dtype.kind not in "biufc":
            raise DataError(
                f"{name} has entries of type {values.dtype}; give numbers, and classes as integers from 0 on"
            )

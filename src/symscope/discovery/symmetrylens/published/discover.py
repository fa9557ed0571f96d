"""From a matrix of samples to generators, by the paper's own losses and estimators."""

import logging
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from symscope.config.symmetrylens import SymmetryLensPublished
from symscope.device import resolve_device
from symscope.discovery.loop import run_to_end, seed_streams
from symscope.discovery.symmetrylens.checks import check_samples
from symscope.discovery.symmetrylens.published.trainer import HISTORY_TERMS, LensTrainer
from symscope.discovery.symmetrylens.result import LensResult
from symscope.errors import ConfigError, DataError
from symscope.io.checkpoints import fingerprint

logger = logging.getLogger(__name__)


def discover_published(
    x: np.ndarray | Tensor,
    *,
    settings: SymmetryLensPublished,
    seeds: Sequence[int],
    device: str = "auto",
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_every: float = 60.0,
    source: str = "",
) -> LensResult:
    """Find the generator under which the samples are stationary and local (Efe and Ozakin 2024).

    Parameters
    ----------
    x
        Samples (n, d), in any unit; one mean and one standard deviation of all entries are taken out.
    settings
        The method's settings.
    seeds
        One independent run for each; all train in one batched computation.
    device
        `auto`, `cpu`, `cuda` or a name that torch knows.
    checkpoint
        File for the state of the run. Where it exists and belongs to this run, training continues from it with the same
        final numbers; where it is damaged or belongs to another run, a warning says so and training starts afresh. It
        stays when the training is over.
    checkpoint_every
        Time between two checkpoints [s].
    source
        Digest of the code, so that a checkpoint of other code is not continued.

    Raises
    ------
    DataError
        For samples that :func:`check_samples` refuses, or fewer than one batch.
    ConfigError
        For a batch below two samples for each component, bad seeds, and a device that is not there.
    """
    place = resolve_device(device)
    streams = seed_streams(seeds, place)
    values = _standardised(x).to(place, torch.float64 if settings.precision == "float64" else torch.float32)
    batch = _batch(settings.optimisation.batch, *values.shape)
    steps = settings.optimisation.count_steps(len(values))
    trainer = LensTrainer(settings, values, streams=streams, steps=steps, batch=batch)
    description: dict[str, Any] = {
        "method": settings.model_dump(mode="json"),
        "n_samples": len(values),
        "length": values.shape[1],
        "steps": steps,
        "batch": batch,
    }
    run = ""
    if checkpoint is not None:
        whole = {**description, "step": "discover_published", "seeds": list(seeds), "source": source}
        run = fingerprint(whole, values)
    seconds = run_to_end(trainer, device=place, checkpoint=checkpoint, run=run, every=checkpoint_every)
    return _result(trainer, seeds, description, seconds)


def _result(trainer: LensTrainer, seeds: Sequence[int], description: dict[str, Any], seconds: float) -> LensResult:
    history = trainer.history.cpu().to(torch.float64).numpy()
    snapshots = np.ascontiguousarray(trainer.snapshots.cpu().numpy().transpose(1, 2, 0, 3, 4))
    result = LensResult(
        generators=_float64(trainer.group.generators()),
        filters=_float64(trainer.filters()),
        convolutions=_float64(trainer.convolutions()),
        seeds=tuple(int(seed) for seed in seeds),
        seconds=seconds,
        steps=trainer.steps,
        padding=trainer.group.padding,
        history={name: np.ascontiguousarray(history[:, k].T) for k, name in enumerate(HISTORY_TERMS)},
        history_steps=np.array(trainer.history_steps, dtype=np.int64),
        snapshot_steps=trainer.snapshot_steps,
        snapshot_generators=snapshots[0] if len(trainer.snapshot_steps) else None,
        snapshot_convolutions=snapshots[1] if len(trainer.snapshot_steps) else None,
        settings=description,
    )
    if not result.finite.all():
        lost = [seed for seed, fine in zip(result.seeds, result.finite, strict=True) if not fine]
        logger.warning("seeds %s diverged to values that are not finite", lost)
    return result


def _float64(values: Tensor) -> np.ndarray:
    return np.asarray(values.detach().cpu().to(torch.float64).numpy())


def _standardised(x: np.ndarray | Tensor) -> Tensor:
    """Take one mean and one standard deviation of all entries out of checked samples."""
    values = x.detach().cpu().numpy() if isinstance(x, Tensor) else np.asarray(x)
    check_samples(values)
    values = values.astype(np.float64)
    return torch.from_numpy((values - values.mean()) / values.std())


def _batch(asked: int, n_samples: int, size: int) -> int:
    batch = asked - asked % size
    if batch < 2 * size:
        raise ConfigError(
            f"optimisation.batch is {asked}, and each of the {size} components is given in a share of it; "
            f"raise it to {2 * size} or more"
        )
    if n_samples < batch:
        raise DataError(
            f"there are {n_samples} samples, fewer than one batch of {batch}; give more, or lower optimisation.batch"
        )
    return batch

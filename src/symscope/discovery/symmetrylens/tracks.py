"""What the fast ways share: how one seed came to its representation, and the result that an ensemble gives."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray
from torch import Tensor

from symscope.discovery.symmetrylens.result import LensResult
from symscope.groups.shifts import shifts_of_grid

logger = logging.getLogger(__name__)


@dataclass
class Track:
    """What happened on the way of one seed."""

    stages: list[str] = field(default_factory=list)
    representations: list[Float[Tensor, "d d"]] = field(default_factory=list)
    per_condition: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    begin: float = field(default_factory=time.process_time)
    notes: list[str] = field(default_factory=list)

    def add(self, stage: str, q: Float[Tensor, "d d"], per_condition: float) -> None:
        """Keep the representation that a stage ends with, and its loss per condition; the processor time [s] counts from the making of this."""
        self.stages.append(stage)
        self.representations.append(q)
        self.per_condition.append(per_condition)
        self.seconds.append(time.process_time() - self.begin)
        logger.info("%s: %.2f times the loss of an exact symmetry", stage, per_condition)


def covariance_of(x: Float[Tensor, "sample d"]) -> Float[Tensor, "d d"]:
    """Second moments, summed in double precision over chunks."""
    total = torch.zeros(x.shape[1], x.shape[1], dtype=torch.float64)
    for part in torch.split(x, 1 << 14):
        exact = part.double()
        total += exact.T @ exact
    return total / len(x)


def lens_result(
    tracks: Sequence[Track],
    *,
    sides: tuple[int, ...],
    seeds: Sequence[int],
    seconds: float,
    steps: int,
    settings: dict[str, Any],
) -> LensResult:
    """Make the result of an ensemble from the tracks of its seeds.

    Parameters
    ----------
    tracks
        One for each seed, whose stages have different names; the last one is common to all.
    sides
        Places along each axis of the hidden line or grid. A line has one generator for a seed, a grid has one for each
        axis, on an axis of their own.
    seeds, seconds, steps, settings
        As in :class:`LensResult`.
    """
    for seed, track in zip(seeds, tracks, strict=True):
        for note in track.notes:
            logger.warning("seed %d: %s", seed, note)
    representations = np.stack([track.representations[-1].numpy() for track in tracks])
    stages = _common_stages(tracks)
    kept = [[track.stages.index(stage) for stage in stages] for track in tracks]
    snapshots = np.stack(
        [np.stack([track.representations[i].numpy() for i in keep]) for track, keep in zip(tracks, kept, strict=True)]
    )
    moments = np.arange(len(stages))
    centre = int(np.ravel_multi_index(tuple(side // 2 for side in sides), sides))
    return LensResult(
        generators=_generators(representations, sides),
        filters=representations[:, centre],
        convolutions=representations,
        seeds=tuple(seeds),
        seconds=seconds,
        steps=steps,
        padding=0,
        history={
            name: np.array([[values[i] for i in keep] for values, keep in zip(rows, kept, strict=True)])
            for name, rows in (
                ("per_condition", [track.per_condition for track in tracks]),
                ("processor_seconds", [track.seconds for track in tracks]),
            )
        },
        history_steps=moments,
        snapshot_steps=moments,
        snapshot_labels=tuple(stages),
        snapshot_generators=_generators(snapshots, sides).astype(np.float32),
        snapshot_convolutions=snapshots.astype(np.float32),
        settings=settings,
        notes=tuple(tuple(track.notes) for track in tracks),
    )


def _generators(representations: Float[ndarray, "*batch d d"], sides: tuple[int, ...]) -> ndarray:
    """Shifts of the representation, ``Q^T S Q``: row p of Q goes into the row one place further, and the last one to zero.

    On a line the shape is that of the representations; on a grid there is one more axis before the last two.
    """
    steps = shifts_of_grid(*sides)
    if len(sides) == 1:
        return np.asarray(np.swapaxes(representations, -1, -2) @ steps[0] @ representations)
    q = representations[..., None, :, :]
    return np.asarray(np.swapaxes(q, -1, -2) @ steps @ q)


def _common_stages(tracks: Sequence[Track]) -> list[str]:
    """Give the names of the stages that all seeds went through, in order.

    Seeds that searched longer have more; what is kept of them stands under its own name.
    """
    first, *others = (track.stages for track in tracks)
    return [stage for stage in first if all(stage in other for other in others)]

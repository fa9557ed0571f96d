"""The fast way of SymmetryLens: no trained densities, seconds instead of days.

1. The covariance of the data has the spectrum of a Toeplitz matrix. Its eigenvectors, the standing waves, are found for
   several orders of the frequencies (:mod:`~symscope.discovery.symmetrylens.waves`).
2. The sign of each wave is chosen by the negentropy of the components
   (:mod:`~symscope.discovery.symmetrylens.signs`), which also tells the good orders from the bad ones.
3. All n (n - 1) / 2 angles of the representation descend on the stationarity of pairs
   (:mod:`~symscope.discovery.symmetrylens.stationarity`), with exchanges of components in between.

The published losses appear as follows. Uniformity is step 3, by moments instead of trained densities. Alignment is the
low-pass order of the frequencies in step 1: neighbours correlate. Resolution and information are step 2 and the
orthogonality of the representation, which loses nothing. A shift by two is no solution, because on a line its
covariance is not Toeplitz.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray
from torch import Tensor

from symscope.config.symmetrylens_fast import SymmetryLensFast
from symscope.discovery.symmetrylens.checks import check_samples
from symscope.discovery.symmetrylens.descent import descend, escape, exchange
from symscope.discovery.symmetrylens.result import LensResult
from symscope.discovery.symmetrylens.starts import find_starts
from symscope.discovery.symmetrylens.stationarity import PairStationarity, average_along_diagonals

logger = logging.getLogger(__name__)

_WORTH = 0.9
"""Part of its loss to which a further round must bring a start to be followed by another one."""
_REACH = 3
"""Largest distance of exchanged components."""


@dataclass
class _Track:
    """What happened on the way of one seed."""

    stages: list[str] = field(default_factory=list)
    representations: list[Float[Tensor, "d d"]] = field(default_factory=list)
    per_condition: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, stage: str, q: Float[Tensor, "d d"], per_condition: float) -> None:
        self.stages.append(stage)
        self.representations.append(q)
        self.per_condition.append(per_condition)
        logger.info("%s: %.2f times the loss of an exact symmetry", stage, per_condition)


def discover_fast(x: ndarray, *, settings: SymmetryLensFast, seeds: Sequence[int]) -> LensResult:
    """Find the generator of a translation that is hidden by an orthogonal matrix.

    Parameters
    ----------
    x
        One sample a row. The hidden signal is a window of a stationary, non-Gaussian process on a line.
    settings
        Settings of the method.
    seeds
        Each seed draws its own samples for the searches and descents, and its own order of trials. Seeds follow one
        another, because the work of one already fills the processor with products of large matrices.

    Raises
    ------
    DataError
        Where the samples cannot carry a result; see :func:`~symscope.discovery.symmetrylens.checks.check_samples`.
    """
    begin = time.perf_counter()
    data = torch.from_numpy(check_samples(x, least=settings.least_samples))
    scale = float(data.std())
    data = data / scale
    covariance = _covariance(data)
    tracks = [_discover_one(data, covariance, settings, seed) for seed in seeds]
    representations = np.stack([track.representations[-1].numpy() for track in tracks])
    stages = min((track.stages for track in tracks), key=len)
    kept = [_evenly(len(track.stages), len(stages)) for track in tracks]
    snapshots = np.stack(
        [np.stack([track.representations[i].numpy() for i in keep]) for track, keep in zip(tracks, kept, strict=True)]
    )
    steps = np.arange(len(stages))
    return LensResult(
        generators=_generators(representations),
        filters=representations[:, data.shape[1] // 2],
        convolutions=representations,
        seeds=tuple(seeds),
        seconds=time.perf_counter() - begin,
        steps=settings.rounds * settings.iterations,
        padding=0,
        history={
            "per_condition": np.array(
                [[track.per_condition[i] for i in keep] for track, keep in zip(tracks, kept, strict=True)]
            )
        },
        history_steps=steps,
        snapshot_steps=steps,
        snapshot_labels=tuple(stages),
        snapshot_generators=_generators(snapshots).astype(np.float32),
        snapshot_convolutions=snapshots.astype(np.float32),
        settings=settings.model_dump(mode="json") | {"samples_given": len(x), "dimension": x.shape[1]},
        notes=tuple(tuple(track.notes) for track in tracks),
    )


def _generators(representations: Float[ndarray, "*batch d d"]) -> Float[ndarray, "*batch d d"]:
    """Shift of the representation, ``Q^T S Q``: it takes row p of Q into row p + 1, and the last one to zero."""
    step = np.eye(representations.shape[-1], k=-1)
    return np.asarray(np.swapaxes(representations, -1, -2) @ step @ representations)


def _evenly(available: int, wanted: int) -> list[int]:
    """Give indices that thin a track to the length of the shortest, first and last kept."""
    return [int(i) for i in np.linspace(0, available - 1, wanted).round()]


def _covariance(x: Float[Tensor, "sample d"]) -> Float[Tensor, "d d"]:
    """Second moments, summed in double precision over chunks."""
    total = torch.zeros(x.shape[1], x.shape[1], dtype=torch.float64)
    for part in torch.split(x, 1 << 14):
        total += (part.T @ part).double()
    return total / len(x)


def _discover_one(
    x: Float[Tensor, "sample d"], covariance: Float[Tensor, "d d"], settings: SymmetryLensFast, seed: int
) -> _Track:
    generator = torch.Generator().manual_seed(seed)
    shuffled = x[torch.randperm(len(x), generator=generator)[: settings.samples]]
    values, vectors = torch.linalg.eigh(covariance)
    values, vectors = values.flip(0), vectors.flip(1)
    track = _Track()
    draft = shuffled[: settings.draft_samples]
    best, q = np.inf, vectors.T
    for number, start in enumerate(find_starts(shuffled, values, vectors, settings=settings, generator=generator)):
        if number == 0:
            track.add("waves", start, _loss(draft, covariance, start, settings).per_condition(start))
        trial_q, before = start, np.inf
        for trial in range(settings.escapes):
            # What is left to mend after a descent is smaller, and takes more samples to be seen.
            few = min(settings.escape_samples << trial, settings.draft_samples)
            trial_q = _turn_waves(shuffled[:few], covariance, trial_q, settings)
            trial_q = _settle(draft, covariance, trial_q, settings, settings.draft_iterations)
            value = _loss(draft, covariance, trial_q, settings).per_condition(trial_q)
            if value < best:
                best, q = value, trial_q
                track.add(f"start {number + 1}", q, value)
            if value < settings.stationary or value > settings.hopeless or value > _WORTH * before:
                break
            before = value
        if best < settings.stationary:
            break
    else:
        track.notes.append(
            f"no start came below {settings.stationary:g} times the loss of an exact symmetry (best: {best:.1f}); the data "
            "are not stationary on a line, or the search failed"
        )
    for number in range(settings.rounds):
        q = _settle(shuffled, covariance, q, settings, settings.iterations)
        value = _loss(shuffled, covariance, q, settings).per_condition(q)
        track.add(f"descent {number + 1}", q, value)
    # The sign is not identified; a positive skewness makes it the same for every seed.
    if float((x @ q.T.float()).pow(3).mean()) < 0:
        track.representations = [-representation for representation in track.representations]
    return track


def _loss(
    x: Float[Tensor, "sample d"],
    covariance: Float[Tensor, "d d"],
    q: Float[Tensor, "d d"],
    settings: SymmetryLensFast,
) -> PairStationarity:
    loss = PairStationarity(x, covariance, whitening=settings.whitening)
    loss.adapt(q)
    return loss


def _turn_waves(
    x: Float[Tensor, "sample d"],
    covariance: Float[Tensor, "d d"],
    q: Float[Tensor, "d d"],
    settings: SymmetryLensFast,
) -> Float[Tensor, "d d"]:
    """Mend signs and exchanges of the standing waves that the representation at hand has."""
    waves = torch.linalg.eigh(average_along_diagonals(q @ covariance @ q.T))[1].flip(1)
    return escape(_loss(x, covariance, q, settings), q, waves, rounds=settings.escape_rounds)


def _settle(
    x: Float[Tensor, "sample d"],
    covariance: Float[Tensor, "d d"],
    q: Float[Tensor, "d d"],
    settings: SymmetryLensFast,
    iterations: int,
) -> Float[Tensor, "d d"]:
    """Exchange components, descend, and repeat once where an exchange is still worth it."""
    for _ in range(2):
        loss = _loss(x, covariance, q, settings)
        q = descend(loss, q, iterations=iterations)
        order, signs = exchange(loss.moments(q), reach=_REACH)
        if order == list(range(len(q))) and min(signs) > 0:
            break
        q = torch.tensor(signs, dtype=q.dtype)[:, None] * q[order]
    return q

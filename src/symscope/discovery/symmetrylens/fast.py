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
from symscope.discovery.symmetrylens.tracks import Track, covariance_of, lens_result

logger = logging.getLogger(__name__)

_WORTH = 0.9
"""Part of its loss to which a further round must bring a start to be followed by another one."""
_REACH = 3
"""Largest distance of exchanged components."""


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
    covariance = covariance_of(data)
    tracks = [_discover_one(data, covariance, settings, seed) for seed in seeds]
    return lens_result(
        tracks,
        sides=(data.shape[1],),
        seeds=seeds,
        seconds=time.perf_counter() - begin,
        steps=settings.rounds * settings.iterations,
        settings=settings.model_dump(mode="json") | {"samples_given": len(x), "dimension": x.shape[1]},
    )


def _discover_one(
    x: Float[Tensor, "sample d"], covariance: Float[Tensor, "d d"], settings: SymmetryLensFast, seed: int
) -> Track:
    generator = torch.Generator().manual_seed(seed)
    shuffled = x[torch.randperm(len(x), generator=generator)[: settings.samples]]
    values, vectors = torch.linalg.eigh(covariance)
    values, vectors = values.flip(0), vectors.flip(1)
    track = Track()
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

"""The fast way of SymmetryLens: no trained densities, seconds instead of days.

1. The covariance of the data has the spectrum of a Toeplitz matrix. Its eigenvectors, the standing waves, are found for
   several orders of the frequencies (:mod:`~symscope.discovery.symmetrylens.waves`).
2. The sign of each wave is chosen by the negentropy of the components
   (:mod:`~symscope.discovery.symmetrylens.signs`), which also tells the good orders from the bad ones.
3. In the best of these, waves of low frequency are learned anew from where the signal of high frequency is strong
   (:mod:`~symscope.discovery.symmetrylens.envelopes`). A spectrum of several peaks, or one that hardly changes, leaves
   their order open. Where pulses are short, all waves are learned in this way.
4. Short descents on few samples, over all n (n - 1) / 2 angles of the representation, race the best of these starts
   (:mod:`~symscope.discovery.symmetrylens.race`). They lower the deviation from stationarity of pairs
   (:mod:`~symscope.discovery.symmetrylens.stationarity`), and raise the negentropy. The loss of the winner tells whether
   it is stationary; only if it is not, further starts follow, with waves of about equal power turned among each other.
5. The winner descends on the stationarity alone, with more samples.

The published losses appear as follows. Uniformity is steps 4 and 5, by moments instead of trained densities. Alignment is the
low-pass order of the frequencies in step 1: neighbours correlate. Resolution and information are step 2, the pull of step 4 and the
orthogonality of the representation, which loses nothing. A shift by two is no solution, because on a line its
covariance is not Toeplitz.
"""

import time
from collections.abc import Sequence

import torch
from jaxtyping import Float
from numpy import ndarray
from torch import Tensor

from symscope.config.symmetrylens_fast import SymmetryLensFast
from symscope.discovery.symmetrylens.checks import check_samples
from symscope.discovery.symmetrylens.race import adapted_loss, race, settle
from symscope.discovery.symmetrylens.result import LensResult
from symscope.discovery.symmetrylens.starts import find_starts
from symscope.discovery.symmetrylens.tracks import Track, covariance_of, lens_result


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
    track = Track()
    generator = torch.Generator().manual_seed(seed)
    shuffled = x[torch.randperm(len(x), generator=generator)[: settings.samples]]
    starts = find_starts(shuffled, covariance, settings=settings, generator=generator)
    draft = shuffled[: settings.draft_samples]
    track.add("waves", starts[0], adapted_loss(draft, covariance, starts[0], settings).per_condition(starts[0]))
    q, value = race(shuffled, covariance, starts, settings=settings, generator=generator, tell=track.add)
    if value >= settings.stationary:
        track.notes.append(
            f"no start came below {settings.stationary:g} times the loss of an exact symmetry (best: {value:.1f}); the data "
            "are not stationary on a line, or the search failed"
        )
    for number in range(settings.rounds):
        q = settle(shuffled, covariance, q, settings, settings.iterations)
        value = adapted_loss(shuffled, covariance, q, settings).per_condition(q)
        track.add(f"descent {number + 1}", q, value)
    # The sign is not identified; a positive skewness makes it the same for every seed.
    if float((x @ q.T.float()).pow(3).mean()) < 0:
        track.representations = [-representation for representation in track.representations]
    return track

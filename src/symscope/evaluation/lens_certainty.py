"""How sure a discovered translation is where nobody knows the truth: agreement of the seeds, and a held-out test of the law.

In the representation y = L x that was found, one step of the translation moves every component to the next place. So what a
window of places shows has the same law as what the window shows one or several steps further on, whatever the law of the data;
the ends of the axis, which a step moves out of sight, stay out of the test. A classifier is given windows of some held-out
samples, and moved windows of others.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.config.identification import Identification
from symscope.discovery.symmetrylens.result import LensResult
from symscope.errors import DataError
from symscope.evaluation.certainty.two_sample import SeparationTest, two_sample_test

FEWEST_SAMPLES = 40
"""Held-out samples without which no classifier is trained."""
LARGEST_STEP = 0.25
"""The longest move, as a share of the places along an axis; the window is what is left of them."""


@dataclass(frozen=True, kw_only=True)
class LensCertainty:
    """What held-out samples say of one translation, or of two of images."""

    typical: int
    """Index of the seed that agrees best with the others, which is the answer."""
    agreeing: int
    """Seeds whose generators have at least the wanted |cosine| with those of the answer, itself among them."""
    sides: tuple[int, ...]
    """Places along each axis."""
    tests: tuple[SeparationTest | None, ...]
    """For each axis, how well a classifier tells windows from moved ones; None for too few samples or places."""
    longest: tuple[int, ...]
    """For each axis, the largest number of steps by which windows were moved."""
    given: float
    """Share of the covariance of the samples, in the order in which their components are given, that no stationary law has."""
    found: float
    """The same in the representation that was found."""


def lens_certainty(
    result: LensResult, samples: Float[ndarray, "sample d"], *, settings: Identification
) -> LensCertainty:
    """Compare the seeds, and test the translation that they found on samples that the discovery has not seen.

    Parameters
    ----------
    result
        What was discovered.
    samples
        Held-out samples.
    settings
        Classifier, level, seed, and the cosine from which seeds agree.

    Raises
    ------
    DataError
        Where all seeds diverged, or the samples have another number of components.
    """
    if not result.finite.any():
        raise DataError(
            f"all {len(result.seeds)} seeds diverged, so there is nothing to ask about; lower the learning rates"
        )
    if samples.shape[1] != result.convolutions.shape[2]:
        raise DataError(
            f"the samples have {samples.shape[1]} components, and the discovery is of {result.convolutions.shape[2]}; give "
            "samples of the same dataset"
        )
    cosines = seed_cosines(result)
    typical = int(np.where(result.finite, cosines.mean(axis=1), -1.0).argmax())
    sides = tuple(int(side) for side in result.settings.get("sides", (result.convolutions.shape[1],)))
    order = np.random.default_rng(settings.seed).permutation(len(samples))
    seen = samples[order] @ result.convolutions[typical].T
    tests = [_test_axis(seen.reshape(len(seen), *sides), axis, settings) for axis in range(len(sides))]
    halves = [samples[order[start::2]] for start in (0, 1)]
    rows = result.convolutions[typical]
    given_sides = sides if np.prod(sides) == samples.shape[1] else (samples.shape[1],)
    return LensCertainty(
        typical=typical,
        agreeing=int((cosines[typical] >= settings.agreement).sum()),
        sides=sides,
        tests=tuple(test for test, _ in tests),
        longest=tuple(longest for _, longest in tests),
        given=stationary_defect(*(np.cov(half, rowvar=False) for half in halves), sides=given_sides),
        found=stationary_defect(*(np.cov(half @ rows.T, rowvar=False) for half in halves), sides=sides),
    )


def seed_cosines(result: LensResult) -> Float[ndarray, "seed seed"]:
    """|Cosine| of the generators of two seeds, the mean over the axes of images; 0 for seeds that diverged.

    The inverse of a step counts alike, and so does the other order of two axes, because neither is known from the data.
    """
    stack = result.generators if result.generators.ndim == 4 else result.generators[:, None]
    units = np.where(result.finite[:, None, None, None], stack, 0.0)
    size = np.linalg.norm(units, axis=(2, 3), keepdims=True)
    units = np.divide(units, size, out=np.zeros_like(units), where=size > 0)
    same = np.abs(np.einsum("akij,blij->abkl", units, units))
    inverse = np.abs(np.einsum("akij,blji->abkl", units, units))  # of a crop of a shift the transpose is the inverse
    best = np.maximum(same, inverse)
    straight = np.einsum("abkk->ab", best) / best.shape[2]
    if best.shape[2] == 1:
        return np.asarray(straight)
    return np.asarray(np.maximum(straight, np.einsum("abkk->ab", best[..., ::-1]) / best.shape[2]))


def _test_axis(
    seen: Float[ndarray, "sample *side"], axis: int, settings: Identification
) -> tuple[SeparationTest | None, int]:
    """Tell windows along one axis from others that were moved by one step up to the longest, each number equally likely."""
    along = np.moveaxis(seen, axis + 1, 1)
    longest = max(1, int(along.shape[1] * LARGEST_STEP))
    width = along.shape[1] - longest
    if len(along) < FEWEST_SAMPLES or width < 1:
        return None, longest
    half = len(along) // 2
    rng = np.random.default_rng([settings.seed, axis])
    steps = rng.integers(1, longest + 1, size=half)
    kept = along[:half, :width]
    moved = np.stack([one[step : step + width] for one, step in zip(along[half : 2 * half], steps, strict=True)])
    test = two_sample_test(
        kept.reshape(half, -1), moved.reshape(half, -1), settings=settings.two_sample, seed=settings.seed
    )
    return test, longest


def stationary_defect(first: Float[ndarray, "d d"], second: Float[ndarray, "d d"], *, sides: tuple[int, ...]) -> float:
    """Share of a covariance C that no stationary law on a grid has: |C - T|^2 / |C - mean variance|^2.

    T has the means over all pairs of places with the same displacement. The two estimates of C are of different samples, so
    that their errors cancel on average and small values may be negative. On one axis this is
    :func:`symscope.evaluation.lens_agreement.toeplitz_defect`.
    """
    places = np.stack(np.unravel_index(np.arange(len(first)), sides), axis=1)
    displaced = places[:, None] - places[None]
    _, kind = np.unique(displaced.reshape(-1, len(sides)), axis=0, return_inverse=True)
    number = np.bincount(kind.ravel())

    def without(covariance: ndarray) -> tuple[ndarray, ndarray]:
        means = np.bincount(kind.ravel(), weights=covariance.ravel()) / number
        rest = covariance - means[kind.ravel()].reshape(covariance.shape)
        return rest, covariance - np.trace(covariance) / len(covariance) * np.eye(len(covariance))

    (rest, coloured), (other_rest, other_coloured) = without(first), without(second)
    size = float(np.sum(coloured * other_coloured))
    return float(np.sum(rest * other_rest)) / size if size > 0 else 0.0

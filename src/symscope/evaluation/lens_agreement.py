"""How far a SymmetryLens result can be trusted where no truth is known: agreement of seeds, and stationarity of unseen data."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.discovery.symmetrylens.result import LensResult
from symscope.errors import DataError


@dataclass(frozen=True, kw_only=True)
class LensAgreement:
    """What can be said without a truth."""

    cosines: Float[ndarray, "seed seed"]
    """|cosine| of the generators of two seeds, the inverse of one counting alike; NaN for seeds that diverged."""
    typical: int
    """Index of the seed that agrees best with all others."""
    given: float
    """Share of the covariance of the samples, as they are given, that no stationary signal has (see :func:`toeplitz_defect`)."""
    found: Float[ndarray, " seed"]
    """The same in the representation that each seed found."""

    @property
    def pairs(self) -> Float[ndarray, " pair"]:
        """|cosine| of each pair of seeds that did not diverge."""
        upper = self.cosines[np.triu_indices(len(self.cosines), 1)]
        return np.asarray(upper[np.isfinite(upper)])


def agreement(result: LensResult, samples: Float[ndarray, "sample d"]) -> LensAgreement:
    """Compare the seeds with each other, and look at samples that the discovery has not seen.

    Raises
    ------
    DataError
        Where all seeds diverged.
    """
    if not result.finite.any():
        raise DataError(
            f"all {len(result.seeds)} seeds diverged, so there is nothing to show; lower the learning rates"
        )
    units = np.where(result.finite[:, None, None], result.generators, np.nan)
    units = units / np.linalg.norm(units, axis=(1, 2), keepdims=True)
    same = np.abs(np.einsum("aij,bij->ab", units, units))
    inverse = np.abs(np.einsum("aij,bji->ab", units, units))  # of a crop of a shift the transpose is the inverse
    cosines = np.maximum(same, inverse)
    halves = [np.cov(samples[start::2], rowvar=False) for start in (0, 1)]
    found = [
        toeplitz_defect(*(rows @ half @ rows.T for half in halves)) if finite else float("nan")
        for rows, finite in zip(result.convolutions, result.finite, strict=True)
    ]
    means = np.where(result.finite, np.nanmean(np.where(np.isfinite(cosines), cosines, 0.0), axis=1), -1.0)
    return LensAgreement(
        cosines=cosines,
        typical=int(means.argmax()),
        given=toeplitz_defect(*halves),
        found=np.array(found),
    )


def toeplitz_defect(first: Float[ndarray, "d d"], second: Float[ndarray, "d d"]) -> float:
    """Share of a covariance C that a stationary signal cannot have: |C - T|^2 / |C - mean variance|^2.

    T has the means of the diagonals of C. White noise, which every rotation leaves white, is no sign of a symmetry, so the
    mean variance is taken out of what is compared with; where nothing else is there, the share is 0. Squares are products of
    the two estimates of C, from different samples, so that their errors cancel on average; small values may be negative.
    """
    rest = float(np.sum(_without_toeplitz(first) * _without_toeplitz(second)))
    coloured = float(np.sum(_without_white(first) * _without_white(second)))
    return rest / coloured if coloured > 0 else 0.0


def _without_toeplitz(covariance: Float[ndarray, "d d"]) -> Float[ndarray, "d d"]:
    means = [np.diagonal(covariance, k).mean() for k in range(1 - len(covariance), len(covariance))]
    first = np.arange(len(covariance))
    return np.asarray(covariance - np.array(means)[first - first[:, None] + len(covariance) - 1])


def _without_white(covariance: Float[ndarray, "d d"]) -> Float[ndarray, "d d"]:
    return np.asarray(covariance - np.trace(covariance) / len(covariance) * np.eye(len(covariance)))

"""How many linear maps count as equivariant under a learned generator."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.config.discovery import TruthSettings
from symscope.discovery.result import Discovery
from symscope.errors import DataError
from symscope.evaluation.rotations import true_generator
from symscope.groups.representations import Group, constraint_spectrum, equivariant_basis


class Threshold(NamedTuple):
    """Below what share of the largest singular value the others count as zero."""

    key: str
    """Part of the records' ids."""
    label: str
    """Name for a reader."""
    value: float
    """The share."""


THRESHOLDS = (Threshold("strict", "EMLP's usual threshold", 1e-5), Threshold("raised", "raised threshold", 5e-3))
"""The thresholds of the LieGAN paper, appendix B.1."""


GAP = (5e-3, 0.5)
"""Shares between which the widest gap of a spectrum is looked for: a threshold there follows the error of the generator."""


class Spectra(NamedTuple):
    """Singular values of the constraint on linear maps from V to V, relative to the largest, falling."""

    learned: Float[ndarray, "seed k"]
    """For the generators of every seed; NaN for a seed that diverged."""
    truth: Float[ndarray, " k"]
    """For the known generator."""
    gap_ranks: Float[ndarray, " seed"]
    """Number of learned values below the widest gap between the shares of :data:`GAP`; NaN for a seed that diverged."""


def relative_spectra(discovery: Discovery, truth: TruthSettings) -> Spectra:
    """Compute the singular values of the constraint that a learned algebra and the true one put on maps from V to V.

    All components count, as in the published network, also directions that the data do not visit.

    Raises
    ------
    DataError
        Where every seed diverged.
    """
    fine = discovery.finite
    if not fine.any():
        raise DataError(
            f"all {len(discovery.seeds)} seeds of the discovery diverged; look at the history of its losses"
        )
    group = Group(discovery.generators[fine])
    learned = np.full((len(fine), group.dim**2), np.nan)
    learned[fine] = _relative(group)
    ranks = np.full(len(fine), np.nan)
    ranks[fine] = equivariant_basis(group.vector, tolerance=GAP[0], gap_up_to=GAP[1], allow_empty=True).rank
    return Spectra(learned, _relative(Group(true_generator(truth)[None])), ranks)


def _relative(group: Group) -> Float[ndarray, "*seed k"]:
    values = constraint_spectrum(group.vector)
    return np.asarray(values / np.maximum(values.max(axis=-1, keepdims=True), np.finfo(np.float64).tiny))

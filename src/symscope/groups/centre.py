"""What the centre of an algebra does to the space of its generators."""

import numpy as np
from numpy import ndarray

from symscope.groups.ranks import decide_rank, noise_level
from symscope.groups.subalgebras import Anatomy

ZERO_SHARE = 0.2
"""Errors of eigenvalues above this share of the largest leave open whether they are zero."""


def central_kind(parts: Anatomy) -> str:
    """Say what the centre does where it is of one dimension: `dilatation`, `translation`, `rotation`, `boost`, or nothing."""
    if parts.centre.shape[1] != 1:
        return ""
    matrix = np.einsum("nc,ncab->nab", parts.centre[:, 0], parts.structure.bases)
    size = matrix.shape[-1]
    norm = float(np.linalg.norm(matrix[0]))
    trace = np.trace(matrix, axis1=-2, axis2=-1)[:, None, None] / size
    if _vanishes(matrix - trace * np.eye(size), norm):
        return "dilatation"
    if _vanishes(matrix @ matrix, norm**2 / float(np.sqrt(size))):
        return "translation"
    values = np.linalg.eigvals(matrix)
    real = np.sort(values.real, axis=1)
    slack = noise_level(np.abs(real[1:] - real[0]).max(axis=1), floor=norm)
    if slack > ZERO_SHARE * float(np.abs(values[0]).max()):
        return ""
    if np.abs(real[0]).max() <= slack:
        return "rotation"
    opposite = np.abs(values[0].imag).max() <= slack and np.abs(real[0] + real[0][::-1]).max() <= 2.0 * slack
    return "boost" if opposite else ""


def _vanishes(matrices: ndarray, scale: float) -> bool:
    decision = decide_rank(matrices.reshape(len(matrices), 1, -1), scale=scale)
    return decision.rank == 0 and decision.clear

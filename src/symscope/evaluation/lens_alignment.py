"""Where the components of a found representation lie on the hidden axis of a signal."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray

REACH = 2
"""Largest offset of the window that is allowed for, in components."""


class Alignment(NamedTuple):
    """How a representation found by one seed lies on the hidden axis."""

    reversed: bool
    """Whether its components run the other way."""
    offset: int
    """Component i of it, after the reversal, is component i + offset of the hidden signal."""
    sign: int
    """Sign of the common correlation."""
    correlation: Float[ndarray, " d"]
    """Correlation of every hidden component with the one found for it, sign taken out; NaN where there is none."""

    @property
    def recovery(self) -> float:
        """Mean correlation over all hidden components; one that has no counterpart is not recovered and counts as zero."""
        return float(np.nansum(self.correlation)) / len(self.correlation)


def align_with_hidden(
    convolution: Float[ndarray, "m d"], representation: Float[ndarray, "d d"], samples: Float[ndarray, "sample d"]
) -> Alignment:
    """Find the direction, the offset and the sign in which a representation fits the hidden signal best.

    The data decide: the largest sum of correlations wins. A sum, because neighbours correlate: by the mean over the
    components that overlap, an offset that drops the worst ones at an end could win.

    Parameters
    ----------
    convolution
        Rows of the representation, ``y = convolution @ x``.
    representation
        The disguise U, ``s = U x``.
    samples
        Signals as they are given; best ones that the discovery has not seen.
    """
    centred = samples - samples.mean(axis=0)
    hidden, found = centred @ representation.T, centred @ convolution.T
    scale = np.outer(np.sqrt(np.mean(found**2, axis=0)), np.sqrt(np.mean(hidden**2, axis=0)))
    correlation = np.divide(found.T @ hidden / len(samples), scale, out=np.zeros_like(scale), where=scale > 0)
    trials = []
    for backwards in (False, True):
        matrix = correlation[::-1] if backwards else correlation
        for offset in range(-REACH, REACH + 1):
            total = float(np.diagonal(matrix, offset).sum())
            # At a tie the smaller offset is kept.
            trials.append(((abs(total), -abs(offset)), backwards, offset, -1 if total < 0 else 1))
    _, backwards, offset, sign = max(trials, key=lambda trial: trial[0])
    diagonal = np.diagonal(correlation[::-1] if backwards else correlation, offset)
    placed = np.full(hidden.shape[1], np.nan)
    placed[max(0, offset) : max(0, offset) + len(diagonal)] = sign * diagonal
    return Alignment(backwards, offset, sign, placed)

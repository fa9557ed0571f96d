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
    """Component i of it, after the reversal, is component i + offset of the hidden signal; round the circle on a circle."""
    sign: int
    """Sign of the common correlation."""
    correlation: Float[ndarray, " d"]
    """Correlation of every hidden component with the one found for it, sign taken out; NaN where there is none."""

    @property
    def recovery(self) -> float:
        """Mean correlation over all hidden components; one that has no counterpart is not recovered and counts as zero."""
        return float(np.nansum(self.correlation)) / len(self.correlation)


def align_with_hidden(
    convolution: Float[ndarray, "m d"],
    representation: Float[ndarray, "d d"],
    samples: Float[ndarray, "sample d"],
    *,
    circle: bool = False,
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
    circle
        The hidden axis is closed: no place on it is the first, so that all offsets are tried, up to half of it.
    """
    centred = samples - samples.mean(axis=0)
    hidden, found = centred @ representation.T, centred @ convolution.T
    scale = np.outer(np.sqrt(np.mean(found**2, axis=0)), np.sqrt(np.mean(hidden**2, axis=0)))
    correlation = np.divide(found.T @ hidden / len(samples), scale, out=np.zeros_like(scale), where=scale > 0)
    found_places, hidden_places = np.arange(len(convolution)), np.arange(hidden.shape[1])
    reach = len(hidden_places) // 2 if circle else REACH
    trials = []
    for backwards in (False, True):
        matrix = correlation[::-1] if backwards else correlation
        for offset in range(-reach, reach + 1):
            moved = found_places + offset
            if circle:
                moved %= len(hidden_places)
            met = (moved >= 0) & (moved < len(hidden_places))
            values = matrix[found_places[met], moved[met]]
            # At a tie the smaller offset is kept.
            trials.append(((abs(float(values.sum())), -abs(offset)), backwards, offset, moved[met], values))
    _, backwards, offset, places, values = max(trials, key=lambda trial: trial[0])
    sign = -1 if values.sum() < 0 else 1
    placed = np.full(len(hidden_places), np.nan)
    placed[places] = sign * values
    return Alignment(backwards, offset, sign, placed)

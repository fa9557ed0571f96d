"""Translations of windows: steps that move a line or a grid by one place and lose what leaves it."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray


def shifts_of_grid(*sides: int) -> Float[ndarray, "axis d d"]:
    """Give the step of one place along each axis of a grid, acting on a flattened column, the last axis fastest.

    Each is the crop of the shift of a larger grid: what leaves at one side is lost, and zeros enter at the other. Steps
    along different axes commute. The squared Frobenius norm is the number of places whose neighbour lies inside.

    Parameters
    ----------
    sides
        Places along each axis; their product is d.
    """
    steps = []
    for axis, side in enumerate(sides):
        before, after = int(np.prod(sides[:axis])), int(np.prod(sides[axis + 1 :]))
        steps.append(np.kron(np.kron(np.eye(before), np.eye(side, k=-1)), np.eye(after)))
    return np.stack(steps)

"""Stationarity of pairs on a grid: the law of two pixels depends on their displacement along both axes alone."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from symscope.discovery.symmetrylens.stationarity import PairStationarity


def displacements(height: int, width: int) -> Int[Tensor, "d d"]:
    """Give each displacement between two pixels a number; pairs with equal numbers lie alike."""
    row, column = np.divmod(np.arange(height * width), width)
    down = row[:, None] - row + height - 1
    right = column[:, None] - column + width - 1
    return torch.from_numpy(down * (2 * width - 1) + right)


def average_over_displacements(
    matrices: Float[Tensor, "... m m"], number: Int[Tensor, "m m"]
) -> Float[Tensor, "... m m"]:
    """Replace each entry by the mean over its displacement: the nearest block-Toeplitz matrices with Toeplitz blocks.

    Parameters
    ----------
    matrices
        Square matrices over the pixels, row by row.
    number
        From :func:`displacements`.
    """
    flat = matrices.reshape(*matrices.shape[:-2], -1)
    kinds = number.reshape(-1)
    counts = torch.bincount(kinds)
    sums = torch.zeros(*flat.shape[:-1], len(counts), dtype=flat.dtype).index_add_(-1, kinds, flat)
    return (sums / counts)[..., kinds].reshape(matrices.shape)


class GridStationarity(PairStationarity):
    """Loss of an orthogonal representation ``y = Q x`` whose components are the pixels of an image, row by row.

    Parameters
    ----------
    x
        Centred samples.
    covariance
        Covariance of the data, from these or more samples.
    sides
        Height and width of the image.
    whitening
        Orders of the filters: a pixel less its prediction from the square above and to its left that has this many further
        pixels along each axis; 0 is no filter. Orders that leave less than half of a side are passed over.
    floor
        Smallest power of a wave that weighs the deviations of the covariance, in units of the mean power.
    """

    def __init__(
        self,
        x: Float[Tensor, "sample d"],
        covariance: Float[Tensor, "d d"],
        *,
        sides: tuple[int, int],
        whitening: Sequence[int],
        floor: float = 1e-4,
    ) -> None:
        self.sides = sides
        super().__init__(x, covariance, whitening=whitening, floor=floor)
        windows = [self._window(order) for order in {0, *self.whitening}]
        self._displacements = {height * width: displacements(height, width) for height, width in windows}

    def _window(self, order: int) -> tuple[int, int]:
        """Height and width of what a filter leaves of the image."""
        return self.sides[0] - order, self.sides[1] - order

    def _fits(self, order: int) -> bool:
        return order <= min(self.sides) // 2

    def _average(self, matrices: Float[Tensor, "... m m"]) -> Float[Tensor, "... m m"]:
        return average_over_displacements(matrices, self._displacements[matrices.shape[-1]])

    def _filter(self, covariance: Float[Tensor, "d d"], order: int) -> Float[Tensor, "d m"]:
        height, width = self._window(order)
        side = np.arange(order + 1)
        patch = (side[:, None] * self.sides[1] + side).reshape(-1)
        block = covariance.numpy()[np.ix_(patch, patch)]
        taps = np.ones(1)
        if order:
            taps = np.append(-np.linalg.solve(block[:-1, :-1], block[:-1, -1]), 1.0)
        taps /= np.sqrt(taps @ block @ taps)
        row, column = np.divmod(np.arange(height * width), width)
        matrix = np.zeros((len(covariance), height * width))
        matrix[(row * self.sides[1] + column) + patch[:, None], np.arange(height * width)] = taps[:, None]
        return torch.from_numpy(matrix)

    @property
    def conditions(self) -> int:
        """Number of independent conditions; an exact symmetry has a loss of the order of half of it."""
        height, width = self.sides
        kinds = (2 * height - 1) * (2 * width - 1)
        total = (height * width * (height * width + 1) - (kinds + 1)) // 2
        for order in self.whitening:
            height, width = self._window(order)
            m, kinds = height * width, (2 * height - 1) * (2 * width - 1)
            # Two features with themselves, then with each other, then the means of both.
            total += m * (m + 1) - (kinds + 1) + m * m - kinds + 2 * (m - 1)
        return total

"""Places of components on a grid, from how strongly they correlate."""

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy import ndarray
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree, shortest_path
from torch import Tensor

from symscope.discovery.symmetrylens.grid import average_over_displacements, displacements

_NEIGHBOURS = 4
"""Neighbours by which components are chained; inner pixels of a grid have four."""
_ANGLES = 24
"""Directions of the grid that are tried."""
_FITS = 5
"""Rounds of assigning components to places and moving the map onto them."""


def common_signs(covariance: Float[ndarray, "d d"]) -> Float[ndarray, " d"]:
    """Signs with which neighbours correlate positively, along the tree of the strongest correlations."""
    strength = np.abs(_correlation(covariance))
    tree = minimum_spanning_tree(1.0 + 1e-9 - np.minimum(strength, 1.0))
    order, before = breadth_first_order(tree, 0, directed=False)
    signs = np.ones(len(covariance))
    for component in order[1:]:
        signs[component] = signs[before[component]] * np.sign(covariance[component, before[component]])
    return signs


def place_on_grid(covariance: Float[ndarray, "d d"], sides: tuple[int, int]) -> Int[ndarray, " d"]:
    """Arrange components on a grid so that strongly correlated ones are close.

    Distances along chains of neighbours give a map in the plane (Tenenbaum, de Silva and Langford, 2000), which is turned,
    stretched and assigned to the places.

    Parameters
    ----------
    covariance
        Covariance of the components, neighbours positive.
    sides
        Height and width of the grid.

    Returns
    -------
    ndarray
        The component at each place, row by row.
    """
    height, width = sides
    plane = _map_in_plane(covariance)
    row, column = np.divmod(np.arange(height * width), width)
    grid = np.stack([row - row.mean(), column - column.mean()], axis=1)
    best, chosen = np.inf, np.arange(len(grid))
    for angle in np.linspace(0, np.pi, _ANGLES, endpoint=False):
        cosine, sine = np.cos(angle), np.sin(angle)
        moved = plane @ np.array([[cosine, -sine], [sine, cosine]])
        moved = moved * grid.std(axis=0) / moved.std(axis=0)
        for _ in range(_FITS):
            cost = np.square(grid[:, None] - moved).sum(axis=-1)
            order = linear_sum_assignment(cost)[1]
            lifted = np.column_stack([moved, np.ones(len(moved))])
            moved = lifted @ np.linalg.lstsq(lifted[order], grid, rcond=None)[0]
        value = float(np.square(grid - moved[order]).sum())
        if value < best:
            best, chosen = value, order
    return np.asarray(chosen)


def exchange_on_grid(covariance: Float[Tensor, "d d"], sides: tuple[int, int], *, most: int = 200) -> Int[Tensor, " d"]:
    """Exchange two components at a time as long as the covariance comes closer to that of a stationary image.

    Returns
    -------
    Tensor
        The component at each place.
    """
    dim = len(covariance)
    number = displacements(*sides)
    first, second = torch.triu_indices(dim, dim, 1)
    moves = torch.arange(dim).repeat(len(first), 1)
    index = torch.arange(len(first))
    moves[index, first], moves[index, second] = second, first

    def unevenness(orders: Int[Tensor, "move d"]) -> Float[Tensor, " move"]:
        matrices = covariance[orders[:, :, None], orders[:, None, :]]
        kept = average_over_displacements(matrices, number)
        total: Tensor = ((matrices - kept) ** 2).sum(dim=(1, 2))
        return total

    order = torch.arange(dim)
    best = unevenness(order[None])[0]
    for _ in range(most):
        values = torch.cat([unevenness(order[some]) for some in torch.split(moves, 256)])
        chosen = int(values.argmin())
        if values[chosen] >= best * (1 - 1e-6):
            break
        order, best = order[moves[chosen]], values[chosen]
    return order


def _correlation(covariance: Float[ndarray, "d d"]) -> Float[ndarray, "d d"]:
    scale = np.sqrt(np.diagonal(covariance))
    return np.asarray(covariance / np.outer(scale, scale))


def _map_in_plane(covariance: Float[ndarray, "d d"]) -> Float[ndarray, "d 2"]:
    """Points whose distances are those along chains of neighbours; the most correlated are the closest."""
    dim = len(covariance)
    near = _correlation(covariance)
    np.fill_diagonal(near, 0)
    length = np.sqrt(-2 * np.log(np.clip(near, 1e-3, 1 - 1e-6)))  # the distance where correlations fall as a Gaussian
    linked = np.zeros((dim, dim), dtype=bool)
    nearest = np.argsort(-near, axis=1)[:, :_NEIGHBOURS]
    linked[np.arange(dim)[:, None], nearest] = True
    distance = shortest_path(np.where(linked | linked.T, length, 0), directed=False)
    finite = np.isfinite(distance)
    distance[~finite] = 2 * distance[finite].max()
    centring = np.eye(dim) - 1 / dim
    values, vectors = np.linalg.eigh(-0.5 * centring @ distance**2 @ centring)
    return np.asarray(vectors[:, -2:] * np.sqrt(np.maximum(values[-2:], 1e-12)))

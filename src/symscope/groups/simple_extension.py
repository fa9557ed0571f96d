"""What matrices do to directions that no data visit, chosen so that a person can read them."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from scipy.optimize import linprog

NEARNESS = 1e-3
"""How much an entry costs more for each step away from the diagonal; it decides between rows that are otherwise alike."""


def extended_simply(generators: Float[ndarray, "c d d"], span: Float[ndarray, "d r"]) -> Float[ndarray, "c d d"]:
    """Choose what matrices do to directions that the data do not visit so that their rows have few entries.

    On the data nothing changes. Each row becomes the one of least absolute sum, of several such the one whose entries lie
    nearest to the diagonal: of two bodies whose centre rests, x1 moves by y1 and not by half of y1 - y2.

    Parameters
    ----------
    generators
        Matrices that act on the data.
    span
        Orthonormal basis of the directions that the data visit.
    """
    if span.shape[1] == span.shape[0]:
        return generators
    place = np.arange(span.shape[0])
    near = 1.0 + NEARNESS * np.abs(place[:, None] - place)
    found = []
    for matrix in generators:
        first = _cheapest(matrix, span, near)
        # Entries that another pairs with, as in a rotation of a plane, are taken before others that are as near.
        paired = np.abs(first.T) > np.abs(first).max() / 2
        found.append(_cheapest(matrix, span, near - NEARNESS / 2 * paired))
    return np.array(found)


def _cheapest(matrix: Float[ndarray, "d d"], span: Float[ndarray, "d r"], cost: Float[ndarray, "d d"]) -> ndarray:
    """Take each row that does the same to the data with the least weighted sum of absolute entries."""
    # Entries are the difference of two parts that are not negative.
    equations = np.concatenate([span.T, -span.T], axis=1)
    rows = []
    for row, price in zip(matrix, cost, strict=True):
        solution = linprog(np.concatenate([price, price]), A_eq=equations, b_eq=span.T @ row)
        rows.append(solution.x[: len(row)] - solution.x[len(row) :] if solution.success else row)
    return np.array(rows)

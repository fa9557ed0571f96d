"""Monomials and what a linear motion does to them.

A polynomial is a column of coefficients c of monomials: f(x) = c . phi(x). A linear motion dx/dt = W x takes phi to
T phi with one matrix T for all x, because it turns a monomial of some degree into a sum of others of the same degree. So
whatever is asked of f and W on the average over events is asked of the sums of phi phi^T alone.
"""

from functools import lru_cache
from itertools import combinations_with_replacement
from math import comb, factorial

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

Exponents = Int[ndarray, "m d"]


def count_monomials(dimension: int, degree: int) -> int:
    """Count the monomials up to a degree, the constant among them."""
    return comb(dimension + degree, degree)


@lru_cache(maxsize=64)
def _exponents(dimension: int, degree: int) -> ndarray:
    rows = [
        np.bincount(np.array(chosen, dtype=np.int64), minlength=dimension)
        for total in range(degree + 1)
        for chosen in combinations_with_replacement(range(dimension), total)
    ]
    table = np.array(rows, dtype=np.int64).reshape(-1, dimension)
    table.flags.writeable = False
    return table


def monomials(dimension: int, degree: int) -> Exponents:
    """Exponents of all monomials up to a degree: the constant, the coordinates, then degree by degree; one row each."""
    return _exponents(dimension, degree)


def evaluate(points: Float[ndarray, "n d"], degree: int) -> Float[ndarray, "n m"]:
    """Values of all monomials up to a degree, in the order of :func:`monomials`.

    Each degree multiplies the one before by one coordinate, so that a monomial costs one multiplication.
    """
    n, dimension = points.shape
    out = np.empty((n, count_monomials(dimension, degree)))
    out[:, 0] = 1.0
    # Monomials of one degree whose smallest coordinate is at least i are the last ones of their degree.
    before, start = np.arange(1), 0
    firsts = [0]
    for total in range(1, degree + 1):
        start += len(before)
        column, starts = start, []
        for i in range(dimension):
            starts.append(column)
            tail = before[firsts[i] - before[0] :] if total > 1 else before
            width = len(tail)
            np.multiply(points[:, i : i + 1], out[:, tail[0] : tail[0] + width], out=out[:, column : column + width])
            column += width
        before, firsts = np.arange(start, column), starts
    return out


@lru_cache(maxsize=64)
def multinomial_roots(dimension: int, degree: int) -> Float[ndarray, "m"]:
    """Square roots of the multinomial coefficients of all monomials up to a degree.

    A monomial times this is of a basis in which rotations of the coordinates are rotations of the coefficients.
    """
    roots = np.array(
        [
            np.sqrt(factorial(int(row.sum())) / np.prod([factorial(int(k)) for k in row]))
            for row in _exponents(dimension, degree)
        ]
    )
    roots.flags.writeable = False
    return roots


@lru_cache(maxsize=64)
def _motion_table(dimension: int, degree: int) -> tuple[ndarray, ndarray, ndarray, ndarray, ndarray]:
    """Where T has entries: row, column, i, j and the factor, T[row, column] += factor * W[i, j]."""
    exponents = _exponents(dimension, degree)
    place = {tuple(row): k for k, row in enumerate(exponents.tolist())}
    entries = []
    for row, powers in enumerate(exponents.tolist()):
        for i, power in enumerate(powers):
            if power == 0:
                continue
            for j in range(dimension):
                moved = list(powers)
                moved[i] -= 1
                moved[j] += 1
                entries.append((row, place[tuple(moved)], i, j, power))
    table = np.array(entries, dtype=np.int64).reshape(-1, 5)
    return table[:, 0], table[:, 1], table[:, 2], table[:, 3], table[:, 4].astype(np.float64)


def motion(matrix: Float[ndarray, "d d"], coefficients: Float[ndarray, "m q"], degree: int) -> Float[ndarray, "m q"]:
    """Coefficients of Df(x) W x, where f has the given ones: T^T c.

    Parameters
    ----------
    matrix
        W, the motion dx/dt = W x.
    coefficients
        Of q polynomials, in the order of :func:`monomials`.
    degree
        Largest degree of the monomials.
    """
    row, column, i, j, factor = _motion_table(matrix.shape[0], degree)
    weight = factor * matrix[i, j]
    used = weight != 0
    out = np.zeros_like(coefficients)
    np.add.at(out, column[used], weight[used, None] * coefficients[row[used]])
    return out


def derivatives(dimension: int, degree: int) -> Float[ndarray, "d m m"]:
    """For each coordinate, the matrix that takes a polynomial's coefficients to those of its derivative."""
    exponents = _exponents(dimension, degree)
    place = {tuple(row): k for k, row in enumerate(exponents.tolist())}
    out = np.zeros((dimension, len(exponents), len(exponents)))
    for column, powers in enumerate(exponents.tolist()):
        for i, power in enumerate(powers):
            if power:
                lower = list(powers)
                lower[i] -= 1
                out[i, place[tuple(lower)], column] = power
    return out

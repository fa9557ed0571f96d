"""Brackets of generators: structure constants and how nearly a span is closed."""

import numpy as np
from jaxtyping import Float, Inexact
from numpy import ndarray

from symscope.groups.spans import as_real_rows, from_real_rows, orthonormal_rows

Generators = Inexact[ndarray, "c d d"]


def commutator(a: ndarray, b: ndarray) -> ndarray:
    """Compute [a, b] = ab - ba, over leading axes that broadcast; shapes (..., d, d)."""
    return np.asarray(a @ b - b @ a)


def all_brackets(generators: Generators) -> ndarray:
    """[L_i, L_j] for all pairs; shape (c, c, d, d)."""
    return commutator(generators[:, None], generators[None, :])


def structure_constants(generators: Generators) -> Float[ndarray, "c c c"]:
    """Solve [L_i, L_j] = sum_k f_ijk L_k for f, by least squares; exact where the span is closed.

    Parameters
    ----------
    generators
        Linearly independent over the reals.
    """
    rows = as_real_rows(generators)
    brackets = as_real_rows(all_brackets(generators).reshape(-1, *generators.shape[1:]))
    count = len(generators)
    solution = np.linalg.lstsq(rows.T, brackets.T, rcond=None)[0]
    return np.asarray(solution.T.reshape(count, count, count))


def closure_error(generators: Generators) -> float:
    """Share of the brackets that sticks out of the span; 0 for an algebra.

    The root of the summed squares of the parts of [Q_i, Q_j] orthogonal to the span over the root of all summed
    squares, with Q an orthonormal basis of the span, so that neither basis nor scale matters. An Abelian span has no
    brackets and the error 0; so has a single generator.
    """
    rows = orthonormal_rows(generators)
    shape = generators.shape[1:]
    basis = from_real_rows(rows, generators)
    brackets = as_real_rows(all_brackets(basis).reshape(-1, *shape))
    total = float(np.sum(brackets**2))
    if total < np.finfo(np.float64).eps:
        return 0.0
    outside = brackets - (brackets @ rows.T) @ rows
    return float(np.sqrt(np.sum(outside**2) / total))


def killing_form(generators: Generators) -> Float[ndarray, "c c"]:
    """B_ij = tr(ad L_i ad L_j), from the structure constants."""
    constants = structure_constants(generators)
    return np.asarray(np.einsum("ikl,jlk->ij", constants, constants))

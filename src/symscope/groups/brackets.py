"""Brackets of generators: structure constants, what leads out of the span, and the Killing form."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Inexact
from numpy import ndarray

from symscope.groups.spans import as_real_rows, from_real_rows, orthonormal_rows

Generators = Inexact[ndarray, "c d d"]


class Brackets(NamedTuple):
    """Brackets of all pairs of generators, split into their part within the span and the rest."""

    constants: Float[ndarray, "*b c c c"]
    """f_ijk with [L_i, L_j] = sum_k f_ijk L_k + outside, by least squares."""
    outside: Float[ndarray, "*b pair k"]
    """What leads out of the span: one real row for each pair (i, j), in their order."""


def commutator(a: ndarray, b: ndarray) -> ndarray:
    """Compute [a, b] = ab - ba, over leading axes that broadcast; shapes (..., d, d)."""
    return np.asarray(a @ b - b @ a)


def all_brackets(generators: Inexact[ndarray, "*b c d d"]) -> ndarray:
    """[L_i, L_j] for all pairs; shape (..., c, c, d, d)."""
    return commutator(generators[..., :, None, :, :], generators[..., None, :, :, :])


def decompose_brackets(generators: Inexact[ndarray, "*b c d d"]) -> Brackets:
    """Split the brackets of a set of generators, or of many sets at once, into structure constants and the rest.

    Parameters
    ----------
    generators
        Linearly independent over the reals within each set. Complex matrices count as real vectors of twice the length.
    """
    *sets, count, _, _ = generators.shape
    rows = as_real_rows(generators).reshape(*sets, count, -1)
    brackets = as_real_rows(all_brackets(generators)).reshape(*sets, count * count, -1)
    inside = np.linalg.solve(rows @ rows.mT, rows @ brackets.mT).mT
    return Brackets(inside.reshape(*sets, count, count, count), brackets - inside @ rows)


def structure_constants(generators: Generators) -> Float[ndarray, "c c c"]:
    """Solve [L_i, L_j] = sum_k f_ijk L_k for f, by least squares; exact where the span is closed.

    Parameters
    ----------
    generators
        Linearly independent over the reals.
    """
    return decompose_brackets(generators).constants


def closure_error(generators: Generators) -> float:
    """Share of the brackets that sticks out of the span; 0 for an algebra.

    The root of the summed squares of the parts of [Q_i, Q_j] orthogonal to the span over the root of all summed
    squares, with Q an orthonormal basis of the span, so that neither basis nor scale matters. An Abelian span has no
    brackets and the error 0; so has a single generator.
    """
    basis = from_real_rows(orthonormal_rows(generators), generators)
    if not len(basis):
        return 0.0
    constants, outside = decompose_brackets(basis)
    left_over = float(np.sum(outside**2))
    total = float(np.sum(constants**2)) + left_over
    return float(np.sqrt(left_over / total)) if total >= np.finfo(np.float64).eps else 0.0


def killing_from(constants: Float[ndarray, "*b c c c"]) -> Float[ndarray, "*b c c"]:
    """B_ij = tr(ad L_i ad L_j), from the structure constants of one set of generators or of many."""
    return np.asarray(np.einsum("...ikl,...jlk->...ij", constants, constants))


def killing_form(generators: Generators) -> Float[ndarray, "c c"]:
    """B_ij = tr(ad L_i ad L_j), of linearly independent generators."""
    return killing_from(structure_constants(generators))

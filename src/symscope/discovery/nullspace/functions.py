"""Symmetries of a function or a dynamics: B f(x) = Df(x) A x, solved for A and B with a fitted polynomial f.

The equation is LieGG's (Moskalev et al., 2022), with the network replaced by a polynomial, so that the whole system follows
from the sums of :class:`~symscope.discovery.nullspace.moments.Moments`: with f(x) = C^T phi(x) the residual of (A, B) is
the polynomial with coefficients T_A^T C - C B^T, and its mean square over the events is the one in the Gram matrix.
"""

from dataclasses import replace
from typing import Literal

import numpy as np
from jaxtyping import Float, Inexact
from numpy import ndarray

from symscope.discovery.nullspace.fits import PolynomialFit
from symscope.discovery.nullspace.system import NullSpace, Statement, null_space_of, solve_rows, unsolved
from symscope.groups.spans import as_real_matrices, as_real_rows

OutputAction = Literal["invariant", "same", "learned"]
"""How the output moves with the input: not at all; by the same matrix, as a vector of the same kind; by a learned one."""


def moved(fit: PolynomialFit, matrices: Inexact[ndarray, "k r r"], action: OutputAction) -> Float[ndarray, "k m q"]:
    """Polynomials Df(x) A x, less A f(x) where the output moves in the same way; coefficients, one for each matrix."""
    found = []
    for matrix in as_real_matrices(matrices):
        change = fit.change(matrix, fit.coefficients)
        if action == "same":
            copies = fit.coefficients.shape[1] // matrix.shape[0]
            change -= fit.coefficients @ np.kron(np.eye(copies), matrix).T
        found.append(change)
    return np.stack(found)


def solve_function(
    fit: PolynomialFit,
    *,
    action: OutputAction,
    statement: Statement = "function",
    within: Inexact[ndarray, "k r r"] | None = None,
    largest: float,
    least_gap: float,
    least_fit: float,
) -> NullSpace:
    """Find the generators under which a fitted function is equivariant.

    Parameters
    ----------
    fit
        The function.
    action
        How the output moves.
    statement
        What the function is: a function or dynamics, or the polynomial nearest to a label.
    within
        Basis of the matrices among which generators are sought, in the coordinates of an object and orthonormal; null means
        all. Where the events lie on a surface, a function is known there only, and only motions along it can be judged.
    largest, least_gap
        As in :func:`symscope.discovery.nullspace.system.count_small`.
    least_fit
        Share of the variance from which the polynomial stands for the function; below, no generator counts as found.

    Returns
    -------
    NullSpace
        Of a learned output action, only pairs of which the input moves.
    """
    ansatz = fit.coordinates.ansatz() if within is None else within
    if not len(ansatz):
        return unsolved(statement, fit.coordinates, directions=ansatz, fit=fit.explained, count=fit.count)
    polynomials = moved(fit, ansatz, action)
    size = fit.coefficients.shape[1]
    if action == "learned":
        units = np.eye(size**2).reshape(-1, size, size)
        polynomials = np.concatenate([polynomials, -np.einsum("mp,kqp->kmq", fit.coefficients, units)])
    rows = np.einsum("nm,kmq->knq", fit.root, polynomials).reshape(len(polynomials), -1)
    noise = _noise(fit, ansatz, action)
    found = solve_rows(rows, noise, motions=len(ansatz), largest=largest, least_gap=least_gap)
    if fit.explained < least_fit:
        found = replace(found, count=0)
    answer = null_space_of(statement, found, ansatz, fit.coordinates, fit=fit.explained, count=fit.count)
    if action != "learned" or not found.count:
        return answer
    pairs = found.left[len(ansatz) :, : found.count].T.reshape(found.count, size, size)
    mixing = as_real_rows(answer.generators) @ np.linalg.pinv(
        as_real_rows(fit.coordinates.lifted(answer.directions[: found.count]))
    )
    lifted = fit.outputs.back @ pairs @ fit.outputs.into
    return replace(answer, outputs=np.einsum("ij,jab->iab", mixing, lifted))


def function_rows(
    fit: PolynomialFit, matrices: Inexact[ndarray, "k r r"]
) -> tuple[Float[ndarray, "nq k"], Float[ndarray, "nqk nqk"]]:
    """Rows of the system for some matrices, and the covariance of the root of the number of events times them.

    Returns
    -------
    tuple
        Rows, one column for each matrix, whose length is the root mean square of the change along it; and what the errors of
        the fit make of them, row by row (n, q, k). Only for outputs that do not move.
    """
    real = as_real_matrices(matrices)
    identity = np.eye(len(fit.root))
    maps = np.stack([fit.root @ fit.change(one, identity) for one in real])
    rows = np.einsum("knm,mq->nqk", maps, fit.coefficients).reshape(-1, len(real))
    if fit.scores is None:
        spread = np.einsum("knm,ml,jsl->nksj", maps, fit.inverse, maps, optimize=True)
        noise = np.einsum("nksj,pq->npksqj", spread, fit.residual)
        return rows, noise.reshape(rows.size, rows.size)
    outputs = fit.coefficients.shape[1]
    every = np.kron(maps.transpose(1, 0, 2).reshape(-1, len(identity)), np.eye(outputs))
    noise = (every @ fit.covariance @ every.T).reshape(
        len(identity), len(real), outputs, *(len(identity), len(real), outputs)
    )
    return rows, noise.transpose(0, 2, 1, 3, 5, 4).reshape(rows.size, rows.size)


def relative_change(
    fit: PolynomialFit, matrices: Inexact[ndarray, "k r r"], action: OutputAction, scale: float
) -> float:
    """Largest change of a function along combinations of unit length of some matrices, over the scale of a solved system.

    Parameters
    ----------
    fit
        The function.
    matrices
        Orthonormal, in the coordinates of an object.
    action
        How the output moves; where it is learned, the best output action is taken.
    scale
        Root mean square of all directions.
    """
    rows = np.einsum("nm,kmq->knq", fit.root, moved(fit, matrices, action)).reshape(len(matrices), -1)
    if action == "learned":
        size = fit.coefficients.shape[1]
        units = np.eye(size**2).reshape(-1, size, size)
        own = np.einsum("nm,mp,kqp->knq", fit.root, fit.coefficients, units).reshape(len(units), -1)
        rows = rows - rows @ np.linalg.pinv(own) @ own
    return float(np.linalg.norm(rows, 2)) / scale


def _noise(fit: PolynomialFit, ansatz: Inexact[ndarray, "k r r"], action: OutputAction) -> Float[ndarray, "n n"]:
    """Quadratic form of the mean square that the errors of the coefficients add to each direction.

    Errors e of the coefficients have the covariance inverse x residual / count, and add e moved as the coefficients are.
    """
    real = as_real_matrices(ansatz)
    size = fit.coefficients.shape[1]
    errors = np.linalg.cholesky(fit.inverse + 1e-300 * np.eye(len(fit.inverse)))
    total = np.trace(fit.residual)
    k = len(ansatz)
    extra = size**2 if action == "learned" else 0
    form = np.zeros((k + extra, k + extra))
    # Df A x with errors in place of the coefficients: all their columns move alike.
    moved_errors = np.stack([fit.root @ fit.change(one, errors) for one in real]).reshape(k, -1)
    form[:k, :k] = total * moved_errors @ moved_errors.T
    if action != "invariant":
        if action == "same":
            actions = np.stack([np.kron(np.eye(size // one.shape[0]), one) for one in real])
        else:
            actions = np.eye(size**2).reshape(-1, size, size)
        still = (fit.root @ errors).ravel()
        overlap = moved_errors @ still
        turned = np.einsum("kpq,qp->k", actions, fit.residual)
        own = np.einsum("kpq,qs,lps->kl", actions, fit.residual, actions) * float(still @ still)
        if action == "same":
            form[:k, :k] += own - np.outer(overlap, turned) - np.outer(turned, overlap)
        else:
            form[k:, k:] = own
            form[:k, k:] = -np.outer(overlap, turned)
            form[k:, :k] = form[:k, k:].T
    return form / fit.count

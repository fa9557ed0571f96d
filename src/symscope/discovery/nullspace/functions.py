"""Symmetries of a function or a dynamics: B f(x) = Df(x) A x, solved for A and B with a fitted polynomial f.

The equation is LieGG's (Moskalev et al., 2022), with the network replaced by a polynomial, so that the whole system follows
from the sums of :class:`~symscope.discovery.nullspace.moments.Moments`: with f(x) = C^T phi(x) the residual of (A, B) is
the polynomial with coefficients T_A^T C - C B^T, and its mean square over the events is the one in the Gram matrix.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Inexact
from numpy import ndarray

from symscope.discovery.nullspace.coordinates import Coordinates, realified
from symscope.discovery.nullspace.moments import Moments
from symscope.discovery.nullspace.polynomials import monomials, motion, multinomial_roots
from symscope.discovery.nullspace.system import NullSpace, Statement, count_small, no_motions
from symscope.errors import DataError
from symscope.groups.spans import as_real_rows, from_real_rows, orthonormal_rows

OutputAction = Literal["invariant", "same", "learned"]
"""How the output moves with the input: not at all; by the same matrix, as a vector of the same kind; by a learned one."""


@dataclass(frozen=True)
class PolynomialFit:
    """A polynomial of the events' coordinates that was fitted to an output."""

    coordinates: Coordinates
    """Coordinates of one object."""
    objects: int
    """Objects of an event; each is moved by the same matrix."""
    degree: int
    """Largest degree."""
    coefficients: Float[ndarray, "m q"]
    """Of monomials times the roots of their multinomial coefficients, for outputs in their own coordinates."""
    root: Float[ndarray, "m m"]
    """A matrix whose product with coefficients has the root mean square of the polynomial as its norm."""
    inverse: Float[ndarray, "m m"]
    """Inverse of the regularised Gram matrix, per event."""
    residual: Float[ndarray, "q q"]
    """Mean product of what the polynomial leaves of the outputs."""
    outputs: Coordinates
    """Coordinates of the outputs; those of an object where they move like it."""
    explained: float
    """Share of the outputs' variance that the polynomial explains."""
    count: int
    """Number of events."""


def fit_polynomial(
    moments: Moments,
    place: Coordinates,
    outputs: Coordinates,
    *,
    objects: int = 1,
    ridge: float,
) -> PolynomialFit:
    """Fit a polynomial to the outputs by least squares.

    Parameters
    ----------
    moments
        Sums of monomials of the real coordinates of an event's objects, and of its outputs in theirs.
    place
        Coordinates of one object.
    outputs
        Those of the outputs, or of one vector where the outputs are vectors like the objects.
    objects
        Objects of an event.
    ridge
        Weight of the squared coefficients, in units of the mean square of a monomial.

    Raises
    ------
    DataError
        Where there are fewer events than monomials.
    """
    n = moments.count
    weights = multinomial_roots(monomials(moments.dimension, moments.degree))
    gram = weights[:, None] * moments.gram * weights / n
    if n <= len(gram):
        raise DataError(
            f"{n} events cannot fix the {len(gram)} coefficients of a polynomial of degree {moments.degree} in "
            f"{moments.dimension} components; give more events, or lower method.degree"
        )
    cross, outer, mean = weights[:, None] * moments.cross / n, moments.outer / n, moments.cross[0] / n
    values, vectors = np.linalg.eigh((gram + gram.T) / 2)
    values = np.maximum(values, 0.0)
    inverse = (vectors / (values + ridge * values.mean())) @ vectors.T
    fitted = inverse @ cross
    mixed = fitted.T @ cross
    residual = (outer - mixed - mixed.T + fitted.T @ gram @ fitted) * (n / (n - len(gram)))
    spread = float(np.trace(outer) - mean @ mean)
    left = float(np.trace(residual)) / spread if spread > 0 else 1.0
    return PolynomialFit(
        coordinates=place,
        objects=objects,
        degree=moments.degree,
        coefficients=fitted,
        root=np.sqrt(values)[:, None] * vectors.T,
        inverse=inverse,
        residual=(residual + residual.T) / 2,
        outputs=outputs,
        explained=float(np.clip(1 - left, 0.0, 1.0)),
        count=n,
    )


def moved(fit: PolynomialFit, matrices: Inexact[ndarray, "k r r"], action: OutputAction) -> Float[ndarray, "k m q"]:
    """Polynomials Df(x) A x, less A f(x) where the output moves in the same way; coefficients, one for each matrix."""
    weights = multinomial_roots(monomials(fit.objects * realified(matrices[:1]).shape[-1], fit.degree))[:, None]
    plain = weights * fit.coefficients
    found = []
    for matrix in realified(matrices):
        change = motion(np.kron(np.eye(fit.objects), matrix), plain, fit.degree) / weights
        if action == "same":
            copies = plain.shape[1] // matrix.shape[0]
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
        return no_motions(statement, fit.coordinates, fit=fit.explained, count=fit.count)
    polynomials = moved(fit, ansatz, action)
    size = fit.coefficients.shape[1]
    if action == "learned":
        units = np.eye(size**2).reshape(-1, size, size)
        polynomials = np.concatenate([polynomials, -np.einsum("mp,kqp->kmq", fit.coefficients, units)])
    rows = np.einsum("nm,kmq->knq", fit.root, polynomials).reshape(len(polynomials), -1)
    spread = _noise(fit, ansatz, action, with_units=action == "learned")
    scale = float(np.sqrt(np.mean(np.sum(rows[: len(ansatz)] ** 2, axis=1))))
    scale = max(scale, np.finfo(float).tiny)
    left, singular, _ = np.linalg.svd(rows, full_matrices=True)
    values = np.zeros(len(rows))
    values[: len(singular)] = singular / scale
    order = np.argsort(values, kind="stable")
    values, left = values[order], left[:, order]
    noise = np.sqrt(np.maximum(np.einsum("ki,kl,li->i", left, spread, left), 0.0)) / scale
    count, threshold = count_small(values, noise, largest=largest, least_gap=least_gap)
    if fit.explained < least_fit:
        count = 0
    inputs = np.einsum("ki,kab->iab", left[: len(ansatz)], ansatz)
    lifted = fit.coordinates.lifted(inputs[:count])
    basis = orthonormal(lifted)
    outputs = None
    if action == "learned" and count:
        pairs = left[len(ansatz) :, :count].T.reshape(count, size, size)
        lifted_outputs = fit.outputs.back @ pairs @ fit.outputs.into
        mixing = as_real_rows(basis) @ np.linalg.pinv(as_real_rows(lifted))
        outputs = np.einsum("ij,jab->iab", mixing, lifted_outputs)
    return NullSpace(
        statement=statement,
        generators=basis,
        outputs=outputs,
        directions=inputs,
        singular_values=values,
        noise=noise,
        threshold=threshold,
        scale=scale,
        span=fit.coordinates.span,
        fit=fit.explained,
        count=fit.count,
    )


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
    real = realified(matrices)
    weights = multinomial_roots(monomials(fit.objects * real.shape[-1], fit.degree))[:, None]
    maps = np.stack(
        [
            fit.root @ (motion(np.kron(np.eye(fit.objects), one), weights * np.eye(len(weights)), fit.degree) / weights)
            for one in real
        ]
    )
    rows = np.einsum("knm,mq->nqk", maps, fit.coefficients).reshape(-1, len(real))
    spread = np.einsum("knm,ml,jsl->nksj", maps, fit.inverse, maps, optimize=True)
    noise = np.einsum("nksj,pq->npksqj", spread, fit.residual)
    size = rows.size
    return rows, noise.reshape(size, size)


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


def _noise(
    fit: PolynomialFit, ansatz: Inexact[ndarray, "k r r"], action: OutputAction, *, with_units: bool
) -> Float[ndarray, "n n"]:
    """Quadratic form of the mean square that the errors of the coefficients add to each direction.

    Errors e of the coefficients have the covariance inverse x residual / count, and add e moved as the coefficients are.
    """
    real = realified(ansatz)
    size = fit.coefficients.shape[1]
    errors = np.linalg.cholesky(fit.inverse + 1e-300 * np.eye(len(fit.inverse)))
    total = np.trace(fit.residual)
    k = len(ansatz)
    extra = size**2 if with_units else 0
    form = np.zeros((k + extra, k + extra))
    # Df A x with errors in place of the coefficients: all their columns move alike.
    weights = multinomial_roots(monomials(fit.objects * real.shape[-1], fit.degree))[:, None]
    moved_errors = np.stack(
        [fit.root @ (motion(np.kron(np.eye(fit.objects), one), weights * errors, fit.degree) / weights) for one in real]
    ).reshape(k, -1)
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


def orthonormal(matrices: Inexact[ndarray, "c d d"], *, tolerance: float = 1e-9) -> Inexact[ndarray, "k d d"]:
    """Orthonormal basis of the real span in the Frobenius product; fewer matrices where the given ones are dependent.

    Parameters
    ----------
    tolerance
        As in :func:`symscope.groups.spans.orthonormal_rows`.
    """
    return from_real_rows(orthonormal_rows(matrices, rank_tolerance=tolerance), matrices) if len(matrices) else matrices

"""How well the generators of a density are known: errors of the null space of its weak form.

The k flows of smallest defect span the algebra that was found. To first order its error is a turn into the other flows,
delta X = -S^{-1} U^T (delta rows) V, with the singular values S and left vectors U of those others (perturbation of a singular
subspace); the noise of the rows gives its covariance. Only the span is identified, so only this turn has an error.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from scipy.stats import chi2

from symscope.discovery.nullspace.density import NORM, WeakForm
from symscope.discovery.nullspace.observables import Basis


class FoundAlgebra(NamedTuple):
    """The flows of smallest defect with the covariance of their span."""

    flows: Float[ndarray, "*set m k"]
    """Orthonormal coefficients of the generators found, one column each."""
    others: Float[ndarray, "*set m m-k"]
    """Orthonormal coefficients of the rest of the search space."""
    covariance: Float[ndarray, "*set turn turn"]
    """Covariance of the turn X (others, found), flattened row by row [rad^2]."""

    def generators(self, basis: Basis) -> Float[ndarray, "*set k d d"]:
        """Give the generators as matrices of Frobenius norm sqrt(2)."""
        return np.asarray(np.einsum("...bk,bij->...kij", self.flows, basis))

    def errors(self, basis: Basis) -> Float[ndarray, "*set k d d"]:
        """Give standard errors of the entries of these matrices."""
        rest, k = self.others.shape[-1], self.flows.shape[-1]
        if not rest:
            return np.zeros((*self.flows.shape[:-2], k, *basis.shape[1:]))
        turned = np.einsum("...br,bij->...rij", self.others, basis)
        noise = self.covariance.reshape(*self.covariance.shape[:-2], rest, k, rest, k)
        noise = np.einsum("...rksk->...krs", noise)
        squares = np.einsum("...rij,...krs,...sij->...kij", turned, noise, turned, optimize=True)
        return np.asarray(np.sqrt(np.maximum(squares, 0.0)))

    def distance(self, truth: Float[ndarray, "m k"]) -> Float[ndarray, "*set"]:
        """Squared distance of another span of the same dimension in units of the errors.

        Parameters
        ----------
        truth
            Coefficients of generators that span it, one column each.
        """
        turn = (self.others.mT @ truth) @ np.linalg.inv(self.flows.mT @ truth)
        flat = turn.reshape(*turn.shape[:-2], -1)
        return np.asarray((flat * np.linalg.solve(self.covariance, flat[..., None])[..., 0]).sum(axis=-1))

    def p_value(self, truth: Float[ndarray, "m k"]) -> Float[ndarray, "*set"]:
        """p-value of the hypothesis that a span is the true one; it is inside the region of confidence 1 - p."""
        return np.asarray(chi2.sf(self.distance(truth), self.covariance.shape[-1]))


def found_algebra(form: WeakForm, dimension: int) -> FoundAlgebra:
    """Take the flows of smallest defect as generators, with the errors of their span.

    Parameters
    ----------
    form
        Weak form of the events.
    dimension
        How many generators there are, from 1 to the dimension of the search space.
    """
    left, values, right = np.linalg.svd(form.rows, full_matrices=True)
    # All right vectors: fewer observables than flows leave some flows unseen, which are then among the generators.
    rank = right.shape[-1] - dimension
    flows, others = right.mT[..., :, rank:], right.mT[..., :, :rank]
    _, noise = form.block(left[..., :, :rank], flows)
    scale = np.repeat(1.0 / np.maximum(values[..., :rank], np.finfo(float).tiny), dimension, axis=-1)
    covariance = scale[..., :, None] * noise * scale[..., None, :] / form.events
    return FoundAlgebra(flows=flows, others=others, covariance=covariance)


def coefficients(generators: Float[ndarray, "k d d"], basis: Basis) -> Float[ndarray, "m k"]:
    """Coefficients of matrices in an orthogonal basis of norm sqrt(2), one column each."""
    return np.asarray(np.einsum("kij,bij->bk", generators, basis) / NORM**2)

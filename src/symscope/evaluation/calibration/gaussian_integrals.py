"""The weak form of a whole Gaussian law, by quadrature instead of by events."""

from collections.abc import Sequence

import numpy as np
from numpy import ndarray

from symscope.discovery.nullspace.density import WeakSums
from symscope.discovery.nullspace.observables import Basis, Observables

_NODES = {1: 100, 2: 80, 3: 30}
"""Nodes along each axis; they integrate polynomials of nearly twice that degree exactly, and waves to rounding."""
_EVENTS = 1_000_000
"""Number of events that the sums are made to stand for; means do not depend on it."""


def gaussian_sums(variances: Sequence[float], observables: Observables, basis: Basis) -> WeakSums:
    """Give the sums that the mean of infinitely many events would give.

    Parameters
    ----------
    variances
        Variances of the components of a point, one to three.
    observables, basis
        As in :func:`~symscope.discovery.nullspace.density.weak_sums`.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES[len(variances)])
    grid = np.meshgrid(*[nodes] * len(variances), indexing="ij")
    points = np.stack([axis.ravel() for axis in grid], axis=-1) * np.sqrt(variances)
    weight: ndarray = np.ones(1)
    for _ in variances:
        weight = np.outer(weight, weights / weights.sum()).ravel()
    values, flows = observables.evaluate(points, basis)
    flat = flows.reshape(len(points), -1)
    weight = _EVENTS * weight
    return WeakSums(
        events=_EVENTS,
        values=weight @ values,
        value_products=(weight[:, None] * values).T @ values,
        flows=(weight @ flat).reshape(flows.shape[1:]),
        flow_products=(weight[:, None] * flat).T @ flat,
    )

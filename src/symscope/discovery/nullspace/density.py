"""Symmetry of a density in weak form: rows r_j = E[grad h_j(x) x^T] and their sampling noise, from sums over events.

A density p is left alone by the flow x -> exp(tA) x exactly where every observable h has E[grad h(x) . A x] = 0, because this is
the derivative of E[h(exp(tA) x)] at t = 0. The condition is linear in A, so the algebra is the null space of the rows. It
needs no model of the density and no score, and everything is a mean over events: sums of parts of a file add up to those of
the whole file, and their products give the covariance of the rows (central limit theorem).

The defect of a generator is the length of its rows in units of the spread of the observables,

    defect(A)^2 = r(A)^T Cov(h)^{-1} r(A) ,     r_j(A) = E[grad h_j . A x] ,

the largest rate, in its own standard deviations, at which the mean of any combination of the observables moves along the flow.
By the Cauchy-Schwarz inequality it is at most the root of the Fisher information of the flow, E[(tr A + grad log p . A x)^2], and
equal to it where the observables span that function: defect^2 t^2 / 2 is what they see of the divergence [nats] between the
data and the data moved by t.

Generators have the Frobenius norm sqrt(2), so that a rotation of a plane turns by one radian in a unit of flow. Where nothing
but rotations is searched, a Gaussian with distinct axes has no symmetry; among all matrices it has the rotations of its own
ellipsoid. The search space is therefore part of every statement.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.discovery.nullspace.observables import Basis, Observables
from symscope.errors import DataError
from symscope.groups import known_algebra

NORM = np.sqrt(2.0)
"""Frobenius norm of a generator."""
_NUMBERS_AT_ONCE = 500_000
"""Derivatives that are held in memory at once (4 MB), so that they stay near the processor."""
_LARGEST = 500_000_000
"""Products that are kept in memory (4 GB)."""
_FLAT = 1e-10
"""Combinations of observables whose variance is below this share of the largest are constants of the data."""


class WeakSums(NamedTuple):
    """Sums over events, for one data set or for many at once along the leading axes; those of parts add up."""

    events: int
    """Their number."""
    values: Float[ndarray, "*set q"]
    """Sum of h_j."""
    value_products: Float[ndarray, "*set q q"]
    """Sum of h_j h_k."""
    flows: Float[ndarray, "*set q m"]
    """Sum of grad h_j . B_b x."""
    flow_products: Float[ndarray, "*set qm qm"]
    """Sum of their products, row by row (j, b)."""

    def merge(self, other: "WeakSums") -> "WeakSums":
        """Add the sums over other events."""
        return WeakSums(
            events=self.events + other.events,
            values=self.values + other.values,
            value_products=self.value_products + other.value_products,
            flows=self.flows + other.flows,
            flow_products=self.flow_products + other.flow_products,
        )


def weak_sums(points: Float[ndarray, "*set n k"], observables: Observables, basis: Basis) -> WeakSums:
    """Sum an observable's values and derivatives along flows over events, in constant memory.

    Parameters
    ----------
    points
        Events; the leading axes hold independent data sets of one size.
    observables
        The functions h_j.
    basis
        Flows that are searched, from :func:`search_space`.

    Raises
    ------
    DataError
        For points that are not finite or of another dimension than the flows, where there are none, and where the noise of
        all rows does not fit into memory.
    """
    *sets, n, dim = points.shape
    if dim != basis.shape[-1]:
        raise DataError(f"points have {dim} components and the flows act on {basis.shape[-1]}; give both the same")
    if not n:
        raise DataError("there are no events; give at least one")
    if not np.isfinite(points).all():
        raise DataError("points hold NaN or infinite values; remove those events first")
    width = observables.number * len(basis)
    products = width**2 * int(np.prod(sets, dtype=np.int64))
    if products > _LARGEST:
        raise DataError(
            f"the noise of {observables.number} observables along {len(basis)} flows takes {products * 8e-9:.0f} GB; take fewer "
            "observables or a smaller search space"
        )
    step = max(1, _NUMBERS_AT_ONCE // (width * int(np.prod(sets, dtype=np.int64))))
    total: WeakSums | None = None
    for start in range(0, n, step):
        values, flows = observables.evaluate(points[..., start : start + step, :], basis)
        flat = flows.reshape(*flows.shape[:-2], width)
        part = WeakSums(
            events=values.shape[-2],
            values=values.sum(axis=-2),
            value_products=values.mT @ values,
            flows=flows.sum(axis=-3),
            flow_products=flat.mT @ flat,
        )
        total = part if total is None else total.merge(part)
    if total is None:  # pragma: no cover - n > 0 was checked
        raise DataError("there are no events; give at least one")
    return total


class WeakForm(NamedTuple):
    """Rows of the weak form in units of the spread of the observables, with their noise."""

    rows: Float[ndarray, "*set q m"]
    """Cov(h)^{-1/2} r: the defect of the flow sum_b a_b B_b is the length of rows @ a."""
    noise: Float[ndarray, "*set qm qm"]
    """Covariance of sqrt(events) times the rows, row by row (j, b)."""
    events: int
    """Their number."""
    spread: Float[ndarray, "*set q q"]
    """Cov(h)^{-1/2}, symmetric; combinations that are constant on the data are left out."""

    def block(
        self, left: Float[ndarray, "*set q s"], right: Float[ndarray, "*set m k"]
    ) -> tuple[Float[ndarray, "*set s k"], Float[ndarray, "*set sk sk"]]:
        """Block left^T rows right, and the covariance of sqrt(events) times it."""
        both = left[..., :, None, :, None] * right[..., None, :, None, :]
        *sets, q, m, s, k = both.shape
        both = both.reshape(*sets, q * m, s * k)
        return left.mT @ self.rows @ right, both.mT @ self.noise @ both

    def along(
        self, right: Float[ndarray, "*set m k"]
    ) -> tuple[Float[ndarray, "*set q k"], Float[ndarray, "*set qk qk"]]:
        """Rows of some flows, whose coefficients are the columns, and the covariance of sqrt(events) times them."""
        return self.block(
            np.broadcast_to(np.eye(self.rows.shape[-2]), (*right.shape[:-2], *self.spread.shape[-2:])), right
        )


def weak_form(sums: WeakSums, spread: Float[ndarray, "*set q q"] | None = None) -> WeakForm:
    """Turn sums into rows and their noise.

    Parameters
    ----------
    sums
        Sums over the events.
    spread
        Cov(h)^{-1/2} of other events, in whose units the rows are wanted; by default that of these events.

    Raises
    ------
    DataError
        Where there are fewer events than observables, so that their covariance is not known.
    """
    q, m = sums.flows.shape[-2:]
    if sums.events <= q:
        raise DataError(f"{sums.events} events do not fix the covariance of {q} observables; give more events")
    rows = sums.flows / sums.events
    flat = rows.reshape(*rows.shape[:-2], q * m)
    noise = sums.flow_products / sums.events - flat[..., :, None] * flat[..., None, :]
    spread = _inverse_root(sums) if spread is None else spread
    sets = noise.shape[:-2]
    # The spread acts on the index j of (j, b): once from the left, then, after a transpose, once more.
    for _ in range(2):
        noise = (spread @ noise.reshape(*sets, q, m * q * m)).reshape(*sets, q * m, q * m).mT
    return WeakForm(rows=spread @ rows, noise=noise, events=sums.events, spread=spread)


def _inverse_root(sums: WeakSums) -> Float[ndarray, "*set q q"]:
    """Cov(h)^{-1/2}; combinations without variance are left out."""
    means = sums.values / sums.events
    covariance = sums.value_products / sums.events - means[..., :, None] * means[..., None, :]
    variances, axes = np.linalg.eigh(covariance)
    known = variances > _FLAT * variances[..., -1:]
    inverse = np.where(known, 1.0 / np.sqrt(np.where(known, variances, 1.0)), 0.0)
    return np.asarray((axes * inverse[..., None, :]) @ axes.mT)


def search_space(algebra: str | Float[ndarray, "c d d"]) -> Basis:
    """Give flows that span an algebra, orthogonal to each other and of Frobenius norm sqrt(2).

    Parameters
    ----------
    algebra
        Name as in :func:`~symscope.groups.known_algebra`, such as `so(3)` or `gl(2)`, or matrices that span the space.

    Raises
    ------
    DataError
        For matrices that are complex or not independent.
    """
    matrices = known_algebra(algebra) if isinstance(algebra, str) else algebra
    if np.iscomplexobj(matrices):
        raise DataError("the search space has complex matrices; give their real form, of twice the size")
    flat = matrices.reshape(len(matrices), -1)
    if np.linalg.matrix_rank(flat) < len(flat):
        raise DataError(f"the {len(flat)} matrices of the search space are not independent; leave out the surplus ones")
    if np.allclose(flat @ flat.T, NORM**2 * np.eye(len(flat))):
        return np.asarray(matrices, dtype=np.float64)
    return np.asarray(NORM * np.linalg.qr(flat.T)[0].T.reshape(matrices.shape))


def principal_flows(form: WeakForm) -> tuple[Float[ndarray, "*set m"], Float[ndarray, "*set m m"]]:
    """Defects of the principal flows, the smallest first, and their coefficients as columns.

    The defects are singular values of the rows, with the noise in them: they are biased upwards by about the root of the
    number of observables over the number of events.
    """
    values, axes = np.linalg.eigh(form.rows.mT @ form.rows)
    return np.sqrt(np.maximum(values, 0.0)), axes

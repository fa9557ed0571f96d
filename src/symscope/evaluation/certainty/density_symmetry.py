"""The symmetry of a density with its certainty: how many generators, which, how exact, how sure.

One pass over the events, in two disjoint parts that are summed apart. On all of them the dimension is bounded from above
(:mod:`symscope.evaluation.certainty.dimension_test`) and the generators get their errors; those found on the first part are certified on the
second (:mod:`symscope.evaluation.certainty.equivalence`), which bounds the dimension from below.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.config.density import DensitySearch, ObservableSettings, WaveSettings
from symscope.discovery.nullspace.coordinates import Coordinates
from symscope.discovery.nullspace.density import WeakSums, principal_flows, search_space, weak_form, weak_sums
from symscope.discovery.nullspace.observables import Basis, Observables, Polynomials, random_waves
from symscope.errors import DataError
from symscope.evaluation.certainty.dimension_test import dimension_test
from symscope.evaluation.certainty.equivalence import breaking
from symscope.evaluation.certainty.generator_errors import found_algebra


class DensitySymmetry(NamedTuple):
    """What is known of the linear symmetries of a density within a search space."""

    p_values: Float[ndarray, "m"]
    """p-value of "at least k exact generators" for k = 1, ..., m."""
    defects: Float[ndarray, "m"]
    """Defects of the principal flows, the smallest first, with the noise in them [1 / unit of flow]."""
    at_most: int
    """Upper bound of the dimension of the exact algebra at the level."""
    flows: Float[ndarray, "m d d"]
    """The principal flows as matrices in the coordinates of the data, from all events, the smallest defect first."""
    errors: Float[ndarray, "k d d"]
    """Standard errors of the entries of the generators; only the span of several generators is identified."""
    bounds: Float[ndarray, "m"]
    """For each k, the defect that the k best generators of the first part do not exceed, each of them and every combination of
    unit length, at confidence 1 - level."""
    smallest: float
    """Squared defect of the best generator, measured on the second part, without the bias of the noise; may be negative."""
    smallest_error: float
    """Its standard error."""
    moving: Float[ndarray, "q"]
    """Observable that moves most along the best generator, as coefficients of the observables, of unit variance."""
    events: int
    """Events."""

    @property
    def generators(self) -> Float[ndarray, "k d d"]:
        """The `at_most` flows of smallest defect."""
        return self.flows[: self.at_most]


def frame(moments: Float[ndarray, "d d"], settings: DensitySearch) -> Coordinates:
    """Give the coordinates in which observables and search space are taken.

    Parameters
    ----------
    moments
        Second moments of the data about the origin, about which linear flows turn.

    Raises
    ------
    DataError
        Where whitening is wanted and the data do not visit all directions.
    """
    dim = len(moments)
    if settings.frame == "scaled":
        scale = float(np.sqrt(np.trace(moments) / dim))
        if scale <= 0.0:
            raise DataError("all points are zero; nothing can be searched")
        return Coordinates(into=np.eye(dim) / scale, back=np.eye(dim) * scale, span=np.eye(dim))
    values, axes = np.linalg.eigh(moments)
    if values[0] <= 1e-12 * values[-1]:
        raise DataError(
            "the data do not visit all directions, so they cannot be whitened; project them on their span first"
        )
    roots = np.sqrt(values)
    return Coordinates(into=(axes / roots) @ axes.T, back=(axes * roots) @ axes.T, span=np.eye(dim))


def make_observables(wanted: ObservableSettings, dim: int, rng: np.random.Generator) -> Observables:
    """Make the observables that the settings ask for, in coordinates whose components are of size one."""
    if isinstance(wanted, WaveSettings):
        return random_waves(dim, wanted.number, bandwidth=wanted.bandwidth, scale=1.0, rng=rng)
    return Polynomials(dim, wanted.degree, envelope=wanted.envelope)


def density_symmetry(points: Float[ndarray, "n d"], *, settings: DensitySearch, seed: int) -> DensitySymmetry:
    """Find the symmetries of the density of some events, with their certainty.

    Parameters
    ----------
    points
        Independent events in an order that means nothing.
    settings
        Search space, frame, observables and level.
    seed
        Of the wave vectors and of the split into two parts.

    Raises
    ------
    DataError
        For points that are not finite, too few, or of another dimension than the search space.
    """
    basis = search_space(settings.search)
    if points.shape[-1] != basis.shape[-1]:
        raise DataError(
            f"points have {points.shape[-1]} components and search '{settings.search}' has matrices of size {basis.shape[-1]}"
        )
    rng = np.random.default_rng(seed)
    coordinates = frame(points.T @ points / len(points), settings)
    observables = make_observables(settings.observables, points.shape[-1], rng)
    first = rng.random(len(points)) < settings.search_share
    parts = [weak_sums(points[part] @ coordinates.into.T, observables, basis) for part in (first, ~first)]
    return symmetry_from_sums(parts[0], parts[1], basis=basis, coordinates=coordinates, level=settings.level)


def symmetry_from_sums(
    first: WeakSums, second: WeakSums, *, basis: Basis, coordinates: Coordinates, level: float
) -> DensitySymmetry:
    """Answer from the sums over the two parts, which may come from a stream of any length.

    Parameters
    ----------
    first, second
        Sums over the events on which generators are searched, and over those that certify them.
    basis
        Search space, as it was used in the sums.
    coordinates
        Frame in which points were summed.
    level
        Probability of a wrong statement.
    """
    whole, search = weak_form(first.merge(second)), weak_form(first)
    check = weak_form(second, spread=search.spread)
    test = dimension_test(whole)
    at_most = int(test.at_most(level))
    algebra = found_algebra(whole, at_most)
    flows = principal_flows(search)[1]
    measured = [breaking(check, flows[:, :k]) for k in range(1, len(basis) + 1)]
    best = whole.rows @ test.flows[:, 0]
    return DensitySymmetry(
        p_values=test.p_values,
        defects=test.defects,
        at_most=at_most,
        flows=coordinates.lifted(np.einsum("bk,bij->kij", test.flows, basis)),
        errors=_frame_errors(algebra.errors(basis), coordinates),
        bounds=np.array([float(one.bound(level)) for one in measured]),
        smallest=float(measured[0].squared),
        smallest_error=float(measured[0].squared_error),
        moving=whole.spread @ best / max(float(np.linalg.norm(best)), np.finfo(float).tiny),
        events=whole.events,
    )


def _frame_errors(errors: Float[ndarray, "k d d"], coordinates: Coordinates) -> Float[ndarray, "k d d"]:
    """Errors in the coordinates of the data, of entries taken as independent of each other."""
    return np.asarray(np.sqrt(np.square(coordinates.back) @ np.square(errors) @ np.square(coordinates.into)))

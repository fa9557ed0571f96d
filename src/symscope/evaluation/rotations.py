"""Reading learned matrices where the data live: in coordinates that name what they do, in a comparable scale, as an angle."""

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from symscope.config.discovery import TruthSettings
from symscope.discovery.result import Discovery
from symscope.errors import DataError
from symscope.groups import known_algebra


def span_coordinates(span: Float[ndarray, "d r"], *, tolerance: float = 1e-6) -> Int[ndarray, " r"]:
    """Choose components that say where in a subspace a point lies: the first ones that do.

    Parameters
    ----------
    span
        Orthonormal basis of the subspace that the data visit, one column each.
    tolerance
        A component counts where it tells something that those before it do not, at least to this share of its length.

    Returns
    -------
    ndarray
        Indices of r components, rising. For two bodies about their centre of mass these are the components of the first
        body, because the second is where the first is not.

    Raises
    ------
    DataError
        Where the columns of `span` are linearly dependent.
    """
    chosen: list[int] = []
    basis = np.zeros((0, span.shape[1]))
    for index, row in enumerate(span):
        rest = row - basis.T @ (basis @ row)
        rest = rest - basis.T @ (basis @ rest)
        length = float(np.linalg.norm(rest))
        if length > max(tolerance * float(np.linalg.norm(row)), np.finfo(np.float64).tiny):
            chosen.append(index)
            basis = np.vstack([basis, rest / length])
    if len(chosen) != span.shape[1]:
        raise DataError(f"the span has {span.shape[1]} columns, of which {len(chosen)} are independent; make it again")
    return np.array(chosen, dtype=np.int64)


def in_span_coordinates(
    matrices: Float[ndarray, "*batch d d"], span: Float[ndarray, "d r"]
) -> Float[ndarray, "*batch r r"]:
    """Write what matrices do to the data in the components of :func:`span_coordinates`.

    What a matrix does outside of the span, or where it leads out of the span, is left out: no sample can tell.
    """
    rows = span[span_coordinates(span)]
    inside = _inside(matrices, span)
    return np.asarray(rows @ inside @ np.linalg.inv(rows))


def scaled_like(
    generators: Float[ndarray, "*batch d d"], truth: Float[ndarray, "d d"], span: Float[ndarray, "d r"]
) -> Float[ndarray, "*batch d d"]:
    """Give generators the norm and the sign that the truth has on the span; the data fix neither.

    A generator that vanishes on the span stays as it is.
    """
    known = _inside(truth, span)
    inside = _inside(generators, span)
    norm = np.linalg.norm(inside, axis=(-2, -1), keepdims=True)
    overlap = np.sum(inside * known, axis=(-2, -1), keepdims=True)
    factor = np.where(overlap < 0, -1.0, 1.0) * np.divide(
        np.linalg.norm(known), norm, out=np.ones_like(norm), where=norm > 0
    )
    return np.asarray(generators * factor)


def rotation_angles(
    elements: Float[ndarray, "*batch d d"], truth: Float[ndarray, "d d"], span: Float[ndarray, "d r"]
) -> Float[ndarray, "*batch"]:
    """Angle by which group elements turn the data [degrees, 0 to 180].

    The element is compared with 1 and with the truth, whose group is a rotation: the angle whose cosine and sine are the
    two overlaps. The direction of the turn is left out, because it is not identified. An element that does not rotate has
    an angle all the same: judge it by its cosine with the truth.

    Parameters
    ----------
    elements
        Group elements acting on samples.
    truth
        The generator of the rotation, such as so(2) on each pair of components.
    span
        Orthonormal basis of the directions that the data visit.
    """
    inside = _inside(elements, span)
    known = _inside(truth, span)
    sine = np.sum(inside * known, axis=(-2, -1)) / np.sum(known * known)
    cosine = np.trace(inside, axis1=-2, axis2=-1) / span.shape[1]
    return np.asarray(np.degrees(np.arctan2(np.abs(sine), cosine)))


def found_angles(discovery: Discovery, truth: TruthSettings) -> Float[ndarray, " seed"] | None:
    """Angles by which learned elements turn the data [degrees]; None for a method that learns no element."""
    if discovery.elements is None:
        return None
    return rotation_angles(discovery.elements[:, 0], true_generator(truth), visited_span(discovery, truth))


def true_generator(truth: TruthSettings) -> Float[ndarray, "d d"]:
    """Give the one known generator, on all copies.

    Raises
    ------
    DataError
        Where the known algebra has more than one dimension, or is complex.
    """
    known = known_algebra(truth.algebra, copies=truth.copies)
    if len(known) != 1:
        raise DataError(f"truth.algebra '{truth.algebra}' has {len(known)} generators, and this figure shows one")
    if np.iscomplexobj(known):
        raise DataError(f"truth.algebra '{truth.algebra}' is complex, and this figure shows a real rotation")
    return np.asarray(known[0], dtype=np.float64)


def visited_span(discovery: Discovery, truth: TruthSettings) -> Float[ndarray, "d r"]:
    """Directions on which a discovery is compared: those that the data visit, or all, as the truth's settings say."""
    if truth.compare == "all_components":
        return np.eye(discovery.generators.shape[-1])
    return np.asarray(discovery.span, dtype=np.float64)


def _inside(matrices: Float[ndarray, "*batch d d"], span: Float[ndarray, "d r"]) -> Float[ndarray, "*batch r r"]:
    """Restrict matrices to the span; those of a seed that diverged become NaN."""
    finite = np.isfinite(matrices).all(axis=(-2, -1), keepdims=True)
    return np.asarray(np.swapaxes(span, 0, 1) @ np.where(finite, matrices, np.nan) @ span)

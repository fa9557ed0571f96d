"""A basis of a found algebra that a physicist reads: rotations and boosts along axes, found from the span alone.

A span of generators fixes its invariant form, and the form fixes which directions are alike (space) and which are not (time). Within
these, the axes are those nearest to the coordinates, because no algebra prefers one. Where there is no such form, the
basis is the sparsest one, and its elements are read one by one.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Inexact
from numpy import ndarray

from symscope.groups.algebras import LORENTZ_NAMES, lorentz_algebra, unit_matrix
from symscope.groups.forms import invariance_map, symmetric_basis
from symscope.groups.spans import as_real_rows, orthonormal_rows, readable_basis, sparse_basis

FORM_GAP = 0.3
"""The form is taken where its residual is below this share of that of the next best form."""
SMALLEST_SHARE = 1e-4
"""Smallest eigenvalue of a form, over the largest, that still counts as not zero."""
SPAN_COSINE = 0.9
"""Rotations and boosts are taken where each has at least this cosine with the span."""
READ_COSINE = 0.95
"""An element of a sparse basis is read as a simple one where their |cosine| is at least this."""


class PhysicalBasis(NamedTuple):
    """A basis of a span with names."""

    generators: Inexact[ndarray, "c d d"]
    """Elements of the span. Rotations and boosts are in radians and rapidity, others of unit norm."""
    names: tuple[str, ...]
    """Such as `rotation x`, `boost x`, `dilatation`, or `generator 3` where an element has no simple reading."""
    cosines: Float[ndarray, " c"]
    """|Cosine| of each element with what its name says, 1 for an exact one; NaN where there is no simple reading."""
    metric: Float[ndarray, "d d"] | None
    """The invariant form, of norm sqrt(d), positive on the smaller number of directions; None where there is no unique one."""
    frame: Float[ndarray, "d d"] | None
    """Axes, as columns, in which the form is diagonal with entries +-1 up to its scale."""


def physical_basis(generators: Inexact[ndarray, "c d d"], *, components: Sequence[str] | None = None) -> PhysicalBasis:
    """Find a readable basis of a span.

    Parameters
    ----------
    generators
        Linearly independent, in any basis and scale; real, or complex (then sparse and numbered).
    components
        Names of the components that they act on; by default 1, 2, ..., and the axes x, y, z for so(3) and so(1,3).
    """
    if not np.iscomplexobj(generators):
        found = _by_metric(np.asarray(generators, dtype=np.float64), components)
        if found is not None:
            return found
    sparse = sparse_basis(generators)
    if np.iscomplexobj(generators):
        names = tuple(f"generator {number + 1}" for number in range(len(sparse)))
        return PhysicalBasis(sparse, names, np.full(len(sparse), np.nan), None, None)
    readings = [_read(matrix, components) for matrix in sparse]
    names = tuple(name or f"generator {number + 1}" for number, (name, _) in enumerate(readings))
    return PhysicalBasis(sparse, names, np.array([cosine for _, cosine in readings]), None, None)


def _by_metric(generators: Float[ndarray, "c d d"], components: Sequence[str] | None) -> PhysicalBasis | None:
    """Rotations and boosts of the invariant form, and a dilatation, where they fill the span; else None."""
    count, dim = len(generators), generators.shape[-1]
    planes = dim * (dim - 1) // 2
    if dim < 2 or count - planes not in (0, 1):
        return None
    form = _unique_form(generators, dilatation=count == planes + 1)
    if form is None:
        return None
    metric, frame = _frame_of(form)
    sign = np.sign(np.diag(frame.T @ metric @ frame))
    canonical, names = _canonical(sign, components)
    moved = frame @ canonical @ np.linalg.inv(frame)
    if count == planes + 1:
        moved, names = np.concatenate([moved, np.eye(dim)[None]]), (*names, "dilatation")
    readable = readable_basis(generators, moved)
    cosines = np.minimum(np.linalg.norm(readable, axis=(1, 2)) / np.linalg.norm(moved, axis=(1, 2)), 1.0)
    if cosines.min() < SPAN_COSINE:
        return None
    return PhysicalBasis(readable, names, cosines, metric, frame)


def _unique_form(generators: Float[ndarray, "c d d"], *, dilatation: bool) -> Float[ndarray, "d d"] | None:
    """Fit the form that the generators leave invariant up to its scale, where there is one and it can be inverted."""
    dim = generators.shape[-1]
    rows = orthonormal_rows(generators).reshape(-1, dim, dim)
    free = rows - np.trace(rows, axis1=-2, axis2=-1)[:, None, None] / dim * np.eye(dim)
    if dilatation:
        # One direction of the span is the dilatation; without its trace nothing of it is left.
        basis = np.linalg.svd(free.reshape(len(free), -1), full_matrices=False)[2][:-1]
        free = basis.reshape(-1, dim, dim)
    _, singular, directions = np.linalg.svd(invariance_map(free), full_matrices=True)
    spectrum = np.zeros(len(directions))
    spectrum[: len(singular)] = singular
    if len(spectrum) > 1 and spectrum[-1] > FORM_GAP * spectrum[-2]:
        return None
    form = np.einsum("m,mij->ij", directions[-1], symmetric_basis(dim))
    sizes = np.abs(np.linalg.eigvalsh(form))
    return None if sizes.min() < SMALLEST_SHARE * sizes.max() else np.asarray(form * np.sqrt(dim))


def _frame_of(form: Float[ndarray, "d d"]) -> tuple[Float[ndarray, "d d"], Float[ndarray, "d d"]]:
    """Give a form the sign that makes the smaller number of directions positive, and find its axes near the coordinates."""
    dim = len(form)
    positive = int(np.sum(np.linalg.eigvalsh(form) > 0))
    flip = 0 < dim - positive < positive or positive == 0
    metric = -form if flip else form
    values, vectors = np.linalg.eigh(metric)
    plus = vectors[:, values > 0]
    weights = np.sum(plus**2, axis=1)
    chosen = np.sort(np.argsort(-weights, kind="stable")[: plus.shape[1]])
    axes = np.zeros((dim, dim))
    for members, space in ((chosen, plus), (np.setdiff1d(np.arange(dim), chosen), vectors[:, values <= 0])):
        if len(members):
            left, _, right = np.linalg.svd(space @ space[members].T, full_matrices=False)
            axes[:, members] = left @ right
    root = (vectors / np.sqrt(np.abs(values))) @ vectors.T
    return metric, np.asarray(root @ axes)


def _canonical(
    sign: Float[ndarray, " d"], components: Sequence[str] | None
) -> tuple[Float[ndarray, "c d d"], tuple[str, ...]]:
    """Rotations and boosts of a diagonal form, with names."""
    dim = len(sign)
    alike = bool(np.all(sign == sign[0]))
    if dim == 4 and np.sum(sign > 0) == 1:
        time = int(np.argmax(sign))
        order = [time, *(index for index in range(4) if index != time)]
        matrices = np.zeros((6, 4, 4))
        matrices[np.ix_(range(6), order, order)] = lorentz_algebra()
        return matrices, tuple(_with_axes(LORENTZ_NAMES, [components[i] for i in order[1:]] if components else None))
    if dim == 3 and alike:
        matrices = np.array([unit_matrix(j, i, 3) - unit_matrix(i, j, 3) for i, j in ((1, 2), (2, 0), (0, 1))])
        return matrices, tuple(_with_axes(("rotation x", "rotation y", "rotation z"), components))
    names = components or [str(index + 1) for index in range(dim)]
    matrices = np.zeros((dim * (dim - 1) // 2, dim, dim))
    found = []
    for number, (i, j) in enumerate(combinations(range(dim), 2)):
        same = sign[i] == sign[j]
        matrices[number, i, j], matrices[number, j, i] = (-1.0, 1.0) if same else (1.0, 1.0)
        found.append(f"{'rotation' if same else 'boost'} {names[i]}-{names[j]}")
    return matrices, tuple(found)


def _with_axes(names: Sequence[str], axes: Sequence[str] | None) -> list[str]:
    if axes is None:
        return list(names)
    # A rotation of momenta is about an axis of space.
    spatial = [axis[1:] if axis in ("px", "py", "pz") else axis for axis in axes]
    return [f"{name.split()[0]} {spatial['xyz'.index(name[-1])]}" for name in names]


def _read(matrix: Float[ndarray, "d d"], components: Sequence[str] | None) -> tuple[str, float]:
    """Name a matrix that is nearly a simple one: a dilatation, a rotation or boost in a plane, a shear, a scaling."""
    dim = len(matrix)
    names = components or [str(index + 1) for index in range(dim)]
    candidates = [("dilatation", np.eye(dim))] if dim > 1 else []
    candidates += [(f"scaling of {names[i]}", unit_matrix(i, i, dim)) for i in range(dim)]
    for i, j in combinations(range(dim), 2):
        one, other = unit_matrix(i, j, dim), unit_matrix(j, i, dim)
        candidates += [(f"rotation {names[i]}-{names[j]}", one - other), (f"boost {names[i]}-{names[j]}", one + other)]
        # A column of homogeneous coordinates makes this a translation.
        candidates += [(f"{names[i]} by {names[j]}", one), (f"{names[j]} by {names[i]}", other)]
    candidates += _joint_planes(matrix, names)
    row = as_real_rows(matrix[None])[0]
    cosines = [abs(float(row @ known.ravel())) / float(np.linalg.norm(known)) for _, known in candidates]
    best = int(np.argmax(cosines))
    cosine = min(cosines[best] / float(np.linalg.norm(row)), 1.0)
    return (candidates[best][0], cosine) if cosine >= READ_COSINE else ("", np.nan)


def _joint_planes(matrix: Float[ndarray, "d d"], names: Sequence[str]) -> list[tuple[str, Float[ndarray, "d d"]]]:
    """Rotations, and boosts, of several planes at once by the same angle, such as those of two bodies."""
    found = []
    for word, sign in (("rotation", -1.0), ("boost", 1.0)):
        part = np.triu(matrix + sign * matrix.T, 1)
        largest = float(np.abs(part).max(initial=0.0))
        pairs = np.argwhere(np.abs(part) > largest / 2) if largest else np.zeros((0, 2), dtype=np.int64)
        if len(pairs) < 2 or len(np.unique(pairs)) < pairs.size:
            continue
        joint, told = np.zeros_like(matrix), []
        first = np.sign(part[tuple(pairs[0])])
        for i, j in pairs:
            turn = float(np.sign(part[i, j]) * first)
            joint[i, j], joint[j, i] = turn, sign * turn
            # A plane that turns the other way is named the other way round.
            told.append(f"{names[i]}-{names[j]}" if turn > 0 or sign > 0 else f"{names[j]}-{names[i]}")
        if sign < 0 or (joint >= 0).all():
            found.append((f"{word} {', '.join(told)}", joint))
    return found

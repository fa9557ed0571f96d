"""Names of algebras with a radical that is more than the centre: e(n), Poincare, affine, Heisenberg and their kin.

Such an algebra is named by its nilradical N, the simple ideals and the rest of the radical that act on N, and how they act: on
V, which is N over [N, N]. Families with a continuous parameter (the line acting on the plane with two weights) get a name only
at the points that physics names.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.groups.ranks import leading_space
from symscope.groups.simple_types import Form
from symscope.groups.subalgebras import Anatomy, complement


@dataclass(frozen=True, kw_only=True)
class Action:
    """How the rest of an algebra acts on its nilradical."""

    nilpotent: tuple[int, ...]
    """Dimensions of the lower central series of the nilradical N, without central summands of the algebra."""
    moved: int
    """Dimension of the part V' of V = N / [N, N] that is moved."""
    torus: Float[ndarray, "draw t v v"]
    """What the radical outside N does to V'."""
    levi: Float[ndarray, "draw l v v"]
    """What the Levi part does to V'."""
    moved_abelian: bool
    """Whether [g, N] is Abelian."""
    nilradical: bool
    """Whether N is nilpotent, as it must be."""


def action_on_nilradical(parts: Anatomy, summand: int) -> Action:
    """Measure how an algebra acts on its nilradical.

    Parameters
    ----------
    summand
        Number of central directions that are a direct summand of the algebra.
    """
    kernel = parts.kernel
    draws, size, count = kernel.shape
    whole = np.broadcast_to(np.eye(count), (draws, count, count))
    series, inner = [size - summand], parts.bracket_space("[N, N]", kernel, kernel)
    first = inner
    while inner.shape[1]:
        series.append(inner.shape[1])
        if series[-1] >= series[-2] or len(series) > count:
            break
        inner = parts.bracket_space("the lower central series of N", kernel, inner)
    rest = complement(first, kernel)
    reach = parts.bracket(whole, rest) @ rest.swapaxes(-1, -2)[:, None]
    rows = reach.reshape(draws, -1, rest.shape[1])
    moved = leading_space(rows, parts.decide("the action on N / [N, N]", rows, scale=parts.structure.scale)) @ rest
    outside = complement(kernel, parts.radical)
    commutators = parts.bracket_space("[g, N]", whole, kernel)
    pairs = parts.bracket(commutators, commutators).reshape(draws, -1, count)
    return Action(
        nilpotent=tuple(series),
        moved=moved.shape[1],
        torus=_matrices(parts, outside, moved),
        levi=_matrices(parts, parts.levi, moved),
        moved_abelian=parts.decide("the brackets of [g, N]", pairs, scale=parts.structure.scale) == 0,
        nilradical=len(series) < 2 or series[-1] < series[-2],
    )


def _matrices(parts: Anatomy, actors: ndarray, space: ndarray) -> ndarray:
    images = parts.bracket(actors, space) @ space.swapaxes(-1, -2)[:, None]
    return np.asarray(images.swapaxes(-1, -2))


def torus_kind(parts: Anatomy, torus: Float[ndarray, "draw t v v"]) -> str:
    """Say how commuting matrices act: `none`, `dilatation`, `rotation`, `boost`, `complex`, `split`, or `family`.

    One matrix T is a dilatation where it is a multiple of one, a rotation or boost where T T is one of negative or positive sign
    and T has no trace. Two matrices of the plane are `complex` (dilatation and rotation) or `split` (two dilatations of lines).
    """
    number, size = torus.shape[1:3]
    if number == 0 or size == 0:
        return "none"
    if number == 1:
        return _kind_of_one(parts, torus[:, 0])
    return _kind_of_two(parts, torus) if number == 2 and size == 2 else "family"


def _without_trace(matrices: Float[ndarray, "*b v v"]) -> tuple[Float[ndarray, "*b"], Float[ndarray, "*b v v"]]:
    size = matrices.shape[-1]
    traces = np.trace(matrices, axis1=-2, axis2=-1) / size
    return traces, np.asarray(matrices - traces[..., None, None] * np.eye(size))


def _kind_of_one(parts: Anatomy, torus: Float[ndarray, "draw v v"]) -> str:
    draws, size = torus.shape[:2]
    scale = float(np.linalg.norm(torus[0]))
    traces, free = _without_trace(torus)
    if parts.decide("the action up to dilatations", free.reshape(draws, 1, -1), scale=scale) == 0:
        return "dilatation"
    if parts.decide("the trace of the action", np.sqrt(size) * traces.reshape(draws, 1, 1), scale=scale):
        return "family"
    squared = free @ free
    means, rest = _without_trace(squared)
    scale = float(np.linalg.norm(squared[0]))
    if parts.decide("the square of the action up to dilatations", rest.reshape(draws, 1, -1), scale=scale):
        return "family"
    return "rotation" if means[0] < 0 else "boost"


def _kind_of_two(parts: Anatomy, torus: Float[ndarray, "draw 2 2 2"]) -> str:
    draws = len(torus)
    rows = _without_trace(torus)[1].reshape(draws, 2, -1)
    if parts.decide("the actions up to dilatations", rows, scale=float(np.linalg.norm(torus[0]))) != 1:
        return "family"
    direction = leading_space(rows, 1).reshape(draws, 2, 2)
    determinant = np.linalg.det(direction).reshape(draws, 1, 1)
    if parts.decide("the discriminant of the action", determinant, scale=0.5) == 0:
        return "family"
    return "complex" if determinant[0, 0, 0] > 0 else "split"


_SOLVABLE = {
    ((1,), "dilatation", 1): ("aff(1)", ("the affine group of the line", "Borel subalgebra of sl(2,R)")),
    ((2,), "rotation", 2): ("e(2)", ("so(2) acting on R^2",)),
    ((2,), "boost", 2): ("poincare(1,1)", ("e(1,1)", "so(1,1) acting on R^2")),
    ((2,), "complex", 2): ("sim(2)", ("(so(2) + dilatation) acting on R^2",)),
    ((2,), "split", 2): ("aff(1)+aff(1)", ("dilatations of two lines",)),
    ((3, 1), "none", 0): ("heisenberg(3)", ("strictly upper triangular 3 x 3 matrices",)),
    ((5, 1), "none", 0): ("heisenberg(5)", ()),
    ((7, 1), "none", 0): ("heisenberg(7)", ()),
    ((4, 2, 1), "none", 0): ("filiform n(4)", ("Engel algebra",)),
    ((3, 1), "rotation", 2): ("oscillator", ("diamond", "so(2) acting on heisenberg(3)")),
    ((3, 1), "boost", 2): ("so(1,1) acting on heisenberg(3)", ("split oscillator",)),
    ((3, 1), "dilatation", 2): ("dilatation acting on heisenberg(3)", ()),
    ((3, 1), "split", 2): ("borel(sl(3,R))", ("upper triangular 3 x 3 matrices without trace",)),
    ((3, 1), "complex", 2): ("borel(su(1,2))", ("(so(2) + dilatation) acting on heisenberg(3)",)),
}


def solvable_name(action: Action, kind: str) -> tuple[str, tuple[str, ...]] | None:
    """Name a solvable algebra without central summands, or give None."""
    named = _SOLVABLE.get((action.nilpotent, kind, action.moved))
    if named is None and kind == "dilatation" and len(action.nilpotent) == 1 and action.moved == action.nilpotent[0]:
        return f"dilatation acting on R^{action.moved}", ()
    return named


def with_levi_name(action: Action, kind: str, *, form: Form, copies: int) -> tuple[str, tuple[str, ...]] | None:
    """Name an algebra whose Levi part acts on the nilradical, or give None.

    Parameters
    ----------
    form, copies
        Name of the Levi part, and of how many copies of the representation of that name its action on V' consists; 0 where
        it is another.
    """
    size, scaled = action.moved, kind == "dilatation"
    if kind not in ("none", "dilatation") or copies == 0:
        return None
    vector = copies == 1 and form.dim == size
    if action.nilpotent == (size,):
        return _on_translations(form.name, size, scaled=scaled) if vector else None
    acting = f"({form.name} + dilatation)" if scaled else form.name
    if vector and action.nilpotent == (size + 1, 1) and form.name in ("sl(2,R)", "sp(4,R)"):
        return f"{acting} acting on heisenberg({size + 1})", () if scaled else ("Jacobi algebra",)
    seen = (action.nilpotent, form.name, size, copies)
    if seen == ((7, 3), "so(3)", 3, 1) and action.moved_abelian and not scaled:
        return "galilei(3)", ()
    return ("carroll(3)", ()) if seen == ((7, 1), "so(3)", 6, 2) and not scaled else None


def _on_translations(name: str, size: int, *, scaled: bool) -> tuple[str, tuple[str, ...]]:
    """Name what a simple algebra in its defining representation makes with the translations of that space."""
    signature = name[3:-1] if name.startswith("so(") and "C" not in name else ""
    if signature and "," not in signature:
        rotations = (f"{name} acting on R^{size}",)
        return (f"sim({size})", (f"e({size}) with dilatation",)) if scaled else (f"e({size})", rotations)
    if signature:
        lorentzian = "1" in signature.split(",")
        plain = f"poincare({signature})" if lorentzian else f"iso({signature})"
        if scaled:
            return f"{plain} with dilatation", ("Weyl algebra of space-time",) if lorentzian else ()
        return plain, (f"{name} acting on R^{size}",)
    if name.startswith("sl(") and name.endswith("R)"):
        acting = f"gl({size},R)" if scaled else name
        return f"aff({size})" if scaled else f"saff({size})", (f"{acting} acting on R^{size}",)
    acting = f"({name} + dilatation)" if scaled else name
    return f"{acting} acting on R^{size}", ()

"""The name of an algebra that is known within errors, or why it has none.

The name follows from invariants and not from one basis: dimensions of the derived and central series and of the centre, the
Killing form, the simple ideals of the Levi part, and how these act on the radical. Where algebras coincide, such as so(3) and
su(2), the representation decides which name comes first. An answer rests on ranks, each decided within the errors; where one
of them is not clear, the answer is "undetermined".
"""

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Inexact
from numpy import ndarray

from symscope.groups.brackets import killing_form
from symscope.groups.centre import central_kind
from symscope.groups.ideals import Ideal, fitting_form, index_of, simple_ideals
from symscope.groups.ranks import decide_rank
from symscope.groups.semidirect import action_on_nilradical, solvable_name, torus_kind, with_levi_name
from symscope.groups.simple_types import Form
from symscope.groups.structure import AlgebraStructure, algebra_structure
from symscope.groups.subalgebras import Anatomy, Decision, anatomy_of

UNDETERMINED = "undetermined"


@dataclass(frozen=True, kw_only=True)
class NamedAlgebra:
    """The name of an algebra with what it rests on."""

    name: str
    """Such as `so(1,3)+R`, or `undetermined`."""
    also: tuple[str, ...] = ()
    """Other names of the same algebra."""
    reason: str
    """What the name follows from, or why there is none; one sentence without a full stop."""
    dimension: int
    """Dimension of the span."""
    closure: float
    """Share of the brackets that leads out of the span."""
    jacobi: float
    """Relative residual of the Jacobi identity."""
    error: float
    """Relative error of the generators that the decisions took, as given or from the closure residual."""
    killing_signature: tuple[int, int, int] = (0, 0, 0)
    """Positive, negative and zero eigenvalues of the Killing form; zeros where it is undetermined."""
    derived: tuple[int, ...] = ()
    """Dimensions of the derived series."""
    lower_central: tuple[int, ...] = ()
    """Dimensions of the lower central series."""
    centre: int = 0
    """Dimension of the centre."""
    radical: int = 0
    """Dimension of the radical."""
    simple_ideals: tuple[str, ...] = ()
    """Names of the simple ideals of the Levi part."""

    @property
    def determined(self) -> bool:
        """Whether there is a name."""
        return self.name != UNDETERMINED


def name_algebra(
    generators: Inexact[ndarray, "channel d d"],
    *,
    errors: float | Float[ndarray, "..."] | None = None,
    replicas: Inexact[ndarray, "_replica _channel _d _d"] | None = None,
    seed: int = 0,
) -> NamedAlgebra:
    """Name the algebra that generators span.

    Parameters
    ----------
    generators
        In any basis and scale, real or complex; they act on column vectors.
    errors
        Standard errors of their entries, one number or any shape that broadcasts to theirs. None: from how nearly the
        span is closed, which assumes that the errors of all entries of a generator are alike.
    replicas
        The generators found in resampled data, each set in any basis of its span; in place of `errors`. Those of another
        span are left out, and the reason says how many.
    seed
        Seed of the draws that carry the errors to the ranks.

    Raises
    ------
    DataError
        For generators that are not finite or zero, and for replicas of another shape.
    """
    structure = algebra_structure(generators, errors=errors, replicas=replicas, seed=seed)
    failed = _why_no_algebra(structure)
    if failed:
        return NamedAlgebra(
            name=UNDETERMINED,
            reason=failed + _left_out(structure),
            dimension=structure.dimension,
            closure=structure.closure,
            jacobi=structure.jacobi,
            error=structure.error,
        )
    parts = anatomy_of(structure)
    ideals, ranks = simple_ideals(_levi_constants(parts)) if parts.levi.shape[1] else ([], [])
    ideals = [_told_apart(parts, ideal) for ideal in ideals]
    parts.decisions += [Decision("a simple ideal of the Levi part", rank) for rank in ranks]
    label = _unnamed(_why_unclear(parts)) if parts.unclear else _name(parts, ideals)
    return NamedAlgebra(
        name=label.name,
        also=label.also,
        reason=label.reason + _left_out(structure),
        dimension=structure.dimension,
        closure=structure.closure,
        jacobi=structure.jacobi,
        error=structure.error,
        killing_signature=_signature(parts),
        derived=tuple(parts.derived),
        lower_central=tuple(parts.lower),
        centre=parts.centre.shape[1],
        radical=parts.radical.shape[1],
        simple_ideals=tuple(ideal.label for ideal in ideals),
    )


class _Label(NamedTuple):
    name: str
    also: tuple[str, ...]
    reason: str


def _unnamed(reason: str) -> _Label:
    return _Label(UNDETERMINED, (), reason)


def _why_no_algebra(structure: AlgebraStructure) -> str:
    if not structure.independent:
        return "the generators are linearly dependent within their errors"
    if not structure.closed:
        return (
            f"not closed: {structure.closure:.2g} of the brackets leads out of the span, and the errors account for "
            f"{structure.closure_expected:.2g}"
            if structure.closure_expected < structure.closure
            else f"not closed: {structure.closure:.2g} of the brackets leads out of the span"
        )
    return ""


def _left_out(structure: AlgebraStructure) -> str:
    """Say how many replicas do not count, and where the errors come from if too few are left."""
    count = structure.replicas_left_out
    if not count:
        return ""
    said = f"; {count} of the replicas left out, whose span is another"
    return said if structure.replicas_used else f"{said}, so that the errors do not come from them"


def _why_unclear(parts: Anatomy) -> str:
    what, rank = parts.unclear[0]
    values = rank.values
    near = values[rank.rank - 1] if rank.rank else values[0]
    return (
        f"the rank of {what} is not clear: a value of {near:.2g} (the largest is {values[0]:.2g}), and the errors alone "
        f"make {rank.noise:.2g}"
    )


def _levi_constants(parts: Anatomy) -> ndarray:
    """Structure constants of the Levi part in an orthonormal basis of it."""
    triangle = np.linalg.cholesky(parts.levi @ parts.levi.swapaxes(-1, -2))
    basis = np.linalg.solve(triangle, parts.levi)
    parts.levi = basis
    return np.asarray(parts.bracket(basis, basis) @ basis.swapaxes(-1, -2)[:, None])


def _levi_matrices(parts: Anatomy) -> ndarray:
    return np.asarray(np.einsum("nlc,ncab->nlab", parts.levi, parts.structure.bases))


def _told_apart(parts: Anatomy, ideal: Ideal) -> Ideal:
    """Choose among algebras of one dimension and Killing form the one whose defining representation, or copies of it, is at hand."""
    if len(ideal.classes) < 2:
        return ideal
    index, moved = _representation(ideal, _levi_matrices(parts))
    fitting = [forms for forms in ideal.classes if fitting_form(forms, index=index, moved=moved)[1]]
    return replace(ideal, forms=fitting[0]) if len(fitting) == 1 else ideal


def _name(parts: Anatomy, ideals: list[Ideal]) -> _Label:
    rank = parts.levi.shape[1]
    if sum(len(ideal.basis) for ideal in ideals) != rank or parts.dimension != rank + parts.radical.shape[1]:
        return _unnamed("the parts contradict each other: the Levi part does not split into simple ideals")
    strange = [ideal for ideal in ideals if not ideal.forms]
    if strange:
        kind = strange[0].kind
        return _unnamed(
            f"{strange[0].label}: dimension and Killing form do not tell, nor does the representation"
            if strange[0].classes
            else f"not in the table: a simple ideal of dimension {kind.dimension} with {kind.positive} non-compact directions"
        )
    matrices = _levi_matrices(parts)
    if not parts.reductive:
        return _with_action(parts, ideals, matrices)
    if not ideals:
        return _abelian(parts)
    name, also = _with_centre(parts, *_semisimple(ideals, matrices))
    return _Label(name, also, _because(parts))


def _with_action(parts: Anatomy, ideals: list[Ideal], matrices: ndarray) -> _Label:
    """Name an algebra whose radical is more than its centre."""
    summand = _central_summand(parts)
    action = action_on_nilradical(parts, summand)
    if not action.nilradical:
        return _unnamed("the kernel of the Killing form is no nilpotent ideal, which no algebra in the table has")
    kind = torus_kind(parts, action.torus)
    acting = [ideal for ideal in ideals if _acts(parts, ideal, action.levi)]
    idle = [ideal for ideal in ideals if not any(ideal is other for other in acting)]
    if acting:
        form, copies = _joint_form(acting, action.levi)
        named = with_levi_name(action, kind, form=form, copies=copies)
    else:
        named = solvable_name(action, kind)
    if parts.unclear:
        return _unnamed(_why_unclear(parts))
    if named is None:
        return _unnamed(_describe(action.nilpotent, kind, action.torus, [ideal.forms[0].name for ideal in acting]))
    name, also = named
    if idle:
        name = f"{name}+{_semisimple(idle, matrices)[0]}"
    if summand:
        name = f"{name}+R" if summand == 1 else f"{name}+R^{summand}"
    return _Label(name, () if idle or summand else also, _because(parts))


def _central_summand(parts: Anatomy) -> int:
    """Count the central directions outside [g, g]."""
    inside = parts.centre @ parts.derived_space.swapaxes(-1, -2) @ parts.derived_space
    return parts.decide("the centre outside [g, g]", parts.centre - inside, scale=1.0)


def _acts(parts: Anatomy, ideal: Ideal, action: ndarray) -> bool:
    rows = np.einsum("rl,nlab->nrab", ideal.basis, action)
    flat = rows.reshape(len(rows), len(ideal.basis), -1)
    return parts.decide("the action of a simple ideal", flat, scale=parts.structure.scale) > 0


def _moved(matrices: ndarray) -> int:
    rows = matrices.reshape(len(matrices), -1, matrices.shape[-1])
    return decide_rank(rows, scale=float(np.linalg.norm(rows[0], ord=2))).rank


def _representation(ideal: Ideal, action: ndarray) -> tuple[float, int]:
    """Index of the representation of an ideal, and how many dimensions it moves."""
    rows = np.einsum("rl,nlab->nrab", ideal.basis, action)
    return index_of(rows[0], killing_form(rows[0])), _moved(rows)


_PAIRS = {("so(3)", "so(3)"): "so(4)", ("sl(2,R)", "sl(2,R)"): "so(2,2)"}


def _pair_form(ideals: list[Ideal], action: ndarray) -> Form | None:
    """so(4) or so(2,2), where two ideals act together on the same four dimensions, each by doublets."""
    if len(ideals) != 2 or any(ideal.kind.dimension != 3 for ideal in ideals):
        return None
    seen = [_representation(ideal, action) for ideal in ideals]
    if any(moved != 4 or abs(index - 0.5) > 0.06 for index, moved in seen) or _moved(action) != 4:
        return None
    first, second = ("so(3)" if ideal.kind.positive == 0 else "sl(2,R)" for ideal in ideals)
    name = _PAIRS.get((first, second))
    return None if name is None else Form(name, 4, 0.5)


def _joint_form(ideals: list[Ideal], action: ndarray) -> tuple[Form, int]:
    """Name of the ideals that act on a space, and of how many copies of its defining representation the action consists."""
    pair = _pair_form(ideals, action)
    if pair is not None:
        return pair, 1
    if len(ideals) > 1:
        return Form("+".join(ideal.forms[0].name for ideal in ideals), 0, 0.0), 0
    index, moved = _representation(ideals[0], action)
    return fitting_form(ideals[0].forms, index=index, moved=moved)


def _semisimple(ideals: list[Ideal], matrices: ndarray) -> tuple[str, tuple[str, ...]]:
    """Name a semisimple algebra by its action on the space of the generators."""
    chosen = []
    for ideal in ideals:
        index, moved = _representation(ideal, matrices)
        form = fitting_form(ideal.forms, index=index, moved=moved)[0]
        chosen.append((form.name, tuple(other.name for other in ideal.forms if other.name != form.name)))
    pair = _pair_form(ideals, matrices)
    joined = "+".join(name for name, _ in chosen)
    if pair is not None:
        plain = "+".join(("so(3)" if ideal.kind.positive == 0 else "sl(2,R)") for ideal in ideals)
        return pair.name, (plain,)
    return joined, chosen[0][1] if len(chosen) == 1 else ()


def _with_centre(parts: Anatomy, name: str, also: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    count = parts.centre.shape[1]
    if not count:
        return name, also
    kind = central_kind(parts)
    size = parts.structure.bases.shape[-1]
    plain = f"{name}+R" if count == 1 else f"{name}+R^{count}"
    alone = re.fullmatch(r"su\((\d+)\)", name)  # not su(2)+su(3), nor su(1,2)
    unitary = alone is not None and int(alone[1]) * 2 == size
    linear = name == f"sl({size},R)"
    if kind == "rotation":
        turned = f"{name}+so(2)"
        return (f"u({name[3:-1]})", (turned, plain)) if unitary else (turned, (plain,))
    if linear and kind == "dilatation":
        return f"gl({size},R)", (plain,)
    return plain, (f"{name}+{kind}",) if kind else ()


def _abelian(parts: Anatomy) -> _Label:
    if parts.dimension > 1:
        also = (f"Abelian of dimension {parts.dimension}",)
        return _Label(f"R^{parts.dimension}", also, "all brackets vanish within errors")
    kind = central_kind(parts)
    if kind == "rotation":
        return _Label("so(2)", ("R", "u(1)"), "one generator, whose eigenvalues are imaginary within errors")
    if kind == "boost":
        return _Label("so(1,1)", ("R",), "one generator, whose eigenvalues are real and opposite within errors")
    return _Label("R", (kind,) if kind else (), f"one generator, a {kind}" if kind else "one generator")


def _signature(parts: Anatomy) -> tuple[int, int, int]:
    """Count the positive, negative and zero eigenvalues of the Killing form."""
    values = np.linalg.eigvalsh(parts.structure.killing[0])
    zeros = parts.kernel.shape[1]
    strong = values[np.argsort(np.abs(values))[zeros:]]
    return int(np.sum(strong > 0)), int(np.sum(strong < 0)), zeros


def _because(parts: Anatomy) -> str:
    return (
        f"dimension {parts.dimension}, Killing form with {_signature(parts)} positive, negative and zero eigenvalues, derived "
        f"series {', '.join(map(str, parts.derived))}, centre {parts.centre.shape[1]}, radical {parts.radical.shape[1]}"
    )


def _describe(series: tuple[int, ...], kind: str, torus: ndarray, acting: list[str]) -> str:
    inner = f"nilradical of dimension {series[0]}" + (f" and class {len(series)}" if len(series) > 1 else "")
    if kind == "family" and torus.shape[1] == 1 and not acting:
        values = np.linalg.eigvals(torus[0, 0])
        weights = values / values[np.argmax(np.abs(values))]
        shown = ", ".join(f"{w.real:.2f}" if abs(w.imag) < 0.005 else f"{w.real:.2f}{w.imag:+.2f}i" for w in weights)
        return (
            f"one of a family with continuous parameters: a line acting on a {inner} with weights in the ratio {shown}"
        )
    by = " + ".join([*acting, *([f"{torus.shape[1]} more"] if torus.shape[1] else [])]) or "nothing"
    return f"not in the table: {by} acting on a {inner}"

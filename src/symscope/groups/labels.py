"""The name of an algebra from its parts: what they are, how they act on each other, and on the space of the generators."""

import re
from typing import NamedTuple

import numpy as np
from numpy import ndarray

from symscope.groups.brackets import killing_form
from symscope.groups.centre import central_kind
from symscope.groups.ideals import Ideal, fitting_form, index_of
from symscope.groups.ranks import decide_rank
from symscope.groups.semidirect import action_on_nilradical, solvable_name, torus_kind, with_levi_name
from symscope.groups.simple_types import Form
from symscope.groups.subalgebras import Anatomy

UNDETERMINED = "undetermined"
"""In place of a name."""


class Label(NamedTuple):
    """A name with what it follows from."""

    name: str
    also: tuple[str, ...]
    """Other names of the same algebra."""
    reason: str


def unnamed(reason: str) -> Label:
    """Give the label of an algebra that has no name for some reason."""
    return Label(UNDETERMINED, (), reason)


def why_unclear(parts: Anatomy) -> str:
    """Say which rank the errors leave open first."""
    what, rank = parts.unclear[0]
    values = rank.values
    near = values[rank.rank - 1] if rank.rank else values[0]
    return (
        f"the rank of {what} is not clear: a value of {near:.2g} (the largest is {values[0]:.2g}), and the errors alone "
        f"make {rank.noise:.2g}"
    )


def levi_matrices(parts: Anatomy) -> ndarray:
    """Write the Levi part as matrices, as measured and for each draw of the errors."""
    return np.asarray(np.einsum("nlc,ncab->nlab", parts.levi, parts.structure.bases))


def label_of(parts: Anatomy, ideals: list[Ideal]) -> Label:
    """Name an algebra by its parts and the simple ideals of its Levi part, or say why it has no name."""
    rank = parts.levi.shape[1]
    if sum(len(ideal.basis) for ideal in ideals) != rank or parts.dimension != rank + parts.radical.shape[1]:
        return unnamed("the parts contradict each other: the Levi part does not split into simple ideals")
    strange = [ideal for ideal in ideals if not ideal.forms]
    if strange:
        kind = strange[0].kind
        return unnamed(
            f"{strange[0].label}: dimension and Killing form do not tell, nor does the representation"
            if strange[0].classes
            else f"not in the table: a simple ideal of dimension {kind.dimension} with {kind.positive} non-compact directions"
        )
    matrices = levi_matrices(parts)
    if not parts.reductive:
        return _with_action(parts, ideals, matrices)
    if not ideals:
        return _abelian(parts)
    name, also = _with_centre(parts, *_semisimple(ideals, matrices))
    return Label(name, also, _because(parts))


def _with_action(parts: Anatomy, ideals: list[Ideal], matrices: ndarray) -> Label:
    """Name an algebra whose radical is more than its centre."""
    summand = _central_summand(parts)
    action = action_on_nilradical(parts, summand)
    if not action.nilradical:
        return unnamed("the kernel of the Killing form is no nilpotent ideal, which no algebra in the table has")
    kind = torus_kind(parts, action.torus)
    acting = [ideal for ideal in ideals if _acts(parts, ideal, action.levi)]
    idle = [ideal for ideal in ideals if not any(ideal is other for other in acting)]
    if acting:
        form, copies = _joint_form(acting, action.levi)
        named = with_levi_name(action, kind, form=form, copies=copies)
    else:
        named = solvable_name(action, kind)
    if parts.unclear:
        return unnamed(why_unclear(parts))
    if named is None:
        return unnamed(_describe(action.nilpotent, kind, action.torus, [ideal.forms[0].name for ideal in acting]))
    name, also = named
    if idle:
        name = f"{name}+{_semisimple(idle, matrices)[0]}"
    if summand:
        name = f"{name}+R" if summand == 1 else f"{name}+R^{summand}"
    return Label(name, () if idle or summand else also, _because(parts))


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


def representation(ideal: Ideal, action: ndarray) -> tuple[float, int]:
    """Index of the representation of an ideal, and how many dimensions it moves."""
    rows = np.einsum("rl,nlab->nrab", ideal.basis, action)
    return index_of(rows[0], killing_form(rows[0])), _moved(rows)


_PAIRS = {("so(3)", "so(3)"): "so(4)", ("sl(2,R)", "sl(2,R)"): "so(2,2)"}


def _pair_form(ideals: list[Ideal], action: ndarray) -> Form | None:
    """so(4) or so(2,2), where two ideals act together on the same four dimensions, each by doublets."""
    if len(ideals) != 2 or any(ideal.kind.dimension != 3 for ideal in ideals):
        return None
    seen = [representation(ideal, action) for ideal in ideals]
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
    index, moved = representation(ideals[0], action)
    return fitting_form(ideals[0].forms, index=index, moved=moved)


def _semisimple(ideals: list[Ideal], matrices: ndarray) -> tuple[str, tuple[str, ...]]:
    """Name a semisimple algebra by its action on the space of the generators."""
    chosen = []
    for ideal in ideals:
        index, moved = representation(ideal, matrices)
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


def _abelian(parts: Anatomy) -> Label:
    if parts.dimension > 1:
        also = (f"Abelian of dimension {parts.dimension}",)
        return Label(f"R^{parts.dimension}", also, "all brackets vanish within errors")
    kind = central_kind(parts)
    if kind == "rotation":
        return Label("so(2)", ("R", "u(1)"), "one generator, whose eigenvalues are imaginary within errors")
    if kind == "boost":
        return Label("so(1,1)", ("R",), "one generator, whose eigenvalues are real and opposite within errors")
    return Label("R", (kind,) if kind else (), f"one generator, a {kind}" if kind else "one generator")


def signature(parts: Anatomy) -> tuple[int, int, int]:
    """Count the positive, negative and zero eigenvalues of the Killing form."""
    values = np.linalg.eigvalsh(parts.structure.killing[0])
    zeros = parts.kernel.shape[1]
    strong = values[np.argsort(np.abs(values))[zeros:]]
    return int(np.sum(strong > 0)), int(np.sum(strong < 0)), zeros


def _because(parts: Anatomy) -> str:
    return (
        f"dimension {parts.dimension}, Killing form with {signature(parts)} positive, negative and zero eigenvalues, derived "
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

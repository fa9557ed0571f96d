"""Which statement about some data is symmetric under discovered generators, and which algebra the data themselves have.

There are four statements, each with a test of its own: about the density of the events, their support, the mean of a class label
given the event, and y as a function of x. Off the support nothing is known; so where quadrics confine the events, density and
label are asked about the motions along these only, and so is a function where the events lie on them exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Inexact
from numpy import ndarray

from symscope.config.actions import ActionName
from symscope.config.identification import Identification
from symscope.config.null_space import NullSpaceEngine
from symscope.discovery.nullspace.coordinates import Coordinates, realified
from symscope.discovery.nullspace.density import NORM, WeakForm, weak_form, weak_sums
from symscope.discovery.nullspace.discover import merged, totals
from symscope.discovery.nullspace.functions import (
    PolynomialFit,
    fit_polynomial,
    function_rows,
    orthonormal,
    relative_change,
    solve_function,
)
from symscope.discovery.nullspace.observables import random_waves
from symscope.discovery.nullspace.polynomials import count_monomials
from symscope.discovery.nullspace.streams import (
    Frame,
    Sums,
    Task,
    array_blocks,
    describe_task,
    fix_frame,
    measure_scale,
    sum_events,
)
from symscope.discovery.nullspace.support import find_quadrics, solve_support, support_rows
from symscope.discovery.nullspace.system import NullSpace, Statement
from symscope.errors import ConfigError
from symscope.evaluation.certainty.dimension_test import dimension_test
from symscope.evaluation.certainty.equivalence import breaking
from symscope.evaluation.certainty.generator_errors import found_algebra
from symscope.groups.naming import name_algebra

EXACT = 1e-5
"""Distance from a quadric, in units of the events' spread, below which a function is known on it only."""
LEAST_SHARE = 1e-5
"""Smallest share that is written in digits."""
FEWEST = 2
"""Events for each observable or monomial without which there is no test."""
INSIDE = 0.9
"""Least share of every discovered generator that must lie among the motions that a statement asks about."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One statement about the data."""

    statement: Statement
    """What the statement is about."""
    search: int
    """Independent motions among which was looked."""
    dimension: int
    """Generators that the data have; of a density or a label the most that they allow."""
    is_bound: bool
    """Whether `dimension` is only an upper bound, from a test."""
    algebra: str
    """Name of the algebra of that dimension; `none` where there is none."""
    defect: float | None = None
    """Change along the discovered generators: of a density or a label the rate in standard deviations per unit of flow, without
    the bias of the noise; of a support or a function over the root mean square of all motions. None where it was not asked."""
    bound: float | None = None
    """Upper bound of the former at the confidence of the settings, from held-out events."""
    p_value: float | None = None
    """Of exact symmetry under the discovered generators, from held-out events."""
    holds: bool | None = None
    """Whether the discovered generators are symmetries; None where the data do not tell."""
    note: str = ""
    """What must be known to judge it."""


@dataclass(frozen=True)
class Events:
    """Events of one split, in memory."""

    x: ndarray
    y: ndarray


@dataclass(frozen=True)
class Question:
    """Discovered generators among the motions that a statement asks about."""

    within: Inexact[ndarray, "m r r"]
    """Basis of these motions, orthonormal, in coordinates of unit second moments."""
    along: Float[ndarray, "m c"]
    """Coefficients of the generators in it, orthonormal; no column where they do not lie among the motions."""

    @property
    def matrices(self) -> Inexact[ndarray, "c r r"]:
        """The generators in these coordinates."""
        return np.asarray(np.einsum("mc,mij->cij", self.along, self.within))


def identify(
    train: Events,
    held_out: Events,
    generators: Inexact[ndarray, "c d d"],
    *,
    x_action: ActionName,
    y_action: ActionName,
    classes: Sequence[int],
    settings: Identification,
) -> list[Verdict]:
    """Ask every statement that applies to the events.

    Parameters
    ----------
    train, held_out
        Events from which the data's own algebras are found, and others on which discovered generators are tested.
    generators
        The discovered ones; there may be none.
    x_action, y_action
        How group elements act on the events.
    classes
        All values of a class label; none where y is no label.
    settings
        Degrees, levels, observables.
    """
    engine = _engine(train, y_action, classes, settings)
    task = describe_task(train.x[:1], train.y[:1], x_action=x_action, y_action=y_action, method=engine, classes=classes)
    scale = measure_scale(array_blocks(train.x, train.y, engine.block)(), task).total()
    frame = fix_frame(scale, task, tolerance=engine.span_tolerance, max_monomials=engine.max_monomials)
    whole = _sums(train, task, frame, engine)
    asked = _in_coordinates(generators, frame.inputs)
    rule = {"largest": engine.largest_defect, "least_gap": engine.least_gap}
    verdicts: list[Verdict] = []
    within, confined = frame.inputs.ansatz(), False
    if whole.points is not None:
        quadrics = find_quadrics(whole.points, frame.inputs, **rule)
        support = solve_support(quadrics, **rule)
        if support is None:
            verdicts.append(_unasked("support", within, "No quadric vanishes on the events, so nothing confines them."))
        else:
            change = _largest(support_rows(quadrics, asked), support.scale) if len(asked) else None
            verdicts.append(_support(support, change, float(quadrics.distances[0]), settings))
            within, confined = support.tangent, float(quadrics.distances[0]) < EXACT
    question = _question(asked, within)
    verdicts.append(_density((train, held_out), task, frame, question, settings))
    if whole.joint is None:
        return verdicts
    fit = fit_polynomial(whole.joint, frame.inputs, frame.outputs, objects=task.objects, ridge=engine.ridge)
    if classes:
        # Fewer monomials than motions leave some motions unseen whatever the data.
        tells = _enough(held_out, len(fit.root)) and fit.coefficients.size >= len(within)
        check = _sums(held_out, task, frame, engine).joint if tells else None
        if check is None:
            verdicts.append(_not_told("label", question))
        else:
            again = fit_polynomial(check, frame.inputs, frame.outputs, objects=task.objects, ridge=engine.ridge)
            verdicts.append(_label(fit, again, question, settings))
    else:
        question = question if confined else _question(asked, frame.inputs.ansatz())
        found = solve_function(
            fit,
            action=task.action,
            within=question.within,
            largest=engine.largest_defect,
            least_gap=engine.least_gap,
            least_fit=engine.least_fit,
        )
        change = None
        if question.along.shape[1] and fit.explained >= engine.least_fit:
            change = relative_change(fit, question.matrices, task.action, found.scale)
        verdicts.append(_function(found, fit, change, engine, settings))
    return verdicts


def _engine(train: Events, y_action: ActionName, classes: Sequence[int], settings: Identification) -> NullSpaceEngine:
    """Give the settings of the engine; the degree is the largest that the number of monomials allows."""
    size = int(np.prod(train.x.shape[1:])) * (2 if np.iscomplexobj(train.x) else 1)
    if y_action != "trivial":
        size = int(
            np.linalg.matrix_rank(train.x.reshape(len(train.x), -1)[:1000], tol=1e-4 * float(np.abs(train.x).max()))
        )
    degree = settings.label_degree if classes else settings.function_degree
    most = min(settings.monomials, len(train.x) // 4)
    while degree > 1 and count_monomials(size, degree) > most:
        degree -= 1
    return NullSpaceEngine(statement="label" if classes else "function", degree=degree)


def _sums(events: Events, task: Task, frame: Frame, engine: NullSpaceEngine) -> Sums:
    blocks = array_blocks(events.x, events.y, engine.block)()
    return merged(totals(sum_events(blocks, task, frame, parts=1, joint=True, points=True)))


def _in_coordinates(generators: Inexact[ndarray, "c d d"], place: Coordinates) -> Inexact[ndarray, "c r r"]:
    """Discovered generators in coordinates of unit second moments, orthonormal there; those that are zero are left out."""
    inside = place.into @ generators @ place.back
    if np.iscomplexobj(inside) and not np.iscomplexobj(place.into):
        raise ConfigError("the generators are complex and the events are real; give the discovery of these events")
    sizes = np.linalg.norm(inside, axis=(1, 2))
    return orthonormal(inside[sizes > 1e-6 * sizes.max(initial=0.0)])[0]


def _question(asked: Inexact[ndarray, "c r r"], within: Inexact[ndarray, "m r r"]) -> Question:
    if not len(asked) or not len(within):
        return Question(within, np.zeros((len(within), 0)))
    rows = [realified(stack).reshape(len(stack), -1) for stack in (within, asked)]
    unit = [stack / np.linalg.norm(stack, axis=1, keepdims=True) for stack in rows]
    left, shares, _ = np.linalg.svd(unit[0] @ unit[1].T, full_matrices=False)
    lies = len(shares) == len(asked) and shares.min() > INSIDE
    return Question(within, left if lies else left[:, :0])


def _largest(rows: Float[ndarray, "c n"], scale: float) -> float:
    return float(np.linalg.norm(rows, 2)) / scale


def _support(found: NullSpace, change: float | None, distance: float, settings: Identification) -> Verdict:
    return Verdict(
        statement="support",
        search=len(found.singular_values),
        dimension=found.dimension,
        is_bound=False,
        algebra=_name(found.generators),
        defect=change,
        holds=None if change is None else change < settings.holds,
        note=f"The events lie on a quadric to {_short(distance)} of their spread.",
    )


def _function(
    found: NullSpace, fit: PolynomialFit, change: float | None, engine: NullSpaceEngine, settings: Identification
) -> Verdict:
    left = f"A polynomial of degree {fit.degree} leaves {_short(1 - fit.explained)} of the variance of y"
    stands = fit.explained >= engine.least_fit
    return Verdict(
        statement="function",
        search=len(found.singular_values),
        dimension=found.dimension,
        is_bound=False,
        algebra=_name(found.generators) if stands else "undetermined",
        defect=change,
        holds=None if change is None else change < settings.holds,
        note=f"{left}." if stands else f"{left}, too much to stand for the function.",
    )


def _density(
    events: tuple[Events, Events], task: Task, frame: Frame, question: Question, settings: Identification
) -> Verdict:
    real = realified(question.within)
    sizes = np.linalg.norm(real, axis=(1, 2))[:, None, None]
    basis = np.stack([np.kron(np.eye(task.objects), one) for one in NORM * real / sizes])
    points = [frame.into(task.inputs(part.x), frame.inputs) for part in events]
    number, width = max(settings.waves.number, 2 * len(basis)), settings.waves.bandwidth
    if not all(_enough(part, number) for part in events):
        return _not_told("density", question)
    rng = np.random.default_rng(settings.seed)
    waves = random_waves(points[0].shape[1], number, bandwidth=width, scale=1.0, rng=rng)
    whole = weak_form(weak_sums(points[0], waves, basis))
    check = weak_form(weak_sums(points[1], waves, basis), spread=whole.spread)
    return _tested("density", (whole, check), question, settings, "")


def _enough(events: Events, number: int) -> bool:
    """Whether events fix the noise of this many quantities."""
    return len(events.x) > FEWEST * number


def _not_told(statement: Statement, question: Question) -> Verdict:
    return _unasked(statement, question.within, "There are too few events for a test.")


def _unasked(statement: Statement, within: Inexact[ndarray, "m r r"], why: str) -> Verdict:
    return Verdict(
        statement=statement, search=len(within), dimension=0, is_bound=False, algebra="undetermined", note=why
    )


def _label(fit: PolynomialFit, again: PolynomialFit, question: Question, settings: Identification) -> Verdict:
    spread = np.sqrt(max(float(np.trace(fit.residual)), np.finfo(float).tiny))
    forms = []
    for one in (fit, again):
        rows, noise = function_rows(one, NORM * question.within)
        forms.append(WeakForm(rows / spread, noise / spread**2, one.count, np.eye(len(rows))))
    note = (
        f"By a polynomial of degree {fit.degree}, which explains {_short(fit.explained)} of the variance of the label."
    )
    return _tested("label", (forms[0], forms[1]), question, settings, note)


def _tested(
    statement: Statement, forms: tuple[WeakForm, WeakForm], question: Question, settings: Identification, note: str
) -> Verdict:
    """Give the verdict of a statement whose rows have a known noise: from all training events, and from held-out ones."""
    whole, check = forms
    most = int(dimension_test(whole).at_most(settings.level))
    name = "none"
    if most:
        found = found_algebra(whole, most)
        basis = NORM * realified(question.within)
        errors = float(np.sqrt(np.mean(found.errors(basis) ** 2)))
        name = name_algebra(found.generators(basis), errors=errors).name
    told = {
        "statement": statement,
        "search": len(question.within),
        "dimension": most,
        "is_bound": True,
        "algebra": name,
    }
    if not question.along.shape[1]:
        return Verdict(**told, note=note)  # type: ignore[arg-type]
    measured = breaking(check, question.along)
    bound, p_value = float(measured.bound(settings.level)), float(measured.p_value)
    # Not to be rejected is no evidence: few events reject nothing. And what was found has errors of its own, so that many
    # events reject every symmetry; a small defect that is certified counts as one all the same.
    broken = False if p_value <= settings.level else None
    return Verdict(
        **told,  # type: ignore[arg-type]
        defect=float(np.sqrt(max(float(measured.squared), 0.0))),
        bound=bound,
        p_value=p_value,
        holds=True if bound < settings.certified else broken,
        note=note,
    )


def _name(generators: Inexact[ndarray, "c d d"]) -> str:
    return name_algebra(generators).name if len(generators) else "none"


def _short(share: float) -> str:
    """Write a share as a percentage with two significant digits."""
    return "less than 0.001 %" if share < LEAST_SHARE else f"{100 * share:.2g} %"

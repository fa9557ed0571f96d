"""Which statement about some data is symmetric under discovered generators, and which algebra the data themselves have.

There are four statements, each with a test of its own: about the density of the events, their support, the polynomial of low degree
nearest to a class label, and y as a function of x. Off the support nothing is known; so where quadrics confine the events, density
and label are asked about the motions along these only, and so is a function where the events lie on them exactly.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Inexact
from numpy import ndarray

from symscope.config.actions import ActionName
from symscope.config.identification import Identification
from symscope.config.null_space import NullSpaceEngine
from symscope.discovery.nullspace.coordinates import Coordinates
from symscope.discovery.nullspace.density import NORM, WeakForm, weak_form, weak_sums
from symscope.discovery.nullspace.fits import PolynomialFit
from symscope.discovery.nullspace.functions import function_rows, relative_change, solve_function
from symscope.discovery.nullspace.observables import Waves, random_waves
from symscope.discovery.nullspace.polynomials import count_monomials
from symscope.discovery.nullspace.streams import (
    Sums,
    array_blocks,
    describe_task,
    fix_frame,
    measure_scale,
)
from symscope.discovery.nullspace.support import enough_points, find_quadrics, solve_support, support_rows
from symscope.discovery.nullspace.system import NullSpace, Statement, orthonormal
from symscope.errors import ConfigError
from symscope.evaluation.cases import Case, Events
from symscope.evaluation.part_bounds import bound_of, function_change, largest_change, support_change
from symscope.evaluation.statements import (
    COLLAPSED,
    EVENTS_EACH,
    Question,
    Verdict,
    joined,
    of_change,
    question_of,
    short,
    tested,
    too_large,
    without_test,
)
from symscope.groups.naming import name_algebra
from symscope.groups.spans import as_real_matrices

EXACT = 1e-5
"""Distance from a quadric, in units of the events' spread, below which a function is known on it only."""
WIDTHS = (0.5, 1.0, 2.0)
"""Widths of the laws of wave vectors in turn, in units of the bandwidth."""
STILL = 1e-12
"""Variance of y over its mean square below which it is the same for all events."""
NO_MOTION = "No motion keeps the support."
TOO_FEW = "There are too few events for a test."
TOO_MANY = "There are too many motions for a test."


def identify(
    train: Events,
    held_out: Events,
    generators: Inexact[ndarray, "c d d"],
    *,
    x_action: ActionName,
    y_action: ActionName,
    classes: Sequence[int],
    independent: bool = True,
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
    independent
        Whether events are independent of each other, without which there is no test.
    settings
        Degrees, levels, observables.
    """
    if not classes and train.y.dtype.kind in "biu":
        train, held_out = (replace(part, y=part.y.astype(np.float64)) for part in (train, held_out))
    statement: Statement = "label" if classes else "function"
    silent = _silent(train.y, y_action, classes, settings)
    engine = NullSpaceEngine(statement="label" if classes else "function", degree=1)
    task = describe_task(train.x[:1], train.y[:1], x_action=x_action, y_action=y_action, method=engine, classes=classes)
    if silent:
        # Outputs that are not asked about are not summed either: there may be a thousand classes.
        train, held_out = (replace(part, y=np.zeros(len(part.x))) for part in (train, held_out))
        task = replace(task, classes=(), action="invariant")
    scale = measure_scale(array_blocks(train.x, train.y, engine.block)(), task).total()
    frame = fix_frame(
        scale,
        task,
        tolerance=engine.span_tolerance,
        max_monomials=engine.max_monomials,
        with_outputs=not silent,
    )
    size = len(as_real_matrices(frame.inputs.into)) * task.objects
    if len(train.x) <= EVENTS_EACH * count_monomials(size, 1):
        silent = silent or TOO_FEW
    engine = engine.model_copy(update={"degree": _degree(size, len(train.x), classes, settings)})
    case = Case(train, held_out, replace(task, degree=engine.degree), frame, engine, settings, independent)
    whole = case.sums(train, joint=not silent)
    asked = _in_coordinates(generators, frame.inputs)
    support, confining, exactly = _support(case, whole, asked)
    within = frame.inputs.ansatz() if confining is None else confining.tangent
    question = question_of(asked, within, leads_off=support.outcome == "broken")
    verdicts = [support, _density(case, question)]
    fit = case.fit(whole)
    if silent or fit is None:
        return [*verdicts, without_test(statement, question, silent)]
    if classes:
        return [*verdicts, _label(case, fit, question)]
    return [*verdicts, _function(case, fit, question if exactly else question_of(asked, frame.inputs.ansatz()))]


def _silent(y: ndarray, y_action: ActionName, classes: Sequence[int], settings: Identification) -> str:
    """Why nothing can be asked about y; empty where something can."""
    if len(classes) > settings.classes:
        return f"There are {len(classes):,} classes, too many for a test."
    if y_action == "trivial" and float(np.var(y, axis=0).sum()) <= STILL * float(
        np.square(np.abs(y)).mean(axis=0).sum()
    ):
        return "y is the same for all events."
    return ""


def _degree(size: int, events: int, classes: Sequence[int], settings: Identification) -> int:
    """Give the largest degree that the number of monomials allows, for this many real components of an event."""
    degree = settings.label_degree if classes else settings.function_degree
    most = min(settings.monomials, events // 4)
    while degree > 1 and count_monomials(size, degree) > most:
        degree -= 1
    return degree


def _in_coordinates(generators: Inexact[ndarray, "c d d"], place: Coordinates) -> Inexact[ndarray, "c r r"]:
    """Discovered generators in coordinates of unit second moments, orthonormal there; those that are zero are left out."""
    inside = place.into @ generators @ place.back
    if np.iscomplexobj(inside) and not np.iscomplexobj(place.into):
        raise ConfigError("the generators are complex and the events are real; give the discovery of these events")
    sizes = np.linalg.norm(inside, axis=(1, 2))
    return orthonormal(inside[sizes > 1e-6 * sizes.max(initial=0.0)], tolerance=COLLAPSED)


def _support(case: Case, whole: Sums, asked: Inexact[ndarray, "c r r"]) -> tuple[Verdict, NullSpace | None, bool]:
    """Give the verdict, what confines the events, and whether they lie on it exactly."""
    everywhere = question_of(asked, case.frame.inputs.ansatz())
    if whole.points is None or not enough_points(whole.points):
        return without_test("support", everywhere, "There are too few events to look for quadrics."), None, False
    quadrics = find_quadrics(whole.points, case.frame.inputs, **case.rule)
    found = solve_support(quadrics, **case.rule)
    if found is None:
        why = "No quadric vanishes on the events, so nothing confines them."
        return without_test("support", everywhere, why), None, False
    change = bound = None
    if len(asked):
        change = largest_change(support_rows(quadrics, asked), found.scale)
        bound = bound_of(case, lambda part: support_change(case, part, asked, found.scale), joint=False)
    distance = float(quadrics.distances[0])
    verdict = Verdict(
        statement="support",
        search=len(found.singular_values),
        dimension=found.dimension,
        is_bound=False,
        algebra=_name(found.generators),
        defect=change,
        bound=bound,
        outcome=of_change(change, case.settings),
        note=joined(
            f"The events lie on a quadric to {short(distance)} of their spread.", "" if found.dimension else NO_MOTION
        ),
    )
    return verdict, found, distance < EXACT


def _function(case: Case, fit: PolynomialFit, question: Question) -> Verdict:
    if not len(question.within):
        return without_test("function", question, NO_MOTION)
    engine = case.engine
    found = solve_function(
        fit,
        action=case.task.action,
        within=question.within,
        least_fit=engine.least_fit,
        largest=engine.largest_defect,
        least_gap=engine.least_gap,
    )
    change = bound = None
    stands = fit.explained >= engine.least_fit
    if question.along.shape[1] and stands:
        change = relative_change(fit, question.matrices, case.task.action, found.scale)
        bound = bound_of(case, lambda part: function_change(case, part, question, found.scale), joint=True)
    left = f"A polynomial of degree {fit.degree} leaves {short(1 - fit.explained)} of the variance of y"
    return Verdict(
        statement="function",
        search=len(found.singular_values),
        dimension=found.dimension,
        is_bound=False,
        algebra=_name(found.generators) if stands else "undetermined",
        defect=change,
        bound=bound,
        outcome=of_change(change, case.settings),
        note=joined(question.note, f"{left}." if stands else f"{left}, too much to stand for the function."),
    )


def _density(case: Case, question: Question) -> Verdict:
    if not len(question.within):
        return without_test("density", question, NO_MOTION)
    number = max(case.settings.waves.number, 2 * len(question.within))
    if too_large(number * len(question.within), case.settings):
        return without_test("density", question, TOO_MANY)
    if not all(_enough(part, number) for part in (case.train, case.held_out)):
        return without_test("density", question, TOO_FEW)
    real = as_real_matrices(question.within)
    sizes = np.linalg.norm(real, axis=(1, 2))[:, None, None]
    basis = np.stack([np.kron(np.eye(case.task.objects), one) for one in NORM * real / sizes])
    points = [case.frame.into(case.task.inputs(part.x), case.frame.inputs) for part in (case.train, case.held_out)]
    waves = _waves(points[0].shape[1], number, case.settings)
    whole = weak_form(weak_sums(points[0], waves, basis))
    check = weak_form(weak_sums(points[1], waves, basis), spread=whole.spread)
    seen_by = f"{number} waves"
    return tested(
        "density",
        (whole, check),
        question,
        case.settings,
        independent=case.independent,
        seen_by=seen_by,
        note=f"As {seen_by} see it, which is at most the true defect.",
    )


def _waves(dim: int, number: int, settings: Identification) -> Waves:
    """Draw waves of several widths whose phases are as large in many components as in few."""
    rng = np.random.default_rng(settings.seed)
    drawn = random_waves(dim, number, bandwidth=settings.waves.bandwidth, scale=np.sqrt(dim), rng=rng).frequencies
    return Waves(drawn * np.resize(WIDTHS, len(drawn))[:, None])


def _label(case: Case, fit: PolynomialFit, question: Question) -> Verdict:
    if not len(question.within):
        return without_test("label", question, NO_MOTION)
    if too_large(fit.coefficients.size * len(question.within), case.settings):
        return without_test("label", question, TOO_MANY)
    # Fewer monomials than motions leave some motions unseen whatever the data.
    if not _enough(case.held_out, len(fit.root)) or fit.coefficients.size < len(question.within):
        return without_test("label", question, TOO_FEW)
    again = case.fit(case.sums(case.held_out, joint=True))
    if again is None:
        return without_test("label", question, TOO_FEW)
    spread = np.sqrt(max(float(np.trace(fit.residual)), np.finfo(float).tiny))
    forms = []
    for one in (case.with_errors(fit, case.train), case.with_errors(again, case.held_out)):
        rows, noise = function_rows(one, NORM * question.within)
        forms.append(WeakForm(rows / spread, noise / spread**2, one.count, np.eye(len(rows))))
    return tested(
        "label",
        (forms[0], forms[1]),
        question,
        case.settings,
        independent=case.independent,
        seen_by=f"a polynomial of degree {fit.degree}",
        note=f"Of the polynomial of degree {fit.degree} nearest to the label, which explains {short(fit.explained)} of its "
        "variance; the chance of a class may change where this does not.",
    )


def _enough(events: Events, number: int) -> bool:
    """Whether events fix the noise of this many quantities."""
    return len(events.x) > EVENTS_EACH * number


def _name(generators: ndarray) -> str:
    return name_algebra(generators).name if len(generators) else "none"

"""Upper bounds of changes that have no noise formula, from several disjoint parts of held-out events."""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Inexact
from numpy import ndarray
from scipy.stats import t as student

from symscope.discovery.nullspace.functions import relative_change
from symscope.discovery.nullspace.streams import Sums
from symscope.discovery.nullspace.support import enough_points, find_quadrics, support_rows
from symscope.evaluation.cases import Case, Events
from symscope.evaluation.statements import EVENTS_EACH, Question

FEWEST_PARTS = 3


def part_bound(changes: Sequence[float], *, level: float) -> float | None:
    """Upper bound of the mean of a quantity of which independent parts have values, by Student's law; None for too few parts.

    A change is a length, so that noise makes it larger and never smaller: the mean over parts lies above the true change, and
    the bound is on the safe side.
    """
    values = np.asarray(changes, dtype=np.float64)
    if len(values) < FEWEST_PARTS or not np.isfinite(values).all():
        return None
    spread = float(values.std(ddof=1)) / np.sqrt(len(values))
    return float(values.mean() + student.isf(level, len(values) - 1) * spread)


def bound_of(case: Case, change: Callable[[Sums], float | None], *, joint: bool) -> float | None:
    """Bound a change by those of several parts of the held-out events; None where these are few or depend on each other."""
    if not case.independent:
        return None
    size = len(case.held_out.x) // case.settings.parts
    changes = []
    for start in range(0, size * case.settings.parts, max(size, 1)):
        part = Events(case.held_out.x[start : start + size], case.held_out.y[start : start + size])
        found = change(case.sums(part, joint=joint)) if size else None
        if found is None:
            return None
        changes.append(found)
    return part_bound(changes, level=case.settings.level)


def support_change(case: Case, part: Sums, asked: Inexact[ndarray, "c r r"], scale: float) -> float | None:
    """Change of the support of some events along generators, over a scale; None where they lie on no quadric."""
    if part.points is None or not enough_points(part.points):
        return None
    quadrics = find_quadrics(part.points, case.frame.inputs, **case.rule)
    return largest_change(support_rows(quadrics, asked), scale) if quadrics.coefficients.shape[1] else None


def function_change(case: Case, part: Sums, question: Question, scale: float) -> float | None:
    """Change of the function of some events along discovered generators, over a scale; None where they are too few."""
    if part.joint is None or part.joint.count <= EVENTS_EACH * len(part.joint.gram):
        return None
    fit = case.fit(part)
    return None if fit is None else relative_change(fit, question.matrices, case.task.action, scale)


def largest_change(rows: ndarray, scale: float) -> float:
    """Largest change along combinations of unit length, from one row for each generator, over a scale."""
    return float(np.linalg.norm(rows, 2)) / scale

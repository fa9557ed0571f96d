"""What is said of one statement about some data: the verdict on discovered generators, and what it rests on."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Inexact
from numpy import ndarray

from symscope.config.identification import Identification
from symscope.discovery.nullspace.density import NORM, WeakForm
from symscope.discovery.nullspace.system import Statement
from symscope.evaluation.certainty.dimension_test import dimension_test
from symscope.evaluation.certainty.equivalence import breaking
from symscope.evaluation.certainty.generator_errors import found_algebra
from symscope.groups.naming import name_algebra
from symscope.groups.spans import as_real_matrices

COLLAPSED = 1e-2
"""Singular value of discovered generators of unit norm, over the largest, below which they have become dependent."""
LEAST_SHARE = 1e-5
"""Smallest share that is written in digits."""
EVENTS_EACH = 2
"""Events for each observable or monomial without which there is no test."""
INSIDE = 0.9
"""Cosine with the motions along a support below which a generator leads off it."""
ALONG = 0.999
"""Cosine below which the angle between the two is told."""

Outcome = Literal["holds", "nearly", "broken", "undecided", "not asked"]
"""Whether discovered generators are symmetries: they are, within a small defect that is certified; the same, and exact symmetry is
rejected; they are not; the data do not tell; there was no question or no test."""


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
    """Name of the algebra of that dimension; `none` where there is none, `undetermined` where it was not looked for."""
    defect: float | None = None
    """Change along the discovered generators. Of a density or a label the rate, in standard deviations per unit of flow in
    coordinates of unit second moments: the root of the sum of squares over orthonormal generators (Frobenius norm sqrt(2)),
    without the bias of the noise. Of a support or a function the largest over the root mean square of all motions. None where
    it was not asked."""
    average: float | None = None
    """Root mean square of the same rate over all motions of the search; None of a support or a function."""
    bound: float | None = None
    """Upper bound of `defect` at the confidence of the settings, from held-out events; of a support or a function from several
    parts of these."""
    p_value: float | None = None
    """Of exact symmetry under the discovered generators, from held-out events."""
    outcome: Outcome = "not asked"
    """Whether the discovered generators are symmetries."""
    seen_by: str = ""
    """What the statement was looked at with, such as `20 waves`. What these do not see is not in the defect."""
    note: str = ""
    """What must be known to judge it."""


@dataclass(frozen=True)
class Question:
    """Discovered generators among the motions that a statement asks about."""

    within: Inexact[ndarray, "m r r"]
    """Basis of these motions, orthonormal, in coordinates of unit second moments."""
    along: Float[ndarray, "m c"]
    """Coefficients of the generators in it, orthonormal; no column where they do not lie among the motions."""
    angle: float = 0.0
    """Largest angle between a generator and the motions [degree]."""
    leads_off: bool = False
    """Whether a generator leads off the set on which the events lie."""

    @property
    def matrices(self) -> Inexact[ndarray, "c r r"]:
        """The generators in these coordinates."""
        return np.asarray(np.einsum("mc,mij->cij", self.along, self.within))

    @property
    def note(self) -> str:
        """What must be known of the question."""
        if self.leads_off:
            return "A generator leads off the set on which the events lie."
        if np.cos(np.radians(self.angle)) < ALONG:
            return f"Asked of the part along that set, {self.angle:.1f}° from the generators."
        return ""


def question_of(
    asked: Inexact[ndarray, "c r r"], within: Inexact[ndarray, "m r r"], *, leads_off: bool = False
) -> Question:
    """Look for orthonormal generators among orthonormal motions; `leads_off` where it is known that they are not among them."""
    none = np.zeros((len(within), 0))
    if not len(asked) or not len(within):
        return Question(within, none, 90.0 if len(asked) else 0.0, bool(len(asked)))
    rows = [as_real_matrices(stack).reshape(len(stack), -1) for stack in (within, asked)]
    unit = [stack / np.linalg.norm(stack, axis=1, keepdims=True) for stack in rows]
    left, cosines, _ = np.linalg.svd(unit[0] @ unit[1].T, full_matrices=False)
    least = float(np.clip(cosines.min(), 0.0, 1.0)) if len(cosines) == len(asked) else 0.0
    off = leads_off or least < INSIDE
    return Question(within, none if off else left, float(np.degrees(np.arccos(least))), off)


def without_test(statement: Statement, question: Question, why: str) -> Verdict:
    """Give the verdict of a statement that is not tested; a density is broken all the same where a generator leads off."""
    broken = statement == "density" and question.leads_off
    return Verdict(
        statement=statement,
        search=len(question.within),
        dimension=0,
        is_bound=False,
        algebra="undetermined" if len(question.within) else "none",
        outcome="broken" if broken else "not asked",
        note=joined(question.note, why) if len(question.within) else why,
    )


def tested(
    statement: Statement,
    forms: tuple[WeakForm, WeakForm],
    question: Question,
    settings: Identification,
    *,
    independent: bool,
    seen_by: str,
    note: str,
) -> Verdict:
    """Give the verdict of a statement whose rows have a known noise: from all training events, and from held-out ones.

    Not to be rejected is no evidence, because few events reject nothing. And what was found has errors of its own, so that many
    events reject every symmetry. A small defect that is certified counts as one all the same; small is a share of the average
    over the motions that were searched, because observables that hardly see the data certify everything.
    """
    whole, check = forms
    note = joined(question.note, note)
    if not independent:
        # The two parts are of different trajectories, so the product of their rows has no bias from the noise of either.
        both = float(np.sum((whole.rows @ question.along) * (check.rows @ question.along)))
        asks = bool(question.along.shape[1])
        untested = without_test(statement, question, "")
        return Verdict(
            statement=statement,
            search=untested.search,
            dimension=0,
            is_bound=False,
            algebra="undetermined",
            defect=float(np.sqrt(max(both, 0.0))) if asks else None,
            outcome="undecided" if asks else untested.outcome,
            seen_by=seen_by,
            note=joined(
                note, "Windows of one trajectory are not independent events, so there is no test and no bound."
            ),
        )
    test = dimension_test(whole)
    most = int(test.at_most(settings.level))
    name = "none"
    if most:
        found = found_algebra(whole, most)
        basis = NORM * as_real_matrices(question.within)
        errors = float(np.sqrt(np.mean(found.errors(basis) ** 2)))
        name = name_algebra(found.generators(basis), errors=errors).name
    blind = bool(test.p_values[-1] > settings.level)
    squared = float(np.sum(whole.rows**2) - np.trace(whole.noise) / whole.events) / len(question.within)
    average = float(np.sqrt(max(squared, 0.0)))
    seeing = "waves see" if statement == "density" else "polynomial sees"
    defect = bound = p_value = None
    outcome: Outcome = "broken" if statement == "density" and question.leads_off else "not asked"
    if question.along.shape[1]:
        measured = breaking(check, question.along)
        defect = float(np.sqrt(max(float(measured.squared), 0.0)))
        bound, p_value = float(measured.bound(settings.level)), float(measured.p_value)
        outcome = "undecided" if blind else decided(bound / max(average, np.finfo(float).tiny), p_value, settings)
    return Verdict(
        statement=statement,
        search=len(question.within),
        dimension=most,
        is_bound=True,
        algebra=name,
        defect=defect,
        average=average,
        bound=bound,
        p_value=p_value,
        outcome=outcome,
        seen_by=seen_by,
        note=joined(
            note, f"The {seeing} nothing here: nothing that is searched changes beyond the noise." if blind else ""
        ),
    )


def decided(share: float, p_value: float, settings: Identification) -> Outcome:
    """Decide by the bound of the defect, as a share of the average, and the p-value of exact symmetry."""
    rejected = p_value <= settings.level
    if share < settings.holds:
        return "nearly" if rejected else "holds"
    return "broken" if rejected else "undecided"


def of_change(change: float | None, settings: Identification) -> Outcome:
    """Decide by a change relative to the average motion that has no noise to speak of."""
    if change is None:
        return "not asked"
    return "holds" if change < settings.holds else "broken"


def too_large(rows: int, settings: Identification) -> bool:
    """Whether the noise of so many rows is too much for memory and time."""
    return rows > settings.rows


def joined(*notes: str) -> str:
    """Put sentences beside each other."""
    return " ".join(note for note in notes if note)


def short(share: float) -> str:
    """Write a share as a percentage with two significant digits."""
    return "less than 0.001 %" if share < LEAST_SHARE else f"{float(f'{100 * share:.2g}'):g} %"

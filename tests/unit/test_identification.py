"""Of which statement about some data generators are a symmetry, and how it is said."""

import numpy as np
import pytest
from numpy import ndarray

from symscope.config.actions import ActionName
from symscope.config.identification import Identification
from symscope.evaluation.cases import Events
from symscope.evaluation.identification import identify
from symscope.evaluation.statements import Verdict, decided
from symscope.groups.algebras import known_algebra
from symscope.report.identity import (
    compose,
    describe_row,
)

QUICK = Identification(events=4000, held_out_events=4000)
ROTATIONS = np.pad(known_algebra("so(3)"), ((0, 0), (1, 0), (1, 0)))


def momenta(count: int, *, seed: int, stretch: ndarray | float = 1.0) -> ndarray:
    """Massless four-momenta (n, 1, 4) whose law is round, or stretched."""
    rng = np.random.default_rng(seed)
    three = rng.normal(size=(count, 3)) * stretch
    return np.concatenate([np.linalg.norm(three, axis=1, keepdims=True), three], axis=1)[:, None]


def ask(
    x: ndarray,
    y: ndarray,
    generators: ndarray,
    classes: tuple[int, ...] = (),
    *,
    independent: bool = True,
    settings: Identification = QUICK,
) -> dict[str, Verdict]:
    half = len(x) // 2
    parts = [Events(x[:half], y[:half]), Events(x[half:], y[half:])]
    kind: ActionName = "complex_vector" if np.iscomplexobj(x) else "vector"
    found = identify(
        *parts,
        generators,
        x_action=kind,
        y_action="trivial",
        classes=classes,
        independent=independent,
        settings=settings,
    )
    return {one.statement: one for one in found}


def test_the_cone_keeps_boosts_that_density_and_label_do_not() -> None:
    x = momenta(8000, seed=1)
    label = (x[:, 0, 0] ** 2 > 3).astype(np.int64)
    lorentz = known_algebra("so(1,3)+dilatation")
    told = ask(x, label, lorentz, (0, 1))
    assert told["support"].dimension == 7
    assert told["support"].algebra == "so(1,3)+R"
    assert told["support"].outcome == "holds"
    assert told["density"].outcome == "broken"
    assert told["label"].outcome == "broken"
    assert told["density"].dimension == told["label"].dimension == 3
    assert told["density"].algebra == "so(3)"


def test_rotations_of_a_round_law_hold_for_every_statement() -> None:
    x = momenta(24_000, seed=12)
    label = (x[:, 0, 0] ** 2 > 3).astype(np.int64)
    told = ask(x, label, ROTATIONS, (0, 1))
    assert [told[name].outcome for name in ("support", "density", "label")] == ["holds"] * 3
    bound = told["density"].bound
    average = told["density"].average
    assert bound is not None
    assert average is not None
    assert bound < 0.1 * average
    assert "20 waves" in told["density"].seen_by


def test_a_stretched_law_breaks_rotations_of_the_density_alone() -> None:
    x = momenta(8000, seed=3, stretch=np.array([1.0, 1.0, 1.5]))
    label = (x[:, 0, 0] ** 2 > 3).astype(np.int64)
    told = ask(x, label, ROTATIONS, (0, 1))
    assert told["support"].outcome == "holds"
    assert told["density"].outcome == "broken"
    assert told["density"].dimension == 1
    p_value = told["density"].p_value
    assert p_value is not None
    assert p_value < 1e-6


def test_a_function_and_a_density_have_algebras_of_their_own() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(8000, 1, 3))
    y = x[:, 0, 0] ** 2 + x[:, 0, 1] ** 2 - x[:, 0, 2] ** 2
    told = ask(x, y, known_algebra("so(2,1)"))
    assert told["function"].outcome == "holds"
    assert told["function"].dimension == 3
    assert told["density"].outcome == "broken"
    assert told["density"].algebra == "so(3)"
    assert told["support"].outcome == "not asked"
    assert "No quadric" in told["support"].note


def test_few_events_tell_nothing_of_a_density() -> None:
    x = momenta(60, seed=5)
    told = ask(x, np.arange(60) % 2, ROTATIONS, (0, 1))
    assert told["density"].outcome == "not asked"
    assert "too few" in told["density"].note


def test_a_symmetry_that_few_events_cannot_reject_is_undecided() -> None:
    told = ask(momenta(500, seed=6), np.arange(500) % 2, ROTATIONS, (0, 1))["density"]
    assert told.p_value is not None
    assert told.bound is not None
    assert told.p_value > 0.05
    assert told.bound > 0.3
    assert told.outcome == "undecided"
    assert describe_row(told, level=0.05).verdict == "undecided"


@pytest.mark.parametrize("objects", [2, 8])
def test_broken_boosts_are_seen_with_many_objects(objects: int) -> None:
    x = np.concatenate([momenta(8000, seed=20 + k) for k in range(objects)], axis=1)
    told = ask(x, np.zeros(8000), known_algebra("so(1,3)"))["density"]
    assert told.outcome == "broken"
    assert told.defect is not None
    assert told.defect > 1.0
    assert ask(x, np.zeros(8000), ROTATIONS)["density"].outcome in ("holds", "undecided")


def test_a_label_that_the_polynomial_hardly_explains_is_judged_by_its_own_changes() -> None:
    rng = np.random.default_rng(8)
    x = rng.normal(size=(200_000, 1, 2))
    turn, stretch = known_algebra("so(2)"), np.diag([1.0, -1.0])[None]
    weak = (rng.uniform(size=len(x)) < 0.5 + 0.04 * (x[:, 0, 0] ** 2 - x[:, 0, 1] ** 2).clip(-4, 4)).astype(np.int64)
    told = ask(x, weak, turn, (0, 1))["label"]
    assert told.bound is not None
    assert told.bound < 0.6  # In units of the residual it is small, and yet all that there is changes.
    assert told.outcome == "broken"
    nothing = ask(x, rng.integers(0, 2, size=len(x)), stretch, (0, 1))["label"]
    assert nothing.outcome == "undecided"
    assert "nothing" in nothing.note


def test_a_small_defect_that_is_rejected_is_nearly_a_symmetry() -> None:
    settings = Identification()
    assert decided(0.05, 0.3, settings) == "holds"
    assert decided(0.05, 0.01, settings) == "nearly"
    assert decided(0.2, 0.01, settings) == "broken"
    assert decided(0.2, 0.3, settings) == "undecided"
    told = Verdict(
        statement="density",
        search=7,
        dimension=3,
        is_bound=True,
        algebra="so(3)",
        defect=0.05,
        bound=0.08,
        average=1.5,
        p_value=0.01,
        outcome="nearly",
        seen_by="20 waves",
    )
    assert describe_row(told, level=0.05).verdict == "nearly"
    sentence = compose([told], dimension=3, algebra="so(3)", auc=None, agreement=(1, 1), parts=False, level=0.05)
    assert sentence == (
        "A 3-dimensional algebra, so(3); nearly of the density (exact symmetry is rejected, p 0.010; "
        "defect below 0.080 \N{GREEK SMALL LETTER SIGMA} per unit of flow at 95 %, as 20 waves see it)."
    )


def test_windows_give_no_test() -> None:
    x = momenta(8000, seed=9)
    told = ask(x, (x[:, 0, 0] > 2).astype(np.int64), ROTATIONS, (0, 1), independent=False)
    for name in ("density", "label"):
        assert told[name].outcome == "undecided"
        assert told[name].p_value is None
        assert told[name].bound is None
        assert "not independent" in told[name].note
    assert told["support"].outcome == "holds"


def test_a_motion_that_leads_off_the_support_breaks_the_density() -> None:
    x = momenta(8000, seed=10)
    turned = ROTATIONS.copy()
    turned[0, 0, 0] = 0.4
    told = ask(x, (x[:, 0, 0] > 2).astype(np.int64), turned, (0, 1))
    assert told["density"].outcome == "broken"
    assert "leads off" in told["density"].note
    assert told["label"].outcome == "not asked"
    slightly = ROTATIONS.copy()
    slightly[0, 0, 0] = 0.08
    note = ask(x, (x[:, 0, 0] > 2).astype(np.int64), slightly, (0, 1))["density"].note
    assert "° from the generators" in note


def test_a_support_that_no_motion_keeps() -> None:
    rng = np.random.default_rng(11)
    angle = rng.uniform(0, 2 * np.pi, size=8000)
    x = np.stack([2 + np.cos(angle), 1 + 0.5 * np.sin(angle)], axis=1)[:, None]
    told = ask(x, x[:, 0, 0] ** 2, known_algebra("so(2)"))
    assert told["support"].dimension == 0
    assert told["density"].search == 0
    assert told["density"].outcome == "broken"
    assert told["function"].outcome == "not asked"
    assert all("No motion keeps the support" in told[name].note for name in ("support", "density", "function"))
    assert describe_row(told["density"], level=0.05).own == "none"


def test_few_points_have_no_quadric() -> None:
    told = ask(momenta(80, seed=12)[..., 1:], np.arange(80) % 2, known_algebra("so(3)"), (0, 1))["support"]
    assert told.outcome == "not asked"
    few = ask(momenta(100, seed=12), np.zeros(100), ROTATIONS)["support"]
    assert "too few" in few.note


def test_what_is_too_large_is_not_asked() -> None:
    rng = np.random.default_rng(13)
    wide = ask(rng.normal(size=(3000, 1, 12)), np.zeros(3000), np.zeros((0, 12, 12)))
    assert "too many motions" in wide["density"].note
    x = rng.normal(size=(2000, 1, 3))
    many = ask(x, np.arange(2000) % 1000, known_algebra("so(3)"), tuple(range(1000)))["label"]
    assert "1,000 classes" in many.note
    some = ask(x, np.arange(2000) % 50, known_algebra("so(3)"), tuple(range(50)))["label"]
    assert "too many motions" in some.note


def test_complex_vectors_have_twice_as_many_components() -> None:
    rng = np.random.default_rng(14)
    x = rng.normal(size=(4000, 1, 3)) + 1j * rng.normal(size=(4000, 1, 3))
    few = QUICK.model_copy(update={"monomials": 50})
    told = ask(x, np.abs(x[:, 0, 0]) ** 2, known_algebra("su(3)"), settings=few)["function"]
    # 28 monomials of degree 2 in six real components; with three there would be 35 of degree 4.
    assert "degree 2" in told.note


@pytest.mark.parametrize(("label", "classes"), [(np.int64, (1,)), (np.float64, ())])
def test_an_output_that_never_changes_leaves_density_and_support(label: type, classes: tuple[int, ...]) -> None:
    x = momenta(4000, seed=15)
    told = ask(x, np.ones(4000, dtype=label), ROTATIONS, classes)
    assert told["support"].outcome == "holds"
    assert told["density"].p_value is not None
    assert told["label" if classes else "function"].note == "y is the same for all events."


def test_integers_in_a_column_are_a_label_or_numbers() -> None:
    x = momenta(4000, seed=16)
    column = (x[:, 0, :1] ** 2 > 3).astype(np.int64)
    assert ask(x, column, ROTATIONS, (0, 1))["label"].p_value is not None
    assert ask(x, column, ROTATIONS)["function"].search == 7

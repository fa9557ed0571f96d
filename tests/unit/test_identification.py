"""Of which statement about some data generators are a symmetry, and how it is said."""

import numpy as np
import pytest
from numpy import ndarray

from symscope.config.identification import Identification
from symscope.discovery.result import Discovery
from symscope.evaluation.agreement import answer_of, count_agreeing, held_out
from symscope.evaluation.identification import Events, Verdict, identify
from symscope.groups.algebras import known_algebra
from symscope.report.identity import (
    Identity,
    compose,
    describe_row,
    identities_of,
    identity_html,
    read_identity,
    write_identity,
)

QUICK = Identification(events=4000, held_out_events=4000)
ROTATIONS = np.pad(known_algebra("so(3)"), ((0, 0), (1, 0), (1, 0)))


def momenta(count: int, *, seed: int, stretch: ndarray | float = 1.0) -> ndarray:
    """Massless four-momenta (n, 1, 4) whose law is round, or stretched."""
    rng = np.random.default_rng(seed)
    three = rng.normal(size=(count, 3)) * stretch
    return np.concatenate([np.linalg.norm(three, axis=1, keepdims=True), three], axis=1)[:, None]


def ask(x: ndarray, y: ndarray, generators: ndarray, classes: tuple[int, ...] = ()) -> dict[str, Verdict]:
    half = len(x) // 2
    parts = [Events(x[:half], y[:half]), Events(x[half:], y[half:])]
    found = identify(
        parts[0], parts[1], generators, x_action="vector", y_action="trivial", classes=classes, settings=QUICK
    )
    return {one.statement: one for one in found}


def test_the_cone_keeps_boosts_that_density_and_label_do_not() -> None:
    x = momenta(8000, seed=1)
    label = (x[:, 0, 0] ** 2 > 3).astype(np.int64)
    lorentz = known_algebra("so(1,3)+dilatation")
    told = ask(x, label, lorentz, (0, 1))
    assert told["support"].dimension == 7
    assert told["support"].algebra == "so(1,3)+R"
    assert told["support"].holds
    assert told["density"].holds is False
    assert told["label"].holds is False
    assert told["density"].dimension == told["label"].dimension == 3
    assert told["density"].algebra == "so(3)"


def test_rotations_of_a_round_law_hold_for_every_statement() -> None:
    x = momenta(8000, seed=2)
    label = (x[:, 0, 0] ** 2 > 3).astype(np.int64)
    told = ask(x, label, ROTATIONS, (0, 1))
    assert [told[name].holds for name in ("support", "density", "label")] == [True, True, True]
    bound = told["density"].bound
    assert bound is not None
    assert bound < 0.3


def test_a_stretched_law_breaks_rotations_of_the_density_alone() -> None:
    x = momenta(8000, seed=3, stretch=np.array([1.0, 1.0, 1.5]))
    label = (x[:, 0, 0] ** 2 > 3).astype(np.int64)
    told = ask(x, label, ROTATIONS, (0, 1))
    assert told["support"].holds
    assert told["density"].holds is False
    assert told["density"].dimension == 1
    p_value = told["density"].p_value
    assert p_value is not None
    assert p_value < 1e-6


def test_a_function_and_a_density_have_algebras_of_their_own() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(8000, 1, 3))
    y = x[:, 0, 0] ** 2 + x[:, 0, 1] ** 2 - x[:, 0, 2] ** 2
    told = ask(x, y, known_algebra("so(2,1)"))
    assert told["function"].holds
    assert told["function"].dimension == 3
    assert told["density"].holds is False
    assert told["density"].algebra == "so(3)"
    assert told["support"].holds is None
    assert "No quadric" in told["support"].note


def test_few_events_tell_nothing_of_a_density() -> None:
    x = momenta(60, seed=5)
    told = ask(x, np.arange(60) % 2, ROTATIONS, (0, 1))
    assert told["density"].holds is None
    assert "too few" in told["density"].note


def test_a_symmetry_that_few_events_cannot_reject_is_undecided() -> None:
    told = ask(momenta(500, seed=6), np.arange(500) % 2, ROTATIONS, (0, 1))["density"]
    assert told.p_value is not None
    assert told.bound is not None
    assert told.p_value > 0.05
    assert told.bound > 0.3
    assert told.holds is None
    assert describe_row(told, level=0.05).verdict == "undecided"


def discovery(generators: ndarray, **changes: object) -> Discovery:
    seeds, channels, size, _ = generators.shape
    values: dict[str, object] = {
        "generators": generators,
        "seeds": tuple(range(seeds)),
        "history": {},
        "history_steps": np.zeros(0, dtype=np.int64),
        "history_generators": np.zeros((seeds, 0, channels, size, size), dtype=np.float32),
        "settings": {},
        "seconds": 1.0,
        "steps": 0,
    }
    return Discovery(**{**values, **changes})  # type: ignore[arg-type]


def test_seeds_agree_with_the_answer_or_not() -> None:
    rng = np.random.default_rng(6)
    good = known_algebra("so(3)")
    stacks = np.stack([good + 1e-3 * rng.normal(size=good.shape) for _ in range(3)] + [rng.normal(size=good.shape)])
    found = discovery(stacks)
    answer = answer_of(found)
    assert answer.algebra is not None
    assert not answer.solved
    assert count_agreeing(found, answer, least=0.99) == 3
    whole = discovery(stacks[:3], null_space={"whole": good, "dimensions": np.array([3, 3, 3])})
    solved = answer_of(whole)
    assert solved.solved
    assert solved.algebra is not None
    assert solved.algebra.name == "so(3)"
    # A part that found fewer is filled up with zeros and does not agree.
    fewer = stacks[:3].copy()
    fewer[0, 2] = 0
    short = discovery(fewer, null_space={"whole": good, "dimensions": np.array([2, 3, 3])})
    assert count_agreeing(short, answer_of(short), least=0.99) == 2
    none = discovery(np.zeros((2, 0, 3, 3)), null_space={"whole": np.zeros((0, 3, 3)), "dimensions": np.array([0, 0])})
    assert answer_of(none).algebra is None
    assert count_agreeing(none, answer_of(none), least=0.99) == 2


@pytest.mark.parametrize(("stretch", "apart"), [(1.0, False), (2.0, True)])
def test_the_held_out_test_tells_a_symmetry_from_none(stretch: float, apart: bool) -> None:
    rng = np.random.default_rng(7)
    x = rng.normal(size=(4000, 1, 3)) * [1.0, 1.0, stretch]
    y = rng.normal(size=4000)
    found = discovery(
        known_algebra("so(3)")[None], null_space={"whole": known_algebra("so(3)"), "dimensions": np.array([3])}
    )
    test = held_out(
        found, answer_of(found), Events(x, y), x_action="vector", y_action="trivial", settings=Identification()
    )
    assert test is not None
    assert (test.auc - 0.5 > 4 * test.error) is apart


def test_the_sentence_says_what_of_what_and_how_surely() -> None:
    told = [
        Verdict(
            statement="support", search=16, dimension=7, is_bound=False, algebra="so(1,3)+R", defect=0.004, holds=True
        ),
        Verdict(
            statement="density",
            search=7,
            dimension=1,
            is_bound=True,
            algebra="so(2)",
            defect=2.0,
            bound=2.1,
            p_value=1e-20,
            holds=False,
        ),
    ]
    sentence = compose(
        told, dimension=7, algebra="so(1,3)+R", auc=(0.7712, 0.0061), agreement=(8, 8), parts=False, level=0.05
    )
    assert sentence == (
        "A 7-dimensional algebra, so(1,3)+R, of the set on which the events lie (defect 0.4 % of that of an average motion); "
        "not of the density; held-out AUC 0.771 ± 0.006; 8 of 8 seeds agree."
    )
    row = describe_row(told[1], level=0.05)
    assert row.verdict == "broken"
    assert row.own == "at most 1 generator of 7, so(2)"
    assert row.change == "2 \N{GREEK SMALL LETTER SIGMA} per unit of flow, below 2.1 at 95 %"
    assert row.p_value == "<\N{NO-BREAK SPACE}10⁻⁶"
    none = compose(told, dimension=0, algebra="none", auc=None, agreement=(7, 8), parts=True, level=0.05)
    assert none == "No generator was found; the tests allow the density at most 1, so(2); 7 of 8 parts agree."


def test_an_identity_survives_its_file_and_is_escaped(tmp_path: object) -> None:
    row = describe_row(
        Verdict(statement="function", search=4, dimension=0, is_bound=False, algebra="none", note="<b>"), level=0.05
    )
    identity = Identity(
        experiment="mine",
        sentence="No <i>.",
        dimension=0,
        algebra="none",
        reason="",
        auc=None,
        auc_error=None,
        agreeing=1,
        seeds=2,
        rows=(row,),
    )
    write_identity(identity, json=f"{tmp_path}/a.json", html=f"{tmp_path}/a.html")
    assert read_identity(f"{tmp_path}/a.json") == identity
    html = identity_html(identity)
    assert "No &lt;i&gt;." in html
    assert "<b>" not in html
    assert identities_of({"figure": ["mine", "absent"]}, [f"{tmp_path}/a.json"]) == {"figure": [identity]}

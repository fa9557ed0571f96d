"""The one answer of an ensemble, the seeds that agree with it, and its held-out test."""

import numpy as np
import pytest
from numpy import ndarray

from symscope.config.identification import Identification
from symscope.discovery.result import Discovery
from symscope.evaluation.agreement import answer_of, count_agreeing, held_out
from symscope.evaluation.cases import Events
from symscope.groups.algebras import known_algebra

QUICK = Identification()


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


def test_collapsed_and_empty_channels_count_once() -> None:
    good = known_algebra("so(3)")
    padded = np.concatenate([good, good[:1] + 1e-5, np.zeros((1, 3, 3))])
    found = discovery(np.stack([padded, padded]))
    answer = answer_of(found)
    assert len(answer.generators) == 3
    assert answer.algebra is not None
    assert answer.algebra.name == "so(3)"
    assert count_agreeing(found, answer, least=0.99) == 2
    x = np.random.default_rng(17).normal(size=(400, 1, 3))
    events = Events(x, np.zeros(400))
    assert held_out(found, answer, events, x_action="vector", y_action="trivial", settings=QUICK) is not None


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


def test_a_seed_that_lost_a_generator_does_not_cost_the_errors_of_the_others() -> None:
    rng = np.random.default_rng(8)
    good = known_algebra("so(3)")
    stacks = np.stack([good + 0.01 * rng.normal(size=good.shape) for _ in range(5)])
    stacks[2, 1] = 0.0
    answer = answer_of(discovery(stacks))
    assert answer.algebra is not None
    assert answer.algebra.name == "so(3)"
    only = answer_of(discovery(np.delete(stacks, 2, axis=0)))
    assert only.algebra is not None
    # The errors are those of the four whole seeds, and not from the closure residual.
    assert answer.algebra.error == pytest.approx(only.algebra.error)

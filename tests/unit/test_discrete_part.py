"""Sign flips beside a discovered algebra, with their held-out test."""

import numpy as np
import pytest

from symscope.config.identification import Identification
from symscope.evaluation.cases import Events
from symscope.evaluation.discrete_part import discrete_part
from symscope.groups.algebras import known_algebra
from symscope.report.identity import describe_flip

ASKED = Identification()


@pytest.mark.parametrize(("handed", "verdict"), [(False, "not rejected"), (True, "broken")])
def test_parity_beside_rotations_is_found_and_refused_where_y_has_a_hand(handed: bool, verdict: str) -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(4000, 3, 3))
    triple = np.linalg.det(x)
    events = Events(x, triple if handed else np.abs(triple))
    found = discrete_part(
        known_algebra("so(3)"),
        events,
        x_action="vector",
        y_action="trivial",
        components=("x", "y", "z"),
        settings=ASKED,
    )
    assert found is not None
    # O(3) has two components; one flip stands for the second.
    assert [flip.name for flip in found] == ["flip z"]
    assert describe_flip(found[0], level=0.01).verdict == verdict


def test_a_y_that_moves_is_flipped_with_x() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(3000, 1, 2))
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    asked = {"x_action": "vector", "y_action": "vector", "components": (), "settings": ASKED}
    turned = discrete_part(known_algebra("so(2)"), Events(x, x @ turn.T), **asked)
    assert turned is not None
    assert [flip.p_value < 1e-6 for flip in turned] == [True]  # A turn has a direction, which a mirror inverts.
    scaled = discrete_part(known_algebra("so(2)"), Events(x, 2.0 * x), **asked)
    assert scaled is not None
    assert scaled[0].p_value > 0.01


def test_what_is_too_large_or_complex_is_not_asked() -> None:
    asked = {"y_action": "trivial", "components": (), "settings": ASKED}
    wide = Events(np.zeros((500, 1, 8)), np.zeros(500))
    assert discrete_part(known_algebra("so(8)"), wide, x_action="vector", **asked) is None
    few = Events(np.zeros((50, 1, 3)), np.zeros(50))
    assert discrete_part(known_algebra("so(3)"), few, x_action="vector", **asked) is None
    plain = Events(np.zeros((500, 1, 3), dtype=complex), np.zeros(500))
    assert discrete_part(known_algebra("so(3)"), plain, x_action="complex_vector", **asked) is None
    assert discrete_part(np.zeros((0, 3, 3)), few, x_action="vector", **asked) is None

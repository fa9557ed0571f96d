"""Bounds of the change of a support or a function from parts of held-out events."""

import numpy as np

from symscope.config.identification import Identification
from symscope.evaluation.cases import Events
from symscope.evaluation.identification import identify
from symscope.evaluation.part_bounds import part_bound
from symscope.groups.algebras import known_algebra
from symscope.report.identity import describe_row


def test_the_bound_covers_the_mean_at_its_level() -> None:
    rng = np.random.default_rng(1)
    covered = [part_bound(rng.normal(1.0, 0.3, 5).tolist(), level=0.05) > 1.0 for _ in range(1500)]  # type: ignore[operator]
    assert 0.93 < np.mean(covered) < 0.97
    assert part_bound([1.0, 2.0], level=0.05) is None
    assert part_bound([1.0, np.nan, 2.0], level=0.05) is None


def test_support_and_function_have_a_bound_from_independent_events() -> None:
    rng = np.random.default_rng(2)
    three = rng.normal(size=(9000, 3))
    x = np.concatenate([np.linalg.norm(three, axis=1, keepdims=True), three], axis=1)[:, None]
    y = x[:, 0, 0] ** 2 + 0.02 * x[:, 0, 1] + 0.01 * rng.normal(size=9000)
    rotations = np.pad(known_algebra("so(3)"), ((0, 0), (1, 0), (1, 0)))
    asked = {"x_action": "vector", "y_action": "trivial", "classes": (), "settings": Identification(function_degree=2)}
    halves = Events(x[:4500], y[:4500]), Events(x[4500:], y[4500:])
    told = {verdict.statement: verdict for verdict in identify(*halves, rotations, **asked)}
    for statement in ("support", "function"):
        verdict = told[statement]
        assert verdict.defect is not None
        assert verdict.bound is not None
        assert verdict.defect < 1.5 * verdict.bound < 0.1
        assert "below" in describe_row(verdict, level=0.05).change
    dependent = identify(*halves, rotations, **asked, independent=False)
    assert all(verdict.bound is None for verdict in dependent)

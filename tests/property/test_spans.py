"""What must hold for every span of generators."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symscope.config.discovery import MetricFit
from symscope.groups import closure_error, fit_metric, known_algebra, metric_cosine, principal_cosines, span_cosine

SEEDS = st.integers(min_value=0, max_value=2**31)
TRUTH = known_algebra("so(1,3)+dilatation")


def well_conditioned(rng, count):
    left, _ = np.linalg.qr(rng.standard_normal((count, count)))
    right, _ = np.linalg.qr(rng.standard_normal((count, count)))
    return left @ np.diag(rng.uniform(0.1, 10.0, count)) @ right


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_span_scores_ignore_basis_scale_and_order(seed):
    rng = np.random.default_rng(seed)
    learned = TRUTH + 0.3 * rng.standard_normal(TRUTH.shape)
    mixed = np.einsum("ij,jab->iab", well_conditioned(rng, 7), learned)
    assert span_cosine(mixed, TRUTH) == pytest.approx(span_cosine(learned, TRUTH), abs=1e-8)
    assert span_cosine(TRUTH, learned) == pytest.approx(span_cosine(learned, TRUTH), abs=1e-10)
    assert closure_error(mixed) == pytest.approx(closure_error(learned), abs=1e-8)
    metrics = [fit_metric(basis, settings=MetricFit()).metric for basis in (mixed, learned)]
    assert metric_cosine(*metrics) == pytest.approx(1, abs=1e-6)


@given(SEEDS, st.integers(min_value=1, max_value=7), st.integers(min_value=1, max_value=7))
@settings(max_examples=25, deadline=None)
def test_principal_cosines_lie_between_zero_and_one(seed, first, second):
    rng = np.random.default_rng(seed)
    cosines = principal_cosines(rng.standard_normal((first, 3, 3)), rng.standard_normal((second, 3, 3)))
    assert len(cosines) == max(first, second)
    assert np.all((cosines >= 0) & (cosines <= 1))
    assert np.all(np.diff(cosines) <= 1e-12)


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_conjugating_the_generators_transforms_the_metric(seed):
    """If L leaves J invariant, then P^-1 L P leaves P^T J P invariant."""
    rng = np.random.default_rng(seed)
    change = well_conditioned(rng, 4) + 2.0 * np.eye(4)
    if np.linalg.cond(change) > 100:
        return
    moved = np.linalg.inv(change) @ TRUTH[:6] @ change
    expected = change.T @ np.diag([1.0, -1.0, -1.0, -1.0]) @ change
    assert metric_cosine(fit_metric(moved, settings=MetricFit()).metric, expected) == pytest.approx(1, abs=1e-6)

"""What is said of a discovered translation: seeds that agree, the held-out test of windows, sentence and table."""

from typing import Any

import numpy as np
import pytest
from numpy import ndarray

from symscope.config.density import Boosting, TwoSample
from symscope.config.identification import Identification
from symscope.discovery.symmetrylens.result import LensResult
from symscope.errors import DataError
from symscope.evaluation.certainty.two_sample import SeparationTest
from symscope.evaluation.lens_agreement import toeplitz_defect
from symscope.evaluation.lens_certainty import lens_certainty, seed_cosines, stationary_defect
from symscope.report.lens_answer import compose_lens, decided, unanswered_identity

QUICK = Identification(two_sample=TwoSample(classifier=Boosting(trees=20)))
SHIFT = np.eye(12, k=1)


def signals(count: int, rng: np.random.Generator, *, size: int = 12) -> ndarray:
    """Stationary signals whose law is no Gaussian's."""
    noise = np.maximum(rng.normal(size=(count, size + 8)), 0.0) ** 2
    kernel = np.exp(-0.5 * (np.arange(-4, 5) / 1.5) ** 2)
    return np.stack([np.convolve(row, kernel, "valid") for row in noise])


def lens(convolutions: ndarray, generators: ndarray, **settings: Any) -> LensResult:
    return LensResult(
        generators=generators,
        filters=convolutions[:, 0],
        convolutions=convolutions,
        seeds=tuple(range(len(generators))),
        seconds=1.0,
        steps=0,
        padding=0,
        settings=settings,
    )


def test_a_hidden_translation_holds_and_the_order_as_given_does_not() -> None:
    rng = np.random.default_rng(1)
    order = rng.permutation(12)
    samples = signals(4000, rng)[:, order]
    back = np.eye(12)[:, order]
    true = lens(np.stack([back, back]), np.stack([back.T @ SHIFT @ back, back.T @ SHIFT.T @ back]))
    found = lens_certainty(true, samples, settings=QUICK)
    # The inverse of a step counts alike.
    assert found.agreeing == 2
    assert found.sides == (12,)
    assert found.found < 0.05
    assert found.given > 0.3
    assert found.tests[0] is not None
    assert abs(found.tests[0].auc - 0.5) < 3.5 * found.tests[0].error
    told = compose_lens(found, experiment="mine", seeds=2, independent=True, settings=QUICK)
    assert told.rows[0].verdict in ("hold", "nearly")
    assert told.rows[-1].verdict == "hold"
    assert told.sentence.startswith("One step of a translation of the signals, on an axis of 12 places")
    assert "2 of 2 seeds agree" in told.sentence
    wrong = lens_certainty(lens(np.eye(12)[None], SHIFT[None]), samples, settings=QUICK)
    told = compose_lens(wrong, experiment="mine", seeds=1, independent=True, settings=QUICK)
    assert told.rows[0].verdict == "broken"
    assert told.rows[-1].verdict == "broken"
    assert "not of the law of the data" in told.sentence
    assert "agree" not in told.sentence
    windows = compose_lens(wrong, experiment="mine", seeds=1, independent=False, settings=QUICK)
    assert windows.auc_error is None
    assert windows.rows[0].p_value == ""
    assert "not independent" in windows.rows[0].note


def test_images_have_two_axes_in_any_order() -> None:
    rng = np.random.default_rng(2)
    step = np.eye(4, k=1)
    pair = np.stack([np.kron(step, np.eye(4)), np.kron(np.eye(4), step)])
    result = lens(np.stack([np.eye(16)] * 2), np.stack([pair, pair[::-1]]), sides=[4, 4])
    np.testing.assert_allclose(seed_cosines(result), 1.0)
    noise = np.maximum(rng.normal(size=(3000, 6, 6)), 0.0)
    images = sum(noise[:, i : i + 4, j : j + 4] for i in range(3) for j in range(3)).reshape(3000, 16)
    found = lens_certainty(result, images, settings=QUICK)
    assert found.sides == (4, 4)
    assert len(found.tests) == 2
    assert found.found < 0.05
    told = compose_lens(found, experiment="mine", seeds=2, independent=True, settings=QUICK)
    assert told.dimension == 2
    assert "on a grid of 4 \N{MULTIPLICATION SIGN} 4 places" in told.sentence
    assert [row.statement for row in told.rows] == [
        "law of the samples, rows",
        "law of the samples, columns",
        "covariance",
    ]


def test_the_share_on_one_axis_is_that_of_the_diagonals() -> None:
    rng = np.random.default_rng(3)
    first, second = (np.cov(rng.normal(size=(50, 7)), rowvar=False) for _ in range(2))
    assert stationary_defect(first, second, sides=(7,)) == pytest.approx(toeplitz_defect(first, second))


def test_what_cannot_be_asked_is_said() -> None:
    good = lens(np.eye(12)[None], SHIFT[None])
    with pytest.raises(DataError, match="13 components"):
        lens_certainty(good, np.zeros((50, 13)), settings=QUICK)
    with pytest.raises(DataError, match="all 1 seeds diverged"):
        lens_certainty(lens(np.eye(12)[None], np.nan * SHIFT[None]), np.zeros((50, 12)), settings=QUICK)
    few = lens_certainty(good, signals(20, np.random.default_rng(4)), settings=QUICK)
    assert few.tests == (None,)
    told = compose_lens(few, experiment="mine", seeds=1, independent=True, settings=QUICK)
    assert told.rows[0].verdict == "not asked"
    assert unanswered_identity(experiment="mine", why="Because.", seeds=3, scale="toy").sentence == "Because."


def test_a_translation_is_judged_by_the_interval_of_its_area() -> None:
    def of(auc: float, error: float) -> str:
        return decided(SeparationTest(auc, error, 1000), QUICK)

    assert of(0.50, 0.01) == "holds"
    assert of(0.54, 0.01) == "nearly"
    assert of(0.55, 0.10) == "undecided"
    assert of(0.80, 0.01) == "broken"

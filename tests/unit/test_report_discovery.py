"""The seed that stands for an ensemble, and the numbers of a discovery."""

import numpy as np
import pytest

from symscope.config.discovery import LieGan, TruthSettings
from symscope.discovery.elements import draw_group_elements
from symscope.discovery.result import Discovery
from symscope.errors import DataError
from symscope.evaluation.discovery import score_discovery, typical_seed
from symscope.groups import known_algebra
from symscope.report.discovery import discovery_records

TRUTH = TruthSettings(algebra="so(1,3)+dilatation")


def ensemble(generators: np.ndarray) -> Discovery:
    return Discovery(
        generators=generators,
        seeds=tuple(range(10, 10 + len(generators))),
        history={},
        history_steps=np.zeros(0, dtype=np.int64),
        history_generators=np.zeros((len(generators), 0, *generators.shape[1:]), dtype=np.float32),
        settings={"method": LieGan.model_validate({"optimisation": {"steps": 1}}).model_dump()},
        seconds=1.0,
        steps=1,
    )


@pytest.fixture
def found():
    right = known_algebra("so(1,3)+dilatation")
    lost = np.full_like(right, np.nan)
    return ensemble(np.stack([lost, right, lost, lost, np.repeat(right[:1], 7, axis=0)]))


def test_no_diverged_seed_stands_for_an_ensemble(found):
    assert typical_seed(found) == 1
    assert typical_seed(found, TRUTH) == 4
    with pytest.raises(DataError, match="all 1 seeds of the discovery diverged"):
        typical_seed(ensemble(found.generators[:1]), TRUTH)


def test_no_group_element_comes_from_a_diverged_seed(found):
    assert np.isfinite(draw_group_elements(found, 1, 5, seed=0)).all()
    with pytest.raises(DataError, match="seed 12 of the discovery diverged"):
        draw_group_elements(found, 2, 5, seed=0)


def test_successes_are_counted(found):
    records = discovery_records("a.b", score_discovery(found, TRUTH), [1.0] * 5, published={}, scale="small")
    share = next(record for record in records if record.id == "a.b.success_rate")
    assert share.value == pytest.approx(0.2)
    assert share.note == "1 of 5 seeds succeed (mean cosine ≥ 0.98)."

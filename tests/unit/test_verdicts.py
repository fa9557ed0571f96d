"""Which seeds of a method count as successes, on discoveries made by hand, and the records of the table."""

import numpy as np
import pytest

from symscope.config.functions import FunctionsDataset
from symscope.discovery.result import Discovery
from symscope.errors import DataError
from symscope.evaluation.cyclic import turn_in_plane
from symscope.evaluation.verdicts import judge, learned_range
from symscope.groups import known_algebra
from symscope.report.records import PublishedValue
from symscope.report.tables import TableLayout
from symscope.report.verdicts import verdict_records

TURN = np.array([[0.0, -1.0], [1.0, 0.0]])


def ensemble(generators, *, method=None, **fields) -> Discovery:
    generators = np.asarray(generators, dtype=np.float64)
    return Discovery(
        generators=generators,
        seeds=tuple(range(len(generators))),
        history={},
        history_steps=np.zeros(0, dtype=np.int64),
        history_generators=np.zeros((len(generators), 0, *generators.shape[1:]), dtype=np.float32),
        settings={"method": method or {}},
        seconds=1.0,
        steps=1,
        **fields,
    )


def dataset(**function) -> FunctionsDataset:
    return FunctionsDataset.model_validate({"function": function})


UNIFORM = {"coefficients": {"law": "uniform", "half_width": 1.0, "width": "learned"}}
SECTOR = dataset(kind="sector", half_widths=[45], density="uniform", value="signed_length")


def bounded(angles, matrices) -> Discovery:
    """Generators with a uniform law of angles up to some degrees."""
    factors = np.log(np.radians(np.asarray(angles, dtype=float)))[:, None]
    return ensemble(np.stack(matrices)[:, None], method=UNIFORM, coefficient_parameters={"log_factor": factors})


def test_a_part_of_a_group_needs_direction_and_range():
    tilted = TURN + 0.3 * np.diag([1.0, -1.0])
    found = bounded([45, 52, 30, 60, 45, 45], [TURN, -TURN, TURN, TURN, tilted, np.full((2, 2), np.nan)])
    verdict = judge("subset", found, SECTOR)
    assert verdict.success.tolist() == [True, True, False, False, False, False]
    assert "direction in 4 of 6 seeds, range in 3" in verdict.words
    np.testing.assert_allclose(learned_range(found, TURN)[:4], [45, 52, 30, 60], rtol=0.02)


def test_the_range_does_not_depend_on_the_unit_of_the_generator():
    np.testing.assert_allclose(
        learned_range(bounded([20], [2 * TURN]), TURN), 2 * learned_range(bounded([20], [TURN]), TURN)
    )


def test_a_method_without_a_law_has_no_range():
    verdict = judge("subset", ensemble([[TURN], [TURN]], spectrum=np.zeros((2, 4))), SECTOR)
    assert not verdict.success.any()
    assert "direction in 2 of 2 seeds; this method gives no range" in verdict.words


def test_a_continuous_group_needs_all_of_its_generators_and_no_other():
    truth, more = known_algebra("so(3)"), np.diag([1.0, 0.0, 0.0])[None]
    none = np.zeros_like(more)
    stacks = [np.concatenate(parts) for parts in ([truth, none], [truth, more], [truth[:2], none, none])]
    verdict = judge("continuous", ensemble(stacks, spectrum=np.zeros((3, 9))), dataset(kind="two_vectors"))
    # A zero matrix is no generator; the first seed has three.
    assert verdict.success.tolist() == [True, False, False]
    assert "generators found: 2 or 3 or 4" in verdict.words


def test_a_finite_group_needs_an_element_that_generates_it():
    cyclic, step = dataset(kind="cyclic", orders=[7]), 2 * np.pi / 7 * turn_in_plane()
    integers = {"coefficients": {"law": "integer_grid"}}
    found = ensemble(np.stack([step, 3 * step, 0 * step, 0.5 * step])[:, None], method=integers)
    verdict = judge("discrete", found, cyclic)
    assert verdict.success.tolist() == [True, True, False, False]
    assert "1 at the identity, 1 far from the group" in verdict.words
    # Directions alone, without coefficients, hold no element of finite order.
    null_space = ensemble(np.stack([step, step])[:, None], spectrum=np.zeros((2, 9)))
    assert not judge("discrete", null_space, cyclic).success.any()


def test_columns_of_one_turn_refuse_several_generators_and_elements_without_a_law():
    cyclic, law = dataset(kind="cyclic", orders=[7]), {"coefficients": {"law": "integer_grid"}}
    turn = turn_in_plane()
    with pytest.raises(DataError, match=r"'discrete' is about one generator .* found 2 of them"):
        judge("discrete", ensemble(np.stack([[turn, turn]]), method=law), cyclic)
    with pytest.raises(DataError, match=r"'subset' is about one generator .* found 1 without one"):
        judge("subset", ensemble([[TURN]]), SECTOR)


def test_another_task_than_the_column_speaks_of_is_refused():
    with pytest.raises(DataError, match="'continuous' is about functions of kind two_vectors"):
        judge("continuous", ensemble([[TURN]]), SECTOR)
    with pytest.raises(DataError, match="needs one function"):
        judge("subset", ensemble([[TURN]]), dataset(kind="sector", half_widths=[20, 40]))
    with pytest.raises(DataError, match="nothing of shared weights"):
        judge("weight_sharing", ensemble([[TURN]]), dataset(kind="shared_weights"))


def test_the_table_has_a_record_for_each_cell_that_a_method_can_fill():
    layout = TableLayout.model_validate(
        {
            "prefix": "t",
            "rows": [
                {"key": "one", "label": "One", "columns": ["continuous", "subset"]},
                {"key": "two", "label": "Two", "missing": {"subset": "It cannot."}, "columns": ["subset"]},
            ],
            "columns": [{"key": "continuous", "label": "Continuous"}, {"key": "subset", "label": "Subset"}],
        }
    )
    records = verdict_records(
        {"one_subset": bounded([45, 10], [TURN, TURN])},
        {"one_subset": {"dataset": SECTOR.model_dump(mode="json")}},
        layout,
        published={"t.one.subset": PublishedValue(value=1, source="a tick")},
        scale="toy",
    )
    by_id = {record.id: record for record in records}
    assert by_id["t.one.subset"].value == 0.5
    assert by_id["t.one.subset"].n_seeds == 2
    assert by_id["t.one.subset"].published == 1
    assert by_id["t.one.subset"].note.startswith("1 of 2 seeds: direction in 2")
    assert by_id["t.one.continuous"].value is None
    assert by_id["t.one.continuous"].applies
    assert not by_id["t.two.subset"].applies
    assert set(by_id) == {"t.one.continuous", "t.one.subset", "t.two.subset"}

"""A share of the fuzzing with fixed seeds; `make fuzz` does all of it. And configurations of any form."""

import contextlib
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from symscope.config.project import load_project, read_project
from symscope.errors import ConfigError
from tests.robustness.fuzz import fuzz, table

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
KEYS = ("scale", "seed", "results", "datasets", "experiments", "tagging", "report", "compute", "zoo", "prediction")


@pytest.mark.slow
def test_every_reader_reads_or_refuses() -> None:
    counts, findings = fuzz(inputs=400, seed=20231)
    assert findings == [], table(counts)
    everything = sum(sum(count.values()) for count in counts.values())
    assert everything >= 390
    assert all(count["the same"] >= 1 for count in counts.values()), "the whole file is the first input of each"
    assert sum(count["refused"] for count in counts.values()) > everything / 3


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=10), VALUES, max_size=4))
def test_any_values_are_a_configuration_or_refused(values: dict[str, Any]) -> None:
    with contextlib.suppress(ConfigError):
        load_project(values, source="mine.yaml")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_no_configuration(text: str) -> None:
    with pytest.raises(ConfigError) as told:
        read_project(text, source="mine.yaml")
    assert "mine.yaml" in str(told.value)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_one_wrong_value_is_named(repository: Any, data: st.DataObject) -> None:
    values = yaml.safe_load((repository / "config" / "config.yaml").read_text())
    place, keys = values, []
    while isinstance(place, dict) and place and (not keys or data.draw(st.booleans())):
        keys.append(data.draw(st.sampled_from(sorted(place, key=str))))
        outer, place = place, place[keys[-1]]
    outer[keys[-1]] = data.draw(VALUES)
    with contextlib.suppress(ConfigError):
        load_project(values, source="mine.yaml", folder=repository)

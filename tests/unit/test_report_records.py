"""Records: what is refused, how seeds are summarised, what a summary holds."""

import json
import math

import pytest
from pydantic import ValidationError

from symscope.errors import DataError
from symscope.report.display import record_text
from symscope.report.records import (
    PublishedValue,
    Record,
    collect_summary,
    load_published,
    missing_record,
    read_records,
    summarise_seeds,
    write_records,
)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_not_finite_is_refused(value):
    with pytest.raises(ValidationError, match="not finite"):
        Record(id="a.b", value=value)


def test_a_missing_value_needs_a_reason():
    with pytest.raises(ValidationError, match="say why"):
        Record(id="a.b", value=None)
    assert missing_record("a.b", "No weights.").note == "No weights."
    assert record_text(missing_record("a.b", "No weights.")) == "not measured"
    assert record_text(missing_record("a.b", "No generator.", applies=False)) == "does not apply"
    with pytest.raises(ValidationError, match=r"a\.b has a value"):
        Record(id="a.b", value=1.0, applies=False)


@pytest.mark.parametrize("identifier", ["plain", "Upper.case", "a..b", "a.b ", "a/b.c"])
def test_ids_are_dotted_lower_case(identifier):
    with pytest.raises(ValidationError):
        Record(id=identifier, value=1.0)


def test_seeds_are_summarised_and_failed_ones_counted():
    published = {"a.b": PublishedValue(value=0.9, source="Table 1")}
    record = summarise_seeds("a.b", [1.0, 3.0, math.nan, 8.0, None], published=published, scale="tiny")
    assert (record.value, record.n_seeds, record.published, record.source) == (4.0, 3, 0.9, "Table 1")
    assert record.std == pytest.approx(math.sqrt(13.0))
    assert "2 of 5 seeds" in record.note
    assert (record.lowest, record.highest, record.ends) == (1.0, 8.0, (4.0 - record.std, 4.0 + record.std))
    median = summarise_seeds("a.b", [1.0, 3.0, 8.0], statistic="median")
    assert (median.value, median.ends) == (3.0, (1.0, 8.0))


def test_numbers_are_alike_where_each_lies_in_the_range_of_the_other():
    near, close, wild = (
        summarise_seeds("a.b", values, statistic="median") for values in ([1, 2, 3], [2, 2.5, 3], [0, 9, 1e9])
    )
    assert near.agrees(close)
    assert close.agrees(near)
    assert not near.agrees(wild)
    assert not wild.agrees(near)
    assert not near.agrees(missing_record("a.b", "why"))


def test_a_share_has_no_spread():
    share = summarise_seeds("a.b", [True, False, True, True], statistic="share")
    assert (share.value, share.std, share.ends, share.n_seeds) == (0.75, None, (0.75, 0.75), 4)
    assert record_text(share) == "0.75"


def test_one_seed_has_no_spread_and_no_seed_no_value():
    assert summarise_seeds("a.b", [2.0]).std is None
    none = summarise_seeds("a.b", [math.inf, math.nan])
    assert none.value is None
    assert "2 of 2 seeds" in none.note


def test_several_values_are_no_single_number():
    with pytest.raises(DataError, match=r"a\.b: 2 values"):
        summarise_seeds("a.b", [1.0, 2.0], statistic="single")


def test_records_survive_the_file_and_are_sorted(tmp_path):
    records = [Record(id="b.b", value=1.5, label="β"), missing_record("a.a", "why")]
    write_records(records, tmp_path / "r.json")
    assert read_records(tmp_path / "r.json") == records[::-1]


def test_summary_refuses_an_id_in_two_files(tmp_path):
    for name in ("one", "two"):
        write_records([Record(id="a.b", value=1.0)], tmp_path / f"{name}.json")
    with pytest.raises(DataError, match=r"a\.b is in both .*one\.json and .*two\.json"):
        collect_summary([tmp_path / "one.json", tmp_path / "two.json"], tmp_path / "summary.json")
    assert not (tmp_path / "summary.json").exists()


def test_a_file_refuses_the_same_id_twice(tmp_path):
    with pytest.raises(DataError, match="twice"):
        write_records([Record(id="a.b", value=1.0), Record(id="a.b", value=2.0)], tmp_path / "r.json")


def test_summary_is_strict_json_with_null_and_note(tmp_path):
    write_records([summarise_seeds("b.c", [math.nan])], tmp_path / "one.json")
    write_records([Record(id="a.b", value=1.0)], tmp_path / "two.json")
    collect_summary([tmp_path / "one.json", tmp_path / "two.json"], tmp_path / "summary.json")

    def refuse(constant: str) -> None:
        pytest.fail(f"{constant} in the summary")

    content = json.loads((tmp_path / "summary.json").read_text(), parse_constant=refuse)
    assert [record["id"] for record in content["records"]] == ["a.b", "b.c"]
    assert content["records"][1]["value"] is None
    assert content["records"][1]["note"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is no file of records of symscope .JSONDecodeError"),
        ("[]", "no list `records`"),
        ('{"records": [{"id": "a.b", "value": NaN}]}', r"record a\.b: value: .*not finite"),
        ('{"records": [{"id": "a.b", "value": 1, "colour": 2}]}', r"record a\.b: colour"),
        ('{"records": [3]}', "record 0"),
    ],
)
def test_a_bad_file_is_named(tmp_path, text, message):
    (tmp_path / "bad.json").write_text(text)
    with pytest.raises(DataError, match=message) as caught:
        read_records(tmp_path / "bad.json")
    assert "bad.json" in str(caught.value)


def test_published_values_name_the_papers_of_table_3(repository):
    published = load_published(repository / "resources" / "published.yaml")
    auc = {
        model: published[f"liegan.table_3.{model}.auc"].value
        for model in ("lorentznet", "liegnn", "lorentznet_wo", "egnn")
    }
    assert auc == {"lorentznet": 0.9857, "liegnn": 0.9848, "lorentznet_wo": 0.9832, "egnn": 0.9760}
    assert all(Record(id=key, value=0.0) and value.source for key, value in published.items())


def test_a_wrong_published_entry_is_named(tmp_path):
    (tmp_path / "p.yaml").write_text("a.b: {value: 1, sauce: x}")
    with pytest.raises(DataError, match=r"entry a\.b"):
        load_published(tmp_path / "p.yaml")
    (tmp_path / "p.yaml").write_text("- a")
    with pytest.raises(DataError, match="expected a mapping"):
        load_published(tmp_path / "p.yaml")

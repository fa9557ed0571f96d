"""The trial of names: outcomes, records, file and figure."""

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from symscope.config.zoo import ZooStudy
from symscope.errors import DataError
from symscope.evaluation.zoo import OUTCOMES, ZooTrial, run_zoo
from symscope.groups.zoo import disguise, zoo
from symscope.io.zoo import read_zoo, write_zoo
from symscope.plotting.style import figure_style, save_figure
from symscope.plotting.zoo import plot_zoo
from symscope.report.entries import read_target
from symscope.report.page import fill_text
from symscope.report.zoo import zoo_records


@pytest.fixture
def trial() -> ZooTrial:
    names = (
        (("so(3)", "su(2)"), ("e(2)", "e(2)"), ("undetermined", "undetermined")),
        (("so(3)", "undetermined"), ("so(3)", "undetermined"), ("e(2)", "undetermined")),
    )
    return ZooTrial(
        algebras=("so(3)", "e(2)", "undetermined"),
        synonyms=(("su(2)",), (), ()),
        levels=(100.0, 2.5),
        found={"given": names, "closure": names},
    )


def test_outcomes_tell_another_name_from_a_wrong_one(trial):
    outcomes = trial.outcomes("given")
    assert [[OUTCOMES[code] for code in row] for row in outcomes[0]] == [
        ["right", "other_name"],
        ["right", "right"],
        ["right", "right"],
    ]
    assert [[OUTCOMES[code] for code in row] for row in outcomes[1]] == [
        ["right", "undetermined"],
        ["wrong", "undetermined"],
        ["wrong", "right"],
    ]
    # The family without a name does not count among those that are named.
    assert trial.share("given", 0, "right") == 0.75
    assert trial.share("given", 1, "wrong") == 0.25


def test_records_have_the_level_of_100_and_every_other(trial):
    records = {record.id: record for record in zoo_records(trial, scale="test")}
    assert records["zoo.named_right"].value == records["zoo.snr_100.named_right"].value == 75.0
    assert records["zoo.closure.snr_2_5.undetermined"].value == 50.0
    assert records["zoo.algebras"].value == 2
    assert records["zoo.reference"].value == 100.0
    # At the ratio of 2.5 one of four draws of the algebras is wrong, and one of two of the family.
    assert records["zoo.snr_2_5.wrong"].value == 25.0
    assert records["zoo.family_named"].value == 50.0
    assert records["zoo.worst_wrong"].value == pytest.approx(100.0 / 3.0)


def test_without_the_level_of_100_the_records_say_which_stands_for_it(trial, repository):
    other = replace(trial, levels=(40.0, 2.5))
    records = {record.id: record for record in zoo_records(other)}
    assert records["zoo.reference"].value == 40.0
    assert records["zoo.named_right"].value == records["zoo.snr_40.named_right"].value
    target = read_target(repository / "resources" / "targets" / "algebra_figure_zoo.yaml")
    text = fill_text(target.finding, records)
    assert "ratio of 40 the name" in text.replace("\n", " ")
    assert "100 the" not in text


def test_without_a_family_none_is_named(trial):
    alone = replace(
        trial,
        algebras=trial.algebras[:2],
        synonyms=trial.synonyms[:2],
        found={knowledge: tuple(level[:2] for level in levels) for knowledge, levels in trial.found.items()},
    )
    records = {record.id: record for record in zoo_records(alone)}
    assert records["zoo.family_named"].value is None
    assert records["zoo.worst_wrong"].value == 25.0


def test_the_text_has_its_records(trial, repository):
    records = {record.id: record for record in zoo_records(trial)}
    target = read_target(repository / "resources" / "targets" / "algebra_figure_zoo.yaml")
    assert "{" not in fill_text(target.finding, records)


def test_file_round_trip_and_figure(trial, tmp_path):
    write_zoo(tmp_path / "zoo.json", trial)
    assert read_zoo(tmp_path / "zoo.json") == trial
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(DataError, match="no trial of names"):
        read_zoo(tmp_path / "other.json")
    with figure_style():
        save_figure(plot_zoo(trial), tmp_path / "zoo.svg", tmp_path / "zoo.pdf")
    more = replace(trial, algebras=("so(4)", "e(2)", "undetermined"))
    save_figure(plot_zoo(more), tmp_path / "more.svg", tmp_path / "more.pdf")
    assert (tmp_path / "zoo.svg").read_bytes() != (tmp_path / "more.svg").read_bytes()


def test_a_trial_depends_on_its_seed_alone():
    settings = ZooStudy(signal_to_noise=[4.0], draws=1, seed=3)
    first = run_zoo(settings)
    assert first == run_zoo(settings)
    assert first.algebras == tuple(zoo())


def test_a_disguise_has_the_noise_that_it_says():
    rng = np.random.default_rng(2)
    for name in ("so(3)", "su(3)"):
        truth = zoo()[name]
        quiet = disguise(truth, signal_to_noise=1e9, condition=3.0, rng=np.random.default_rng(1))
        loud = [disguise(truth, signal_to_noise=20.0, condition=3.0, rng=np.random.default_rng(1)) for _ in range(2)]
        np.testing.assert_array_equal(loud[0].generators, loud[1].generators)
        noise = np.linalg.norm(loud[0].generators - quiet.generators, axis=(1, 2))
        share = noise / np.linalg.norm(quiet.generators, axis=(1, 2))
        assert np.sqrt(np.mean(share**2)) == pytest.approx(1 / 20, rel=0.35)
        assert disguise(truth, signal_to_noise=20.0, condition=3.0, rng=rng).errors.shape == (len(truth), 1, 1)


def test_levels_are_given_the_largest_first():
    with pytest.raises(ValidationError, match="largest first"):
        ZooStudy(signal_to_noise=[3.0, 100.0])

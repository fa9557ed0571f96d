"""One block for an experiment on data of one's own: what it stands for, and in whose words its mistakes are told."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from symscope.config.columns import ColumnFiles
from symscope.config.discovery import LieGan
from symscope.config.null_space import NullSpaceEngine
from symscope.config.own_data import METHOD_NAMES, recommended_method
from symscope.config.project import Project, load_project, read_project
from symscope.config.sampling import Events, Rows, Windows
from symscope.errors import ConfigError

DATA = """
    data:
      files: data/*.root
      tree: Events
      vectors: {pt: Muon_pt, eta: Muon_eta, phi: Muon_phi, mass: 0.105658, objects: 2, order_by: Muon_pt}
      selection: nMuon >= 2 & Muon_pt[0] > 20
"""


def project_of(text: str, *, over: dict[str, Any] | None = None) -> Project:
    values = yaml.safe_load(f"experiments:\n  mine:{text}")
    if over is not None:
        values = {**over, "experiments": {**over["experiments"], **values["experiments"]}}
    return load_project(values, source="mine.yaml", fallback=Path(__file__).parents[2])


@pytest.fixture
def default(repository: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((repository / "config" / "config.yaml").read_text())
    return loaded


def test_files_and_vectors_are_enough() -> None:
    project = project_of(DATA)
    experiment, dataset = project.experiments["mine"], project.datasets["mine"]
    assert isinstance(dataset, ColumnFiles)
    assert dataset.files == {"all": ["data/*.root"]}
    assert dataset.feature_names == ("E", "px", "py", "pz")
    assert isinstance(experiment.method, NullSpaceEngine)
    assert experiment.method.statement == "support"
    assert isinstance(experiment.sampling, Events)
    assert len(experiment.seeds) == 8
    assert project.families == {"mine": ["mine"]}
    assert project.identifiable == ["mine"]


@pytest.mark.parametrize(
    ("more", "statement"), [("label: is_top", "label"), ("target: [mass]", "function"), ("units: GeV", "support")]
)
def test_the_statement_follows_what_belongs_to_an_event(more: str, statement: str) -> None:
    method = project_of(f"{DATA}      {more}\n").experiments["mine"].method
    assert isinstance(method, NullSpaceEngine)
    assert method.statement == statement


def test_several_methods_share_the_data(default: dict[str, Any]) -> None:
    text = f"""{DATA}
    methods: [null_space, {{name: liegan, generator: {{channels: 3}}, optimisation: {{epochs: 2}}}}]
    truth:
      algebra: so(1,3)+dilatation
"""
    project = project_of(text, over=default)
    assert project.families["mine"] == ["mine_null_space", "mine_liegan"]
    assert project.families["top_tagging"] == ["top_tagging"]
    assert set(project.families) == {*default["experiments"], "mine"}
    assert "mine" not in project.experiments
    assert {project.experiments[name].dataset for name in project.families["mine"]} == {"mine"}
    found = project.experiments["mine_liegan"].method
    assert isinstance(found, LieGan)
    assert (found.generator.channels, found.generator.constraint) == (3, "orthonormal")
    assert (found.optimisation.epochs, found.optimisation.steps, found.optimisation.decay_start) == (2, None, 0.3)
    assert project.with_cards_from(Path()).families == project.families
    assert set(default["datasets"]) | {"mine"} == set(project.datasets)


def test_a_word_takes_as_many_generators_as_the_truth_has() -> None:
    project = project_of(f"{DATA}    method: liegan\n    truth:\n      algebra: so(1,3)+dilatation\n")
    found = project.experiments["mine"].method
    assert isinstance(found, LieGan)
    assert found.generator.channels == 7
    assert found == LieGan.recommended(channels=7)
    assert project_of(f"{DATA}    method: liegan\n").experiments["mine"].method == LieGan.recommended(channels=1)


def test_methods_by_names_of_ones_own() -> None:
    text = f"{DATA}    methods: {{first: {{name: null_space, block: 64}}, second: null_space}}\n"
    project = project_of(text)
    assert project.families == {"mine": ["mine_first", "mine_second"]}
    assert [project.experiments[name].method.least_samples for name in project.families["mine"]] == [64, 32]


def test_other_sources_are_taken_as_they_need_it() -> None:
    project = read_project(
        """
        experiments:
          orbits: {data: {source: trajectories, files: a.h5, columns: [x, y, px, py]}}
          traces: {data: {source: matrix, files: [a.csv, b.csv], components: 9}}
          jets: {data: {source: jetclass, files: {train: a.root, val: b.root, test: c.root}}, methods: [null_space, liegan]}
        """,
        source="mine.yaml",
    )
    assert isinstance(project.experiments["orbits"].sampling, Windows)
    assert project.experiments["orbits"].method.name == "null_space"
    assert isinstance(project.experiments["traces"].sampling, Rows)
    assert project.experiments["traces"].method.name == "symmetrylens_fast"
    assert project.experiments["jets_liegan"].sampling.n_samples == 10_000
    assert project.datasets["jets"].files == {"train": ["a.root"], "val": ["b.root"], "test": ["c.root"]}  # type: ignore[union-attr]


def test_methods_of_a_configured_dataset(default: dict[str, Any]) -> None:
    project = project_of(
        "\n    dataset: two_bodies\n    sampling: {take: windows}\n    methods: [null_space, symmetrygan]\n",
        over=default,
    )
    assert project.families["mine"] == ["mine_null_space", "mine_symmetrygan"]
    assert "mine" not in project.datasets


def test_the_long_form_is_left_as_it_is(default: dict[str, Any]) -> None:
    project = load_project(default, source="config.yaml", fallback=Path(__file__).parents[2])
    assert project.families == {name: [name] for name in default["experiments"]}
    assert project == Project.model_validate(default).with_cards_from(Path(), Path(__file__).parents[2])


@pytest.mark.parametrize("word", METHOD_NAMES)
def test_every_method_has_settings_or_says_what_it_lacks(word: str) -> None:
    settings = recommended_method(word, {"source": "columns"})
    assert settings["name"] == word


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{DATA}    method: liegann\n", ["'experiments.mine.method.name' is 'liegann'", "did you mean 'liegan'"]),
        (f"{DATA}    methods: [liegann]\n", ["'experiments.mine.methods.0' is 'liegann'", "allowed: "]),
        (f"{DATA}    methods: [null_space, null_space]\n", ["methods has 'null_space' twice", "names of your own"]),
        (f"{DATA}    methods: []\n", ["'experiments.mine.methods' is []", "[null_space, liegan]"]),
        (f"{DATA}    methods: [null_space]\n    method: liegan\n", ["both 'method' and 'methods'"]),
        (f"{DATA}    dataset: top_jets\n", ["experiments.mine has both 'dataset' ('top_jets') and 'data'"]),
        (
            f"{DATA}    methods: [null_space, {{name: liegan, generator: {{channel_count: 2}}}}]\n",
            ["unknown key 'experiments.mine.methods.1.generator.channel_count'; did you mean 'channels'"],
        ),
        (f"{DATA}    truth: {{algebra: so(3)}}\n", ["experiments.mine.truth.algebra is 'so(3)'", "4 components"]),
        (
            f"{DATA}    method: {{name: null_space, statement: label}}\n",
            ["experiments.mine.method.statement", "'label'"],
        ),
        (f"{DATA}    method: liegg\n", ["experiments.mine.method.name is 'liegg'", "give one of them"]),
        (
            f"{DATA}    sampling: {{take: windows}}\n",
            ["experiments.mine.sampling.take is 'windows'", "allowed: events"],
        ),
        (f"{DATA}      weight: w\n", ["'experiments.mine.data'", "no method of discovery uses weights"]),
        (
            "\n    data: {files: a.root, vectors: {pt: a, mas: b}}\n",
            ["'experiments.mine.data.vectors.mas'; did you mean 'mass'"],
        ),
        (
            "\n    data: {files: a.root, vectors: {pt: a}}\n",
            ["'experiments.mine.data.vectors': the keys pt form no vector"],
        ),
        (
            "\n    data: {files: a.root, vectors: [{columns: [a]}]}\n",
            ["'experiments.mine.data.vectors.0.columns'", "at least 2"],
        ),
        ("\n    data: {files: a.root}\n", ["key 'experiments.mine.data.vectors' is missing"]),
        (
            "\n    data: {source: column, files: a}\n",
            ["'experiments.mine.data.source' is 'column'", "did you mean 'columns'"],
        ),
        ("\n    data: some.root\n", ["'experiments.mine.data' is 'some.root': a block of keys"]),
        (
            "\n    data: {files: a.root, vectors: {columns: [a, b]}, selection: a = 2}\n",
            ["'selection' cannot be read", "=="],
        ),
        (
            "\n    method: null_space\n    dataset: nothing\n",
            ["experiments.mine.dataset is 'nothing'", "not configured"],
        ),
    ],
)
def test_mistakes_are_told_by_the_keys_that_were_written(text: str, words: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        project_of(text)
    message = str(caught.value)
    assert "datasets.mine" not in message
    assert "mine_" not in message
    assert message.startswith("mine.yaml: ")
    for word in words:
        assert word in message


def test_names_that_are_taken_are_told(default: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"experiments\.mine\.data makes a dataset 'mine', and 'datasets' has one"):
        project_of(
            DATA, over={**default, "datasets": {**default["datasets"], "mine": default["datasets"]["two_bodies"]}}
        )
    more = {**default["experiments"], "mine_liegan": default["experiments"]["top_tagging"]}
    with pytest.raises(ConfigError, match=r"experiments\.mine\.methods makes an experiment 'mine_liegan'"):
        project_of(f"{DATA}    methods: [null_space, liegan]\n", over={**default, "experiments": more})

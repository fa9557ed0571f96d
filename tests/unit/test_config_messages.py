"""A wrong configuration is refused before any job, by a line that names the key and what is allowed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from symscope.config.project import Project, load_project, read_project
from symscope.errors import ConfigError

type_of_change = Callable[[dict[str, Any]], None]


@pytest.fixture
def values(repository: Path) -> dict[str, Any]:
    loaded = yaml.safe_load((repository / "config" / "config.yaml").read_text())
    assert isinstance(loaded, dict)
    return loaded


def put(path: str, value: object) -> type_of_change:
    def change(values: dict[str, Any]) -> None:
        *folders, last = path.split(".")
        for folder in folders:
            values = values[folder]
        values[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("sclae", "x"), ["unknown key 'sclae'", "did you mean 'scale'", "allowed here"]),
        (put("experiments.top_tagging.metod", {}), ["unknown key 'experiments.top_tagging.metod'", "'method'"]),
        (
            put("experiments.top_tagging.method.optimisation.lr_genrator", 1),
            ["method.optimisation.lr_genrator'", "did you mean 'lr_generator'"],
        ),
        (
            put("tagging.top_tagging.network.hidden", "wide"),
            ["tagging.top_tagging.network.hidden", "'wide'", "integer"],
        ),
        (
            put("tagging.top_tagging.network.hidden", 0),
            ["tagging.top_tagging.network.hidden", "0", "greater than or equal"],
        ),
        (put("compute.device", "tpu"), ["compute.device", "'tpu'", "'auto', 'cpu' or 'cuda'"]),
        (put("datasets.top_jets.source", "root"), ["datasets.top_jets", "root", "pythia"]),
        (put("datasets.top_jets.jets_per_chnk", 5), ["jets_per_chnk", "did you mean 'jets_per_chunk'"]),
        (put("experiments.top_tagging.dataset", "jets"), ["experiments.top_tagging.dataset", "'jets'", "top_jets"]),
        (put("tagging.top_tagging.metric_from", None), ["liegnn", "fitted metric", "metric_from", "top_tagging"]),
        (put("report.targets.liegan_figure_5", {"study": "top_tagging"}), ["liegan_figure_5", "experiment: NAME"]),
        (put("report.targets.liegan_figure_55", {}), ["liegan_figure_55", "liegan_figure_5"]),
        (put("experiments.top_tagging.seeds", []), ["experiments.top_tagging.seeds", "at least 1"]),
    ],
)
def test_the_message_names_key_and_remedy(values: dict[str, Any], change: type_of_change, words: list[str]) -> None:
    change(values)
    with pytest.raises(ConfigError) as caught:
        load_project(values, source="config.yaml")
    message = str(caught.value)
    assert message.startswith("config.yaml: ")
    for word in words:
        assert word in message
    assert len(message.splitlines()) == 1


def test_every_mistake_gets_its_own_line(values: dict[str, Any]) -> None:
    values["sclae"] = 1
    values["seed"] = -1
    with pytest.raises(ConfigError) as caught:
        load_project(values, source="config.yaml")
    assert len(str(caught.value).splitlines()) == 2


def test_numbers_from_the_command_line_come_as_strings(values: dict[str, Any]) -> None:
    values["seed"] = "17"
    assert load_project(values, source="--config").seed == 17


@pytest.mark.parametrize(("text", "words"), [("a: [", "no YAML"), ("- 1", "holds list")])
def test_what_is_no_mapping(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        read_project(text, source="mine.yaml")


def test_chunk_seeds_are_disjoint_and_in_pythias_range(values: dict[str, Any]) -> None:
    project = load_project(values, source="config.yaml")
    seeds = [
        project.chunk_seed("top_jets", process, split, chunk)
        for process in ("top", "qcd")
        for split in ("train", "val", "test")
        for chunk in range(500)
    ]
    assert len(set(seeds)) == len(seeds)
    assert min(seeds) >= 1
    assert max(seeds) <= 900_000_000


def overlay(base: dict[str, Any], top: dict[str, Any]) -> dict[str, Any]:
    """Lay one configuration over another as Snakemake does."""
    merged = dict(base)
    for key, value in top.items():
        old = merged.get(key)
        merged[key] = overlay(old, value) if isinstance(value, dict) and isinstance(old, dict) else value
    return merged


@pytest.mark.parametrize("name", ["smoke", "paper"])
def test_shipped_configurations_are_valid(repository: Path, values: dict[str, Any], name: str) -> None:
    top = yaml.safe_load((repository / "config" / f"{name}.yaml").read_text())
    assert load_project(overlay(values, top), source=name).scale == name


def test_every_key_is_documented() -> None:
    def undocumented(block: dict[str, Any]) -> list[str]:
        return [key for key, value in block.get("properties", {}).items() if not value.get("description")]

    schema = Project.model_json_schema()
    missing = {name: undocumented(block) for name, block in {"Project": schema, **schema["$defs"]}.items()}
    assert {name: keys for name, keys in missing.items() if keys} == {}

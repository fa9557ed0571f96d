"""A wrong configuration is refused before any job, by a line that names the key and what is allowed."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from symscope.config.algebra_names import algebra_dimension
from symscope.config.jet_datasets import PythiaDataset
from symscope.config.project import Project, load_project, read_project
from symscope.errors import ConfigError
from symscope.groups import known_algebra

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
        (
            put("experiments.top_tagging.seeds", [1, 1]),
            ["'experiments.top_tagging.seeds' is [1, 1]", "seed 1 is there twice"],
        ),
        (
            put("experiments.top_tagging.seeds", [-1]),
            ["'experiments.top_tagging.seeds.0' is -1", "greater than or equal to 0"],
        ),
        (put("tagging.top_tagging.seeds", [3, 3]), ["'tagging.top_tagging.seeds'", "seed 3 is there twice"]),
        (put("tagging.top_tagging.seeds", [2147483648]), ["'tagging.top_tagging.seeds.0'", "less than 2147483648"]),
        (put("tagging.top_tagging.seeds", [True]), ["'tagging.top_tagging.seeds.0' is True", "valid integer"]),
        (
            put("experiments.top_tagging.truth.algebra", "lorentz"),
            ["truth.algebra' is 'lorentz'", "no known algebra", "so(p,q)"],
        ),
        (
            put("experiments.top_tagging.truth", {"algebra": "so(3)", "metric": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}),
            ["truth.algebra is 'so(3)'", "size 3", "4 components"],
        ),
        (
            put("experiments.top_tagging.truth.metric", [[1, 0], [0, 1]]),
            ["truth'", "metric has 2 rows", "give 4 rows of 4 numbers"],
        ),
        (put("experiments.top_tagging.truth.metric", [[1, 0], [0]]), ["truth.metric' is [[1, 0], [0]]", "no square"]),
        (put("experiments.top_tagging.truth.metric", [[1, 2], [0, 1]]), ["truth.metric'", "not symmetric"]),
        (put("experiments.top_tagging.truth.metric", [[0, 0], [0, 0]]), ["truth.metric'", "all entries are zero"]),
        (put("experiments.top_tagging.truth.metric", [[float("inf")]]), ["truth.metric.0.0' is inf", "finite number"]),
        (
            put("experiments.top_tagging.truth", None),
            ["liegan_figure_5", "experiments.top_tagging.truth is null", "take the target out"],
        ),
        (
            put("experiments.top_tagging.truth.metric", None),
            ["liegan_figure_5", "experiments.top_tagging.truth.metric is null", "take the target out"],
        ),
        (
            put("experiments.top_tagging.method.generator.channels", 17),
            ["method.generator.channels is 17", "at most 16", "constraint: free"],
        ),
        (
            put("experiments.top_tagging.method.generator.search_space", "4x4"),
            ["search_space is '4x4'", "4 x 4", "allowed: full, affine, 2x2"],
        ),
        (
            put("experiments.top_tagging.method.generator.search_space", [[1, 0], [0, 1]]),
            ["search_space is a matrix of another size", "4 rows of 4"],
        ),
        (
            put("experiments.top_tagging.method.generator.search_space", [[0] * 4] * 4),
            ["search_space is all zeros", "at least one entry"],
        ),
        (
            put("experiments.top_tagging.method.generator.search_space", "3x3"),
            ["search_space' is '3x3'", "'full', '2x2', '4x4' or 'affine', or ", "list"],
        ),
        (put("experiments.top_tagging.method.generator.search_space", [[2]]), ["search_space.0.0' is 2", "0 or 1"]),
        (
            put("experiments.top_tagging.method.generator.initial_algebra", "so(2)"),
            ["initial_algebra is 'so(2)'", "size 2", "4 components"],
        ),
        (
            put("experiments.top_tagging.method.discriminator.kind", "conv"),
            ["discriminator.kind is 'conv'", "for images", "allowed: mlp"],
        ),
        (
            put("experiments.top_tagging.method.regularizer", {"kind": "fourier"}),
            ["regularizer.kind is 'fourier'", "for images", "cosine"],
        ),
        (
            put("experiments.top_tagging.sampling.n_samples", 63),
            ["sampling.n_samples is 63", "fewer than the 64 that one batch has", "raise it"],
        ),
        (
            put("experiments.top_tagging.sampling.n_samples", 12001),
            ["sampling.n_samples is 12001", "train split of 'top_jets'", "12000 jets"],
        ),
        (put("experiments.top_tagging.sampling.n_samples", True), ["sampling.n_samples' is True", "valid integer"]),
        (put("experiments.top_tagging.sampling.n_samples", 100.0), ["sampling.n_samples' is 100.0", "valid integer"]),
        (put("experiments.top_tagging.method.norm_weight", False), ["method.norm_weight' is False", "valid number"]),
        (
            put("experiments.top_tagging.method.coefficients.sigma", -1),
            ["'experiments.top_tagging.method.coefficients.sigma' is -1", "greater than 0"],
        ),
        (
            put("experiments.top_tagging.method.coefficients.sigm", 1),
            [
                "unknown key 'experiments.top_tagging.method.coefficients.sigm'",
                "did you mean 'sigma'",
                "covariance, law, sigma)",
            ],
        ),
        (
            put("experiments.top_tagging.method.coefficients", {"law": "gauss"}),
            ["method.coefficients.law' is 'gauss'", "allowed: normal, uniform, integer_grid, mixture"],
        ),
        (put("experiments.top_tagging.method.generator", 7), ["method.generator' is 7", "block of keys and values"]),
        (put("datasets.top_jets.shuffle", "maybe"), ["'datasets.top_jets.shuffle' is 'maybe'", "boolean"]),
        (
            put("datasets.top_jets.source", "pythai"),
            [
                "'datasets.top_jets.source' is 'pythai'",
                "did you mean 'pythia'",
                "allowed: pythia, jetclass, reference, pmu",
            ],
        ),
        (
            put("datasets.top_jets", {"jets": {}}),
            ["key 'datasets.top_jets.source' is missing; allowed: pythia, jetclass, reference, pmu"],
        ),
        (
            put("datasets.top_jets.jets", {"tran": 4}),
            ["unknown key 'datasets.top_jets.jets.tran'; did you mean 'train'?"],
        ),
        (
            put("datasets.top_jets.jets", {"train": 12000, "val": 2}),
            ["'datasets.top_jets': 'jets' has train, val; give"],
        ),
        (
            put("datasets.top_jets.generator_card", "cards/none.yaml"),
            ["datasets.top_jets.generator_card is 'cards/none.yaml'", "no such file", "looked in"],
        ),
        (
            put("datasets.top_jets.detector_card", "resources/cards"),
            ["datasets.top_jets.detector_card is 'resources/cards'", "no such file"],
        ),
        (put("tagging.top_tagging.models", {}), ["'tagging.top_tagging.models' is {}", "at least 1"]),
        (
            put("tagging.top_tagging.models.Big", {"metric": "minkowski"}),
            ["the name 'tagging.top_tagging.models.Big' is not allowed", "small letters"],
        ),
        (put("tagging.top_tagging.training.epochs", 1), ["'tagging.top_tagging.training': warmup_epochs 1"]),
        (put("results", ""), ["'results' is ''", "a folder is needed"]),
        (put("results", "results/{x}"), ["'results' is 'results/{x}'", "a folder is needed"]),
        (put("results", "/tmp/a b;c"), ["'results' is '/tmp/a b;c'", "a folder is needed"]),
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
    assert len(message) < 400
    assert "{'" not in message


def test_every_mistake_gets_its_own_line(values: dict[str, Any]) -> None:
    values["sclae"] = 1
    values["seed"] = -1
    with pytest.raises(ConfigError) as caught:
        load_project(values, source="config.yaml")
    assert len(str(caught.value).splitlines()) == 2


def test_every_contradiction_gets_its_own_line(values: dict[str, Any]) -> None:
    put("experiments.top_tagging.method.discriminator.kind", "conv")(values)
    put("tagging.top_tagging.dataset", "jets")(values)
    put("report.targets.jets_fidelity.dataset", "jets")(values)
    with pytest.raises(ConfigError) as caught:
        load_project(values, source="config.yaml")
    assert [line.split(" is ")[0] for line in str(caught.value).splitlines()] == [
        "config.yaml: experiments.top_tagging.method.discriminator.kind",
        "config.yaml: tagging.top_tagging.dataset",
        "config.yaml: report.targets.jets_fidelity.dataset",
    ]


def test_a_truth_is_needed_only_where_it_is_shown(values: dict[str, Any]) -> None:
    values["experiments"]["top_tagging"]["truth"] = None
    del values["report"]["targets"]["liegan_figure_5"]
    assert load_project(values, source="config.yaml").experiments["top_tagging"].truth is None


def test_sixteen_orthonormal_channels_fill_the_space(values: dict[str, Any]) -> None:
    values["experiments"]["top_tagging"]["method"]["generator"]["channels"] = 16
    assert load_project(values, source="config.yaml").experiments["top_tagging"].method.generator.channels == 16


def test_too_many_chunks_are_refused(values: dict[str, Any]) -> None:
    values["datasets"]["top_jets"] |= {"jets": {"train": 20_002, "val": 2, "test": 2}, "jets_per_chunk": 1}
    with pytest.raises(
        ConfigError, match=r"datasets\.top_jets\.jets_per_chunk is 1, which makes more than 10000 chunks"
    ):
        load_project(values, source="config.yaml")


def test_cards_are_looked_for_beside_the_run_and_then_beside_the_workflow(
    repository: Path, values: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError) as caught:
        load_project(values, source="config.yaml")
    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    assert all(f"looked in '{tmp_path}'; mend the path" in line for line in lines)
    mine = tmp_path / "resources/cards/detector_atlas.yaml"
    mine.parent.mkdir(parents=True)
    mine.touch()
    dataset = load_project(values, source="config.yaml", fallback=repository).datasets["top_jets"]
    assert isinstance(dataset, PythiaDataset)
    assert dataset.detector_card == "resources/cards/detector_atlas.yaml"
    assert not Path(dataset.generator_card).is_absolute()
    assert Path(dataset.generator_card).samefile(repository / "resources/cards/pythia_top_tagging.yaml")


def test_absent_weights_are_noted(values: dict[str, Any], tmp_path: Path) -> None:
    weights = tmp_path / "weights.pt"
    values["fidelity"]["published_weights"] = str(weights)
    (note,) = load_project(values, source="config.yaml").notes()
    assert note.startswith(f"fidelity.published_weights is '{weights}', and there is no such file")
    weights.touch()
    assert load_project(values, source="config.yaml").notes() == []
    values["fidelity"]["published_weights"] = None
    assert load_project(values, source="config.yaml").notes() == []


@pytest.mark.parametrize(
    "name",
    [
        *("so(1,3)+dilatation", "so(3)", "so(2,0)", "so(1,1)", "su(2)", "gl(1)", "sl(3)", "translation(2)"),
        *("affine_rotation(2)+translation(2)", "dilatation(4)", "gl(2) + dilatation", "dilatation", "so(1)", "so(0,1)"),
        *("so(1,2,3)", "su(1)", "gl(0)", "so(3)+so(4)", "su(2,2)", "lorentz", "", "so(3)+"),
    ],
)
def test_names_of_algebras_mean_what_the_matrices_say(name: str) -> None:
    try:
        size = known_algebra(name).shape[-1]
    except ConfigError:
        with pytest.raises(ValueError, match=r"algebra|sizes"):
            algebra_dimension(name)
    else:
        assert algebra_dimension(name) == size


def test_checking_a_configuration_loads_nothing_heavy() -> None:
    code = "import sys, symscope.config.project; print([m for m in ('torch', 'numpy', 'scipy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


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

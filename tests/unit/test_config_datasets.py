"""Settings of datasets: what contradicts itself is refused, chunks add up, patterns are resolved."""

from pathlib import Path
from typing import Any

import pytest

from symscope.config.datasets import dataset_settings
from symscope.config.jet_datasets import PythiaDataset, ReferenceDataset, RootColumns
from symscope.errors import ConfigError

FILES = {"train": ["a"], "val": ["b"], "test": ["c"]}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"source": "jetclass", "files": {"train": ["a"]}}, "give 'train', 'val' and 'test', or 'all' alone"),
        ({"source": "jetclass", "files": {**FILES, "all": ["d"]}}, "give 'train', 'val' and 'test', or 'all' alone"),
        ({"source": "jetclass", "files": {**FILES, "val": []}}, r"'files\.val' is an empty list"),
        ({"source": "pmu", "files": {**FILES, "val": ["a"]}}, "'files' names 'a' twice"),
        ({"source": "pmu", "files": {"all": ["a"]}, "fractions": {"train": 0.5}}, "'fractions' has train; give"),
        (
            {"source": "pmu", "files": {"all": ["a"]}, "fractions": {"train": 0.9, "val": 0.1, "test": 0.1}},
            r"'fractions' sum to 1\.1; at most 1",
        ),
        ({"source": "pmu", "files": FILES, "max_jets": {"train": 0}}, r"max_jets\.train"),
        ({"source": "jetclass", "files": FILES, "columns": {"px": "part_py"}}, "branch 'part_py' is named twice"),
        (
            {"source": "jetclass", "files": FILES, "drop_emty_jets": True},
            r"'drop_emty_jets'; did you mean 'drop_empty_jets'\?",
        ),
        ({"source": "csv"}, "'source' is 'csv'.*allowed: pythia, jetclass, reference, pmu"),
        ({"source": "pythia", "generator_card": "g", "detector_card": "d", "jets": {"train": 10}}, "'jets' has train"),
        (
            {
                "source": "pythia",
                "generator_card": "g",
                "detector_card": "d",
                "jets": {"train": 3, "val": 2, "test": 2},
            },
            "multiple of 2",
        ),
    ],
)
def test_impossible_settings_are_refused(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        dataset_settings(values)


@pytest.mark.parametrize(("jets", "per_chunk"), [(16000, 1000), (10, 3), (2, 5), (100, 50), (102, 50)])
def test_chunks_add_up_to_half_the_jets(jets: int, per_chunk: int) -> None:
    dataset = PythiaDataset(
        generator_card="g", detector_card="d", jets={"train": jets, "val": 2, "test": 2}, jets_per_chunk=per_chunk
    )
    sizes = [dataset.chunk_jets("train", i) for i in range(dataset.n_chunks("train"))]
    assert sum(sizes) == jets // 2
    assert max(sizes) <= per_chunk
    assert min(sizes) > 0
    with pytest.raises(ValueError, match="no number"):
        dataset.chunk_jets("train", len(sizes))


def test_patterns_match_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("t_1.root", "t_0.root", "v.root", "e.root"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    files = {"train": ["t_*.root"], "val": [str(tmp_path / "[v].root")], "test": ["e.root"]}
    dataset = dataset_settings({"source": "jetclass", "files": files})
    assert dataset.files_of("train") == [Path("t_0.root"), Path("t_1.root")]
    assert dataset.files_of("val") == [tmp_path / "v.root"]
    whole = dataset_settings({"source": "jetclass", "files": {"all": ["e.root", "?.root"]}})
    assert whole.files_of("val") == [Path("e.root"), Path("v.root")]
    nothing = dataset_settings({"source": "jetclass", "files": {**files, "val": ["w_*.root"]}})
    with pytest.raises(ConfigError, match=r"no file matches 'w_\*\.root'"):
        nothing.files_of("val")
    twice = dataset_settings({"source": "jetclass", "files": {**files, "val": ["?_0.root"]}})
    with pytest.raises(ConfigError, match=r"'t_0\.root' belongs to the splits 'train' and 'val'"):
        twice.files_of("train")


def test_the_reference_dataset_has_a_file_for_each_split() -> None:
    assert ReferenceDataset().files_of("val") == [Path("resources/downloads/val.h5")]


def test_default_branches_are_those_of_jetclass() -> None:
    assert RootColumns().momentum == ("part_energy", "part_px", "part_py", "part_pz")

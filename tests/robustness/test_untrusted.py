"""What comes from files stays data: nothing in them is run, unpickled, unpacked elsewhere, or put into a page as markup."""

import ast
import pickle
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import torch
from pydantic import ValidationError

from symscope.config.columns import ColumnFiles
from symscope.config.downloads import load_dataset_card
from symscope.config.project import read_project
from symscope.config.trajectory_datasets import TrajectoryReading
from symscope.data.columns import ingest_columns
from symscope.data.jets.cards import load_detector_card
from symscope.errors import CheckpointError, ConfigError, DataError, SymscopeError
from symscope.io.checkpoints import read_checkpoint, write_checkpoint
from symscope.io.jets_hdf5 import iterate_reference_table
from symscope.io.matrices import read_matrix
from symscope.io.trajectories import read_trajectories
from symscope.models.published import load_published_lorentznet
from symscope.report.entries import read_target
from symscope.report.records import load_published
from symscope.training.tagger_result import read_tagger
from tests.makers.jet_files import random_jets, write_reference_with_pytables
from tests.robustness.hostile import SCRIPT, hostile_page


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    return Trap(tmp_path / "sprung")


def test_the_trap_springs_where_it_is_unpickled(trap: Trap) -> None:
    pickle.loads(pickle.dumps(trap))
    assert trap.path.exists()


@pytest.mark.parametrize("suffix", [".npz", ".npy"])
def test_objects_of_numpy_files_stay_asleep(tmp_path: Path, trap: Trap, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    values = np.array([[trap, trap]], object)
    if suffix == ".npz":
        np.savez(path, x=values, states=values)
    else:
        np.save(path, values)
    with pytest.raises(DataError, match="objects"):
        read_matrix(path)
    with pytest.raises(DataError, match="objects"):
        read_trajectories(path, TrajectoryReading(columns=("a", "b")))
    settings = ColumnFiles.model_validate({"files": "unused", "vectors": {"columns": ["x", "states", "x"]}})
    with pytest.raises(SymscopeError):
        ingest_columns([path], settings=settings, output=tmp_path / "out.h5", seed=0)
    assert not trap.path.exists()


@pytest.mark.parametrize("old", [False, True])
def test_objects_of_torch_files_stay_asleep(tmp_path: Path, trap: Trap, old: bool) -> None:
    path = tmp_path / "a.pt"
    torch.save(
        {"format": "symscope-checkpoint-1", "run": "one", "state": trap}, path, _use_new_zipfile_serialization=not old
    )
    assert read_checkpoint(path, run="one") is None
    for read in (read_tagger, load_published_lorentznet):
        with pytest.raises(CheckpointError, match="its pickle holds something else"):
            read(path)
    assert not trap.path.exists()
    write_checkpoint(path, {"step": 1}, run="one")
    assert read_checkpoint(path, run="one") == {"step": 1}


def test_pickled_names_of_the_reference_dataset_stay_asleep(
    tmp_path: Path, trap: Trap, rng: np.random.Generator
) -> None:
    path = write_reference_with_pytables(tmp_path / "a.h5", random_jets(rng, 5))
    with h5py.File(path, "r+") as file:  # as pandas does
        file["table/table"].attrs["values_block_0_kind"] = np.bytes_(pickle.dumps(trap, protocol=0))
        file["table"].attrs["info"] = np.bytes_(pickle.dumps(trap, protocol=0))
    with h5py.File(path) as file:
        assert b"touch" in bytes(file["table/table"].attrs["values_block_0_kind"])
    assert sum(batch.n_jets for batch in iterate_reference_table([path])) == 5
    assert not trap.path.exists()


def test_objects_of_hdf5_files_are_no_numbers(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("x", data=np.array(["import os", "b"], object), dtype=h5py.string_dtype())
    with pytest.raises(DataError, match="numbers are needed"):
        read_matrix(tmp_path / "a.h5")


def test_yaml_makes_no_objects(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        f"a: !!python/object/apply:pathlib.Path.touch [!!python/object/apply:pathlib.Path ['{tmp_path}/sprung']]\n"
    )
    for read in (load_dataset_card, load_detector_card):
        with pytest.raises(ConfigError, match="is no YAML"):
            read(path)
    for read in (read_target, load_published):
        with pytest.raises(DataError, match="is no YAML"):
            read(path)
    with pytest.raises(ConfigError, match="is no YAML"):
        read_project(path.read_text(), source="a.yaml")
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    "selection",
    [
        "__import__('os').system('true')",
        "open('sprung', 'w')",
        "x.__class__() == 1",
        "(lambda: x)() > 0",
        "x if x else y",
        "[x][0]",
    ],
)
def test_a_selection_is_no_program(selection: str) -> None:
    with pytest.raises(ValidationError):
        ColumnFiles.model_validate({"files": "a.csv", "vectors": {"columns": ["x", "y", "z"]}, "selection": selection})


def test_an_archive_writes_nowhere(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "er"
    folder.mkdir(parents=True)
    np.save(tmp_path / "x.npy", np.zeros((2, 2)))
    with zipfile.ZipFile(folder / "a.npz", "w") as archive:
        for name in ("../../evil.npy", "/evil.npy", "x.npy"):
            archive.write(tmp_path / "x.npy", name)
    before = sorted(tmp_path.rglob("*"))
    assert read_matrix(folder / "a.npz").shape == (2, 2)
    assert read_matrix(folder / "a.npz", array="../../evil").shape == (2, 2)
    assert sorted(tmp_path.rglob("*")) == before


FORBIDDEN = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "system",
    "popen",
    "unpack_archive",
    "extract",
    "extractall",
    "read_pickle",
    "unsafe_load",
    "full_load",
}
"""Calls that run, unpack or unpickle what they are given. Modules' own `eval` and `compile` take no argument, or are methods."""
METHODS = {"eval", "compile"}
"""Allowed as methods: a network's switch, and a regular expression."""


def dangers(tree: ast.Module) -> list[str]:
    """Calls that could run what is in a file."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        method = isinstance(node.func, ast.Attribute)
        name = node.func.attr if method else getattr(node.func, "id", "")
        owner = getattr(getattr(node.func, "value", None), "id", "")
        words = {word.arg: getattr(word.value, "value", None) for word in node.keywords}
        wrong = name in FORBIDDEN and not (method and name in METHODS)
        wrong |= owner == "pickle" and name in {"load", "loads", "Unpickler"}
        wrong |= owner == "yaml" and name == "load"
        wrong |= owner == "torch" and name == "load" and words.get("weights_only") is not True
        wrong |= owner in {"np", "numpy"} and name == "load" and words.get("allow_pickle") is not False
        wrong |= words.get("shell") is True or words.get("allow_pickle") is True or words.get("weights_only") is False
        if wrong:
            found.append(f"line {node.lineno}: {ast.unparse(node)[:80]}")
    return found


def test_nothing_that_could_run_a_file_is_called(repository: Path) -> None:
    found = {
        str(path.relative_to(repository)): dangers(ast.parse(path.read_text(encoding="utf-8")))
        for folder in ("src", "workflow/scripts")
        for path in (repository / folder).rglob("*.py")
    }
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "line",
    [
        "eval(x)",
        "exec(x)",
        "torch.load(x)",
        "np.load(x)",
        "pickle.load(x)",
        "yaml.load(x)",
        "archive.extractall(x)",
        "run(x, shell=True)",
    ],
)
def test_a_danger_is_found(line: str) -> None:
    assert dangers(ast.parse(line)) != []
    assert (
        dangers(ast.parse("network.eval(); torch.load(x, weights_only=True); yaml.safe_load(x); re.compile(x)")) == []
    )


def test_the_report_escapes_what_comes_from_files(tmp_path: Path) -> None:
    text = hostile_page(tmp_path).read_text(encoding="utf-8")
    assert SCRIPT not in text
    assert "<script" not in text.lower()
    assert "<img src=x" not in text
    assert text.count("&lt;script&gt;") >= 10

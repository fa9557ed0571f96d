"""Reading ROOT: what stands in the file comes back, and what is wrong with it is told in one sentence."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot
from tests.makers.jet_files import random_jets, root_branches, write_root

from symscope.config.jet_datasets import RootColumns
from symscope.errors import DataError
from symscope.io.jets import JetBatch, concatenate_jets
from symscope.io.root import count_jets_root, iterate_jets_root
from symscope.io.root_writer import write_jets_root

COLUMNS = RootColumns()


def read(path: Path, columns: RootColumns = COLUMNS, step: int = 20_000) -> JetBatch:
    return concatenate_jets(list(iterate_jets_root([path], settings=columns, step_jets=step)))


def assert_same(found: JetBatch, expected: JetBatch) -> None:
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a, b)
        assert a.dtype == b.dtype


@pytest.fixture
def batch(rng: np.random.Generator) -> JetBatch:
    return random_jets(rng, 60, mean=3, least=0)


@pytest.mark.parametrize("per_basket", [60, 7])
@pytest.mark.parametrize("step", [1000, 11])
def test_steps_and_baskets_do_not_matter(tmp_path: Path, batch: JetBatch, per_basket: int, step: int) -> None:
    path = write_root(tmp_path / "a.root", root_branches(batch), per_basket=per_basket)
    assert_same(read(path, step=step), batch)
    assert count_jets_root(path, COLUMNS) == 60


def test_files_follow_each_other(tmp_path: Path, batch: JetBatch) -> None:
    paths = [write_root(tmp_path / f"{i}.root", root_branches(batch)) for i in range(2)]
    assert_same(
        concatenate_jets(list(iterate_jets_root(paths, settings=COLUMNS, step_jets=50))),
        concatenate_jets([batch, batch]),
    )


def test_other_names_types_and_further_branches(tmp_path: Path, batch: JetBatch) -> None:
    names = {"part_energy": "Jet.E", "part_px": "Jet.X", "part_py": "Jet.Y", "part_pz": "Jet.Z", "label_Tbqq": "is_top"}
    branches = {names.get(k, k): v for k, v in root_branches(batch).items() if k != "label_QCD"}
    branches["Jet.X"] = ak.values_astype(branches["Jet.X"], np.float64)
    branches["is_top"] = branches["is_top"].astype(np.float32)
    branches["weight"] = np.ones(60)
    path = write_root(tmp_path / "a.root", branches, tree="Events")
    columns = RootColumns(
        tree="Events",
        energy="Jet.E",
        px="Jet.X",
        py="Jet.Y",
        pz="Jet.Z",
        signal_labels=["is_top"],
        background_labels=[],
    )
    assert_same(read(path, columns), batch)


def test_a_tree_in_a_folder_of_the_file(tmp_path: Path, batch: JetBatch) -> None:
    path = write_root(tmp_path / "a.root", root_branches(batch), tree="selected/jets")
    assert_same(read(path, RootColumns(tree="selected/jets")), batch)


def test_several_signal_branches(tmp_path: Path, batch: JetBatch) -> None:
    branches = root_branches(batch)
    leptonic = branches["label_Tbqq"] & (np.arange(60) % 2 == 0)
    branches |= {"label_Tbl": leptonic, "label_Tbqq": branches["label_Tbqq"] & ~leptonic}
    path = write_root(tmp_path / "a.root", branches)
    assert_same(read(path, RootColumns(signal_labels=["label_Tbqq", "label_Tbl"])), batch)


def changed(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], Path]:
    """A maker of a file whose branches were changed."""

    def make(folder: Path) -> Path:
        branches = root_branches(random_jets(np.random.default_rng(1), 20, mean=3))
        change(branches)
        return write_root(folder / "bad.root", branches)

    return make


def without(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda branches: branches.pop(name)


def renamed(old: str, new: str) -> Callable[[dict[str, Any]], None]:
    return lambda branches: branches.update({new: branches.pop(old)})


def label(name: str, entry: int, value: int) -> Callable[[dict[str, Any]], None]:
    def change(branches: dict[str, Any]) -> None:
        branches["label_Tbqq"], branches["label_QCD"] = (
            (np.arange(20) % 2).astype(np.int32),
            (np.arange(1, 21) % 2).astype(np.int32),
        )
        branches[name][entry] = value

    return change


def shortened(branches: dict[str, Any]) -> None:
    lists = branches["part_py"].to_list()
    lists[5] = lists[5][:-1]
    branches["part_py"] = ak.Array(lists)


def one_number(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda branches: branches.update({name: np.ones(20, np.float32)})


def as_lists(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda branches: branches.update({name: branches["part_px"]})


def no_entries(branches: dict[str, Any]) -> None:
    branches.update({name: array[:0] for name, array in branches.items()})


def raw(content: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / "bad.root").write_bytes(content)
        return folder / "bad.root"

    return make


def missing_file(folder: Path) -> Path:
    return folder / "bad.root"


def a_folder(folder: Path) -> Path:
    (folder / "bad.root").mkdir()
    return folder / "bad.root"


def cut(share: float) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = changed(lambda _: None)(folder)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])
        return path

    return make


def corrupt(folder: Path) -> Path:
    """Every byte of the compressed baskets replaced, header and directory left as they are."""
    rng = np.random.default_rng(0)
    branches = root_branches(random_jets(rng, 3000, mean=10))
    path = write_root(folder / "bad.root", branches, per_basket=1000)
    with uproot.open(path) as file:
        branch = file["tree"]["part_px"]
        seek, size = int(branch.member("fBasketSeek")[1]), int(branch.member("fBasketBytes")[1])
    content = bytearray(path.read_bytes())
    content[seek + 120 : seek + size] = rng.bytes(size - 120)
    path.write_bytes(bytes(content))
    return path


BAD_FILES = {
    "missing file": (missing_file, r"bad\.root: there is no such file in .*; mend the path"),
    "folder": (a_folder, r"bad\.root is a folder"),
    "empty file": (raw(b""), r"bad\.root is empty \(0 bytes\)"),
    "no ROOT file": (raw(b"<!DOCTYPE html><html>not found</html>"), r"is no ROOT file: it begins with b'<!DOCTYP'"),
    "four bytes": (raw(b"root"), "is cut off: only 4 bytes are there"),
    "cut in half": (cut(0.5), r"is cut off: [\d,]+ of [\d,]+ bytes are there; fetch or make the file again"),
    "one byte short": (cut(0.9999), "is cut off"),
    "damaged": (corrupt, r"cannot be read beyond entry 988 of 3000 .* the file is damaged"),
    "missing branch": (
        changed(without("part_pz")),
        r"no branch 'part_pz' .*; it has .*part_energy.*label_QCD.*; set the names under 'columns'",
    ),
    "near miss": (changed(renamed("part_pz", "Part_pZ")), r"'part_pz' \(did you mean 'Part_pZ'\?\)"),
    "missing label": (changed(without("label_QCD")), "no branch 'label_QCD'"),
    "no entries": (changed(no_entries), "'tree' has no entries"),
    "label 2": (changed(label("label_Tbqq", 7, 2)), "entry 7: 'label_Tbqq' is 2, and a label must be 0 or 1"),
    "both labels": (
        changed(label("label_QCD", 3, 1)),
        r"entry 3: the jet is both signal and background \(label_Tbqq and label_QCD are 1\)",
    ),
    "neither label": (changed(label("label_Tbqq", 9, 0)), r"entry 9: the jet is neither .* set 'unlabelled: drop'"),
    "lists of different length": (changed(shortened), "entry 5: 'part_py' has .* constituents and 'part_energy' has"),
    "a number for each jet": (changed(one_number("part_px")), r"'part_px' holds 0-dimensional entries \(float32\)"),
    "a list as label": (changed(as_lists("label_QCD")), "'label_QCD' holds var .* and one label"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_bad_files_are_told_in_one_sentence(tmp_path: Path, kind: str) -> None:
    make, said = BAD_FILES[kind]
    path = make(tmp_path)
    with pytest.raises(DataError, match=said) as caught:
        read(path, step=13)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_trees_that_are_there_are_named(tmp_path: Path, batch: JetBatch) -> None:
    path = write_root(tmp_path / "a.root", root_branches(batch), tree="Tree")
    with pytest.raises(DataError, match=r"no tree 'tree' \(did you mean 'Tree'\?\); it has Tree; set 'columns.tree'"):
        read(path)


def test_entry_numbers_count_over_steps(tmp_path: Path) -> None:
    path = changed(label("label_Tbqq", 17, 5))(tmp_path)
    with pytest.raises(DataError, match="entry 17: 'label_Tbqq' is 5"):
        read(path, step=4)


def test_chunks_of_our_generator(tmp_path: Path, batch: JetBatch) -> None:
    write_jets_root(tmp_path / "a.root", batch)
    assert_same(read(tmp_path / "a.root", step=17), batch)


def test_a_file_of_one_huge_basket_is_a_warning(
    tmp_path: Path, batch: JetBatch, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_root(tmp_path / "a.root", root_branches(batch))
    read(path)
    assert not caplog.records
    unpacked = batch.momenta.nbytes
    monkeypatch.setattr("symscope.io.root._LARGE_BASKETS", unpacked * 0.9)
    read(path)
    assert "must be unpacked whole" in caplog.text

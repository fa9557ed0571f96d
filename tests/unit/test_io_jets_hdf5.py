"""Reading other people's HDF5; PyTables, which shares no code with ours, writes some of the files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from tests.makers.jet_files import (
    random_jets,
    reference_rows,
    write_pmu,
    write_reference,
    write_reference_with_pytables,
)

from symscope.errors import DataError
from symscope.io.jets import JetBatch, concatenate_jets
from symscope.io.jets_hdf5 import count_jets_pmu, count_jets_reference, iterate_pmu, iterate_reference_table


def assert_same(found: JetBatch, expected: JetBatch) -> None:
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a, b)
        assert a.dtype == b.dtype


@pytest.fixture
def batch(rng: np.random.Generator) -> JetBatch:
    return random_jets(rng, 30, mean=20, least=0)


@pytest.mark.parametrize("write", [write_reference, write_reference_with_pytables])
@pytest.mark.parametrize("step", [1000, 4])
def test_the_reference_table(tmp_path: Path, batch: JetBatch, write: Callable[..., Path], step: int) -> None:
    path = write(tmp_path / "a.h5", batch)
    assert_same(concatenate_jets(list(iterate_reference_table([path], step_jets=step))), batch)
    assert count_jets_reference(path) == 30


def test_the_reference_table_holds_up_to_200_constituents(tmp_path: Path, rng: np.random.Generator) -> None:
    batch = random_jets(rng, 3, mean=500)
    assert batch.counts.tolist() == [200, 200, 200]
    path = write_reference(tmp_path / "a.h5", batch)
    assert_same(next(iterate_reference_table([path])), batch)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("step", [1000, 4])
def test_energy_momentum_files(tmp_path: Path, batch: JetBatch, dtype: str, step: int) -> None:
    path = write_pmu(tmp_path / "a.h5", batch, length=200, dtype=dtype)
    assert_same(concatenate_jets(list(iterate_pmu([path], step_jets=step))), batch)
    assert count_jets_pmu(path) == 30


def jets() -> JetBatch:
    return random_jets(np.random.default_rng(3), 12, mean=4)


def pmu_changed(change: Callable[[h5py.File], Any]) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = write_pmu(folder / "bad.h5", jets(), length=20)
        with h5py.File(path, "r+") as file:
            change(file)
        return path

    return make


def put(name: str, value: Any) -> Callable[[h5py.File], None]:
    def change(file: h5py.File) -> None:
        del file[name]
        file[name] = value

    return change


def put_at(name: str, index: int, value: float) -> Callable[[h5py.File], None]:
    return lambda file: file[name].__setitem__(index, value)


def remove(name: str) -> Callable[[h5py.File], None]:
    return lambda file: file.__delitem__(name)


BAD_PMU = {
    "missing array": (pmu_changed(remove("Nobj")), "no dataset 'Nobj'; it has Pmu, is_signal"),
    "flat momenta": (
        pmu_changed(put("Pmu", np.zeros((12, 80)))),
        r"'Pmu' is float64 of shape \(12, 80\), and floats of",
    ),
    "whole numbers": (pmu_changed(put("Pmu", np.zeros((12, 20, 4), int))), "'Pmu' is int64"),
    "other length": (
        pmu_changed(put("is_signal", np.zeros(11))),
        r"'is_signal' is .* shape \(11,\).* each of the 12 jets",
    ),
    "label 3": (pmu_changed(put_at("is_signal", 5, 3)), "entry 5: the label is 3, and it must be 0"),
    "label 0.5": (pmu_changed(put("is_signal", np.full(12, 0.5))), "entry 0: the label is 0.5"),
    "too many": (pmu_changed(put_at("Nobj", 2, 21)), "entry 2: 'Nobj' is 21, and 0 to 20 is allowed"),
    "below zero": (pmu_changed(put_at("Nobj", 2, -1)), "entry 2: 'Nobj' is -1"),
    "not all of them": (pmu_changed(put_at("Nobj", 4, 1)), r"entry 4: 'Nobj' is 1, but 'Pmu' has \d+ momenta"),
    "no jets": (
        pmu_changed(lambda f: [put("Pmu", np.zeros((0, 20, 4)))(f), put("Nobj", [])(f), put("is_signal", [])(f)]),
        "'Pmu' has no jets",
    ),
}


@pytest.mark.parametrize("kind", BAD_PMU)
def test_bad_energy_momentum_files(tmp_path: Path, kind: str) -> None:
    make, said = BAD_PMU[kind]
    path = make(tmp_path)
    with pytest.raises(DataError, match=said) as caught:
        list(iterate_pmu([path], step_jets=3))
    assert str(path) in str(caught.value)


def table_of(kind: np.dtype | list, n: int = 5) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        with h5py.File(folder / "bad.h5", "w") as file:
            file["table/table"] = np.zeros(n, kind)
        return folder / "bad.h5"

    return make


def fixed_format(folder: Path) -> Path:
    """The layout that pandas writes without format="table"."""
    with h5py.File(folder / "bad.h5", "w") as file:
        file["table/block0_values"] = np.zeros((5, 804))
    return folder / "bad.h5"


def bad_label(folder: Path) -> Path:
    rows = reference_rows(jets())
    rows["values_block_1"][8, 1] = 7
    with h5py.File(folder / "bad.h5", "w") as file:
        file["table/table"] = rows
    return folder / "bad.h5"


def cut_off(folder: Path) -> Path:
    path = write_reference(folder / "bad.h5", jets())
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


def damaged(folder: Path) -> Path:
    path = write_reference(folder / "bad.h5", jets())
    with h5py.File(path) as file:
        chunk = file["table/table"].id.get_chunk_info(1)
    content = bytearray(path.read_bytes())
    content[chunk.byte_offset : chunk.byte_offset + chunk.size] = b"\xff" * chunk.size
    path.write_bytes(bytes(content))
    return path


def empty_file(folder: Path) -> Path:
    (folder / "bad.h5").touch()
    return folder / "bad.h5"


LAYOUT = [("index", "<i8"), ("values_block_0", "<f4", (804,)), ("values_block_1", "<i8", (2,))]
BAD_TABLES = {
    "missing": (lambda folder: folder / "bad.h5", "there is no such file"),
    "empty": (empty_file, "is empty"),
    "cut off": (cut_off, r"is no HDF5 file or is cut off \("),
    "damaged": (damaged, "cannot be read beyond entry 6"),
    "fixed format": (fixed_format, "no dataset /table/table; it has table, table/block0_values"),
    "no rows": (table_of(LAYOUT, 0), "/table/table has no rows"),
    "other width": (
        table_of([LAYOUT[0], ("values_block_0", "<f4", (800,)), LAYOUT[2]]),
        r"is float32 of shape \(800,\)",
    ),
    "whole numbers": (
        table_of([LAYOUT[0], ("values_block_0", "<i4", (804,)), LAYOUT[2]]),
        "'values_block_0' .* is int32",
    ),
    "other names": (table_of([("a", "f4"), ("b", "f4")]), "'values_block_0' of /table/table is not among a, b"),
    "bad label": (bad_label, "entry 8: the label is 7"),
}


@pytest.mark.parametrize("kind", BAD_TABLES)
def test_bad_tables(tmp_path: Path, kind: str) -> None:
    make, said = BAD_TABLES[kind]
    path = make(tmp_path)
    with pytest.raises(DataError, match=said) as caught:
        list(iterate_reference_table([path], step_jets=3))
    assert str(path) in str(caught.value)

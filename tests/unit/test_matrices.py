"""The user's own matrix: every kind of file, every way in which one can be wrong."""

import h5py
import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from symscope.config.signals import MatrixFiles
from symscope.data.matrices import ingest_matrix
from symscope.errors import DataError
from symscope.io.matrices import read_matrix
from symscope.io.samples import read_header, read_split

NAMES = ["a", "b", "c", "d", "e"]


@pytest.fixture
def matrix():
    return np.random.default_rng(0).standard_normal((40, 5))


def write(path, matrix, *, header="a,b,c,d,e"):
    if path.suffix == ".npz":
        np.savez(path, x=matrix)
    elif path.suffix == ".npy":
        np.save(path, matrix)
    elif path.suffix == ".h5":
        with h5py.File(path, "w") as file:
            file["x"] = matrix
    elif path.suffix == ".parquet":
        parquet.write_table(pa.table(dict(zip(NAMES, matrix.T, strict=False))), path)
    else:
        np.savetxt(path, matrix, delimiter=",", header=header, comments="", fmt="%.17g")
    return path


@pytest.mark.parametrize("suffix", [".npz", ".npy", ".h5", ".parquet", ".csv"])
def test_a_matrix_comes_back_from_every_kind_of_file(tmp_path, matrix, suffix):
    np.testing.assert_array_equal(read_matrix(write(tmp_path / f"m{suffix}", matrix)), matrix)


def test_single_precision_stays_single(tmp_path, matrix):
    assert read_matrix(write(tmp_path / "m.npz", matrix.astype(np.float32))).dtype == np.float32
    assert read_matrix(write(tmp_path / "m.npy", np.arange(6).reshape(2, 3))).dtype == np.float64


def test_a_text_table_may_have_no_names(tmp_path, matrix):
    path = tmp_path / "m.csv"
    np.savetxt(path, matrix, delimiter=",", fmt="%.17g")
    np.testing.assert_array_equal(read_matrix(path), matrix)
    with pytest.raises(DataError, match="no line of column names"):
        read_matrix(path, columns=["a"])


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_columns_are_chosen_by_name(tmp_path, matrix, suffix):
    path = write(tmp_path / f"m{suffix}", matrix)
    np.testing.assert_array_equal(read_matrix(path, columns=["d", "a"]), matrix[:, [3, 0]])
    with pytest.raises(DataError, match=r"no column 'z'; it has a, b, c, d, e"):
        read_matrix(path, columns=["z"])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("m.csv", "a,b\n1,2\n3\n", "cannot be read as CSV"),
        ("m.csv", "a,b\n1,x\n", "column 'b' has entries that are no numbers"),
        ("m.csv", "a,b\n1,nan\n", "NaN or infinite, the first in row 0, column 1"),
        ("m.csv", "a,b\n", "0 rows"),
        ("m.csv", "1,,3\n4,5,6\n", "first line has both numbers and ''"),
        ("m.npz", "not a zip", "cannot be read"),
        ("m.txt", "1 2", "allowed are"),
        ("m.h5", "not HDF5", "no HDF5 file"),
        ("m.parquet", "not Parquet", "cannot be read as Parquet"),
    ],
)
def test_broken_files_are_named(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(DataError, match=message):
        read_matrix(path)


def test_a_cut_off_archive_is_named(tmp_path, matrix):
    path = write(tmp_path / "m.npz", matrix)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(DataError, match="cannot be read as a NumPy file"):
        read_matrix(path)
    whole = write(tmp_path / "n.npz", matrix).read_bytes()
    damaged = tmp_path / "d.npz"
    damaged.write_bytes(whole[:200] + bytes(40) + whole[240:])
    with pytest.raises(DataError, match="cannot be read as a NumPy file"):
        read_matrix(damaged)


def test_pickled_objects_are_refused(tmp_path):
    np.save(tmp_path / "m.npy", np.array([[{"a": 1}]], dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match="arrays of Python objects are not read, because they can run code"):
        read_matrix(tmp_path / "m.npy")


def ingest(tmp_path, paths, **options):
    settings = MatrixFiles(files={"all": [str(path) for path in paths]}, **{"components": 5, **options})
    sources = dict.fromkeys(("train", "val", "test"), settings.files_of("train"))
    counts = ingest_matrix(sources, settings=settings, output=tmp_path / "dataset.h5", seed=5)
    return counts, [read_split(tmp_path / "dataset.h5", split).x for split in counts]


def test_fractions_divide_the_samples_without_overlap(tmp_path, matrix):
    counts, parts = ingest(tmp_path, [write(tmp_path / "m.npz", matrix)], max_samples={"test": 3}, units="mV")
    assert counts == {"train": 24, "val": 8, "test": 3}
    found = np.concatenate(parts)
    assert len(np.unique(found, axis=0)) == 35
    assert {tuple(row) for row in found} <= {tuple(row) for row in matrix}
    assert read_header(tmp_path / "dataset.h5").units == "mV"


def test_every_split_may_have_its_own_files(tmp_path, matrix):
    files = {
        split: [str(write(tmp_path / f"{split}.csv", matrix[:size]))]
        for split, size in [("train", 9), ("val", 2), ("test", 4)]
    }
    settings = MatrixFiles(files=files, columns=["e", "a", "b"])
    sources = {split: settings.files_of(split) for split in files}
    counts = ingest_matrix(sources, settings=settings, output=tmp_path / "dataset.h5", seed=0)
    assert counts == {"train": 9, "val": 2, "test": 4}
    found = read_split(tmp_path / "dataset.h5", "test").x
    assert sorted(map(tuple, found)) == sorted(map(tuple, matrix[:4, [4, 0, 1]]))
    assert read_header(tmp_path / "dataset.h5").feature_names == ("e", "a", "b")


def test_files_of_another_width_are_refused(tmp_path, matrix):
    paths = [write(tmp_path / "a.npz", matrix), write(tmp_path / "b.npz", matrix[:, :3])]
    with pytest.raises(DataError, match=r"b\.npz has 3 columns, and 'components' is 5"):
        ingest(tmp_path, paths)
    with pytest.raises(DataError, match="split 'test' has no samples"):
        ingest(tmp_path, [write(tmp_path / "a.npz", matrix[:2])])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "give 'components'"),
        ({"components": 4, "columns": ["a", "b", "c"]}, "'components' is 4, and 'columns' names 3"),
    ],
)
def test_impossible_settings_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        MatrixFiles.model_validate({"files": {"all": ["m.csv"]}, **values})

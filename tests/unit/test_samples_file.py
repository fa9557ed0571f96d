"""The one form of samples: what is written comes back, and what is broken is told."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.makers.edited import edited_hdf5
from tests.makers.jet_files import random_jets

from symscope.errors import DataError
from symscope.io.jets import offsets_from_counts
from symscope.io.samples import (
    SamplesHeader,
    SamplesWriter,
    count_samples,
    iterate_split,
    read_counts,
    read_header,
    read_split,
)

HEADER = SamplesHeader(("E", "px", "py", "pz"), "GeV", "vector", "trivial", {"step": "test"})


@pytest.fixture
def jets_file(tmp_path: Path, rng: np.random.Generator) -> Path:
    path = tmp_path / "jets.h5"
    with SamplesWriter(path, HEADER) as writer:
        for split, n in (("train", 40), ("val", 7), ("test", 5)):
            batch = random_jets(rng, n, mean=4, least=0)
            writer.append(split, batch.momenta, batch.labels, batch.counts)
    return path


def test_pieces_come_back_as_one(tmp_path: Path, rng: np.random.Generator) -> None:
    batches = [random_jets(rng, n, mean=3, least=0) for n in (4, 1, 30)]
    with SamplesWriter(tmp_path / "a.h5", HEADER) as writer:
        for batch in batches:
            writer.append("train", batch.momenta, batch.labels, batch.counts)
        writer.append("val", np.arange(24.0).reshape(3, 2, 4), np.array([0.5, 1.5, 2.5]))
    found = read_split(tmp_path / "a.h5", "train")
    np.testing.assert_array_equal(found.x, np.concatenate([b.momenta for b in batches]))
    np.testing.assert_array_equal(found.offsets, offsets_from_counts(np.concatenate([b.counts for b in batches])))
    np.testing.assert_array_equal(found.y, np.concatenate([b.labels for b in batches]))
    assert found.x.dtype == np.float32
    assert found.y.dtype == np.uint8
    dense = read_split(tmp_path / "a.h5", "val")
    assert dense.offsets is None
    np.testing.assert_array_equal(dense.x, np.arange(24.0).reshape(3, 2, 4))
    assert count_samples(tmp_path / "a.h5") == {"train": 35, "val": 3}
    assert read_header(tmp_path / "a.h5") == HEADER


@pytest.mark.parametrize(("start", "stop"), [(0, None), (3, 9), (38, 1000), (40, None), (90, 95), (5, 5)])
def test_slices_are_those_of_python(jets_file: Path, start: int, stop: int | None) -> None:
    whole = read_split(jets_file, "train")
    piece = read_split(jets_file, "train", start=start, stop=stop)
    np.testing.assert_array_equal(piece.y, whole.y[start:stop])
    assert piece.offsets is not None
    assert whole.offsets is not None
    np.testing.assert_array_equal(np.diff(piece.offsets), np.diff(whole.offsets)[start:stop])
    begin = whole.offsets[min(start, 40)]
    np.testing.assert_array_equal(piece.x, whole.x[begin : begin + len(piece.x)])


def test_iterating_gives_the_whole(jets_file: Path) -> None:
    whole = read_split(jets_file, "train")
    pieces = list(iterate_split(jets_file, "train", step=7))
    assert [p.n for p in pieces] == [7, 7, 7, 7, 7, 5]
    np.testing.assert_array_equal(np.concatenate([p.x for p in pieces]), whole.x)
    np.testing.assert_array_equal(read_counts(jets_file, "train"), np.diff(whole.offsets))


def test_an_interrupted_write_leaves_nothing(tmp_path: Path) -> None:
    def write() -> None:
        with SamplesWriter(tmp_path / "a.h5", HEADER) as writer:
            writer.append("train", np.zeros((2, 4), np.float32), np.zeros(2, np.uint8))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("train", np.zeros((3, 4)), np.zeros(2)), "x has 3 rows"),
        (("train", np.zeros((3, 4)), np.zeros(2), np.array([1, 1])), "2 rows were announced"),
        (("valid", np.zeros((3, 4)), np.zeros(3)), "train, val, test"),
    ],
)
def test_contradicting_pieces_are_refused(tmp_path: Path, arguments: tuple, said: str) -> None:
    with SamplesWriter(tmp_path / "a.h5", HEADER) as writer, pytest.raises(ValueError, match=said):
        writer.append(*arguments)


def test_pieces_of_another_kind_are_refused(tmp_path: Path) -> None:
    with SamplesWriter(tmp_path / "a.h5", HEADER) as writer:
        writer.append("train", np.zeros((2, 4), np.float32), np.zeros(2))
        with pytest.raises(ValueError, match="mixes ragged and dense"):
            writer.append("train", np.zeros((2, 4), np.float32), np.zeros(2), np.array([1, 1]))
        with pytest.raises(ValueError, match="float64"):
            writer.append("train", np.zeros((2, 4)), np.zeros(2))
    with pytest.raises(ValueError, match="'with' block"):
        writer.append("train", np.zeros((2, 4), np.float32), np.zeros(2))


def test_provenance_known_at_the_end(tmp_path: Path) -> None:
    with SamplesWriter(tmp_path / "a.h5", HEADER) as writer:
        writer.update_provenance({"jets": 3})
    assert read_header(tmp_path / "a.h5").provenance == {"step": "test", "jets": 3}


def rewrite(path: Path, **attributes: object) -> None:
    with edited_hdf5(path) as file:
        for name, value in attributes.items():
            file.attrs[name] = value


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.h5: there is no such file"):
        read_header(tmp_path / "nowhere.h5")


def test_a_file_of_another_format(jets_file: Path) -> None:
    rewrite(jets_file, format="photos")
    with pytest.raises(DataError, match=r"'format' is 'photos', and 'symscope-samples' is needed"):
        read_split(jets_file, "train")


def test_a_file_of_a_newer_version(jets_file: Path) -> None:
    rewrite(jets_file, format_version=2)
    with pytest.raises(DataError, match="version 2, and this symscope reads up to version 1; upgrade symscope"):
        count_samples(jets_file)


def test_a_file_that_is_cut_off(jets_file: Path) -> None:
    content = jets_file.read_bytes()
    jets_file.write_bytes(content[: len(content) // 2])
    with pytest.raises(
        DataError, match=r"is damaged: [0-9,]+ bytes follow its seal, and [0-9,]+ were written; delete it"
    ):
        read_header(jets_file)


def test_a_file_that_is_no_hdf5(tmp_path: Path) -> None:
    (tmp_path / "a.h5").write_text("E,px,py,pz\n")
    with pytest.raises(DataError, match="is no HDF5 file"):
        read_header(tmp_path / "a.h5")


def test_a_header_that_makes_no_sense(jets_file: Path) -> None:
    rewrite(jets_file, header="{}")
    with pytest.raises(DataError, match="header of this samples file cannot be read"):
        read_header(jets_file)
    values = {"feature_names": ["E"], "units": "GeV", "x_action": "spin", "y_action": "trivial", "provenance": {}}
    rewrite(jets_file, header=json.dumps(values))
    with pytest.raises(
        DataError, match="'spin', and vector, trivial, image_grid, image_grid_cubic, complex_vector are known"
    ):
        read_header(jets_file)


def test_a_split_that_is_not_there(tmp_path: Path) -> None:
    with SamplesWriter(tmp_path / "a.h5", HEADER) as writer:
        writer.append("train", np.zeros((2, 4), np.float32), np.zeros(2))
    with pytest.raises(DataError, match="has no split 'test'; it has train"):
        read_split(tmp_path / "a.h5", "test")
    with pytest.raises(DataError, match="'train' is dense"):
        read_counts(tmp_path / "a.h5", "train")


def test_offsets_that_do_not_fit(jets_file: Path) -> None:
    with edited_hdf5(jets_file) as file:
        file["train/offsets"][20] = 0
    with pytest.raises(DataError, match="'offsets' of the split 'train' do not fit"):
        read_split(jets_file, "train")

"""The samples of a discovery."""

import logging
from pathlib import Path

import numpy as np
import pytest
from tests.makers.jet_files import numbered_jets, random_jets

from symscope.data.constituents import build_constituents, leading_constituents
from symscope.errors import DataError
from symscope.io.jets import JetBatch
from symscope.io.samples import SamplesHeader, SamplesWriter, count_samples, read_header, read_split

HEADER = SamplesHeader(("E", "px", "py", "pz"), "GeV", "vector", "trivial", {"step": "ingest_jets"})


def write(path: Path, **splits: JetBatch) -> Path:
    with SamplesWriter(path, HEADER) as writer:
        for split, batch in splits.items():
            writer.append(split, batch.momenta, batch.labels, batch.counts)
    return path


def test_leading_constituents_are_those_of_the_jet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symscope.data.constituents._STEP", 13)
    batch = numbered_jets(100)
    path = write(tmp_path / "jets.h5", train=batch)
    found = leading_constituents(path, "train", n_objects=2, n_samples=60, seed=4)
    numbers = found.x[:, 0, 3].astype(int)
    assert len(set(numbers)) == 60
    assert (np.diff(numbers) < 0).any()
    np.testing.assert_array_equal(found.x, batch.momenta.reshape(100, 2, 4)[numbers])
    np.testing.assert_array_equal(found.y, numbers % 2)
    again = leading_constituents(path, "train", n_objects=2, n_samples=60, seed=4)
    np.testing.assert_array_equal(again.x, found.x)
    other = leading_constituents(path, "train", n_objects=2, n_samples=60, seed=5)
    assert not np.array_equal(other.x, found.x)


def test_short_jets_are_left_out_and_it_is_told(
    tmp_path: Path, rng: np.random.Generator, caplog: pytest.LogCaptureFixture
) -> None:
    batch = random_jets(rng, 80, mean=2, least=0)
    short = int((batch.counts < 2).sum())
    path = write(tmp_path / "jets.h5", train=batch)
    with caplog.at_level(logging.WARNING):
        found = leading_constituents(path, "train", n_objects=2, n_samples=80, seed=0)
    assert found.x.shape == (80 - short, 2, 4)
    assert f"{short} of 80 jets have fewer than 2 constituents and are left out" in caplog.text
    assert f"{80 - short} samples instead of the 80 that were wanted" in caplog.text


def test_all_jets_where_no_number_is_given(tmp_path: Path) -> None:
    path = write(tmp_path / "jets.h5", train=numbered_jets(30))
    assert leading_constituents(path, "train", n_objects=1, n_samples=None, seed=0).n == 30


def test_more_than_there_are(tmp_path: Path) -> None:
    path = write(tmp_path / "jets.h5", train=numbered_jets(30))
    with pytest.raises(DataError, match="31 samples are wanted and the split 'train' has 30 jets; lower 'n_samples'"):
        leading_constituents(path, "train", n_objects=2, n_samples=31, seed=0)
    with pytest.raises(DataError, match=r"no jet of the split 'train' has 3 constituents \(the largest has 2\)"):
        leading_constituents(path, "train", n_objects=3, n_samples=5, seed=0)


def test_the_samples_file(tmp_path: Path) -> None:
    path = write(tmp_path / "jets.h5", train=numbered_jets(50), val=numbered_jets(9), test=numbered_jets(40))
    written = build_constituents(path, tmp_path / "samples.h5", objects=2, n_samples=20, seed=1)
    assert written == count_samples(tmp_path / "samples.h5") == {"train": 20, "val": 9, "test": 20}
    header = read_header(tmp_path / "samples.h5")
    assert header.x_action == "vector"
    assert header.provenance["settings"] == {"objects": 2, "n_samples": 20}
    assert header.provenance["input"] == HEADER.provenance
    sample = read_split(tmp_path / "samples.h5", "train")
    assert sample.offsets is None
    assert sample.x.shape == (20, 2, 4)

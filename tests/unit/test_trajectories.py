"""Ingestion of trajectories: splits that are really apart, the same seed the same file, and clear refusals."""

import json
import logging
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.makers.trajectory_files import COLUMNS, random_trajectories, write_csv, write_npz

from symscope.config.trajectory_datasets import NBodyDataset, TrajectoryFiles
from symscope.data.nbody.simulation import simulate_orbits, write_orbits
from symscope.data.trajectories import ingest_trajectories, polar_angles
from symscope.errors import DataError
from symscope.io.samples import read_header, read_split

SPLITS = ("train", "val", "test")


def own_files(**values: Any) -> TrajectoryFiles:
    return TrajectoryFiles(**{"files": {"all": ["unused"]}, "columns": COLUMNS, **values})


def by_split(**values: Any) -> TrajectoryFiles:
    return own_files(files={split: [split] for split in SPLITS}, **values)


def numbers(path: Path) -> dict[str, list[int]]:
    """Numbers of the trajectories of each split, from their first component at the start."""
    return {split: read_split(path, split).x[:, 0, 0].astype(int).tolist() for split in SPLITS}


def generated(folder: Path, settings: NBodyDataset, seed: int = 0) -> Path:
    write_orbits(folder / "raw.h5", simulate_orbits(settings, seed=seed), settings=settings, seed=seed)
    return folder / "raw.h5"


def test_generated_orbits_split_by_angle_are_out_of_distribution(tmp_path: Path) -> None:
    settings = NBodyDataset(trajectories={"train": 61, "val": 30, "test": 79})
    raw = generated(tmp_path, settings)
    output = tmp_path / "dataset.h5"
    summary = ingest_trajectories({split: [raw] for split in SPLITS}, settings=settings, output=output, seed=0)
    assert summary.splits == {"train": 61, "val": 30, "test": 79}
    assert summary.time_step == pytest.approx(20 / 49)
    angles = {}
    for split in SPLITS:
        found = read_split(output, split)
        assert found.x.shape == (settings.trajectories[split], 20, 8)
        assert found.y.shape[0] == found.x.shape[0]
        angles[split] = polar_angles(found.x, 0, 1)
    near = np.concatenate([angles["train"], angles["val"]])
    assert near.max() < angles["test"].min()
    assert angles["val"].min() < np.quantile(angles["train"], 0.3)  # val is drawn from all of the near side
    assert angles["val"].max() > np.quantile(angles["train"], 0.7)
    for split in SPLITS:  # no order by angle within a split
        assert (np.diff(angles[split]) < 0).any()
    header = read_header(output)
    assert header.feature_names == tuple(settings.columns)
    assert (header.x_action, header.y_action) == ("vector", "trivial")
    assert header.units == "arbitrary (G = 1)"
    assert header.provenance["time_step"] == pytest.approx(20 / 49)
    assert header.provenance["input"]["step"] == "generate_orbits"
    assert summary.accuracy is not None
    assert 0 < summary.accuracy["energy_drift"] < 1e-12
    assert summary.accuracy["reversal_error"] is None
    assert summary.accuracy["rejected"] == {"unfinished": 0, "close": 0, "inaccurate": 0}


def test_generated_orbits_split_at_random_cover_all_angles(tmp_path: Path) -> None:
    settings = NBodyDataset(split="random", trajectories={"train": 80, "val": 10, "test": 80})
    ingest_trajectories([generated(tmp_path, settings)], settings=settings, output=tmp_path / "dataset.h5", seed=0)
    found = [polar_angles(read_split(tmp_path / "dataset.h5", split).x, 0, 1) for split in ("train", "test")]
    assert max(a.min() for a in found) < -2.5
    assert min(a.max() for a in found) > 2.5


def test_same_seed_same_file(tmp_path: Path, rng: np.random.Generator) -> None:
    path = write_npz(tmp_path / "a.npz", random_trajectories(rng))
    content = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        ingest_trajectories([path], settings=own_files(), output=tmp_path / f"{name}.h5", seed=seed)
        content.append((tmp_path / f"{name}.h5").read_bytes())
    assert content[0] == content[1]
    assert content[0] != content[2]


def test_fractions_deal_whole_trajectories(tmp_path: Path, rng: np.random.Generator) -> None:
    states = random_trajectories(rng, n=50)
    paths = [write_npz(tmp_path / f"{k}.npz", states[20 * k : 20 * k + 20]) for k in range(3)]
    fractions = {"train": 0.5, "val": 0.2, "test": 0.2}
    summary = ingest_trajectories(paths, settings=own_files(fractions=fractions), output=tmp_path / "d.h5", seed=0)
    assert summary.trajectories_read == 50
    found = numbers(tmp_path / "d.h5")
    assert {split: len(n) for split, n in found.items()} == summary.splits == {"train": 25, "val": 10, "test": 10}
    assert len(set(chain.from_iterable(found.values()))) == 45
    for split in SPLITS:
        np.testing.assert_array_equal(read_split(tmp_path / "d.h5", split).x, states[found[split]])


def test_own_table_split_by_angle(tmp_path: Path, rng: np.random.Generator) -> None:
    states = random_trajectories(rng, n=60)
    states[:, 0, 2:] = rng.normal(size=(60, 2))
    path = write_csv(tmp_path / "a.csv", states, order=["remark", "py1", "px1", "y1", "x1", "time", "trajectory"])
    settings = own_files(
        split="polar_angle", angle_columns=("px1", "py1"), fractions={"train": 0.4, "val": 0.1, "test": 0.3}
    )
    ingest_trajectories([path], settings=settings, output=tmp_path / "d.h5", seed=0)
    angles = {split: polar_angles(read_split(tmp_path / "d.h5", split).x, 2, 3) for split in SPLITS}
    every = np.sort(polar_angles(states, 2, 3))
    assert max(angles["train"].max(), angles["val"].max()) == every[29]
    assert angles["test"].min() == every[60 - 18]  # the 20 % that no split takes lie between


def test_splits_of_the_users_own(tmp_path: Path, rng: np.random.Generator) -> None:
    states = random_trajectories(rng, n=30)
    sources = {s: [write_npz(tmp_path / f"{s}.npz", states[10 * k : 10 * k + 10])] for k, s in enumerate(SPLITS)}
    settings = by_split(max_trajectories={"train": 4})
    ingest_trajectories(sources, settings=settings, output=tmp_path / "d.h5", seed=0)
    found = numbers(tmp_path / "d.h5")
    assert len(found["train"]) == 4
    assert set(found["train"]) < set(range(10))
    assert found["train"] != sorted(found["train"])
    assert sorted(found["test"]) == list(range(20, 30))


def test_summary_and_what_is_dropped(
    tmp_path: Path, rng: np.random.Generator, caplog: pytest.LogCaptureFixture
) -> None:
    states = random_trajectories(rng, n=40)
    states[[3, 17], 2] = np.nan
    path = write_npz(tmp_path / "a.npz", states)
    with caplog.at_level(logging.WARNING):
        summary = ingest_trajectories([path], settings=own_files(incomplete="drop"), output=tmp_path / "d.h5", seed=0)
    assert "2 trajectories have NaN or infinite values and are left out" in caplog.text
    summary.write(tmp_path / "summary.json")
    told = json.loads((tmp_path / "summary.json").read_text())
    assert (told["dropped"], told["trajectories_read"], told["timesteps"], told["time_step"]) == (2, 40, 6, None)
    assert told["accuracy"] is None
    assert sum(told["splits"].values()) == 38


def test_refusals(tmp_path: Path, rng: np.random.Generator) -> None:
    states = random_trajectories(rng, n=12)
    output = tmp_path / "d.h5"

    def told(message: str, sources: Any, settings: Any) -> None:
        with pytest.raises(DataError, match=message):
            ingest_trajectories(sources, settings=settings, output=output, seed=0)
        assert not output.exists()

    path = write_npz(tmp_path / "a.npz", states)
    short = write_npz(tmp_path / "b.npz", states[:, :4])
    told("there are no files to read", [], own_files())
    told("one list of files was given for a dataset whose files are by split", [path], by_split())
    told("the split 'val' has no files", {"train": [path]}, by_split())
    told("belongs to the splits 'train' and 'val'", {"train": [path], "val": [path], "test": [short]}, by_split())
    third = write_npz(tmp_path / "c.npz", states)
    told(
        r"different numbers of states \(train 6, val 4, test 6\)",
        {"train": [path], "val": [short], "test": [third]},
        by_split(),
    )
    slow = write_npz(tmp_path / "e.npz", states, times=2 * np.arange(6.0))
    fast = write_npz(tmp_path / "f.npz", states, times=np.arange(6.0))
    told(r"different time steps \(train 2, val 1\)", {"train": [slow], "val": [fast], "test": [third]}, by_split())
    few = write_npz(tmp_path / "g.npz", states[:2])
    told(r"the split 'val' would be empty \(train 1, val 0, test 1\)|would be empty", [few], own_files())
    lined_up = states.copy()
    lined_up[:, 0, :2] = [1.0, 1.0]
    angle = {"split": "polar_angle", "angle_columns": ("x1", "y1")}
    told("several start at the angle 45 degrees", [write_npz(tmp_path / "h.npz", lined_up)], own_files(**angle))
    settings = NBodyDataset(trajectories={"train": 3, "val": 1, "test": 2})
    raw = generated(tmp_path, settings)
    told("holds 6 trajectories, and the settings ask for 1704", [raw], NBodyDataset())

"""Windows of trajectories: every valid one, the right states, drawn at random without repetition."""

from pathlib import Path

import numpy as np
import pytest

from symscope.data.windows import build_windows, windows_of
from symscope.errors import DataError
from symscope.io.samples import SamplesHeader, SamplesWriter, read_header, read_split

HEADER = SamplesHeader(("a", "b"), "m", "vector", "trivial", {"step": "ingest_trajectories"})


def numbered(n: int, steps: int) -> np.ndarray:
    """Component a tells the trajectory, component b the step."""
    return np.stack(np.broadcast_arrays(np.arange(n)[:, None], np.arange(steps)[None]), axis=2).astype(np.float64)


def write(path: Path, steps: int = 20, **sizes: int) -> Path:
    with SamplesWriter(path, HEADER) as writer:
        for split, n in sizes.items():
            writer.append(split, numbered(n, steps), np.zeros(n, np.uint8))
    return path


@pytest.mark.parametrize(("past", "future"), [(1, 1), (5, 5), (3, 1), (1, 7), (19, 1)])
def test_every_window_and_the_last_one_too(past: int, future: int) -> None:
    """The published code drops the last valid window of each trajectory."""
    found = windows_of(numbered(3, 20), past=past, future=future)
    windows = 20 - past - future + 1
    assert found.x.shape == (3 * windows, past, 2)
    assert found.y.shape == (3 * windows, future, 2)
    first = np.tile(np.arange(windows), 3)
    np.testing.assert_array_equal(found.x[:, :, 1], first[:, None] + np.arange(past))
    np.testing.assert_array_equal(found.y[:, :, 1], first[:, None] + past + np.arange(future))
    np.testing.assert_array_equal(found.y[:, :, 0], np.repeat(np.arange(3), windows)[:, None] * np.ones(future))
    assert found.y[-1, -1].tolist() == [2, 19]


def test_windows_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symscope.data.windows._STEP_NUMBERS", 7 * 20 * 2)
    dataset = write(tmp_path / "d.h5", train=30, val=4, test=9)
    assert build_windows(dataset, tmp_path / "w.h5", past=5, future=5, seed=1) == {"train": 330, "val": 44, "test": 99}
    header = read_header(tmp_path / "w.h5")
    assert (header.x_action, header.y_action, header.feature_names) == ("vector", "vector", ("a", "b"))
    assert header.provenance["input"]["step"] == "ingest_trajectories"
    for split, n in (("train", 30), ("val", 4), ("test", 9)):
        found = read_split(tmp_path / "w.h5", split)
        assert found.x.dtype == found.y.dtype == np.float32
        places = found.x[:, 0].astype(int)
        assert len({tuple(place) for place in places}) == 11 * n
        assert (np.diff(places[:, 0]) < 0).any()
        np.testing.assert_array_equal(found.x[:, :, 1], places[:, 1:] + np.arange(5))
        np.testing.assert_array_equal(found.y[:, :, 1], places[:, 1:] + np.arange(5, 10))
        np.testing.assert_array_equal(found.y[:, :, 0], places[:, :1] * np.ones(5))


def test_a_number_of_windows_is_drawn_from_all(tmp_path: Path) -> None:
    dataset = write(tmp_path / "d.h5", train=300, val=2, test=50)
    content = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        counts = build_windows(dataset, tmp_path / f"{name}.h5", past=1, future=1, n_samples=500, seed=seed)
        assert counts == {"train": 500, "val": 38, "test": 500}
        content.append((tmp_path / f"{name}.h5").read_bytes())
    assert content[0] == content[1]
    assert content[0] != content[2]
    places = read_split(tmp_path / "a.h5", "train").x[:, 0]
    assert len(np.unique(places, axis=0)) == 500
    assert np.histogram(places[:, 0], bins=3, range=(0, 300))[0].min() > 100  # 167 are expected
    assert np.histogram(places[:, 1], bins=3, range=(0, 19))[0].min() > 100


def test_refusals(tmp_path: Path) -> None:
    dataset = write(tmp_path / "d.h5", train=3, val=1, test=1)
    with pytest.raises(DataError, match=r"d\.h5: the trajectories have 20 states, and a window of 15 \+ 6 needs 21"):
        build_windows(dataset, tmp_path / "w.h5", past=15, future=6, seed=0)
    with pytest.raises(DataError, match=r"34 windows are wanted and the split 'train' has 33 \(3 trajectories with 11"):
        build_windows(dataset, tmp_path / "w.h5", past=5, future=5, n_samples=34, seed=0)
    with pytest.raises(ValueError, match="at least one past and one future state"):
        windows_of(numbered(2, 5), past=0, future=1)
    with SamplesWriter(tmp_path / "jets.h5", HEADER) as writer:
        writer.append("train", np.zeros((4, 2)), np.zeros(4))
    with pytest.raises(DataError, match="name a dataset of trajectories"):
        build_windows(tmp_path / "jets.h5", tmp_path / "w.h5", past=1, future=1, seed=0)
    assert not (tmp_path / "w.h5").exists()

"""Reading trajectories: every form gives the same, whatever the order of columns and axes, or one clear sentence."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from tests.makers.trajectory_files import COLUMNS, random_trajectories, write_csv, write_hdf5, write_npz

from symscope.config.trajectory_datasets import TrajectoryReading
from symscope.errors import DataError
from symscope.io.trajectories import read_trajectories, write_trajectories


def reading(**values: Any) -> TrajectoryReading:
    return TrajectoryReading(**{"columns": COLUMNS, **values})


def test_csv_with_other_columns_in_another_order(tmp_path: Path, rng: np.random.Generator) -> None:
    states = random_trajectories(rng)
    order = ["py1", "remark", "x1", "time", "y1", "trajectory", "px1"]
    path = write_csv(tmp_path / "a.csv", states, order=order, labels=[f"run {i}" for i in range(20)], shuffle=rng)
    found = read_trajectories(path, reading())
    assert found.time_step == pytest.approx(0.5)
    np.testing.assert_array_equal(np.sort(found.states[:, 0, 0]), np.arange(20))
    np.testing.assert_array_equal(found.states, states[found.states[:, 0, 0].astype(int)])
    assert found.states.dtype == np.float64


def test_csv_rows_in_order_keep_it(tmp_path: Path, rng: np.random.Generator) -> None:
    states = random_trajectories(rng)
    path = write_csv(
        tmp_path / "a.tsv", states, order=["trajectory", *COLUMNS], labels=range(40, 20, -1), delimiter="\t"
    )
    found = read_trajectories(path, reading(delimiter="\t", time_column=None))
    np.testing.assert_array_equal(found.states, states)
    assert found.time_step is None


def test_csv_as_numpy_and_spreadsheets_write_it(tmp_path: Path, rng: np.random.Generator) -> None:
    states = random_trajectories(rng, n=1)
    one = reading(trajectory_column=None, time_column=None)
    np.savetxt(tmp_path / "a.csv", states[0], delimiter=",", header="made by hand\n" + ",".join(COLUMNS), fmt="%.17g")
    np.testing.assert_array_equal(read_trajectories(tmp_path / "a.csv", one).states, states)
    rows = "\r\n".join(",".join(map(repr, row)) for row in states[0].tolist())
    (tmp_path / "b.csv").write_bytes(("\ufeff" + ",".join(f'"{c}"' for c in COLUMNS) + "\r\n" + rows + "\r\n").encode())
    np.testing.assert_array_equal(read_trajectories(tmp_path / "b.csv", one).states, states)


def test_one_file_for_each_trajectory(tmp_path: Path, rng: np.random.Generator) -> None:
    states = random_trajectories(rng, n=3)
    paths = [write_csv(tmp_path / f"{i}.csv", states[i : i + 1], order=["time", *COLUMNS]) for i in range(3)]
    np.testing.assert_array_equal(read_trajectories(paths, reading(trajectory_column=None)).states, states)
    arrays = [write_npz(tmp_path / f"{i}.npz", states[i]) for i in range(3)]
    np.testing.assert_array_equal(read_trajectories(arrays, reading(axes=["time", "feature"])).states, states)


def test_arrays_with_other_axes_names_and_orders(tmp_path: Path, rng: np.random.Generator) -> None:
    states = random_trajectories(rng)
    times = 2.0 + 0.25 * np.arange(6)
    raw = ["x1", "px1", "extra", "y1", "py1"]
    values = dict(zip(COLUMNS, np.moveaxis(states, 2, 0), strict=True)) | {"extra": np.zeros((20, 6))}
    mixed = np.stack([values[name] for name in raw])  # feature, trajectory, time
    axes = ["feature", "trajectory", "time"]
    files = {
        "a.npz": (write_npz(tmp_path / "a.npz", mixed, times=times), reading(axes=axes, array_columns=raw)),
        "b.h5": (write_hdf5(tmp_path / "b.h5", mixed, names=raw, times=times), reading(axes=axes)),
        "c.npz": (write_npz(tmp_path / "c.npz", mixed, times=times, **values), reading(array=None)),
        "d.hdf5": (
            write_hdf5(tmp_path / "d.hdf5", mixed, **{"runs/q": states, "runs/t": np.tile(times, (20, 1))}),
            reading(array="runs/q", time_array="runs/t"),
        ),
    }
    np.save(tmp_path / "e.npy", mixed)
    for path, settings in [*files.values(), (tmp_path / "e.npy", reading(axes=axes, array_columns=raw))]:
        found = read_trajectories(path, settings)
        np.testing.assert_array_equal(found.states, states)
        assert found.time_step == (None if path.suffix == ".npy" else pytest.approx(0.25))


def test_own_files_are_read_like_anyones(tmp_path: Path, rng: np.random.Generator) -> None:
    states = random_trajectories(rng)
    numbers = {"energy_drift": np.zeros(20)}
    write_trajectories(
        tmp_path / "a.h5", states, times=np.arange(6.0), feature_names=COLUMNS, provenance={}, numbers=numbers
    )
    np.testing.assert_array_equal(read_trajectories(tmp_path / "a.h5", reading()).states, states)
    swapped = read_trajectories(tmp_path / "a.h5", reading(columns=["y1", "x1"]))
    np.testing.assert_array_equal(swapped.states, states[:, :, [1, 0]])


def test_precision_of_the_file_is_kept(tmp_path: Path, rng: np.random.Generator) -> None:
    states = random_trajectories(rng)
    for kind, wanted in ((np.float32, np.float32), (np.float64, np.float64), (np.int32, np.float64)):
        found = read_trajectories(write_npz(tmp_path / "a.npz", states.astype(kind)), reading())
        assert found.states.dtype == wanted


def test_first_states_only(tmp_path: Path, rng: np.random.Generator) -> None:
    states = random_trajectories(rng)
    path = write_csv(tmp_path / "a.csv", states)
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[:-2]) + "\n")  # the last trajectory has 4 states
    found = read_trajectories(path, reading(timesteps=4))
    np.testing.assert_array_equal(found.states, states[:, :4])
    with pytest.raises(
        DataError, match=r"trajectory 19 has 4 states and trajectory 0 6; .* set 'timesteps' to at most 4"
    ):
        read_trajectories(path, reading())
    with pytest.raises(DataError, match="trajectory 19 has 4 states, and 'timesteps' is 5"):
        read_trajectories(path, reading(timesteps=5))


def test_incomplete_trajectories_can_be_dropped(tmp_path: Path, rng: np.random.Generator) -> None:
    states = random_trajectories(rng)
    path = write_csv(tmp_path / "a.csv", states)
    text = path.read_text().splitlines()
    cells = text[1 + 3 * 6 + 2].split(",")
    text[1 + 3 * 6 + 2] = ",".join([*cells[:-1], ""])
    path.write_text("\n".join(text))
    broken = states.copy()
    broken[3, 2, 3] = np.inf
    told = r"trajectory 3, state 2, 'py1' is (nan|inf), and all values must be finite \(1 of 20 .*'incomplete: drop'"
    for file in (path, write_npz(tmp_path / "a.npz", broken, times=np.tile(np.arange(6.0), (20, 1)))):
        found = read_trajectories(file, reading(incomplete="drop"))
        assert found.dropped == 1
        np.testing.assert_array_equal(found.states, np.delete(states, 3, axis=0))
        with pytest.raises(DataError, match=told):
            read_trajectories(file, reading())


@pytest.mark.parametrize(
    ("change", "values", "message"),
    [
        (
            ("x1", "x_1"),
            {},
            r"has no column 'x1' \(did you mean 'x_1'\?\); it has trajectory, time, x_1, .*mend 'columns'",
        ),
        (("time", "t"), {}, "has no column 'time'; .*mend 'time_column', or set it to null if the file has none"),
        (("trajectory", "id"), {}, "has no column 'trajectory'; .*mend 'trajectory_column', or set it to null"),
        ((",", ";"), {}, r"has no column 'x1' \(is ',' the right 'delimiter'\?\)"),
        (("y1,", "x1,"), {}, "has 2 columns 'x1'; give each column its own name"),
        (("0,0.0,0.0,", "0,0.0,zero,"), {}, "line 2: 'x1' is 'zero', and a number is needed"),
        (("0,0.0,0.0,", "0,0.0,0.0,1,"), {}, "line 2: 7 cells, and 6 columns have names"),
        (
            ("0,0.5,", "0,0.6,"),
            {},
            "trajectory 0, the time goes from 0 to 0.6 after state 0, and the time step is 0.5 else",
        ),
        (("0,0.5,", "0,0.0,"), {}, "trajectory 0, the time goes from 0 to 0 after state 0"),
        (("0,0.5,", "0,,"), {}, "trajectory 0 has times that are no finite numbers"),
        (
            ("trajectory,time,x1,y1,px1,py1\n", ""),
            {},
            "the first line holds numbers only .* add a first line with names",
        ),
    ],
)
def test_faults_of_tables(
    tmp_path: Path, rng: np.random.Generator, change: tuple[str, str], values: dict[str, Any], message: str
) -> None:
    path = write_csv(tmp_path / "a.csv", random_trajectories(rng))
    text = path.read_text()
    assert change[0] in text
    path.write_text(text.replace(*change, -1 if change[0] == "," else 1))
    with pytest.raises(DataError, match=message):
        read_trajectories(path, reading(**values))


def test_tables_without_rows_or_text(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("trajectory,time,x1,y1,px1,py1\n")
    with pytest.raises(DataError, match="has no rows below its names"):
        read_trajectories(tmp_path / "a.csv", reading())
    (tmp_path / "a.csv").write_bytes(b"\x89\xff\x00\xfe")
    with pytest.raises(DataError, match="is no text table"):
        read_trajectories(tmp_path / "a.csv", reading())


def test_faults_of_arrays(tmp_path: Path, rng: np.random.Generator) -> None:
    states = random_trajectories(rng)

    def told(message: str, path: Path, **values: Any) -> None:
        with pytest.raises(DataError, match=message):
            read_trajectories(path, reading(**values))

    good = write_npz(tmp_path / "a.npz", states)
    told("has no array 'q'; it has states; name one of them under 'array'", good, array="q")
    told("has no array 'x1'; it has states; name one of them under 'columns'", good, array=None)
    told(r"'states' has the shape \(20, 6, 4\), and 'axes' names 2: time, feature", good, axes=["time", "feature"])
    told("'states' has 4 features along its axis 2, and 3 names are given for them", good, columns=COLUMNS[:3])
    told("the trajectories have 6 states, and 7 are needed", good, timesteps=7)
    uneven = write_npz(tmp_path / "b.npz", states, times=np.array([0, 1, 2, 3, 5, 6.0]))
    told("the time goes from 3 to 5 after state 3, and the time step is 1 elsewhere", uneven)
    told("the times have the shape", write_npz(tmp_path / "c.npz", states, times=np.arange(5.0)))
    told("the time advances by -1 from", write_npz(tmp_path / "d.npz", states, times=-np.arange(6.0)))
    told("'states' is of type complex128, and real", write_npz(tmp_path / "e.npz", states.astype(complex)))
    objects = write_npz(tmp_path / "f.npz", np.array([None, 1], object))
    told("arrays of Python objects are not read", objects)
    named = write_hdf5(tmp_path / "g.h5", states, names=["a", "b", "c", "d"])
    told("'states' has no feature 'x1'; it has a, b, c, d; mend 'columns'", named)
    told("holds no trajectory", write_npz(tmp_path / "h.npz", states[:0]))
    (tmp_path / "i.npz").write_bytes(good.read_bytes()[:200])
    told("cannot be read as a NumPy file", tmp_path / "i.npz")
    (tmp_path / "j.h5").write_bytes(b"nothing")
    told("is no HDF5 file or is cut off", tmp_path / "j.h5")
    told("there is no such file", tmp_path / "k.npz")
    told("has the suffix '.dat', which says no known form of trajectories; allowed: .h5", tmp_path / "l.dat")
    with h5py.File(tmp_path / "m.h5", "w") as file:
        file.create_group("states")
    told("has no array 'states'; it has nothing", tmp_path / "m.h5")


def test_files_that_do_not_fit_each_other(tmp_path: Path, rng: np.random.Generator) -> None:
    states = random_trajectories(rng)
    first = write_npz(tmp_path / "a.npz", states, times=np.arange(6.0))
    short = write_npz(tmp_path / "b.npz", states[:, :5])
    slow = write_npz(tmp_path / "c.npz", states, times=2 * np.arange(6.0))
    with pytest.raises(DataError, match=r"b.npz has trajectories of 5 states and .*a.npz of 6"):
        read_trajectories([first, short], reading())
    assert len(read_trajectories([first, short], reading(timesteps=5)).states) == 40
    with pytest.raises(DataError, match=r"c.npz has the time step 2 and .*a.npz 1"):
        read_trajectories([first, slow], reading())

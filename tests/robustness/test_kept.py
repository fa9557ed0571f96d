"""What a killed process leaves behind: the file that was there, room for the next one, and no lock."""

import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from symscope.errors import CheckpointError, DataError
from symscope.io import runs
from symscope.io.atomic import atomic_path, own_mark
from symscope.io.checkpoints import read_checkpoint, read_state, write_checkpoint
from symscope.io.dates import bring_to_present, dated_in_future
from symscope.io.generators import read_discovery
from symscope.io.runs import Runs, register_run, release_stale_locks
from symscope.io.samples import SamplesHeader, SamplesWriter, read_split

KILLED_WRITING = """
import os, signal, sys
import torch
from pathlib import Path
from symscope.io import checkpoints
path = Path(sys.argv[1])
checkpoints.write_checkpoint(path, {"step": 1, "x": torch.ones(1000)}, run="one")
whole = checkpoints._packed
def half(values):
    content = bytes(whole(values))
    class Dying(bytes):
        pass
    return Dying(content)
checkpoints._packed = half
def write_bytes(self, content):
    with open(self, "wb") as file:
        file.write(content[: len(content) // 2])
        file.flush()
        os.kill(os.getpid(), signal.SIGKILL)
Path.write_bytes = write_bytes
checkpoints.write_checkpoint(path, {"step": 2, "x": torch.zeros(1000)}, run="one")
"""


def test_a_checkpoint_survives_a_kill_while_the_next_is_written(tmp_path: Path) -> None:
    path = tmp_path / "network.pt.checkpoint"
    done = subprocess.run([sys.executable, "-c", KILLED_WRITING, str(path)], check=False, capture_output=True)
    assert done.returncode == -9, done.stderr
    assert len(list(tmp_path.iterdir())) == 2  # the old one, and half of the new one
    state = read_checkpoint(path, run="one")
    assert state is not None
    assert state["step"] == 1
    write_checkpoint(path, {"step": 3}, run="one")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("harm", ["cut off", "one bit", "zeros", "text", "empty", "swapped"])
def test_a_damaged_checkpoint_is_not_continued(tmp_path: Path, caplog: pytest.LogCaptureFixture, harm: str) -> None:
    path = tmp_path / "a.checkpoint"
    write_checkpoint(path, {"step": 1, "x": torch.linspace(0, 1, 5000)}, run="one")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    if harm == "cut off":
        content = content[:middle]
    elif harm == "one bit":
        content[middle] ^= 1
    elif harm == "zeros":
        content[middle : middle + 500] = bytes(500)
    elif harm == "swapped":
        content = content[middle:] + content[:middle]
    else:
        content = bytearray(b"no checkpoint" if harm == "text" else b"")
    path.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert read_checkpoint(path, run="one") is None
    assert "starting afresh" in caplog.text
    assert "a.checkpoint" in caplog.text
    with pytest.raises(CheckpointError, match=r"a\.checkpoint"):
        read_state(path)


def test_parts_of_dead_processes_are_removed_and_no_others(tmp_path: Path) -> None:
    host, _, own = own_mark().rpartition("-")
    dead = subprocess.run(["sh", "-c", "echo $$"], capture_output=True, text=True, check=True).stdout.strip()
    kept = [
        f".a.part-{host}-{own}-00ff00.txt",
        f".a.part-elsewhere-{dead}-00ff00.txt",
        f".b.part-{host}-{dead}-00ff00.txt",
    ]
    for name in (*kept, f".a.part-{host}-{dead}-00ff00.txt"):
        (tmp_path / name).write_text("half")
    with atomic_path(tmp_path / "a.txt") as aside:
        aside.write_text("whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*kept, "a.txt"])


def test_damage_to_our_files_is_told_by_name_and_how_to_mend_it(tmp_path: Path) -> None:
    path = tmp_path / "dataset.h5"
    with SamplesWriter(path, SamplesHeader(("x",), "1", "vector", "trivial")) as writer:
        writer.append("train", np.arange(80.0).reshape(40, 2), np.zeros(40))
    whole = path.read_bytes()
    for place in range(0, len(whole), len(whole) // 50):
        damaged = bytearray(whole)
        damaged[place] ^= 4
        path.write_bytes(damaged)
        if 150 < place < 512:
            continue  # room behind the seal, of which nothing is read
        with pytest.raises(DataError, match=r"dataset\.h5 is damaged: .*; delete it and run the same command again"):
            read_split(path, "train")
    path.write_bytes(whole)
    with pytest.raises(DataError, match=r"dataset\.h5 is an HDF5 file but no discovery file"):
        read_discovery(path)


WAITING = """
import sys, time
from pathlib import Path
from symscope.io.runs import register_run
print(register_run(Path(sys.argv[1]), command="waiting"), flush=True)
time.sleep(60)
"""


def test_a_killed_run_is_told_from_one_that_is_alive(tmp_path: Path) -> None:
    folder, locks = tmp_path / "runs", tmp_path / "locks"
    locks.mkdir()
    (locks / "0.output.lock").write_text("a.h5\n")
    with subprocess.Popen([sys.executable, "-c", WAITING, str(folder)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert "killed=0, alive=()" in other.stdout.readline()
        found = register_run(folder)
        assert found.killed == 0
        assert f"process {other.pid}" in found.alive[0]
        assert not release_stale_locks(found, locks)
        other.kill()
    assert register_run(folder) == Runs(0, ()), "a process registers once"
    runs._HELD.clear()
    (folder / next(p.name for p in folder.iterdir() if f"-{os.getpid()}." in p.name)).unlink()
    found = register_run(folder)
    assert found == Runs(1, ())
    assert release_stale_locks(found, locks)
    assert not locks.exists()


def test_locks_stay_where_nothing_is_known_of_a_killed_run(tmp_path: Path) -> None:
    (tmp_path / "0.output.lock").write_text("a.h5\n")
    assert not release_stale_locks(Runs(0, ()), tmp_path)
    assert not release_stale_locks(Runs(1, ("process 1 on another machine",)), tmp_path)
    (tmp_path / "0.output.lock").unlink()
    assert not release_stale_locks(Runs(1, ()), tmp_path)


def test_runs_of_other_machines_count_as_alive(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "elsewhere-12.json").write_text('{"host": "elsewhere", "process": 12, "command": "x"}')
    assert register_run(tmp_path / "runs").alive == ("process 12 on elsewhere (x)",)


def test_dates_in_the_future_come_to_the_present_in_their_order(tmp_path: Path) -> None:
    now = time.time()
    dates = {"past": now - 50, "b": now + 7e6, "a": now + 9e6, "c": now + 3600, "nearly": now + 1}
    (tmp_path / "deep").mkdir()
    for name, date in dates.items():
        (tmp_path / "deep" / name).write_text(name)
        os.utime(tmp_path / "deep" / name, (date, date))
    assert [path.name for _, path in dated_in_future([tmp_path, tmp_path / "nowhere"], now=now)] == ["c", "b", "a"]
    assert [path.name for path in bring_to_present([tmp_path], now=now)] == ["c", "b", "a"]
    found = {name: (tmp_path / "deep" / name).stat().st_mtime_ns for name in dates}
    assert found["past"] < found["c"] < found["b"] < found["a"] <= 1e9 * now
    assert bring_to_present([tmp_path], now=now) == []
    assert [path.name for path in bring_to_present([tmp_path], now=now - 20)] == ["c", "b", "a", "nearly"]

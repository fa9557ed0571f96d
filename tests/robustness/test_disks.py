"""Disks that are full or read-only, and files that would be too large: a sentence, the old file kept, nothing left behind."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from symscope.errors import OutputError
from symscope.io.atomic import atomic_path, require_writable
from symscope.io.checkpoints import read_checkpoint, write_checkpoint
from symscope.io.root_writer import write_jets_root
from symscope.io.samples import SamplesHeader, SamplesWriter, read_split
from symscope.io.sealed import sealed_hdf5
from symscope.joblog import job_log
from symscope.plotting.style import save_figure
from symscope.provenance import write_provenance
from tests.makers.jet_files import random_jets

HEADER = SamplesHeader(("x",), "1", "vector", "trivial")


def _samples(folder: Path) -> None:
    with SamplesWriter(folder / "samples.h5", HEADER) as writer:
        for _ in range(400):
            writer.append("train", np.zeros((9000, 4)), np.zeros(9000))


def _results(folder: Path) -> None:
    with sealed_hdf5(folder / "generators.h5", "x", version=1) as file:
        file["values"] = np.random.default_rng(0).normal(size=3_000_000)


def _picture(folder: Path) -> None:
    figure = Figure()
    figure.subplots().plot(np.random.default_rng(0).normal(size=(1000, 1000)))
    save_figure(figure, folder / "figure.svg", folder / "figure.pdf")


WRITERS: dict[str, Callable[[Path], object]] = {
    "samples": _samples,
    "results": _results,
    "checkpoint": lambda folder: write_checkpoint(folder / "x.checkpoint", {"x": torch.zeros(3_000_000)}, run="one"),
    "ROOT": lambda folder: write_jets_root(folder / "jets.root", random_jets(np.random.default_rng(0), 8000, mean=150)),
    "figure": _picture,
    "JSON": lambda folder: write_provenance(folder / "p.json", step="x", settings={"text": "x" * 12_000_000}),
}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 10 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=10m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here ({made.stderr.strip()}); only root may")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("kind", WRITERS)
def test_a_full_disk_is_told_and_nothing_is_left(small_disk: Path, kind: str) -> None:
    with pytest.raises(OutputError, match=r"cannot be written, because the disk of .* is full .*; make room and run"):
        WRITERS[kind](small_disk)
    assert list(small_disk.iterdir()) == []


def test_what_was_there_stays(small_disk: Path) -> None:
    write_checkpoint(small_disk / "x.checkpoint", {"step": 1}, run="one")
    (small_disk / "filling").write_bytes(bytes(9_990_000))
    with pytest.raises(OutputError, match="is full"):
        WRITERS["checkpoint"](small_disk)
    assert read_checkpoint(small_disk / "x.checkpoint", run="one") == {"step": 1}
    (small_disk / "filling").unlink()
    write_checkpoint(small_disk / "x.checkpoint", {"step": 2}, run="one")
    assert read_checkpoint(small_disk / "x.checkpoint", run="one") == {"step": 2}


def _write_while_it_fills(disk: Path) -> None:
    with SamplesWriter(disk / "a.h5", HEADER) as writer:
        for number in range(400):
            writer.append("train", np.zeros((1000, 4)), np.zeros(1000))
            if number == 3:
                (disk / "other").write_bytes(bytes(os.statvfs(disk).f_bavail * 4096 - 8192))


def test_a_disk_that_fills_up_while_samples_are_written(small_disk: Path) -> None:
    with pytest.raises(OutputError, match="is full"):
        _write_while_it_fills(small_disk)
    assert [path.name for path in small_disk.iterdir()] == ["other"]


@pytest.mark.parametrize("kind", ["samples", "JSON"])
def test_a_read_only_disk_is_told(small_disk: Path, kind: str) -> None:
    (small_disk / "old").write_text("old")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(OutputError, match="is read-only or belongs to somebody else"):
        WRITERS[kind](small_disk)
    with pytest.raises(OutputError, match="is read-only or belongs to somebody else"):
        require_writable(small_disk / "results")
    with pytest.raises(SystemExit), job_log(small_disk / "logs" / "job.log"):
        pytest.fail("a job without a log begins")


def test_a_folder_of_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with (
        pytest.raises(OutputError, match=r"cannot be written \((Not a directory|File exists)\)"),
        atomic_path(tmp_path / "file" / "a"),
    ):
        pytest.fail("the block begins")
    require_writable(tmp_path / "not" / "yet")
    if os.geteuid() == 0:
        return  # who is root may write anywhere
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(OutputError, match="belongs to somebody else"), atomic_path(tmp_path / "closed" / "a"):
        pytest.fail("the block begins")


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
from pathlib import Path
from symscope.errors import OutputError
from symscope.provenance import write_provenance
try:
    write_provenance(Path(sys.argv[1]) / "p.json", step="x", settings={"text": "x" * 1_000_000})
except OutputError as error:
    sys.exit(0 if "larger than files may be" in str(error) else 3)
"""


def test_a_limit_of_file_sizes_is_told_where_no_disk_can_be_mounted(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []
    assert signal.getsignal(signal.SIGXFSZ) is not None
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_long_and_short_results_are_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with SamplesWriter(tmp_path / "a.h5", HEADER) as writer:
        writer.append("train", np.arange(8.0).reshape(4, 2), np.zeros(4))
    np.testing.assert_array_equal(read_split(tmp_path / "a.h5", "train").x, np.arange(8.0).reshape(4, 2))
    monkeypatch.setattr("symscope.io.sealed.SEALED_BYTES", 10)
    with SamplesWriter(tmp_path / "b.h5", HEADER) as writer:
        writer.append("train", np.arange(8.0).reshape(4, 2), np.zeros(4))
    assert b"sha256=-" in (tmp_path / "b.h5").read_bytes()[:100]
    np.testing.assert_array_equal(read_split(tmp_path / "b.h5", "train").x, np.arange(8.0).reshape(4, 2))

"""A SLURM of one node for the tests of this folder, and the workflow submitted to it."""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.one_node_slurm import NoSlurm, OneNodeSlurm, installed, obstacle
from tests.workflow.conftest import Checkout, copy_checkout

ORBITS = "results/smoke/data/two_bodies/dataset.h5"
QUICK = ("--latency-wait", "20", "--seconds-between-status-checks", "1", "--configfile", "config/smoke.yaml")
PLUGIN = ("--workflow-profile", "profiles/slurm", "--slurm-init-seconds-before-status-checks", "2", *QUICK)
GENERIC = ("--workflow-profile", "profiles/cluster", *QUICK)


class Submitted(Checkout):
    """A copy of the workflow whose jobs go to a scheduler."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.running: list[subprocess.Popen[str]] = []

    def end(self) -> None:
        """End what a failed test left running, its jobs included."""
        for process in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(timeout=60)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def environment(self, **more: str) -> dict[str, str]:
        """Variables of a run: one thread each, and nothing of a scheduler that this very test may run under."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("SLURM_", "SBATCH_", "PYTEST_"))}
        return {**kept, "PYTHONPATH": str(self.folder / "src"), "OMP_NUM_THREADS": "1", "COLUMNS": "200", **more}

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """Start snakemake and leave it running; what it says goes into a file."""
        with (self.folder / "said.txt").open("a") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "snakemake", *arguments],
                cwd=self.folder,
                env=self.environment(**more),
                stdout=said,
                stderr=subprocess.STDOUT,
                text=True,
            )
        self.running.append(process)
        return process

    def submit(self, *arguments: str, check: bool = True, seconds: float = 600, **more: str) -> str:
        """Run snakemake to its end and return what it said; `check` wants it to end well."""
        before = len(self.said)
        code = self.start(*arguments, **more).wait(timeout=seconds)
        said = self.said[before:]
        if check and code != 0:
            pytest.fail(f"snakemake {' '.join(arguments)} ended with {code}:\n{said[-6000:]}")
        return said

    @property
    def said(self) -> str:
        """What snakemake said in all runs so far."""
        path = self.folder / "said.txt"
        return path.read_text() if path.exists() else ""

    @property
    def smoke(self) -> Path:
        """Results of the smoke configuration."""
        return self.folder / "results" / "smoke"

    def finished(self) -> dict[str, int]:
        """Every result with the time it was written at [ns]."""
        files = [path for path in self.smoke.rglob("*") if path.is_file() and "logs" not in path.parts]
        return {str(path.relative_to(self.smoke)): path.stat().st_mtime_ns for path in files}


def jobs_done(said: str) -> int:
    """Jobs that a run did, by its own count."""
    counts = re.findall(r"(\d+) of \d+ steps \(\d+%\) done", said)
    return int(counts[-1]) if counts else 0


@pytest.fixture
def submitted(repository: Path, tmp_path: Path) -> Iterator[Submitted]:
    """A fresh copy of the workflow."""
    fresh = Submitted(copy_checkout(repository, tmp_path / "checkout").folder)
    yield fresh
    fresh.end()


@pytest.fixture(scope="session")
def _orbits(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which the orbits of two bodies were made on this machine, as a first run may have left them."""
    made = copy_checkout(repository, tmp_path_factory.mktemp("orbits") / "checkout")
    made.snakemake("--cores", "2", ORBITS, "--configfile", "config/smoke.yaml")
    return made.folder


@pytest.fixture
def continued(_orbits: Path, tmp_path: Path) -> Iterator[Submitted]:
    """A copy of the workflow that has run already as far as the orbits."""
    begun = Submitted(Path(shutil.copytree(_orbits, tmp_path / "continued")))
    yield begun
    begun.end()


@pytest.fixture(scope="session")
def _node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneNodeSlurm]:
    may_install = os.environ.get("SYMSCOPE_INSTALL_SLURM") == "1"
    if not installed() and not may_install:
        pytest.skip("slurm-wlm and munge are not installed; `make slurm` installs them where it is root")
    if reason := obstacle(install=may_install):
        pytest.skip(f"no SLURM here: {reason}")
    # munge wants a folder that others can enter, and temporary folders of pytest are closed.
    node = OneNodeSlurm(
        Path(tempfile.mkdtemp(prefix="symscope-slurm-")), cpus=2, memory_mb=6000, owner=str(os.getpid())
    )
    try:
        node.start()
    except NoSlurm as error:
        pytest.skip(f"no SLURM here: {error}")
    yield node
    node.stop()


@pytest.fixture
def slurm(_node: OneNodeSlurm) -> OneNodeSlurm:
    """The node, idle."""
    if _node.node_state() != "idle":
        _node.empty()
    return _node


@pytest.fixture
def plugin() -> None:
    """Snakemake's plugin for SLURM."""
    if importlib.util.find_spec("snakemake_executor_plugin_slurm") is None:
        pytest.skip("snakemake-executor-plugin-slurm is not installed here; `make slurm` has it")

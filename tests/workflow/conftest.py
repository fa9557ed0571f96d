"""A copy of the repository whose smoke run the workflow tests share, and Snakemake as a user runs it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

COPIED = ("Snakefile", "workflow", "src", "config", "resources", "envs", "profiles", "tests/benchmarks", "tests/makers")


class Checkout:
    """A folder with the workflow in it, in which commands run with this environment's programs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def snakemake(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run snakemake; its output is in the failure message."""
        environment = {**os.environ, "PYTHONPATH": str(self.folder / "src"), "COLUMNS": "200"}
        done = subprocess.run(
            [sys.executable, "-m", "snakemake", *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode != 0:
            pytest.fail(f"snakemake {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done

    def planned(self, *arguments: str) -> dict[str, int]:
        """Jobs that a dry run would do: rule name -> how many."""
        done = self.snakemake("--dry-run", *arguments)
        told = done.stdout + done.stderr
        _, found, table = told.partition("Job stats:")
        if not found and "Nothing to be done" not in told:
            pytest.fail(f"no table of jobs in the dry run:\n{told}")
        rows = re.findall(r"^(\w+) +(\d+)$", table.partition("\ntotal")[0], flags=re.MULTILINE)
        return {rule: int(count) for rule, count in rows}


def copy_checkout(repository: Path, folder: Path) -> Checkout:
    """Copy what a run needs, without results."""
    ignore = shutil.ignore_patterns("__pycache__", "*.egg-info", "downloads")
    for name in COPIED:
        source = repository / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignore)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, folder / name)
    return Checkout(folder)


@pytest.fixture
def checkout(repository: Path, tmp_path: Path) -> Checkout:
    """A fresh copy of the workflow."""
    return copy_checkout(repository, tmp_path / "checkout")


@pytest.fixture(scope="session")
def finished_smoke(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A copy in which the smoke configuration ran from nothing to the report, once for all tests."""
    finished = copy_checkout(repository, tmp_path_factory.mktemp("smoke") / "checkout")
    finished.snakemake("--cores", "2", "--configfile", "config/smoke.yaml")
    return finished


@pytest.fixture
def edited(finished_smoke: Checkout) -> Iterator[Callable[[str, str, str], Checkout]]:
    """Edit a file of the finished checkout; the edit is taken back, time stamp included, when the test ends."""
    saved: dict[Path, tuple[str, os.stat_result]] = {}

    def edit(name: str, old: str, new: str) -> Checkout:
        path = finished_smoke.folder / name
        text = path.read_text()
        saved.setdefault(path, (text, path.stat()))
        if old not in text:
            pytest.fail(f"{name} does not hold {old!r}")
        path.write_text(text.replace(old, new, 1))
        return finished_smoke

    yield edit
    for path, (text, stat) in saved.items():
        path.write_text(text)
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))

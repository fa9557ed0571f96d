"""Another workflow that uses this one as a module, with a rule of its own, as the documentation shows it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflow.conftest import Checkout


@pytest.fixture
def other(checkout: Checkout, repository: Path) -> Path:
    """The example beside a copy of the workflow."""
    folder = checkout.folder.parent / "other"
    shutil.copytree(repository / "tests/workflow/module_example", folder, ignore=shutil.ignore_patterns("__pycache__"))
    config = folder / "config.yaml"
    config.write_text(config.read_text().replace("../symscope/", f"../{checkout.folder.name}/"))
    return folder


def snakemake(folder: Path, checkout: Checkout, *words: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(checkout.folder / "src")}
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "1", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_page_of_an_experiment_plans_under_the_prefix(other: Path, checkout: Checkout) -> None:
    told = snakemake(other, checkout, "--dry-run", "page", "symscope_my_function")
    assert "symscope_experiment_report" in told
    assert "symmetry/experiments/my_function/report.html" in told


def test_a_rule_of_ones_own_works_on_the_generators(other: Path, checkout: Checkout) -> None:
    snakemake(other, checkout)
    assert (other / "how_many.txt").read_text().startswith("6 generators, largest bracket ")
    assert (other / "symmetry" / "discovery" / "my_function" / "generators.h5").is_file()
    assert not (other / "results").exists()

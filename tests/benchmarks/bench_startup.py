"""Time before the work begins: importing what a job needs, and planning a run of many jobs.

A job starts Snakemake and then its adapter; here the adapter's imports are timed, each in a fresh process. Planning is
``snakemake --dry-run`` of configurations with more and more seeds of a tagger.
"""

import ast
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from tests.benchmarks.suite import Size, run

from symscope.evaluation.speed import Measurement

ROOT = Path(__file__).resolve().parents[2]
ADAPTERS = ("liegan_table_3", "liegan_figure_5", "discover_symmetry", "train_tagger", "ingest_jets", "generate_jets")


def imports_of(script: str) -> str:
    """Import statements of an adapter, without those for type checkers."""
    tree = ast.parse((ROOT / "workflow/scripts" / f"{script}.py").read_text(encoding="utf-8"))
    return "\n".join(ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom))


def processor_time(command: list[str], *, folder: Path = ROOT) -> tuple[float, str]:
    """User and system time of a command and its children [s], and what it printed."""
    before = os.times()
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    after = os.times()
    seconds = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, done.stdout


def planning(seeds: int) -> tuple[int, float]:
    """Jobs of a run with many seeds, and the processor time of its dry run [s]."""
    smoke = ROOT / "config/smoke.yaml"
    study = next(iter(yaml.safe_load(smoke.read_text(encoding="utf-8"))["tagging"]))
    with tempfile.TemporaryDirectory() as name:
        many = Path(name) / "many.yaml"
        changes = {"results": "results", "tagging": {study: {"seeds": list(range(seeds))}}}
        many.write_text(yaml.safe_dump(changes), encoding="utf-8")
        command = [
            *(sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--directory", name),
            *("--workflow-profile", "none", "--dry-run", "--quiet", "rules", "--cores", "1"),
            *("--configfile", str(smoke), str(many)),
        ]
        seconds, printed = processor_time(command, folder=Path(name))
    return int(re.findall(r"^total\s+(\d+)", printed, flags=re.MULTILINE)[-1]), seconds


def measure(size: Size, repeats: int) -> list[Measurement]:
    """Starts a second of some adapters, and jobs planned a second."""
    bare = min(processor_time([sys.executable, "-c", "pass"])[0] for _ in range(repeats + 1))
    found = []
    for script in ADAPTERS[:1] if size == "smoke" else ADAPTERS:
        command = [sys.executable, "-c", imports_of(script)]
        seconds = min(processor_time(command)[0] for _ in range(repeats + 1))
        found.append(
            Measurement(
                step=f"start_{script}",
                label=f"start of a job of {script}",
                unit="starts/s",
                rate=1 / seconds,
                note=f"{seconds:.2f} s of processor time; an empty Python takes {bare:.2f} s.",
            )
        )
    for seeds in {"smoke": (), "small": (10, 100), "full": (10, 100, 300, 1000)}[size]:
        jobs, seconds = planning(seeds)
        found.append(
            Measurement(
                step="planning",
                label=f"dry run of {jobs:,} jobs",
                unit="jobs/s",
                rate=jobs / seconds,
                size=float(jobs),
                axis="jobs",
                in_rate=True,
                note=f"{seconds:.1f} s of processor time.",
            )
        )
    return found


if __name__ == "__main__":
    run(measure, __doc__)

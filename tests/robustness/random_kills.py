"""Kill a run of the workflow again and again, and see that plain reruns end with the files of an undisturbed one.

    python tests/robustness/random_kills.py --kills 100 --seed 1

Each kill is SIGKILL, 2 to 10 seconds after the first job of a run has begun: mostly of Snakemake with all its jobs, sometimes
of Snakemake alone, so that its jobs go on without it, and sometimes of a single job. Then the same command runs again, with
no `--unlock`. When the work is done before there were enough kills, it begins again from nothing.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import ClassVar

import psutil

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from tests.robustness.results import compare_runs, left_behind
from tests.workflow.conftest import copy_checkout

OFTEN = """\
tagging: {top_tagging: {training: {checkpoint_seconds: 0.2}}}
prediction: {two_bodies_prediction: {training: {checkpoint_seconds: 0.2}}}
properties: {molecules_orbitals: {training: {checkpoint_seconds: 0.2}}}
"""
"""Checkpoints so often that a kill falls between them also in a training of seconds."""
WAYS = ("all", "all", "all", "all", "snakemake", "job")
WORDS = {"all": "everything", "snakemake": "Snakemake alone", "job": "one job"}


class Failed(Exception):
    """A run ended badly though nobody killed it, or left other files."""


class Workplace:
    """A copy of the workflow in which the same command runs again and again."""

    def __init__(
        self, folder: Path, targets: list[str], *, cores: int, source: Path = REPOSITORY, overlay: str = OFTEN
    ) -> None:
        self.folder = folder
        copy_checkout(source, folder)
        (folder / "config" / "often.yaml").write_text(overlay)
        self.command = [sys.executable, "-m", "snakemake", "--cores", str(cores), *targets]
        self.command += ["--configfile", "config/smoke.yaml", "config/often.yaml"]
        self.results = folder / "results" / "smoke"

    def start(self) -> "Run":
        """Start the command in a session of its own."""
        return Run(self)


class Run:
    """One run of the command."""

    started: ClassVar[list["Run"]] = []

    def __init__(self, place: Workplace) -> None:
        self.output = place.folder / "told.txt"
        environment = {**os.environ, "PYTHONPATH": str(place.folder / "src"), "OMP_NUM_THREADS": "1"}
        with self.output.open("w") as told:
            self.process = subprocess.Popen(
                place.command, cwd=place.folder, env=environment, stdout=told, stderr=told, start_new_session=True
            )
        Run.started.append(self)

    def told(self) -> str:
        """What it has said so far."""
        return self.output.read_text(errors="replace")

    def wait_for_first_job(self, limit: float) -> bool:
        """Wait until a job has begun; False where the run ended before."""
        end = time.monotonic() + limit
        while self.process.poll() is None and time.monotonic() < end:
            if "\nJob " in self.told():
                return True
            time.sleep(0.1)
        return False

    def ended_within(self, seconds: float) -> bool:
        """Wait a while for the end."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def members(self) -> list[psutil.Process]:
        """All processes of this run that are alive, also those whose parents are not."""
        found = []
        for process in psutil.process_iter():
            try:
                if os.getsid(process.pid) == self.process.pid and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except (psutil.Error, OSError):
                continue
        return found

    def kill(self, way: str, rng: random.Random) -> str:
        """Kill all processes, Snakemake alone, or one job; returns which it was."""
        leaves = [member for member in self.members() if member.pid != self.process.pid and not _children(member)]
        if way == "job" and leaves:
            _kill(rng.choice(leaves))
            return "job"
        if way == "snakemake":
            self.process.kill()
            self.process.wait()
            return "snakemake"
        while members := self.members():
            for member in members:
                _kill(member)
            self.process.wait()
        self.process.poll()
        return "all"


def _kill(process: psutil.Process) -> None:
    try:
        process.send_signal(signal.SIGKILL)
    except psutil.NoSuchProcess:
        return


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        found: list[psutil.Process] = process.children()
    except psutil.NoSuchProcess:
        return []
    return found


def torture(
    folder: Path, targets: list[str], *, kills: int, seed: int, cores: int, least: float, most: float, limit: float
) -> Counter[str]:
    """Kill and rerun until there were enough kills and the work is done; compare with an undisturbed run each time."""
    rng = random.Random(seed)
    calm = Workplace(folder / "calm", targets, cores=cores)
    undisturbed = calm.start()
    try:
        return _torture(calm, undisturbed, targets, rng, kills=kills, cores=cores, least=least, most=most, limit=limit)
    finally:
        for run in Run.started:
            run.kill("all", rng)


def _torture(
    calm: Workplace,
    undisturbed: Run,
    targets: list[str],
    rng: random.Random,
    *,
    kills: int,
    cores: int,
    least: float,
    most: float,
    limit: float,
) -> Counter[str]:
    start = time.monotonic()
    count: Counter[str] = Counter()
    done, killed = 0, 0
    while killed < kills:
        place = Workplace(calm.folder.with_name(f"killed-{done}"), targets, cores=cores, source=calm.folder)
        runs: list[Run] = []
        while True:
            runs.append(run := place.start())
            enough, excused = killed >= kills or time.monotonic() - start > limit, False
            if not enough and run.wait_for_first_job(120):
                while not run.ended_within(rng.uniform(least, most)):
                    way = run.kill(rng.choice(WAYS), rng)
                    count[f"kills of {WORDS[way]}"] += 1
                    killed += 1
                    print(f"{time.monotonic() - start:6.0f} s: kill {killed}, {WORDS[way]}", flush=True)
                    if way != "job":
                        break
                    excused = True  # it goes on with the other jobs, and then ends badly
                if run.process.poll() == -signal.SIGKILL:
                    continue
            code = run.process.wait()
            if code == 0:
                break
            if not excused:
                raise Failed(f"a run ended with {code} though nobody killed it or its jobs:\n{run.told()[-6000:]}")
        for orphan in (member for run in runs for member in run.members()):
            orphan.wait(120)
        done += 1
        if undisturbed.process.wait() != 0:
            raise Failed(f"the undisturbed run failed:\n{undisturbed.told()[-6000:]}")
        agree, wrong = compare_runs(calm.results, place.results)
        count.update(f"files equal in their {how}" for how in agree.values())
        rest = left_behind(place.folder / "results") + [str(p) for p in (place.folder / ".snakemake/locks").glob("*")]
        print("\n".join(f"equal but for times: {name}" for name, how in agree.items() if how == "numbers"), flush=True)
        if wrong or rest:
            raise Failed("\n".join(["the files differ:", *wrong, *(f"left behind: {name}" for name in rest)]))
        count["times the work was done"] += 1
        if time.monotonic() - start > limit:
            break
    return count


def main() -> int:
    """Read the command line and torture the smoke run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", help="targets; everything where none is given")
    parser.add_argument("--kills", type=int, default=100, help="at least so many kills")
    parser.add_argument("--seed", type=int, default=1, help="seed of the moments")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--least", type=float, default=2.0, help="earliest kill after the first job began [s]")
    parser.add_argument("--most", type=float, default=10.0, help="latest [s]")
    parser.add_argument("--limit", type=float, default=7200.0, help="no kill after so long [s]")
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder otherwise")
    known = vars(parser.parse_args())
    with tempfile.TemporaryDirectory() as scratch:
        folder = known.pop("folder") or Path(scratch)
        try:
            count = torture(folder, known.pop("targets"), **known)
        except Failed as error:
            print(error)
            return 1
    print("\n".join(f"{number:6d} {what}" for what, number in count.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Damage small valid files of every kind that is read, thousands of times, and see that each is read or refused by us.

    python tests/robustness/fuzz.py --inputs 12000 --seed 1

A reader may give what was written, or something else that passed its checks, or raise an error of symscope. Any other
exception, a crash, a hang or a large allocation is a finding. Readers work in processes of their own, with limits of memory
and time.
"""

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

SECONDS = 10.0
"""Processor time after which a reader hangs [s]."""
MEMORY = 1 << 30
"""Memory beyond that of the libraries after which it takes too much [bytes]."""
READ = ("the same", "something else")


class Finding(NamedTuple):
    """An input that a reader did not take as it should."""

    subject: str
    number: int
    what: str


def fuzz(
    *, inputs: int, seed: int, only: str = "", keep: Path | None = None
) -> tuple[dict[str, Counter[str]], list[Finding]]:
    """Fuzz the subjects with some words in their names, in proportion to their shares, and count the outcomes of each."""
    counts: dict[str, Counter[str]] = {}
    findings: list[Finding] = []
    work: list[tuple[str, int, int]] | None = None
    while work is None or work:
        order = json.dumps({"only": only, "inputs": inputs} if work is None else work)
        work = _one_worker(order, seed, keep, counts, findings)
    return counts, findings


def _one_worker(
    order: str,
    seed: int,
    keep: Path | None,
    counts: dict[str, Counter[str]],
    findings: list[Finding],
) -> list[tuple[str, int, int]]:
    """Let one process work until it ends or dies; returns what is left to do."""
    command = [sys.executable, str(Path(__file__)), "--worker", order, "--seed", str(seed)]
    if keep is not None:
        command += ["--keep", str(keep)]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src"), "OMP_NUM_THREADS": "1"}
    begun: tuple[str, int] | None = None
    work: list[tuple[str, int, int]] = []
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment) as worker,
    ):
        for line in worker.stdout or ():
            if not work:
                work = json.loads(line)
                continue
            name, number, outcome = json.loads(line)
            counts.setdefault(name, Counter())
            begun = (name, number)
            if outcome is None:
                continue
            counts[name][outcome if outcome in {*READ, "refused"} else "FOUND"] += 1
            if outcome not in {*READ, "refused"}:
                findings.append(Finding(name, number, outcome))
        worker.wait()
        errors.seek(0)
        told = errors.read()
    if worker.returncode == 0:
        return []
    if begun is None:
        raise RuntimeError(f"the worker ended with {worker.returncode}:\n{told[-4000:]}")
    name, number = begun
    counts[name]["FOUND"] += 1
    died = signal.Signals(-worker.returncode).name if worker.returncode < 0 else f"exit {worker.returncode}"
    findings.append(Finding(name, number, f"the process died: {died}\n{told[-1500:]}"))
    place = [entry[0] for entry in work].index(name)
    return [(name, number + 1, work[place][2]), *work[place + 1 :]]


def input_of(name: str, files: dict[str, bytes], *, seed: int, number: int) -> dict[str, bytes]:
    """Make the damaged files of one input: the first one is whole."""
    from tests.robustness.mutations import damaged

    if number == 0:
        return files
    rng = random.Random(f"{name} {seed} {number}")
    chosen = rng.choice(sorted(files)) if rng.random() < 0.3 else min(files)
    return {**files, chosen: damaged(files[chosen], rng)}


def work_off(order: Any, *, seed: int, keep: Path | None) -> None:
    """Read inputs one after the other and tell what becomes of each, a line before and a line after."""
    from jaxtyping import install_import_hook

    install_import_hook("symscope", "beartype.beartype")
    warnings.filterwarnings("ignore")
    from tests.robustness.subjects import SUBJECTS, digest

    if isinstance(order, dict):
        shares = {name: subject.share for name, subject in SUBJECTS.items() if order["only"] in name}
        total = sum(shares.values())
        work = [(name, 0, max(1, round(order["inputs"] * share / total))) for name, share in shares.items()]
    else:
        work = [tuple(entry) for entry in order]

    def tell(*line: object) -> None:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()

    with tempfile.TemporaryDirectory() as scratch:
        prepared = {}
        for name, _, _ in work:
            folder = Path(scratch) / "whole"
            folder.mkdir()
            SUBJECTS[name].make(folder)
            files = {path.name: path.read_bytes() for path in folder.iterdir()}
            prepared[name] = (files, digest(SUBJECTS[name].read(folder)))
            shutil.rmtree(folder)
        sys.stdout.write(json.dumps(work) + "\n")
        used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        for name, start, stop in work:
            files, whole = prepared[name]
            for number in range(start, stop):
                tell(name, number, None)
                folder = Path(scratch) / "damaged"
                folder.mkdir()
                for file, content in input_of(name, files, seed=seed, number=number).items():
                    (folder / file).write_bytes(content)
                outcome = _outcome(SUBJECTS[name].read, folder, whole, digest)
                if keep is not None and outcome not in {*READ, "refused"}:
                    shutil.copytree(folder, keep / f"{name}-{number}", dirs_exist_ok=True)
                tell(name, number, outcome)
                shutil.rmtree(folder)


def _outcome(read, folder: Path, whole: str, digest) -> str:  # type: ignore[no-untyped-def]
    from symscope.errors import ConfigError, SymscopeError

    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.setitimer(signal.ITIMER_REAL, 12 * SECONDS)
    try:
        return READ[digest(read(folder)) != whole]
    except SymscopeError as error:
        sentence = "\n" not in str(error).strip() and len(str(error)) < 5000
        if not sentence and not isinstance(error, ConfigError):  # which has a line for each key
            return f"the message is no sentence: {str(error)[:300]!r}"
        return "refused"
    except BaseException as error:  # noqa: BLE001 - this is what is searched for
        return f"{type(error).__name__}: {str(error)[:200]}\n{''.join(traceback.format_tb(error.__traceback__)[-4:])}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def table(counts: dict[str, Counter[str]]) -> str:
    """Say how many inputs of each kind were read, refused, and found wanting."""
    columns = ("inputs", *READ, "refused", "FOUND")
    lines = [f"{'':34s}" + "".join(f"{column:>16s}" for column in columns)]
    for name, count in [*counts.items(), ("all", sum(counts.values(), Counter()))]:
        numbers = [sum(count.values()), *(count[column] for column in columns[1:])]
        lines.append(f"{name:34s}" + "".join(f"{number:16,d}" for number in numbers))
    return "\n".join(lines)


def main() -> int:
    """Read the command line and fuzz."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=12_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="subjects with these words in their name")
    parser.add_argument("--keep", type=Path, help="folder for the inputs that were found")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    known = parser.parse_args()
    if known.worker:
        work_off(json.loads(known.worker), seed=known.seed, keep=known.keep)
        return 0
    counts, findings = fuzz(inputs=known.inputs, seed=known.seed, only=known.only, keep=known.keep)
    for finding in findings:
        print(f"--- {finding.subject}, input {finding.number}: {finding.what}\n")
    print(table(counts))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

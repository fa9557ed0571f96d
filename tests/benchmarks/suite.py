"""What the benchmarks share: the machine at its best, rates in turns, memory of a process of its own, the command line.

A benchmark is a module ``bench_NAME`` with ``measure(size, repeats)``, which gives measurements. Ours and the plain reference
run in turns in one process and the best of each counts, because other work on the machine disturbs; so a ratio holds on any
machine, and a rate on this one alone.
"""

import argparse
import gc
import multiprocessing
import os
import platform
import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from symscope.evaluation.speed import Machine, Measurement, Speeds
from symscope.io.speed import write_speeds

Size = Literal["smoke", "small", "full"]
"""How long a benchmark may take: seconds, half a minute, or as long as the sizes of the papers need."""

Measure = Callable[[Size, int], list[Measurement]]
"""Of a size and a number of repetitions, the measurements."""

MATRIX = 1536
LONG = 1 << 24


def alternate(actions: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Shortest wall time of each of some actions, which take turns; a first turn warms up [s]."""
    best = dict.fromkeys(actions, float("inf"))
    for turn in range(repeats + 1):
        for name, action in actions.items():
            start = time.perf_counter()
            action()
            if turn or repeats == 1:
                best[name] = min(best[name], time.perf_counter() - start)
    return best


def operations(action: Callable[[], object]) -> float:
    """Floating point operations of the matrix products and convolutions of an action."""
    with FlopCounterMode(display=False) as counter:
        action()
    return float(counter.get_total_flops())


def peak_memory(action: Callable[..., object], *arguments: object) -> float:
    """Memory that a module's function takes at most in a fresh process, above what that holds before its second run [bytes]."""
    context = multiprocessing.get_context("spawn")
    reader, writer = context.Pipe(duplex=False)
    worker = context.Process(target=_alone, args=(writer, torch.get_num_threads(), action, arguments))
    worker.start()
    writer.close()
    try:
        found = float(reader.recv())
    finally:
        worker.join()
    return found


def _alone(writer: Any, threads: int, action: Callable[..., object], arguments: tuple[object, ...]) -> None:
    torch.set_num_threads(threads)
    action(*arguments)  # so that what is made once, such as lazy imports and thread pools, does not count
    writer.send(_growth(lambda: action(*arguments)))


def _growth(action: Callable[[], object]) -> int:
    """Largest memory during an action above that before it [bytes]."""
    reset, status = Path("/proc/self/clear_refs"), Path("/proc/self/status")
    if not reset.exists():
        unit = 1 if sys.platform == "darwin" else 1024
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        action()
        return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit
    gc.collect()
    reset.write_text("5")  # sets the largest memory so far to the present one
    before = _kilobytes(status, "VmRSS")
    action()
    return (_kilobytes(status, "VmHWM") - before) * 1024


def _kilobytes(status: Path, key: str) -> int:
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith(f"{key}:"))


def this_machine(repeats: int = 5) -> Machine:
    """Measure the best arithmetic and bandwidth of this machine, with the threads that torch has now."""
    left, right = torch.randn(MATRIX, MATRIX), torch.randn(MATRIX, MATRIX)
    long, other, out = torch.randn(LONG), torch.randn(LONG), torch.empty(LONG)
    best = alternate(
        {
            "product": lambda: torch.mm(left, right, out=out[: MATRIX * MATRIX].view(MATRIX, MATRIX)),
            "sum": lambda: torch.add(long, other, out=out),
        },
        repeats,
    )
    return Machine(
        processor=_processor(),
        threads=torch.get_num_threads(),
        arithmetic=2.0 * MATRIX**3 / best["product"],
        bandwidth=3.0 * 4 * LONG / best["sum"],
        versions={"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__},
    )


def _processor() -> str:
    """Name of the processor as the system gives it."""
    described = Path("/proc/cpuinfo")
    if described.is_file():
        for line in described.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def run(measure: Measure, description: str | None, argv: Sequence[str] | None = None) -> None:
    """Run a benchmark from the command line: print its measurements, and write them where a file is named."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--size", choices=("smoke", "small", "full"), default="full")
    parser.add_argument("--repeats", type=int, default=3, help="turns of which the fastest counts")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--json", type=Path, help="file for the measurements")
    chosen = parser.parse_args(argv)
    torch.set_num_threads(chosen.threads)
    machine = this_machine()
    sys.stdout.write(
        f"{machine.processor}, {machine.threads} threads: {machine.arithmetic / 1e9:.0f} Gflop/s, "
        f"{machine.bandwidth / 1e9:.1f} GB/s\n"
    )
    found = measure(chosen.size, chosen.repeats)
    for one in found:
        sys.stdout.write(line(one, machine) + "\n")
    if chosen.json is not None:
        write_speeds(chosen.json, Speeds(machine, tuple(found)))


def line(one: Measurement, machine: Machine) -> str:
    """One measurement in a line."""
    words = [f"{one.label}: {one.rate:.4g} {one.unit}"]
    if one.ratio is not None:
        wanted = "" if one.goal is None else f" ({one.goal:g} wanted)"
        words.append(f"{one.ratio:.2f} times plain{wanted}")
    share = one.share_of_peak(machine)
    if share is not None:
        words.append(f"{100 * share:.0f} % of the best arithmetic")
    if one.peak is not None:
        words.append(f"{one.peak / 2**20:.0f} MiB")
    return ", ".join(words)

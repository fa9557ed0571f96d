"""How fast the heavy steps are: rates beside plain references, what bounds them, and how their cost grows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.errors import DataError


@dataclass(frozen=True)
class Machine:
    """What a machine did at its best in the same run."""

    processor: str
    """Its name."""
    threads: int
    """Threads of the arithmetic."""
    arithmetic: float
    """Floating point operations of a large product of float32 matrices [1/s]."""
    bandwidth: float
    """Bytes that a sum of two long arrays reads and writes [1/s]."""
    versions: dict[str, str] = field(default_factory=dict)
    """Versions of what does the arithmetic."""


@dataclass(frozen=True)
class Measurement:
    """One step, measured beside a plain reference in the same process where there is one."""

    step: str
    """What was done, such as ``tagger_training``; with `size` it names the measurement."""
    label: str
    """The same for a reader."""
    unit: str
    """Unit of the rates, such as "jets/s"."""
    rate: float
    """How much was done in a second."""
    plain: float | None = None
    """Rate of the plain reference; None where there is none."""
    goal: float | None = None
    """Ratio to the plain reference that is wanted; None where none is."""
    size: float | None = None
    """What was varied, such as the number of seeds; None where nothing was."""
    axis: str = ""
    """What `size` counts."""
    in_rate: bool = False
    """Whether the rate counts what `size` counts, such as events: then the time of the whole is size / rate, else 1 / rate."""
    peak: float | None = None
    """Memory that the step takes at most, above what the process held before [bytes]; None where it was not measured."""
    operations: float | None = None
    """Floating point operations of the matrix products of one unit; None where they were not counted."""
    note: str = ""
    """What a reader must know."""

    @property
    def ratio(self) -> float | None:
        """How many times the plain reference's rate."""
        return None if self.plain is None else self.rate / self.plain

    def share_of_peak(self, machine: Machine) -> float | None:
        """Share of the machine's best arithmetic that the matrix products take."""
        return None if self.operations is None else self.rate * self.operations / machine.arithmetic


class Growth(NamedTuple):
    """How the time of a step grows with its size: time ~ size^exponent."""

    exponent: float
    """Exponent over all sizes, by least squares of the logarithms."""
    last: float
    """Exponent between the two largest sizes."""
    breaks_at: float | None
    """Largest size at which the law over the smaller ones is off by more than half of the time; None where it holds."""


@dataclass(frozen=True)
class Speeds:
    """All measurements of one run."""

    machine: Machine
    measurements: tuple[Measurement, ...]

    def of(self, step: str) -> list[Measurement]:
        """Give the measurements of one step by rising size."""
        return sorted((one for one in self.measurements if one.step == step), key=lambda one: one.size or 0.0)

    @property
    def steps(self) -> list[str]:
        """Steps in the order in which they were measured; each once."""
        return list(dict.fromkeys(one.step for one in self.measurements))


def merge_speeds(parts: list[Speeds]) -> Speeds:
    """Join measurements of several jobs on one machine; the best of its arithmetic and bandwidth counts.

    Raises
    ------
    DataError
        Where the jobs ran on different processors or with different numbers of threads, whose rates do not compare.
    """
    if not parts:
        raise DataError("there are no measurements of speed; run at least one benchmark")
    kinds = {(part.machine.processor, part.machine.threads) for part in parts}
    if len(kinds) > 1:
        found = "; ".join(f"{processor} with {threads} threads" for processor, threads in sorted(kinds))
        raise DataError(f"the benchmarks ran on different machines ({found}); run them all on one")
    first = parts[0].machine
    machine = Machine(
        processor=first.processor,
        threads=first.threads,
        arithmetic=max(part.machine.arithmetic for part in parts),
        bandwidth=max(part.machine.bandwidth for part in parts),
        versions=first.versions,
    )
    return Speeds(machine, tuple(one for part in parts for one in part.measurements))


def growth(sizes: Float[ndarray, " n"], seconds: Float[ndarray, " n"]) -> Growth | None:
    """Fit the law by which a time grows with a size; None for fewer than three sizes.

    Parameters
    ----------
    sizes
        Rising and positive.
    seconds
        Time at each of them [s].
    """
    if len(sizes) < 3:
        return None
    x, y = np.log(sizes), np.log(seconds)
    exponent = float(np.polyfit(x, y, 1)[0])
    breaks = None
    for end in range(3, len(sizes) + 1):
        slope, start = np.polyfit(x[: end - 1], y[: end - 1], 1)
        if abs(float(np.exp(y[end - 1] - start - slope * x[end - 1])) - 1.0) > 0.5:
            breaks = float(sizes[end - 1])
    return Growth(exponent, float((y[-1] - y[-2]) / (x[-1] - x[-2])), breaks)


def step_growth(speeds: Speeds) -> Iterator[tuple[str, Growth]]:
    """Give the law by which the time of each step grows with its size, where three sizes or more were measured."""
    for step in speeds.steps:
        sized = [one for one in speeds.of(step) if one.size is not None and one.rate > 0]
        if len({one.size for one in sized}) == len(sized) and len(sized) >= 3:
            sizes = np.array([float(one.size or 0) for one in sized])
            law = growth(sizes, np.array([time_of(one) for one in sized]))
            if law is not None:
                yield step, law


def time_of(one: Measurement) -> float:
    """Time of the whole at a size [s]."""
    return (one.size or 1.0) / one.rate if one.in_rate else 1.0 / one.rate

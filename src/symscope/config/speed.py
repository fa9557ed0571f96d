"""Settings of the benchmarks: which steps are timed, at which size, with how many threads."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from symscope.config.base import FiniteSettings

BenchmarkName = Literal[
    "discovery",
    "tagger",
    "symmetrylens",
    "predictors",
    "null_space",
    "generation",
    "ingestion",
    "columns",
    "orbits",
    "startup",
]
"""Benchmarks, each a script ``tests/benchmarks/bench_NAME.py``."""


def _each_once(names: list[BenchmarkName]) -> list[BenchmarkName]:
    if len(set(names)) < len(names):
        raise ValueError(f"the benchmarks are {', '.join(names)}; name each once")
    return names


class SpeedStudy(FiniteSettings):
    """How fast the heavy steps are on this machine, beside plain references in the manner of the published codes."""

    benchmarks: Annotated[list[BenchmarkName], Field(min_length=1), AfterValidator(_each_once)]
    """Which are run, one after the other."""
    size: Literal["smoke", "small", "full"] = "small"
    """How long each may take: seconds, about half a minute, or as long as the papers' sizes need."""
    threads: Annotated[int, Field(ge=1, le=1024)] = 1
    """Threads of the arithmetic, 1 to 1024; no more than the cores of the machine."""
    repeats: Annotated[int, Field(ge=1, le=1000)] = 3
    """Turns of which the fastest counts, 1 to 1000: ours and the reference take turns, because other work disturbs."""

    @property
    def words(self) -> str:
        """Size of the study, for captions."""
        return (
            f"{self.size} benchmarks, {self.threads} thread{'s' * (self.threads > 1)}, the best of {self.repeats} turns"
        )

"""Settings of the trial of names: known algebras, hidden in random bases under noise, that must be named right."""

from typing import Annotated

from pydantic import AfterValidator, Field

from symscope.config.base import FiniteSettings


def _falling(levels: list[float]) -> list[float]:
    if sorted(set(levels), reverse=True) != levels:
        raise ValueError(f"the levels are {', '.join(map(str, levels))}; give each once, the largest first")
    return levels


class ZooStudy(FiniteSettings):
    """How the algebras of the zoo are hidden, and how often."""

    signal_to_noise: Annotated[
        list[Annotated[float, Field(ge=1.0, le=1e9)]], Field(min_length=1, max_length=20), AfterValidator(_falling)
    ]
    """Levels of the noise, the largest ratio first: norm of a generator over that of its noise, 1 or more."""
    draws: Annotated[int, Field(ge=1, le=10_000)] = 4
    """Random disguises of each algebra at each level, 1 to 10,000."""
    condition: Annotated[float, Field(ge=1.0, le=100.0)] = 3.0
    """Bound on the condition numbers of the change of coordinates and of the mix of the generators, 1 to 100."""
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    """Root of the random disguises, 0 to below 2^31."""

    @property
    def words(self) -> str:
        """Size of the study, for captions."""
        return f"{self.draws} random disguises of each algebra at each level"

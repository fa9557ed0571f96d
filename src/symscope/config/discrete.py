"""Settings of the trial of discrete symmetries: known ones, found again and tested on held-out points."""

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from symscope.config.base import FiniteSettings
from symscope.config.names import Seeds


def _each_once(numbers: list[int]) -> list[int]:
    if sorted(set(numbers)) != numbers:
        raise ValueError(f"found {', '.join(map(str, numbers))}; give each once, the smallest first")
    return numbers


class DiscreteStudy(FiniteSettings):
    """Which discrete symmetries are tried, with how many points and seeds."""

    orders: Annotated[
        list[Annotated[int, Field(ge=2, le=12)]], Field(min_length=1, max_length=11), AfterValidator(_each_once)
    ]
    """Orders k of the cyclic groups, 2 to 12."""
    degrees: Annotated[
        list[Annotated[int, Field(ge=5, le=20)]], Field(min_length=1, max_length=16), AfterValidator(_each_once)
    ]
    """Numbers of components whose permutations are tried, 5 to 20."""
    points: Annotated[int, Field(ge=500)] = 20_000
    """Points that a symmetry is found in, 500 or more."""
    held_out: Annotated[int, Field(ge=500)] = 4000
    """Further points that it is tested on, 500 or more."""
    level: Annotated[float, Field(gt=0, lt=0.5)] = 0.01
    """Level of the held-out tests: what has a smaller p-value is rejected; above 0 to below 0.5."""
    seeds: Seeds = Field(min_length=1, max_length=1000)
    """Random seeds; each gives points of its own to everything that is tried."""
    permutation_seeds: Annotated[int, Field(ge=1, le=1000)] = 5
    """How many of the seeds the permutations use, at most all, because these take longer."""

    @model_validator(mode="after")
    def _no_more_permutation_seeds_than_seeds(self) -> "DiscreteStudy":
        if self.permutation_seeds > len(self.seeds):
            raise ValueError(
                f"permutation_seeds is {self.permutation_seeds}, and there are {len(self.seeds)} seeds; give as many or fewer"
            )
        return self

    @property
    def words(self) -> str:
        """Size of the study, for captions."""
        return f"{self.points:,} points, {self.held_out:,} held out, {len(self.seeds)} seeds"

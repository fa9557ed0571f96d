"""What all data with a hidden axis share: how many there are, their noise, and the orthogonal matrix that hides them."""

from abc import ABC, abstractmethod
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from symscope.config.base import FiniteSettings
from symscope.config.splits import SPLIT_NAMES, SplitName


class Disguised(FiniteSettings, ABC):
    """Samples made here, whose law has a symmetry, behind an orthogonal disguise."""

    noise: float = Field(default=0.05, ge=0)
    """Standard deviation of the white noise, in units of the standard deviation of the noiseless samples."""
    representation: Literal["identity", "permuted", "dst"] = "identity"
    """The disguise: none, a fixed permutation of the components, or the orthonormal discrete sine transform of type I."""
    permutation_seed: int = Field(default=0, ge=0)
    """Seed of the fixed permutation."""
    samples: dict[SplitName, Annotated[int, Field(ge=1)]] = Field(
        default={"train": 200_000, "val": 10_000, "test": 10_000}
    )
    """Samples of each split."""

    family: ClassVar[str] = "signals"

    @model_validator(mode="after")
    def _splits_are_complete(self) -> "Disguised":
        if set(self.samples) != set(SPLIT_NAMES):
            raise ValueError(f"'samples' has {', '.join(self.samples) or 'no entry'}; give 'train', 'val' and 'test'")
        return self

    @property
    @abstractmethod
    def dimension(self) -> int:
        """Components of a sample."""

    def most_events(self, split: SplitName) -> int:
        """Count the samples that a split has at most; it has exactly these."""
        return self.samples[split]

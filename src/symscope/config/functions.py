"""Settings of analytic functions of random inputs, whose symmetry is known."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from symscope.config.base import FiniteSettings
from symscope.config.splits import SPLIT_NAMES, SplitName

Count = Annotated[int, Field(ge=1)]
FunctionKind = Literal["cyclic", "partial_permutation", "superpotential", "sector"]
"""Kinds of functions."""


class CyclicFunction(FiniteSettings):
    """f(x, y, z) = z / (1 + mod(atan2(y, x), 2 pi / k)) of standard normal inputs; turns by 2 pi / k leave it as it is."""

    kind: Literal["cyclic"] = "cyclic"
    """Which function."""
    orders: list[Annotated[int, Field(ge=2, le=64)]] = Field(default=[7], min_length=1)
    """Orders k, one task each: all are learned in one computation, each with samples of its own."""

    dimension: ClassVar[int] = 3
    action: ClassVar[Literal["vector"]] = "vector"

    @model_validator(mode="after")
    def _each_once(self) -> "CyclicFunction":
        if len(set(self.orders)) != len(self.orders):
            raise ValueError(f"'orders' is {self.orders}; give each order once")
        return self

    @property
    def tasks(self) -> int:
        """Number of functions."""
        return len(self.orders)


class PartialPermutation(FiniteSettings):
    """f(x) = ((x1^p + x2^p + x3^p) / p + x4^2 - x5^2) / 3 of five standard normal inputs.

    Permutations of the first three leave it as it is.
    """

    kind: Literal["partial_permutation"] = "partial_permutation"
    """Which function."""
    power: Literal[1, 3] = 3
    """The power p. With 1, as in the paper, the sum of the first three and the law of the inputs do not change under any turn
    about (1, 1, 1), so that the samples have a continuous symmetry and the angle of 120 degrees is not to be found; with 3 of
    these turns only the permutations are left."""

    dimension: ClassVar[int] = 5
    action: ClassVar[Literal["vector"]] = "vector"
    tasks: ClassVar[int] = 1


class Superpotential(FiniteSettings):
    """W(phi, psi) = phi_1 psi_2 - phi_2 psi_1 of two complex doublets, isotropic complex normal.

    Every matrix of determinant one leaves W as it is; of these only SU(2) leaves the law of the doublets as well.
    """

    kind: Literal["superpotential"] = "superpotential"
    """Which function."""

    dimension: ClassVar[int] = 2
    action: ClassVar[Literal["complex_vector"]] = "complex_vector"
    tasks: ClassVar[int] = 1


class SectorFunction(FiniteSettings):
    """Which of two opposite sectors a point of the plane lies in: invariant under turns as long as it stays in its sector.

    As a six becomes a nine when it is turned too far, a large turn takes a point out of its sector, and half a turn into the
    other one.
    """

    kind: Literal["sector"] = "sector"
    """Which function."""
    half_widths: list[Annotated[float, Field(gt=0, le=90)]] = Field(default=[20.0, 45.0, 70.0], min_length=1)
    """Half the angle of the sectors [degrees], one task each. Directions have a density that falls linearly from the middle of
    the sector to its edges."""

    dimension: ClassVar[int] = 2
    action: ClassVar[Literal["vector"]] = "vector"

    @property
    def tasks(self) -> int:
        """Number of functions."""
        return len(self.half_widths)


AnyFunction = Annotated[
    CyclicFunction | PartialPermutation | Superpotential | SectorFunction, Field(discriminator="kind")
]
"""A function; `kind` says which."""


class FunctionsDataset(FiniteSettings):
    """Values of an analytic function at random inputs (LieGAN, section 6.3, appendices C.2 and C.3)."""

    source: Literal["functions"] = "functions"
    """Where the samples come from: they are made here."""
    function: AnyFunction
    """The function, or several of one kind."""
    samples: dict[SplitName, Count] = Field(default={"train": 20_000, "val": 1000, "test": 1000})
    """Samples of each split, for each function."""

    family: ClassVar[str] = "functions"

    @model_validator(mode="after")
    def _all_splits(self) -> "FunctionsDataset":
        if set(self.samples) != set(SPLIT_NAMES):
            raise ValueError(f"'samples' has {', '.join(self.samples) or 'no entry'}; give 'train', 'val' and 'test'")
        return self

    @property
    def dimension(self) -> int:
        """Components on which a group element acts."""
        return self.function.dimension

    @property
    def tasks(self) -> int:
        """Functions, each with a symmetry of its own."""
        return self.function.tasks

    def most_events(self, split: SplitName) -> int:
        """Count the samples that a split has for each function."""
        return self.samples[split]

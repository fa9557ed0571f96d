"""Settings of analytic functions of random inputs, whose symmetry is known."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from symscope.config.base import FiniteSettings
from symscope.config.splits import SPLIT_NAMES, SplitName

Count = Annotated[int, Field(ge=1)]
FunctionKind = Literal["cyclic", "partial_permutation", "superpotential", "sector", "two_vectors", "shared_weights"]
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
    """In which of two opposite sectors a point of the plane lies: invariant under turns as long as they are not too large.

    As a six becomes a nine when it is turned too far, a large turn takes a point out of its sector, and half a turn into the
    other one. Sectors of half angle A that are turned by up to w stay apart as long as A + w is at most 90 degrees.
    """

    kind: Literal["sector"] = "sector"
    """Which function."""
    half_widths: list[Annotated[float, Field(gt=0, le=90)]] = Field(default=[20.0, 45.0, 70.0], min_length=1)
    """Half the angle of the sectors [degrees], one task each."""
    density: Literal["triangular", "uniform"] = "triangular"
    """Density of the directions: it falls linearly from the middle of the sector to its edges, or is the same everywhere."""
    value: Literal["class", "signed_length"] = "class"
    """What the function gives: the sector, as a class, or the length of the point with the sign of its sector, which no
    stretch leaves as it is."""

    dimension: ClassVar[int] = 2
    action: ClassVar[Literal["vector"]] = "vector"

    @property
    def tasks(self) -> int:
        """Number of functions."""
        return len(self.half_widths)


class TwoVectors(FiniteSettings):
    """f(a, b) = sin|a| - |b|^3 / 2 + a.b / (|a| |b|) of two standard normal vectors, as in the paper of LieGG; there d = 5.

    All orthogonal matrices leave it as it is, and nothing else: so(d) is the algebra.
    """

    kind: Literal["two_vectors"] = "two_vectors"
    """Which function."""
    dimension: int = Field(default=3, ge=2, le=10)
    """Components d of each vector."""

    action: ClassVar[Literal["vector"]] = "vector"
    tasks: ClassVar[int] = 1


class SharedWeights(FiniteSettings):
    """Layers y = W x without bias whose weights a cyclic group shares; each is one task, with random free weights.

    Row j of W is w R^j, where w is free and R a group element: a turn of the input shifts the output. This is what MSR was
    made for (Zhou, Knowles and Finn 2021): many tasks, and few samples of each.
    """

    kind: Literal["shared_weights"] = "shared_weights"
    """Which function."""
    group: Literal["shifts", "turns"] = "shifts"
    """R: the cyclic shift of `order` inputs, which makes W a convolution along a circle, or the turn of three inputs by
    2 pi / `order` in the plane of the first two."""
    order: int = Field(default=7, ge=2, le=64)
    """Order of the group, which is also the number of outputs."""
    layers: int = Field(default=200, ge=2)
    """Number of layers."""

    action: ClassVar[Literal["vector"]] = "vector"

    @property
    def dimension(self) -> int:
        """Number of inputs."""
        return self.order if self.group == "shifts" else 3

    @property
    def tasks(self) -> int:
        """Number of layers."""
        return self.layers


AnyFunction = Annotated[
    CyclicFunction | PartialPermutation | Superpotential | SectorFunction | TwoVectors | SharedWeights,
    Field(discriminator="kind"),
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

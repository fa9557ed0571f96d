"""Sums over events that add: the same for any cut of the events into pieces, bit by bit.

Events are dealt into blocks of a fixed size by their number. Each block is summed on its own, and the sums of blocks are
added along a fixed binary tree over the numbers of the blocks, so that neither the pieces in which a file is read nor the
jobs among which it is shared change a bit of the result.
"""

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar, runtime_checkable

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.discovery.nullspace.polynomials import evaluate
from symscope.errors import DataError


@dataclass(frozen=True)
class Moments:
    """Sums over events of products of monomials of x, and of these with y."""

    dimension: int
    """Number of components of x."""
    degree: int
    """Largest degree of the monomials."""
    count: int
    """Number of events."""
    gram: Float[ndarray, "m m"]
    """Sum of phi(x) phi(x)^T, in the order of :func:`symscope.discovery.nullspace.polynomials.monomials`."""
    cross: Float[ndarray, "m q"]
    """Sum of phi(x) y^T; without columns where there is no y."""
    outer: Float[ndarray, "q q"]
    """Sum of y y^T."""

    def merge(self, other: "Moments") -> "Moments":
        """Give the sums over both sets of events."""
        return Moments(
            self.dimension,
            self.degree,
            self.count + other.count,
            self.gram + other.gram,
            self.cross + other.cross,
            self.outer + other.outer,
        )


def block_moments(x: Float[ndarray, "n d"], y: Float[ndarray, "n q"] | None = None, *, degree: int) -> Moments:
    """Sum over the events of one block."""
    phi = evaluate(x, degree)
    target = np.zeros((len(x), 0)) if y is None else y
    return Moments(x.shape[1], degree, len(x), phi.T @ phi, phi.T @ target, target.T @ target)


@runtime_checkable
class Mergeable(Protocol):
    """Sums that can be added."""

    def merge(self: "S", other: "S") -> "S":  # noqa: PYI019 - the shape checker of the tests cannot resolve Self
        """Give the sums over both sets of events."""
        ...


S = TypeVar("S", bound=Mergeable)


class OrderedSums(Generic[S]):
    """Sums of numbered blocks, added along a binary tree over the numbers.

    The tree's node (level, index) holds the sum over the blocks index * 2^level to (index + 1) * 2^level - 1. Memory is that
    of a few sums, the logarithm of their number where blocks come in order.
    """

    def __init__(self) -> None:
        self.nodes: dict[tuple[int, int], S] = {}

    def add(self, number: int, sums: S) -> None:
        """Take the sums of one block.

        Raises
        ------
        ValueError
            Where the block is there already.
        """
        self._place(0, number, sums)

    def merge(self, other: "OrderedSums[S]") -> "OrderedSums[S]":
        """Join two sets of blocks, such as those of two jobs."""
        joined: OrderedSums[S] = OrderedSums()
        for part in (self, other):
            for (level, index), sums in sorted(part.nodes.items(), key=lambda item: item[0]):
                joined._place(level, index, sums)
        return joined

    def total(self) -> S:
        """Add what is there, from the first block to the last.

        Raises
        ------
        DataError
            Where there is no block.
        """
        ordered = sorted(self.nodes, key=lambda node: node[1] << node[0])
        if not ordered:
            raise DataError("there are no events to sum; give at least one block of them")
        result = self.nodes[ordered[0]]
        for node in ordered[1:]:
            result = result.merge(self.nodes[node])
        return result

    def _place(self, level: int, index: int, sums: S) -> None:
        first, last = index << level, (index + 1) << level
        for other_level, other in self.nodes:
            if (other << other_level) < last and first < ((other + 1) << other_level):
                raise ValueError(f"block {first} is there already; every block counts once")
        while (level, index ^ 1) in self.nodes:
            sibling = self.nodes.pop((level, index ^ 1))
            sums = sums.merge(sibling) if index % 2 == 0 else sibling.merge(sums)
            level, index = level + 1, index // 2
        self.nodes[level, index] = sums

"""Settings of the null-space engine."""

from typing import Literal

from pydantic import Field

from symscope.config.base import FiniteSettings


class NullSpaceEngine(FiniteSettings):
    """Generators as the null space of sums over events: a linear system instead of a training.

    It has no randomness. The events are dealt into as many parts as the experiment has seeds, block by block in turn; each
    part stands for a seed and is solved on its own, and all of them together give the answer.
    """

    name: Literal["null_space"] = "null_space"
    """The method."""
    statement: Literal["function", "label", "support"] = "function"
    """What is symmetric: y as a function of x, such as the next state of a dynamics; the polynomial of low degree nearest to a class label; or the
    set on which x lives, by the quadrics that vanish there."""
    output: Literal["as_given", "learned"] = "as_given"
    """How y moves with x (function): as the samples say, that is not at all or as x does; or by a matrix that is solved for
    as well."""
    degree: int = Field(default=3, ge=1, le=9)
    """Degree of the polynomial that stands for the function or is fitted to the label."""
    ridge: float = Field(default=1e-12, ge=0)
    """Weight of the squared coefficients of the fit, in units of the mean square of a monomial (dimensionless)."""
    span_tolerance: float = Field(default=1e-6, gt=0, lt=1)
    """Directions in which x is smaller than this share of the largest, with every component scaled to unit root mean square,
    do not count as visited, and generators leave them alone (dimensionless)."""
    largest_defect: float = Field(default=0.1, gt=0, lt=1)
    """Largest singular value of a solution, over the root mean square of all (dimensionless)."""
    least_gap: float = Field(default=4.0, gt=1)
    """Ratio of neighbouring singular values from which the smaller ones count as solutions."""
    least_fit: float = Field(default=0.99, ge=0, le=1)
    """Share of the variance of y that the polynomial must explain to stand for a function; below, nothing is claimed."""
    block: int = Field(default=256, ge=16)
    """Events that are summed at once; sums of blocks are added in a fixed order, so that neither the pieces in which a file is
    read nor the jobs that share it change a bit of them."""
    max_monomials: int = Field(default=3000, ge=10)
    """Largest number of monomials; memory grows with its square."""

    @property
    def least_samples(self) -> int:
        """Samples that are needed by each part of the events: one block."""
        return self.block

    def least_for(self, parts: int) -> int:
        """Count the samples that are needed in all: blocks are dealt in turn, and the last one may hold a single event."""
        return self.block * (parts - 1) + 1

    @property
    def amount(self) -> str:
        """What the method solves, for captions."""
        return "quadrics" if self.statement == "support" else f"polynomials of degree {self.degree}"

"""Parts of a Lie algebra that is known within errors: centre, series, radical and Levi part.

Each part is a space of coefficients in the basis of :class:`~symscope.groups.structure.AlgebraStructure`, as measured and
for each draw of the errors, and each dimension is a rank with its decision.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.groups.ranks import Rank, decide_rank, leading_space, null_space
from symscope.groups.structure import AlgebraStructure

NEWTON_STEPS = 4
CUT = 0.05
"""Singular values below this share of the largest count as zero where a Levi part is solved for: they belong to inner
automorphisms, which move one Levi part into another."""


class Decision(NamedTuple):
    """A rank that an answer depends on."""

    what: str
    """What it is the rank of."""
    rank: Rank


@dataclass(kw_only=True)
class Anatomy:
    """Parts of an algebra, as spaces of coefficients with a leading axis of draws, and the decisions that gave them."""

    structure: AlgebraStructure
    decisions: list[Decision] = field(default_factory=list)
    derived: list[int] = field(default_factory=list)
    """Dimensions of the derived series, from that of the algebra on, down to where it stops."""
    lower: list[int] = field(default_factory=list)
    """Dimensions of the lower central series."""
    centre: Float[ndarray, "draw z c"]
    derived_space: Float[ndarray, "draw r c"]
    """[g, g]."""
    kernel: Float[ndarray, "draw n c"]
    """Kernel of the Killing form: for nearly every algebra the nilradical."""
    radical: Float[ndarray, "draw m c"]
    levi: Float[ndarray, "draw l c"]
    """A subalgebra that is a complement of the radical."""

    @property
    def unclear(self) -> list[Decision]:
        """Decisions that the errors leave open."""
        return [decision for decision in self.decisions if not decision.rank.clear]

    @property
    def dimension(self) -> int:
        """Dimension of the algebra."""
        return self.structure.dimension

    @property
    def reductive(self) -> bool:
        """Whether the radical is the centre."""
        return bool(self.radical.shape[1] == self.centre.shape[1])

    def decide(self, what: str, matrices: Float[ndarray, "draw m n"], *, scale: float) -> int:
        """Decide a rank and keep the decision."""
        rank = decide_rank(matrices, scale=scale)
        self.decisions.append(Decision(what, rank))
        return rank.rank

    def bracket(self, a: Float[ndarray, "draw r c"], b: Float[ndarray, "draw s c"]) -> Float[ndarray, "draw r s c"]:
        """Compute the brackets of two spaces."""
        half = np.einsum("nai,nijk->najk", a, self.structure.constants)
        return np.asarray(np.einsum("najk,nbj->nabk", half, b))

    def bracket_space(
        self, what: str, a: Float[ndarray, "draw r c"], b: Float[ndarray, "draw s c"]
    ) -> Float[ndarray, "draw q c"]:
        """Find the space that the brackets of two spaces span."""
        rows = self.bracket(a, b).reshape(len(a), -1, self.dimension)
        return leading_space(rows, self.decide(what, rows, scale=self.structure.scale))


def anatomy_of(structure: AlgebraStructure) -> Anatomy:
    """Find the parts of an algebra."""
    constants, count = structure.constants, structure.dimension
    draws, scale = len(constants), structure.scale
    none = np.zeros((draws, 0, count))
    whole = np.broadcast_to(np.eye(count), (draws, count, count))
    parts = Anatomy(
        structure=structure, centre=none, derived_space=none, kernel=none, radical=none, levi=none, derived=[count]
    )
    parts.derived_space = parts.bracket_space("[g, g]", whole, whole)
    parts.derived = _series(parts, parts.derived_space, "derived series", lower=False)
    parts.lower = _series(parts, parts.derived_space, "lower central series", lower=True)
    adjoint = constants.transpose(0, 2, 3, 1).reshape(draws, -1, count)
    parts.centre = null_space(adjoint, parts.decide("the adjoint action", adjoint, scale=scale))
    killing = structure.killing
    size = float(np.linalg.norm(np.einsum("ikl,jkl->ij", constants[0], constants[0]), ord=2))
    size = max(size, scale**2)
    parts.kernel = null_space(killing, parts.decide("the Killing form", killing, scale=size))
    pairing = parts.derived_space @ killing
    parts.radical = null_space(pairing, parts.decide("the Killing form of g with [g, g]", pairing, scale=size))
    parts.levi = levi_part(parts)
    return parts


def _series(parts: Anatomy, first: ndarray, name: str, *, lower: bool) -> list[int]:
    count = parts.dimension
    whole = np.broadcast_to(np.eye(count), (len(first), count, count))
    dimensions, space = [count, first.shape[1]], first
    while 0 < dimensions[-1] < dimensions[-2]:
        space = parts.bracket_space(f"the {name}", whole if lower else space, space)
        dimensions.append(space.shape[1])
    return dimensions if dimensions[-1] < dimensions[-2] else dimensions[:-1]


def complement(inner: Float[ndarray, "draw r c"], outer: Float[ndarray, "draw s c"]) -> Float[ndarray, "draw k c"]:
    """Orthogonal complement of a space in a larger one."""
    rank = min(inner.shape[1], outer.shape[1])
    return np.asarray(null_space(inner @ outer.swapaxes(-1, -2), rank) @ outer)


def levi_part(parts: Anatomy) -> Float[ndarray, "draw l c"]:
    """Find a subalgebra that is a complement of the radical (Levi 1905).

    A complement x_a of the radical closes up to parts r_ab in the radical. Corrections y_a in the radical that take them away
    exist by Levi's theorem and are found by Newton's method, with least squares in each step because inner automorphisms leave
    them open.
    """
    radical = parts.radical
    draws, size, count = radical.shape
    whole = np.broadcast_to(np.eye(count), (draws, count, count))
    base = complement(radical, whole)
    rank = base.shape[1]
    if not rank or not size:
        return base
    quotient = parts.bracket(base, base) @ base.swapaxes(-1, -2)[:, None]
    inner = np.eye(rank)
    shift = np.zeros((draws, rank, size))
    for _ in range(NEWTON_STEPS):
        current = base + shift @ radical
        left_over = parts.bracket(current, current) - np.einsum("nabc,nci->nabi", quotient, current)
        residual = np.einsum("nabi,nmi->nabm", left_over, radical)
        action = np.einsum("nami,nki->namk", parts.bracket(current, radical), radical)
        # residual_ab changes by [x_a, y_b] - [x_b, y_a] - q_abc y_c, with y_d = step_dm R_m.
        slope = np.einsum("namk,bd->nabkdm", action, inner) - np.einsum("nbmk,ad->nabkdm", action, inner)
        slope = slope - np.einsum("nabd,km->nabkdm", quotient, np.eye(size))
        inverse = np.linalg.pinv(slope.reshape(draws, rank * rank * size, rank * size), rcond=CUT)
        step = inverse @ residual.reshape(draws, -1, 1)
        shift = shift - step.reshape(draws, rank, size)
    return np.asarray(base + shift @ radical)

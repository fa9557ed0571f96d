"""Representations of an arbitrary matrix group, and the linear maps between them that commute with it.

A group is given by the generators of its Lie algebra and, where it has more than one component or is finite, by some of
its elements. Its representations are sums of tensor products of the vectors V, on which the matrices act, and their duals
V*. A linear map W between two of them is equivariant where

    d rho_out(L) W - W d rho_in(L) = 0   for each generator L,
    rho_out(h) W - W rho_in(h) = 0       for each element h,

which is a null space (Finzi, Welling and Wilson 2021, section 4). Nothing here asks for traceless or antisymmetric
generators: a dilatation is as good as a rotation. All arrays may have leading axes, such as one for the seeds of an
ensemble, in each of which the group is another one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
from jaxtyping import Float, Int, Shaped
from numpy import ndarray

from symscope.errors import ConfigError

VECTOR, DUAL = "V", "D"
"""Letters of the words that name tensor products: `VD` is V x V*, the linear maps from V to itself."""


@dataclass(frozen=True, eq=False)
class Group:
    """A matrix group: generators L, with exp(w L) in it, and further elements.

    Parameters
    ----------
    generators
        Real matrices (..., c, d, d); any number c of them, also none.
    elements
        Invertible real matrices (..., m, d, d), such as the reflection that makes O(3) of SO(3), or permutations.

    Raises
    ------
    ConfigError
        Where an array is no stack of real square matrices, or the two are of different sizes.
    """

    generators: Shaped[ndarray, "..."]
    elements: Shaped[ndarray, "..."] = field(default_factory=lambda: np.zeros((0, 0, 0)))

    def __post_init__(self) -> None:
        given = np.asarray(self.generators)
        others = np.asarray(self.elements)
        for name, stack in (("generators", given), ("elements", others)):
            if stack.ndim < 3 or stack.shape[-1] != stack.shape[-2] or stack.dtype.kind not in "fiu":
                raise ConfigError(
                    f"{name} of a group have shape {stack.shape} and type {stack.dtype}; give a stack of real square matrices"
                )
            if not np.isfinite(stack).all():
                raise ConfigError(f"{name} of a group hold values that are not finite; leave out seeds that diverged")
        if others.shape[-3] == 0 or given.shape[-3] == 0:
            like, count = (given, others.shape[-3]) if others.shape[-3] == 0 else (others, given.shape[-3])
            empty = np.zeros((*like.shape[:-3], count, *like.shape[-2:]))
            given, others = (given, empty) if others.shape[-3] == 0 else (empty, others)
        if given.shape[-1] != others.shape[-1] or given.shape[:-3] != others.shape[:-3]:
            raise ConfigError(
                f"generators have shape {given.shape} and elements {others.shape}; give matrices of one size, for the same seeds"
            )
        object.__setattr__(self, "generators", given.astype(np.float64))
        object.__setattr__(self, "elements", others.astype(np.float64))

    @property
    def dim(self) -> int:
        """Size of the matrices."""
        return int(self.generators.shape[-1])

    @property
    def vector(self) -> "Rep":
        """The vectors V on which the matrices act."""
        return Rep(self, (VECTOR,))

    @property
    def scalar(self) -> "Rep":
        """Numbers that nothing changes."""
        return Rep(self, ("",))

    def tensor(self, p: int, q: int = 0) -> "Rep":
        """T(p, q): products of p vectors and q duals."""
        return Rep(self, (VECTOR * p + DUAL * q,))


@dataclass(frozen=True, eq=False)
class Rep:
    """A representation: a sum of tensor products, component after component in the order of the terms.

    Reps are made from those of a :class:`Group` by ``+`` (direct sum), ``*`` (tensor product, or a number of copies) and
    ``dual``. A product of sums is written out, so that its components come term by term.
    """

    group: Group
    terms: tuple[str, ...]
    """A word for each term: `V` a vector, `D` a dual, the empty word a scalar, `VD` a product."""

    @property
    def size(self) -> int:
        """Number of components."""
        return sum(self.group.dim ** len(word) for word in self.terms)

    @property
    def dual(self) -> "Rep":
        """The linear functions on this representation: -L^T in place of L, h^-T in place of h."""
        return Rep(self.group, tuple(dual_word(word) for word in self.terms))

    def __add__(self, other: "Rep") -> "Rep":
        return Rep(self._common_group(other), self.terms + other.terms)

    def __mul__(self, other: "Rep | int") -> "Rep":
        if isinstance(other, int):
            return Rep(self.group, self.terms * other)
        return Rep(self._common_group(other), tuple(a + b for a in self.terms for b in other.terms))

    __rmul__ = __mul__

    def generators(self) -> Float[ndarray, "*seed c n n"]:
        """Matrices d rho(L) of the generators."""
        return _direct_sum([term_generators(self.group, word) for word in self.terms])

    def elements(self) -> Float[ndarray, "*seed m n n"]:
        """Matrices rho(h) of the further elements."""
        return _direct_sum([term_elements(self.group, word) for word in self.terms])

    def _common_group(self, other: "Rep") -> Group:
        if other.group is not self.group:
            raise ConfigError("representations of two different groups cannot be joined; make both from one Group")
        return self.group


def dual_word(word: str) -> str:
    """Word of the dual of a tensor product; the order of the factors stays."""
    return word.translate(str.maketrans(VECTOR + DUAL, DUAL + VECTOR))


def term_generators(group: Group, word: str) -> Float[ndarray, "*seed c n n"]:
    """Matrices of the generators on one tensor product: the sum over its factors (Leibniz rule)."""
    lie, dim = group.generators, group.dim
    total = np.zeros((*lie.shape[:-2], dim ** len(word), dim ** len(word)))
    for place, letter in enumerate(word):
        factor = lie if letter == VECTOR else -lie.swapaxes(-1, -2)
        before, after = np.eye(dim**place), np.eye(dim ** (len(word) - place - 1))
        total += _kron(_kron(before, factor), after)
    return total


def term_elements(group: Group, word: str) -> Float[ndarray, "*seed m n n"]:
    """Matrices of the further elements on one tensor product."""
    matrices = group.elements
    if not word:
        return np.ones((*matrices.shape[:-2], 1, 1))
    duals = np.linalg.inv(matrices).swapaxes(-1, -2) if DUAL in word else matrices
    return reduce(_kron, [matrices if letter == VECTOR else duals for letter in word])


@dataclass(frozen=True, kw_only=True)
class EquivariantBasis:
    """Orthonormal basis (in the Frobenius product) of the equivariant linear maps."""

    basis: Float[ndarray, "*seed r out into"]
    """Where seeds have spaces of different dimension, the smaller ones are filled up with zeros at the end."""
    singular_values: Float[ndarray, "*seed k"]
    """Of the constraints, falling."""
    rank: Int[ndarray, "*seed"]
    """Dimension of the space, at the tolerance that was asked for."""


def constraint_matrix(rep_in: Rep, rep_out: Rep) -> Float[ndarray, "*seed rows k"]:
    """Linear map that vanishes on equivariant maps W, written row after row; k = out size times in size."""
    rep_in._common_group(rep_out)
    parts = []
    for out, into in ((rep_out.generators(), rep_in.generators()), (rep_out.elements(), rep_in.elements())):
        left = _kron(out, np.eye(rep_in.size))
        right = _kron(np.eye(rep_out.size), into.swapaxes(-1, -2))
        rows = left - right
        parts.append(rows.reshape(*rows.shape[:-3], -1, rows.shape[-1]))
    return np.concatenate(parts, axis=-2)


def constraint_spectrum(rep_in: Rep, rep_out: Rep | None = None) -> Float[ndarray, "*seed k"]:
    """Singular values of the constraints on a linear map, falling, as many as it has entries.

    The number of those that vanish is the dimension of the space of equivariant maps; with a generator that has been
    learned it is the number below a threshold (LieGAN, Figure 7: V to V, 64 values for two bodies).

    Parameters
    ----------
    rep_in, rep_out
        Where the map comes from and goes to; `rep_out` None is `rep_in`.
    """
    target = rep_in if rep_out is None else rep_out
    matrix = constraint_matrix(rep_in, target)
    values = np.zeros((*matrix.shape[:-2], matrix.shape[-1]))
    found = np.linalg.svd(matrix, compute_uv=False)
    values[..., : found.shape[-1]] = found
    return values


def equivariant_basis(
    rep_in: Rep,
    rep_out: Rep | None = None,
    *,
    tolerance: float,
    gap_up_to: float | None = None,
    allow_empty: bool = False,
) -> EquivariantBasis:
    """Basis of the linear maps that commute with the group.

    Parameters
    ----------
    rep_in, rep_out
        Where the maps come from and go to; `rep_out` None is `rep_in`.
    tolerance
        Singular values of the constraints up to this share of the largest count as zero. 1e-5 is usual for exact groups;
        a generator that has been learned needs as much as its error, and gives maps that are equivariant to that extent.
    gap_up_to
        Where given, singular values up to this larger share count as zero as well, if the widest gap of the spectrum
        (the largest ratio of neighbours, in which those below `tolerance` count as `tolerance`) lies above them.
    allow_empty
        Whether a space without any map is a result; otherwise it is an error.

    Raises
    ------
    ConfigError
        Where no map but zero is equivariant, with the reason.
    """
    target = rep_in if rep_out is None else rep_out
    matrix = constraint_matrix(rep_in, target)
    if matrix.shape[-2] < matrix.shape[-1]:
        missing = np.zeros((*matrix.shape[:-2], matrix.shape[-1] - matrix.shape[-2], matrix.shape[-1]))
        matrix = np.concatenate([matrix, missing], axis=-2)
    _, singular, directions = np.linalg.svd(matrix, full_matrices=False)
    unit = np.abs(rep_in.group.generators).max(initial=0.0) + np.abs(rep_in.group.elements).max(initial=0.0)
    rank = _null_ranks(singular, tolerance, gap_up_to, smallest=1e-12 * unit)
    if not allow_empty and (rank == 0).any():
        raise ConfigError(_why_empty(rep_in, target, singular, tolerance))
    most = int(rank.max(initial=0))
    basis = directions[..., ::-1, :][..., :most, :]
    basis = basis * (np.arange(most) < rank[..., None])[..., None]
    return EquivariantBasis(
        basis=basis.reshape(*basis.shape[:-1], target.size, rep_in.size), singular_values=singular, rank=rank
    )


def _null_ranks(
    singular: Float[ndarray, "*seed k"], tolerance: float, gap_up_to: float | None, *, smallest: float
) -> Int[ndarray, "*seed"]:
    """Count the singular values that count as zero; constraints that are nothing but rounding all do."""
    largest = singular.max(axis=-1, keepdims=True, initial=0.0)
    rising = np.where(largest > smallest, singular / np.maximum(largest, 1e-300), 0.0)[..., ::-1]
    rank = (rising <= tolerance).sum(axis=-1)
    if gap_up_to is None:
        return np.asarray(rank)
    lower = np.maximum(np.concatenate([np.zeros_like(rising[..., :1]), rising], axis=-1), tolerance)
    upper = np.concatenate([rising, np.ones_like(rising[..., :1])], axis=-1)
    allowed = np.arange(lower.shape[-1]) >= rank[..., None]
    ratio = np.where(allowed & (lower <= gap_up_to), upper / lower, 0.0)
    return np.asarray(ratio.argmax(axis=-1))


def _why_empty(rep_in: Rep, rep_out: Rep, singular: Float[ndarray, "*seed k"], tolerance: float) -> str:
    share = (singular[..., -1] / np.maximum(singular[..., 0], 1e-300)).max()
    group = rep_in.group
    stacks = [("generator", group.generators, False), ("element", group.elements, True)]
    alone = []
    for name, stack, finite in stacks:
        for number in range(stack.shape[-3]):
            one = stack[..., number : number + 1, :, :]
            single = Group(np.zeros_like(one[..., :0, :, :]), one) if finite else Group(one)
            values = constraint_spectrum(Rep(single, rep_in.terms), Rep(single, rep_out.terms))
            if (values[..., -1] > tolerance * values[..., 0]).any():
                alone.append(f"{name} {number}")
    reason = f"{alone[0]} alone allows none" if alone else "no map is allowed by all generators and elements at once"
    return (
        f"no linear map from {_spell(rep_in.terms)} to {_spell(rep_out.terms)} is equivariant ({reason}; the smallest singular "
        f"value of the constraints is {share:.2g} of the largest, and the tolerance is {tolerance:g}); raise the tolerance, "
        "or choose other representations"
    )


def _spell(terms: Iterable[str]) -> str:
    words = list(terms)
    names = {"": "scalar", VECTOR: "V", DUAL: "V*"}
    counted = {word: words.count(word) for word in words}
    return " + ".join(
        (f"{count} " if count > 1 else "") + names.get(word, f"T({word.count(VECTOR)},{word.count(DUAL)})")
        for word, count in counted.items()
    )


def _kron(a: ndarray, b: ndarray) -> ndarray:
    """Kronecker product of matrices, with leading axes that broadcast."""
    product = a[..., :, None, :, None] * b[..., None, :, None, :]
    return np.asarray(product.reshape(*product.shape[:-4], a.shape[-2] * b.shape[-2], a.shape[-1] * b.shape[-1]))


def _direct_sum(blocks: list[ndarray]) -> ndarray:
    size = sum(block.shape[-1] for block in blocks)
    whole = np.zeros((*blocks[0].shape[:-2], size, size))
    start = 0
    for block in blocks:
        stop = start + block.shape[-1]
        whole[..., start:stop, start:stop] = block
        start = stop
    return whole

"""Lie algebras that physics knows, as stacks of matrices.

Conventions: metric signature (+, -, -, -), component order (E, px, py, pz); a generator is the algebra element L, a
group element is exp(L).
"""

import re
from itertools import combinations

import numpy as np
from jaxtyping import Complex, Float, Inexact
from numpy import ndarray

from symscope.errors import ConfigError

MINKOWSKI: Float[ndarray, "4 4"] = np.diag([1.0, -1.0, -1.0, -1.0])
"""The Minkowski metric."""

LORENTZ_NAMES: tuple[str, ...] = ("rotation x", "rotation y", "rotation z", "boost x", "boost y", "boost z")
"""Names of the generators of :func:`lorentz_algebra`, in its order."""

EUCLIDEAN_NAMES: tuple[str, ...] = (
    "rotation z",
    "rotation y",
    "rotation x",
    "translation x",
    "translation y",
    "translation z",
)
"""Names of the generators of se(3) in the order of :func:`euclidean_algebra`; a rotation is named after its axis."""

_TERM = re.compile(r"^(?P<kind>so|su|gl|sl|se|affine_rotation|translation|dilatation)\((?P<args>\d+(,\d+)*)\)$")


def unit_matrix(row: int, column: int, dim: int) -> Float[ndarray, "{dim} {dim}"]:
    """Matrix with a one at (row, column) and zeros elsewhere."""
    matrix = np.zeros((dim, dim))
    matrix[row, column] = 1.0
    return matrix


def pseudo_orthogonal_algebra(plus: int, minus: int) -> Float[ndarray, "c d d"]:
    """so(plus, minus): all L with L^T eta + eta L = 0 for eta = diag(+1 ... , -1 ...).

    Parameters
    ----------
    plus, minus
        Numbers of positive and negative entries of the form.

    Returns
    -------
    ndarray, shape (d (d - 1) / 2, d, d)
        One generator for each plane (i, j), i < j: ``E_ij - eta_i eta_j E_ji``, in lexicographic order.
    """
    dim = plus + minus
    sign = np.array([1.0] * plus + [-1.0] * minus)
    planes = [
        unit_matrix(i, j, dim) - sign[i] * sign[j] * unit_matrix(j, i, dim) for i, j in combinations(range(dim), 2)
    ]
    return np.array(planes).reshape(-1, dim, dim)


def rotation_algebra(dim: int) -> Float[ndarray, "c {dim} {dim}"]:
    """so(dim): the antisymmetric matrices, one for each plane (i, j), i < j, with +1 at (i, j)."""
    return pseudo_orthogonal_algebra(dim, 0)


def lorentz_algebra() -> Float[ndarray, "6 4 4"]:
    """so(1, 3) acting on (E, px, py, pz): three rotations, then three boosts; names in :data:`LORENTZ_NAMES`.

    ``exp(rapidity * boost)`` is the active boost and ``exp(angle * rotation)`` the active right-handed rotation about
    the axis.
    """
    generators = np.zeros((6, 4, 4))
    for axis in range(3):
        i, j = (axis + 1) % 3 + 1, (axis + 2) % 3 + 1
        generators[axis, j, i], generators[axis, i, j] = 1.0, -1.0
        generators[3 + axis, 0, axis + 1] = generators[3 + axis, axis + 1, 0] = 1.0
    return generators


def dilatation(dim: int) -> Float[ndarray, "1 {dim} {dim}"]:
    """Give the scaling of all components at once: the identity matrix, as a stack of one."""
    return np.eye(dim)[None]


def general_linear_algebra(dim: int) -> Float[ndarray, "c {dim} {dim}"]:
    """gl(dim): every matrix."""
    return np.eye(dim * dim).reshape(-1, dim, dim)


def special_linear_algebra(dim: int) -> Float[ndarray, "c {dim} {dim}"]:
    """sl(dim): the matrices without trace."""
    off = [unit_matrix(i, j, dim) for i in range(dim) for j in range(dim) if i != j]
    diagonal = [unit_matrix(i, i, dim) - unit_matrix(i + 1, i + 1, dim) for i in range(dim - 1)]
    return np.array([*off, *diagonal]).reshape(-1, dim, dim)


def special_unitary_algebra(dim: int) -> Complex[ndarray, "c {dim} {dim}"]:
    """su(dim): anti-Hermitian matrices without trace (for dim 2: -i/2 times the Pauli matrices)."""
    symmetric = [-0.5j * (unit_matrix(i, j, dim) + unit_matrix(j, i, dim)) for i, j in combinations(range(dim), 2)]
    antisymmetric = [-0.5 * (unit_matrix(i, j, dim) - unit_matrix(j, i, dim)) for i, j in combinations(range(dim), 2)]
    diagonal = []
    for rank in range(1, dim):
        entries = np.array([1.0] * rank + [-float(rank)] + [0.0] * (dim - rank - 1))
        diagonal.append(-1j * np.diag(entries) / np.sqrt(2.0 * rank * (rank + 1)))
    return np.array([*symmetric, *antisymmetric, *diagonal], dtype=np.complex128).reshape(-1, dim, dim)


def translation_algebra(dim: int) -> Float[ndarray, "{dim} {dim}+1 {dim}+1"]:
    """Give the translations of homogeneous coordinates (x_1, ..., x_dim, 1)."""
    return np.array([unit_matrix(i, dim, dim + 1) for i in range(dim)])


def affine_rotation_algebra(dim: int) -> Float[ndarray, "c {dim}+1 {dim}+1"]:
    """so(dim) acting on homogeneous coordinates (x_1, ..., x_dim, 1)."""
    return np.pad(rotation_algebra(dim), ((0, 0), (0, 1), (0, 1)))


def euclidean_algebra(dim: int) -> Float[ndarray, "c {dim}+1 {dim}+1"]:
    """se(dim) acting on homogeneous coordinates (x_1, ..., x_dim, 1): its rotations, plane by plane, then its translations."""
    return np.concatenate([affine_rotation_algebra(dim), translation_algebra(dim)])


def known_algebra(name: str, *, copies: int = 1) -> Inexact[ndarray, "c d d"]:
    """Give the generators of an algebra by its name.

    Parameters
    ----------
    name
        Terms joined by ``+``. A term is ``so(n)``, ``so(p,q)``, ``su(n)``, ``gl(n)``, ``sl(n)``, ``se(n)``, ``translation(n)``
        or ``affine_rotation(n)`` (the last three on n + 1 homogeneous coordinates), ``dilatation`` (of the dimension of the
        first term) or ``dilatation(n)``. Example: ``so(1,3)+dilatation``, where ``so(1,3)`` is
        :func:`lorentz_algebra`.
    copies
        Blocks of components on which the algebra acts in the same way, one after the other: the generators are then
        block diagonal with equal blocks.

    Raises
    ------
    ConfigError
        For a name that is not understood, or terms of different dimensions.
    """
    stacks: list[ndarray] = []
    for term in name.replace(" ", "").split("+"):
        spelled = f"dilatation({stacks[0].shape[-1]})" if term == "dilatation" and stacks else term
        match = _TERM.match(spelled)
        if match is None:
            raise ConfigError(
                f"algebra '{name}': '{term}' is not known; allowed terms are so(n), so(p,q), su(n), gl(n), sl(n), "
                "se(n), translation(n), affine_rotation(n) and dilatation, joined by '+', such as 'so(1,3)+dilatation'"
            )
        stacks.append(_algebra(match["kind"], [int(a) for a in match["args"].split(",")], name))
    dims = {stack.shape[-1] for stack in stacks}
    if len(dims) != 1:
        raise ConfigError(f"algebra '{name}' joins matrices of sizes {sorted(dims)}; give terms of one size")
    return np.kron(np.eye(copies), np.concatenate(stacks))


def _algebra(kind: str, sizes: list[int], name: str) -> ndarray:
    if kind == "so" and sizes == [1, 3]:
        return lorentz_algebra()
    if kind == "so" and len(sizes) == 2 and sum(sizes) >= 2:
        return pseudo_orthogonal_algebra(*sizes)
    builders = {
        "so": rotation_algebra,
        "su": special_unitary_algebra,
        "gl": general_linear_algebra,
        "sl": special_linear_algebra,
        "se": euclidean_algebra,
        "translation": translation_algebra,
        "affine_rotation": affine_rotation_algebra,
        "dilatation": dilatation,
    }
    smallest = 2 if kind in ("so", "su", "sl", "se", "affine_rotation") else 1
    if len(sizes) != 1 or sizes[0] < smallest:
        raise ConfigError(f"algebra '{name}': {kind} takes one size of at least {smallest}, found {sizes}")
    return builders[kind](sizes[0])

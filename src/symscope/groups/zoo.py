"""Algebras that the naming must tell apart, each in a representation that physics knows, and random disguises of them."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Inexact
from numpy import ndarray
from scipy.linalg import block_diag

from symscope.groups.algebras import (
    dilatation,
    euclidean_algebra,
    general_linear_algebra,
    lorentz_algebra,
    pseudo_orthogonal_algebra,
    rotation_algebra,
    special_linear_algebra,
    special_unitary_algebra,
    translation_algebra,
    unit_matrix,
)

_TURN = np.array([[0.0, -1.0], [1.0, 0.0]])
_BOOST = np.array([[0.0, 1.0], [1.0, 0.0]])


class Disguised(NamedTuple):
    """An algebra in a random basis with errors."""

    generators: Inexact[ndarray, "c d d"]
    errors: Float[ndarray, "c 1 1"]
    """Standard error of each entry (of its real and imaginary part), one for each generator."""


def affine(linear: Float[ndarray, "c n n"]) -> Float[ndarray, "k m m"]:
    """Join matrices with all translations, acting on homogeneous coordinates (x_1, ..., x_n, 1)."""
    return np.concatenate([np.pad(linear, ((0, 0), (0, 1), (0, 1))), translation_algebra(linear.shape[-1])])


def symplectic_algebra(size: int) -> Float[ndarray, "c d d"]:
    """sp(2 size, R): all matrices Omega S with S symmetric."""
    form = np.kron(np.array([[0.0, 1.0], [-1.0, 0.0]]), np.eye(size))
    dim = 2 * size
    pairs = [(i, j) for i in range(dim) for j in range(i, dim)]
    return np.array([form @ (unit_matrix(i, j, dim) + unit_matrix(j, i, dim)) for i, j in pairs])


def heisenberg_algebra(size: int) -> Float[ndarray, "c d d"]:
    """Give the Heisenberg algebra of `size` coordinates and momenta, as strictly upper triangular matrices."""
    dim = size + 2
    coordinates = [unit_matrix(0, i, dim) for i in range(1, dim - 1)]
    momenta = [unit_matrix(i, dim - 1, dim) for i in range(1, dim - 1)]
    return np.array([*coordinates, *momenta, unit_matrix(0, dim - 1, dim)])


def oscillator_algebra() -> Float[ndarray, "4 4 4"]:
    """Coordinate, momentum, their bracket and the rotation that the harmonic oscillator's energy generates."""
    first = unit_matrix(1, 3, 4) - 0.5 * unit_matrix(0, 2, 4)
    second = unit_matrix(2, 3, 4) + 0.5 * unit_matrix(0, 1, 4)
    return np.array([first, second, unit_matrix(0, 3, 4), unit_matrix(2, 1, 4) - unit_matrix(1, 2, 4)])


def kinematic_algebra(kind: str) -> Float[ndarray, "10 5 5"]:
    """Galilei or Carroll algebra on (x, y, z, t, 1): rotations, boosts and translations of space and time."""
    rotations = np.pad(rotation_algebra(3), ((0, 0), (0, 2), (0, 2)))
    boosts = [unit_matrix(i, 3, 5) if kind == "galilei" else unit_matrix(3, i, 5) for i in range(3)]
    return np.concatenate([rotations, boosts, translation_algebra(4)])


def direct_sum(*parts: Float[ndarray, "_ _ _"]) -> Float[ndarray, "c d d"]:
    """Join algebras that act on spaces of their own."""
    sizes = [part.shape[-1] for part in parts]
    found = []
    for position, part in enumerate(parts):
        for matrix in part:
            blocks = [matrix if other == position else np.zeros((size, size)) for other, size in enumerate(sizes)]
            found.append(block_diag(*blocks))
    return np.array(found)


def zoo() -> dict[str, Inexact[ndarray, "_ _ _"]]:
    """Give the algebras of the zoo by the names that they should get.

    One is a family with a continuous parameter that must stay without a name: `undetermined`.
    """
    jordan = unit_matrix(0, 1, 3) + unit_matrix(1, 2, 3)
    triangular = heisenberg_algebra(1)
    cartan = np.array([np.diag([1.0, -1.0, 0.0]), np.diag([0.0, 1.0, -1.0])])
    return {
        "so(2)": rotation_algebra(2),
        "R^2": np.array([np.diag([1.0, 0.0, 0.0]), np.diag([0.0, 1.0, 0.0])]),
        "R^3": translation_algebra(3),
        "so(3)": rotation_algebra(3),
        "su(2)": special_unitary_algebra(2),
        "so(1,2)": pseudo_orthogonal_algebra(1, 2),
        "sl(2,R)": special_linear_algebra(2),
        "so(4)": rotation_algebra(4),
        "so(1,3)": lorentz_algebra(),
        "so(2,2)": pseudo_orthogonal_algebra(2, 2),
        "so(3)+so(3)": direct_sum(rotation_algebra(3), rotation_algebra(3)),
        "so(5)": rotation_algebra(5),
        "so(1,4)": pseudo_orthogonal_algebra(1, 4),
        "so(2,3)": pseudo_orthogonal_algebra(2, 3),
        "sp(4,R)": symplectic_algebra(2),
        "su(3)": special_unitary_algebra(3),
        "sl(3,R)": special_linear_algebra(3),
        "so(3)+R": np.concatenate([rotation_algebra(3), dilatation(3)]),
        "so(3)+so(2)": direct_sum(rotation_algebra(3), rotation_algebra(2)),
        "so(1,3)+R": np.concatenate([lorentz_algebra(), dilatation(4)]),
        "u(2)": np.concatenate([special_unitary_algebra(2), 1j * np.eye(2)[None]]),
        "gl(2,R)": general_linear_algebra(2),
        "aff(1)": np.array([unit_matrix(0, 0, 2), unit_matrix(0, 1, 2)]),
        "e(2)": euclidean_algebra(2),
        "e(3)": euclidean_algebra(3),
        "e(4)": euclidean_algebra(4),
        "poincare(1,1)": affine(_BOOST[None]),
        "poincare(1,2)": affine(pseudo_orthogonal_algebra(1, 2)),
        "poincare(1,3)": affine(lorentz_algebra()),
        "galilei(3)": kinematic_algebra("galilei"),
        "carroll(3)": kinematic_algebra("carroll"),
        "sim(2)": affine(np.array([_TURN, np.eye(2)])),
        "e(2)+R": direct_sum(euclidean_algebra(2), dilatation(1)),
        "saff(2)": affine(special_linear_algebra(2)),
        "aff(2)": affine(general_linear_algebra(2)),
        "heisenberg(3)": triangular,
        "heisenberg(5)": heisenberg_algebra(2),
        "filiform n(4)": affine(jordan[None]),
        "oscillator": oscillator_algebra(),
        "borel(sl(3,R))": np.concatenate([triangular, cartan]),
        "undetermined": affine(np.diag([1.0, 0.37])[None]),
    }


def disguise(
    generators: Inexact[ndarray, "c d d"], *, signal_to_noise: float, condition: float, rng: np.random.Generator
) -> Disguised:
    """Hide an algebra: a random change of coordinates, a random mix of the generators, and noise.

    Parameters
    ----------
    signal_to_noise
        Frobenius norm of each generator over the root mean square of that of its noise, which is alike in all entries.
    condition
        Bound on the condition numbers of the change of coordinates and of the mix: the singular values of both are drawn
        log-uniformly within this ratio, their singular vectors uniformly.
    """
    count, dim = len(generators), generators.shape[-1]
    frame = _random_matrix(dim, condition, rng)
    if np.iscomplexobj(generators):
        phases = np.linalg.qr(rng.standard_normal((dim, dim)) + 1j * rng.standard_normal((dim, dim)))[0]
        frame = frame @ phases
    moved = frame @ generators @ np.linalg.inv(frame)
    moved = moved / np.linalg.norm(moved, axis=(-2, -1), keepdims=True)
    mixed = np.tensordot(_random_matrix(count, condition, rng), moved, axes=1)
    parts = 2 if np.iscomplexobj(mixed) else 1
    drawn = rng.standard_normal((parts, *mixed.shape))
    noise = drawn[0] + 1j * drawn[1] if parts == 2 else drawn[0]
    sizes = np.linalg.norm(mixed, axis=(-2, -1), keepdims=True)
    errors = sizes / (signal_to_noise * dim * np.sqrt(parts))
    return Disguised(mixed + errors * noise, errors)


def _random_matrix(dim: int, condition: float, rng: np.random.Generator) -> Float[ndarray, "{dim} {dim}"]:
    left = np.linalg.qr(rng.standard_normal((dim, dim)))[0]
    right = np.linalg.qr(rng.standard_normal((dim, dim)))[0]
    singular = np.exp(rng.uniform(-0.5, 0.5, dim) * np.log(condition))
    return np.asarray((left * singular) @ right)

"""Simple ideals of a semisimple algebra that is known within errors, and the name of each.

The linear maps that commute with the adjoint action, the centroid, are one copy of R for each simple ideal, or of C where the
ideal is a complex algebra (Jacobson 1962, chapter X). Their idempotents project on the ideals.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.groups.brackets import killing_from
from symscope.groups.ranks import GAP, Rank, decide_rank, noise_level
from symscope.groups.simple_types import TABLE, Form, SimpleType

TRIES = 20
COMPLEX_SHARE = 0.1
"""An eigenvalue counts as complex where its imaginary part is at least this share of the spread of all eigenvalues."""
INDEX_SLACK = 0.12
"""How far the index of a representation over that of a name may lie from a whole number."""


@dataclass(frozen=True, kw_only=True)
class Ideal:
    """A simple ideal of a semisimple algebra."""

    basis: Float[ndarray, "r l"]
    """Coefficients in the basis of the semisimple algebra."""
    kind: SimpleType
    forms: tuple[Form, ...]
    """Names of the algebra; empty where it is not in the table, or where more than one algebra is of this kind."""
    classes: tuple[tuple[Form, ...], ...]
    """Names of all algebras of this kind, such as so(7) and sp(3)."""

    @property
    def label(self) -> str:
        """Its first name, or those of all algebras that it may be."""
        if self.forms:
            return self.forms[0].name
        return " or ".join(forms[0].name for forms in self.classes) or "not in the table"


def centroid(constants: Float[ndarray, "draw l l l"]) -> tuple[Float[ndarray, "r l l"], Rank]:
    """Find the linear maps that commute with the adjoint action, and decide how many there are."""
    adjoint = constants.transpose(0, 1, 3, 2)
    size = adjoint.shape[-1]
    inner = np.eye(size)
    gram = np.zeros((size * size, size * size))
    for matrix in adjoint[0]:
        commuting = np.kron(matrix, inner) - np.kron(inner, matrix.T)
        gram += commuting.T @ commuting
    squares, vectors = np.linalg.eigh(gram)
    values = np.sqrt(np.clip(squares, 0.0, None))
    changes = adjoint[1:] - adjoint[0]
    # At most one map for each three dimensions, two where an ideal is complex, which then has six.
    count = max(size // 3, 1)
    while True:
        maps = vectors[:, :count].T.reshape(count, size, size)
        moved = np.einsum("niab,kbc->nkiac", changes, maps) - np.einsum("kab,nibc->nkiac", maps, changes)
        largest = np.linalg.norm(moved.reshape(len(changes), count, -1), ord=2, axis=(-2, -1))
        noise = noise_level(largest, floor=float(values[-1]))
        if values[count - 1] <= noise or count == 1:
            clear = size == 1 or values[count] >= GAP * noise
            return maps, Rank(size * size - count, values[::-1], noise, bool(clear))
        count -= 1


def simple_ideals(constants: Float[ndarray, "draw l l l"]) -> tuple[list[Ideal], list[Rank]]:
    """Split a semisimple algebra into simple ideals; nothing where the parts contradict each other.

    Parameters
    ----------
    constants
        Structure constants in an orthonormal basis, as measured and for draws of their errors.
    """
    maps, decision = centroid(constants)
    ranks = [decision]
    size = constants.shape[-1]
    killing = killing_from(constants)
    ideals: list[Ideal] = []
    for projection, is_complex in _idempotents(maps):
        dimension = round(float(np.trace(projection)))
        if not 0 < dimension <= size:
            return [], ranks
        basis = np.linalg.svd(projection)[0][:, :dimension].T
        form = basis @ killing @ basis.T
        rank = decide_rank(form, scale=float(np.linalg.norm(form[0], ord=2)))
        ranks.append(rank)
        if rank.rank < dimension:
            return [], ranks
        positive = int(np.sum(np.linalg.eigvalsh(form[0]) > 0.0))
        kind = SimpleType(dimension, positive, is_complex)
        classes = tuple(TABLE.get(kind, {}).values())
        forms = classes[0] if len(classes) == 1 else ()
        ideals.append(Ideal(basis=basis, kind=kind, forms=forms, classes=classes))
    if sum(len(ideal.basis) for ideal in ideals) != size:
        return [], ranks
    return sorted(ideals, key=lambda ideal: (ideal.kind.dimension, ideal.kind.positive)), ranks


def _idempotents(maps: Float[ndarray, "r l l"]) -> list[tuple[Float[ndarray, "l l"], bool]]:
    """Primitive idempotents of a commutative algebra of matrices, and whether each belongs to a copy of C."""
    count, size = len(maps), maps.shape[-1]
    rows = maps.reshape(count, -1)
    products = np.einsum("aij,bjk->abik", maps, maps).reshape(count * count, -1)
    table = (products @ rows.T).reshape(count, count, count)
    one = rows @ np.eye(size).ravel()
    rng = np.random.default_rng(0)
    best, separation = np.eye(count), -1.0
    for weights in rng.standard_normal((TRIES, count)):
        regular = np.einsum("a,abc->cb", weights, table)
        values = np.linalg.eigvals(regular)
        apart = np.abs(values[:, None] - values[None])[~np.eye(count, dtype=bool)]
        real_parts = float(apart.min()) / float(np.abs(values).max()) if count > 1 else 1.0
        if real_parts > separation:
            best, separation = regular, real_parts
    values, vectors = np.linalg.eig(best)
    shares = np.linalg.solve(vectors, one.astype(np.complex128))
    spread = float(np.abs(values).max())
    found = []
    for value, vector, share in zip(values, vectors.T, shares, strict=True):
        coefficients = share * vector
        is_complex = abs(value.imag) > COMPLEX_SHARE * spread
        if is_complex and value.imag < 0.0:
            continue
        projection = np.einsum("a,aij->ij", coefficients, maps).real * (2.0 if is_complex else 1.0)
        found.append((projection, bool(is_complex)))
    return found


def index_of(action: Float[ndarray, "r d d"], killing: Float[ndarray, "r r"]) -> float:
    """Index of a representation: its trace form over the Killing form, by least squares over a simple ideal."""
    trace = np.einsum("aij,bji->ab", action, action)
    return float(np.sum(trace * killing) / np.sum(killing * killing))


def fitting_form(forms: tuple[Form, ...], *, index: float, moved: int) -> tuple[Form, int]:
    """Choose the name whose defining representation, some times over, is the one at hand.

    Parameters
    ----------
    forms
        Names of one algebra.
    index
        Of the representation at hand, see :func:`index_of`.
    moved
        Dimensions that it moves.

    Returns
    -------
    form, copies
        The first name with 0 copies where none fits.
    """
    for form in forms:
        copies = round(index / form.trace_index)
        if copies and abs(index / form.trace_index - copies) < INDEX_SLACK * copies and copies * form.dim == moved:
            return form, copies
    return forms[0], 0

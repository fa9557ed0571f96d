"""Comparing spans of generators.

The scale of a continuous generator and the basis of an algebra with several channels are not identified by any data, so
spans are compared, through the cosines of their principal angles (Bjorck and Golub 1973), in the Frobenius inner
product. Complex matrices count as real vectors of twice the length, because a Lie algebra is a real space.
"""

import numpy as np
from jaxtyping import Float, Inexact
from numpy import ndarray

Stack = Inexact[ndarray, "... d d"]


def as_real_rows(generators: Stack) -> Float[ndarray, "c k"]:
    """Flatten each matrix to a real row; complex ones to real part, then imaginary part."""
    flat = np.asarray(generators).reshape(-1, generators.shape[-1] * generators.shape[-2])
    if np.iscomplexobj(flat):
        return np.concatenate([flat.real, flat.imag], axis=1).astype(np.float64)
    return flat.astype(np.float64)


def from_real_rows(rows: Float[ndarray, "r k"], like: Stack) -> Stack:
    """Undo :func:`as_real_rows`; matrices of the size of `like`, complex where it is."""
    if np.iscomplexobj(like):
        half = rows.shape[1] // 2
        rows = rows[:, :half] + 1j * rows[:, half:]
    return np.asarray(rows.reshape(-1, *like.shape[-2:]))


def as_real_matrices(matrices: Inexact[ndarray, "*b a c"]) -> Float[ndarray, "*b d e"]:
    """Write complex matrices as real ones of twice the size, [[Re, -Im], [Im, Re]]; leave real ones.

    They act on (real part, imaginary part) as the complex ones act on complex vectors.
    """
    if not np.iscomplexobj(matrices):
        return np.asarray(matrices, dtype=np.float64)
    return np.asarray(np.block([[matrices.real, -matrices.imag], [matrices.imag, matrices.real]]), dtype=np.float64)


def orthonormal_rows(generators: Stack, *, rank_tolerance: float = 1e-9) -> Float[ndarray, "r k"]:
    """Orthonormal basis of the span, one row each.

    Parameters
    ----------
    rank_tolerance
        Directions whose singular value, with every generator scaled to unit norm, is below this share of the largest
        are left out. A zero generator spans nothing.
    """
    rows = as_real_rows(generators)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    rows = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)
    _, singular, basis = np.linalg.svd(rows, full_matrices=False)
    keep = singular > rank_tolerance * max(float(singular.max(initial=0.0)), np.finfo(np.float64).tiny)
    return np.asarray(basis[keep])


def principal_cosines(a: Stack, b: Stack) -> Float[ndarray, "m"]:
    """Cosines of the principal angles between two spans, falling.

    There are as many as the larger number of generators; directions that one span lacks (also where generators are
    linearly dependent) count as cosine 0, so that a collapsed ensemble cannot score well.
    """
    count = max(a.shape[0], b.shape[0])
    singular = np.linalg.svd(orthonormal_rows(a) @ orthonormal_rows(b).T, compute_uv=False)
    cosines = np.zeros(count)
    cosines[: len(singular)] = np.clip(singular, 0.0, 1.0)
    return cosines


def span_cosine(a: Stack, b: Stack) -> float:
    """Mean cosine of the principal angles: 1 for equal spans, 0 for orthogonal ones."""
    return float(principal_cosines(a, b).mean())


def readable_basis(generators: Stack, canonical: Stack) -> Stack:
    """Basis of the learned span that lies closest to given generators.

    The learned span is what was found; its basis is arbitrary. Each canonical generator is projected orthogonally on
    the learned span, which gives the element of the span nearest to it. Nothing is added: where the span is wrong, the
    projection shows it.

    Parameters
    ----------
    generators
        Learned, (c, d, d).
    canonical
        Known, (m, d, d), such as three rotations, three boosts and the dilatation.

    Returns
    -------
    ndarray, shape (m, d, d)
        In the scale of `canonical`.
    """
    rows = orthonormal_rows(generators)
    wanted = as_real_rows(canonical)
    projected = (wanted @ rows.T) @ rows
    return from_real_rows(projected, canonical)


def sparse_basis(generators: Stack, *, restarts: int = 16, iterations: int = 200) -> Stack:
    """Orthonormal basis of a span with as few large entries as possible, found without knowing any truth.

    Maximises the sum of the fourth powers of all entries over rotations of the channels (quartimax; Neuhaus and Wrigley
    1954) by fixed-point steps from several starts. The span does not change. For so(1, 3) with dilatation this gives
    single rotations and boosts about the axes, because their entries do not overlap.

    Parameters
    ----------
    generators
        Linearly independent.
    restarts
        Random rotations to start from, drawn from a fixed stream; the best result counts.
    iterations
        Fixed-point steps of each.

    Returns
    -------
    ndarray
        Of the shape of `generators`, each of unit norm, its largest entry positive (real part, where complex).
    """
    rows = orthonormal_rows(generators)
    rng = np.random.default_rng(0)
    best, best_value = rows, -np.inf
    for _ in range(restarts):
        rotation = np.linalg.qr(rng.standard_normal((len(rows), len(rows))))[0]
        for _ in range(iterations):
            left, _, right = np.linalg.svd((rotation @ rows) ** 3 @ rows.T)
            rotation = left @ right
        turned = rotation @ rows
        value = float(np.sum(turned**4))
        if value > best_value:
            best, best_value = turned, value
    signs = np.sign(best[np.arange(len(best)), np.abs(best).argmax(axis=1)])
    return from_real_rows(best * signs[:, None], generators)


def data_span(data: Inexact[ndarray, "n d"], *, tolerance: float = 1e-6) -> Inexact[ndarray, "d r"]:
    """Orthonormal basis of the directions that data visit, one column each.

    What a matrix does to other directions cannot be learned and must not be scored.

    Parameters
    ----------
    data
        Points on which matrices act, real or complex.
    tolerance
        With every component scaled to unit root mean square, so that no unit counts, directions with a singular value
        below this share of the largest do not count as visited.
    """
    kind = np.complex128 if np.iscomplexobj(data) else np.float64
    points = np.asarray(data, dtype=kind)
    scale = np.sqrt(np.mean(np.abs(points) ** 2, axis=0))
    scaled = np.divide(points, scale, out=np.zeros_like(points), where=scale > 0)
    triangle = np.linalg.qr(scaled, mode="r")  # same singular values and directions as the data, at most d rows
    _, singular, directions = np.linalg.svd(triangle, full_matrices=False)
    visited = directions[singular > tolerance * singular.max(initial=0.0)]
    basis, _ = np.linalg.qr((visited * scale).T)
    return np.asarray(basis)


def restrict_to_span(generators: Stack, span: Inexact[ndarray, "d r"]) -> Stack:
    """Keep what matrices do to the directions of a span: L P, with P the orthogonal projection on it.

    Two matrices agree on all data if and only if they agree after this. Where they lead out of the span, that stays: the
    data tell it. Where the span is everything, nothing changes.
    """
    if span.shape[0] == span.shape[1]:
        return generators
    return np.asarray(generators @ (span @ span.conj().T))


def project_on_data(
    generators: Float[ndarray, "c d d"], data: Float[ndarray, "n d"], *, tolerance: float = 1e-6
) -> ndarray:
    """Write generators in the directions that the data visit: B^+ L B, with B a basis of the data's span.

    Unlike :func:`restrict_to_span` this drops where they lead out of the span.

    Parameters
    ----------
    data
        Points on which the generators act.
    tolerance
        As in :func:`data_span`.

    Returns
    -------
    ndarray, shape (c, r, r)
        With r the dimension of the data's span.
    """
    basis = data_span(data, tolerance=tolerance)
    return np.asarray(basis.T @ np.asarray(generators, dtype=np.float64) @ basis)

"""Structure constants of a span of matrices that is known within errors, and what follows from them.

Only the part of an error that leads out of the span counts: within it, an error is a change of basis. So the span is
written in an orthonormal basis Q, and draws of its errors are Q + delta with delta orthogonal to the span. A draw of
the structure constants, of the Killing form and of any subspace follows from each, and a rank is decided against these
draws (:mod:`symscope.groups.ranks`).

Where no errors are given, the closure residual tells them: the part of [Q_i, Q_j] that leads out of the span is linear
in delta (Nijenhuis and Richardson 1966: delta is a cochain, the residual its coboundary), so that its size gives that of
delta, if the errors of all entries of a generator are alike.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Inexact
from numpy import ndarray
from scipy.stats import chi2

from symscope.errors import DataError
from symscope.groups.brackets import decompose_brackets, killing_from
from symscope.groups.ranks import noise_level
from symscope.groups.spans import as_real_matrices, principal_cosines

EXACT = 1e-9
"""Relative error of generators that are known exactly: rounding."""
UNKNOWN = 1e-2
"""Relative error taken where the closure residual tells nothing, which is so for a single generator."""
LEAST_COSINE = 0.5
"""A replica whose span has a smaller principal cosine with the span is left out. Beyond 60 degrees it has found another
direction, and is no error of this one: errors count to first order, and a replica at a right angle makes them infinite."""
FEWEST_REPLICAS = 2
"""Replicas without which they tell no errors."""


@dataclass(frozen=True, kw_only=True)
class AlgebraStructure:
    """A span of matrices as a Lie algebra, each quantity first as measured, then for draws of its errors."""

    bases: Float[ndarray, "draw c d d"]
    """Real matrices; the first an orthonormal basis of the span in the Frobenius product, then draws within the errors."""
    constants: Float[ndarray, "draw c c c"]
    """f_ijk with [Q_i, Q_j] = sum_k f_ijk Q_k + residual."""
    closure: float
    """Share of the brackets that leads out of the span, as :func:`symscope.groups.brackets.closure_error` has it."""
    closure_expected: float
    """The same as the errors alone make it (root mean square); where errors come from the closure residual, about `closure`."""
    closed: bool
    """Whether the residual is what errors make of an algebra."""
    jacobi: float
    """Root of the summed squares of the Jacobi identity's residual over that of its terms; 0 where all constants vanish."""
    error: float
    """Relative error of a generator, |error| / |generator|, as given (mean) or from the closure residual (upper limit at 95 %)."""
    independent: bool
    """Whether the generators are linearly independent within the errors."""
    replicas_left_out: int = 0
    """How many replicas have another span, or none, and do not count."""
    replicas_used: int = 0
    """How many replicas tell the errors; 0 where the errors are given or come from the closure residual."""

    @property
    def dimension(self) -> int:
        """Dimension of the span."""
        return int(self.constants.shape[1])

    @property
    def killing(self) -> Float[ndarray, "draw c c"]:
        """Killing forms B_ij = tr(ad Q_i ad Q_j)."""
        return killing_from(self.constants)

    @property
    def scale(self) -> float:
        """How large a bracket of two unit matrices is where it does not vanish."""
        largest = float(np.linalg.norm(self.constants[0].reshape(self.dimension, -1), ord=2))
        return max(largest, 1.0 / float(np.sqrt(self.bases.shape[-1])))


def algebra_structure(
    generators: Inexact[ndarray, "c d d"],
    *,
    errors: float | Float[ndarray, "..."] | None = None,
    replicas: Inexact[ndarray, "_replica _channel _d _d"] | None = None,
    draws: int = 64,
    seed: int = 0,
) -> AlgebraStructure:
    """Measure the structure constants of a span, with draws of their errors.

    Parameters
    ----------
    generators
        Of any basis and scale. Complex matrices count as real ones of twice the size.
    errors
        Standard errors of their entries, of any shape that broadcasts to theirs. None: from the closure residual.
    replicas
        The same generators from resampled data, such as a bootstrap, each in any basis of its span; in place of `errors`. Those
        of another span (:data:`LEAST_COSINE`) are left out; where fewer than two are left, the errors come from `errors` or
        the closure residual.
    draws
        Number of draws of the errors.
    seed
        Seed of these draws.

    Raises
    ------
    DataError
        For generators that are not finite, or of which one is zero; for replicas of another shape.
    """
    real = as_real_matrices(generators)
    count, dim = len(real), real.shape[-1]
    rows = real.reshape(count, -1)
    norms = np.linalg.norm(rows, axis=1)
    if not count or not np.isfinite(rows).all() or norms.min() == 0.0:
        raise DataError(
            "an algebra needs at least one generator, and all of them finite and not zero; a zero or infinite one "
            "means that the discovery collapsed or diverged, and should be left out"
        )
    left, singular, basis = np.linalg.svd(rows / norms[:, None], full_matrices=False)
    if len(singular) < count or singular[-1] < EXACT * singular[0]:
        return _degenerate(basis.reshape(-1, dim, dim))
    to_basis = (left / singular).T / norms
    rng = np.random.default_rng(seed)
    turned = _of_one_span(basis.reshape(-1, dim, dim), generators, replicas)
    used = len(turned) if len(turned) >= FEWEST_REPLICAS else 0
    if used:
        drawn = np.linalg.solve(turned @ basis.T, turned)
        shifts = drawn - basis
        relative = float(np.sqrt(np.mean(np.sum(shifts**2, axis=-1))))
    else:
        noise = rng.standard_normal((draws, *generators.shape))
        if np.iscomplexobj(generators):
            noise = noise + 1j * rng.standard_normal((draws, *generators.shape))
        given = 1.0 if errors is None else np.abs(np.asarray(errors, dtype=np.float64))
        noise = as_real_matrices(given * noise).reshape(draws, count, -1)
        sizes = np.sqrt(np.mean(np.sum(noise**2, axis=-1), axis=0)) / norms
        if errors is None:
            noise = noise / sizes[:, None]
        relative = 1.0 if errors is None else float(sizes.mean())
        noise = to_basis @ noise
        shifts = noise - (noise @ basis.T) @ basis
    outside = decompose_brackets(basis.reshape(count, dim, dim)).outside
    total = float(np.sqrt(count * max(count - 1, 1)))
    expected = 0.0
    if errors is None and not used:
        relative = _error_from_closure(basis, shifts, outside)
        shifts = relative * shifts
        closed = relative < 0.25
    else:
        spread = np.linalg.norm(_residual_change(basis, shifts, dim), axis=(-2, -1))
        expected = float(np.sqrt(np.mean(spread**2)))
        closed = bool(np.linalg.norm(outside) <= noise_level(spread, floor=total))
    bases = np.concatenate([basis[None], basis + shifts]).reshape(-1, count, dim, dim)
    constants = decompose_brackets(bases).constants
    size = float(np.sqrt(np.sum(outside**2)))
    # The whole brackets: f_ijk Q_k within the span, and the rest at right angles to it. An Abelian span has none.
    whole = float(np.sqrt(np.sum(constants[0] ** 2) + size**2))
    whole = whole if whole**2 > np.finfo(np.float64).eps else np.inf
    return AlgebraStructure(
        bases=bases,
        constants=constants,
        closure=size / whole,
        closure_expected=(expected if expected else size) / whole,
        closed=closed,
        jacobi=jacobi_residual(constants[0]),
        error=max(relative, EXACT),
        independent=bool(singular[-1] > 2.0 * relative or count == dim * dim),
        replicas_left_out=0 if replicas is None else len(replicas) - len(turned),
        replicas_used=used,
    )


def _of_one_span(basis: ndarray, generators: ndarray, replicas: ndarray | None) -> Float[ndarray, "replica c k"]:
    """Rows of the replicas whose span is near that of a basis."""
    if replicas is None:
        return np.zeros((0, *basis.reshape(len(basis), -1).shape))
    if replicas.shape[1:] != generators.shape or np.iscomplexobj(replicas) != np.iscomplexobj(generators):
        raise DataError(
            f"the replicas have shape {replicas.shape} ({replicas.dtype}) and the generators {generators.shape} "
            f"({generators.dtype}); give each replica as many generators, of the same size and kind, as there are"
        )
    real = as_real_matrices(replicas)
    near = [bool(np.isfinite(stack).all()) and principal_cosines(stack, basis).min() >= LEAST_COSINE for stack in real]
    return np.asarray(real[np.array(near, dtype=bool)].reshape(-1, len(basis), basis[0].size))


def jacobi_residual(constants: Float[ndarray, "c c c"]) -> float:
    """Root of the summed squares of the Jacobi identity's residual over that of its three terms; 0 for an algebra."""
    terms = np.einsum("ijm,mkl->ijkl", constants, constants)
    total = terms + terms.transpose(1, 2, 0, 3) + terms.transpose(2, 0, 1, 3)
    size = float(np.sum(terms**2))
    return float(np.sqrt(np.sum(total**2) / (3.0 * size))) if size > 0.0 else 0.0


def _residual_change(basis: ndarray, shifts: ndarray, dim: int) -> ndarray:
    """Change of the part of the brackets that leads out of the span, for each draw, to first order."""
    count = len(basis)
    matrices, moved = basis.reshape(count, dim, dim), shifts.reshape(-1, count, dim, dim)
    half = np.einsum("niab,jbc->nijac", moved, matrices) - np.einsum("jab,nibc->nijac", matrices, moved)
    change = (half - half.swapaxes(1, 2)).reshape(len(moved), count * count, -1)
    inside = decompose_brackets(matrices).constants.reshape(count * count, count)
    change = change - (change @ basis.T) @ basis
    return np.asarray(change - inside @ shifts)


def _error_from_closure(basis: ndarray, shifts: ndarray, outside: ndarray) -> float:
    """Upper limit at 95 % of the relative error of the generators, from the size of the closure residual.

    The summed squares of the residual are about the error squared times a chi-squared law, whose mean and degrees of freedom
    follow from draws with unit errors.
    """
    count = len(basis)
    if count == 1:
        return UNKNOWN
    dim = round(np.sqrt(basis.shape[1]))
    sizes = np.sum(_residual_change(basis, shifts, dim) ** 2, axis=(-2, -1))
    mean, spread = float(sizes.mean()), float(sizes.var())
    if mean < EXACT or spread == 0.0:
        return EXACT  # the span is closed whatever its errors, such as that of all matrices
    freedom = max(2.0 * mean**2 / spread, 1.0)
    squared = float(np.sum(outside**2)) / mean * freedom / float(chi2.ppf(0.05, freedom))
    return max(float(np.sqrt(squared)), EXACT)


def _degenerate(basis: ndarray) -> AlgebraStructure:
    count = len(basis)
    return AlgebraStructure(
        bases=np.stack([basis, basis]),
        constants=np.zeros((2, count, count, count)),
        closure=np.nan,
        closure_expected=np.nan,
        closed=False,
        jacobi=np.nan,
        error=np.nan,
        independent=False,
    )

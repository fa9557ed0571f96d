"""The name of an algebra that is known within errors, or why it has none.

The name follows from invariants and not from one basis: dimensions of the derived and central series and of the centre, the
Killing form, the simple ideals of the Levi part, and how these act on the radical. Where algebras coincide, such as so(3) and
su(2), the representation decides which name comes first. An answer rests on ranks, each decided within the errors; where one
of them is not clear, the answer is "undetermined".
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Inexact
from numpy import ndarray

from symscope.groups.ideals import Ideal, fitting_form, simple_ideals
from symscope.groups.labels import (
    UNDETERMINED,
    label_of,
    levi_matrices,
    representation,
    signature,
    unnamed,
    why_unclear,
)
from symscope.groups.structure import AlgebraStructure, algebra_structure
from symscope.groups.subalgebras import Anatomy, Decision, anatomy_of


@dataclass(frozen=True, kw_only=True)
class NamedAlgebra:
    """The name of an algebra with what it rests on."""

    name: str
    """Such as `so(1,3)+R`, or `undetermined`."""
    also: tuple[str, ...] = ()
    """Other names of the same algebra."""
    reason: str
    """What the name follows from, or why there is none; one sentence without a full stop."""
    dimension: int
    """Dimension of the span."""
    closure: float
    """Share of the brackets that leads out of the span."""
    jacobi: float
    """Relative residual of the Jacobi identity."""
    error: float
    """Relative error of the generators that the decisions took, as given or from the closure residual."""
    killing_signature: tuple[int, int, int] = (0, 0, 0)
    """Positive, negative and zero eigenvalues of the Killing form; zeros where it is undetermined."""
    derived: tuple[int, ...] = ()
    """Dimensions of the derived series."""
    lower_central: tuple[int, ...] = ()
    """Dimensions of the lower central series."""
    centre: int = 0
    """Dimension of the centre."""
    radical: int = 0
    """Dimension of the radical."""
    simple_ideals: tuple[str, ...] = ()
    """Names of the simple ideals of the Levi part."""

    @property
    def determined(self) -> bool:
        """Whether there is a name."""
        return self.name != UNDETERMINED


def name_algebra(
    generators: Inexact[ndarray, "channel d d"],
    *,
    errors: float | Float[ndarray, "..."] | None = None,
    replicas: Inexact[ndarray, "_replica _channel _d _d"] | None = None,
    seed: int = 0,
) -> NamedAlgebra:
    """Name the algebra that generators span.

    Parameters
    ----------
    generators
        In any basis and scale, real or complex; they act on column vectors.
    errors
        Standard errors of their entries, one number or any shape that broadcasts to theirs. None: from how nearly the
        span is closed, which assumes that the errors of all entries of a generator are alike.
    replicas
        The generators found in resampled data, each set in any basis of its span; in place of `errors`. Those of another
        span are left out, and the reason says how many.
    seed
        Seed of the draws that carry the errors to the ranks.

    Raises
    ------
    DataError
        For generators that are not finite or zero, and for replicas of another shape.
    """
    structure = algebra_structure(generators, errors=errors, replicas=replicas, seed=seed)
    failed = _why_no_algebra(structure)
    if failed:
        return NamedAlgebra(
            name=UNDETERMINED,
            reason=failed + _left_out(structure),
            dimension=structure.dimension,
            closure=structure.closure,
            jacobi=structure.jacobi,
            error=structure.error,
        )
    parts = anatomy_of(structure)
    ideals, ranks = simple_ideals(_levi_constants(parts)) if parts.levi.shape[1] else ([], [])
    ideals = [_told_apart(parts, ideal) for ideal in ideals]
    parts.decisions += [Decision("a simple ideal of the Levi part", rank) for rank in ranks]
    label = unnamed(why_unclear(parts)) if parts.unclear else label_of(parts, ideals)
    return NamedAlgebra(
        name=label.name,
        also=label.also,
        reason=label.reason + _left_out(structure),
        dimension=structure.dimension,
        closure=structure.closure,
        jacobi=structure.jacobi,
        error=structure.error,
        killing_signature=signature(parts),
        derived=tuple(parts.derived),
        lower_central=tuple(parts.lower),
        centre=parts.centre.shape[1],
        radical=parts.radical.shape[1],
        simple_ideals=tuple(ideal.label for ideal in ideals),
    )


def _why_no_algebra(structure: AlgebraStructure) -> str:
    if not structure.independent:
        return "the generators are linearly dependent within their errors"
    if not structure.closed:
        return (
            f"not closed: {structure.closure:.2g} of the brackets leads out of the span, and the errors account for "
            f"{structure.closure_expected:.2g}"
            if structure.closure_expected < structure.closure
            else f"not closed: {structure.closure:.2g} of the brackets leads out of the span"
        )
    return ""


def _left_out(structure: AlgebraStructure) -> str:
    """Say how many replicas do not count, and where the errors come from if too few are left."""
    count = structure.replicas_left_out
    if not count:
        return ""
    said = f"; {count} of the replicas left out, whose span is another"
    return said if structure.replicas_used else f"{said}, so that the errors do not come from them"


def _levi_constants(parts: Anatomy) -> ndarray:
    """Structure constants of the Levi part in an orthonormal basis of it."""
    triangle = np.linalg.cholesky(parts.levi @ parts.levi.swapaxes(-1, -2))
    basis = np.linalg.solve(triangle, parts.levi)
    parts.levi = basis
    return np.asarray(parts.bracket(basis, basis) @ basis.swapaxes(-1, -2)[:, None])


def _told_apart(parts: Anatomy, ideal: Ideal) -> Ideal:
    """Choose among algebras of one dimension and Killing form the one whose defining representation, or copies of it, is at hand."""
    if len(ideal.classes) < 2:
        return ideal
    index, moved = representation(ideal, levi_matrices(parts))
    fitting = [forms for forms in ideal.classes if fitting_form(forms, index=index, moved=moved)[1]]
    return replace(ideal, forms=fitting[0]) if len(fitting) == 1 else ideal

"""A polynomial that stands for a function, fitted by least squares from sums over events alone, with its errors."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.discovery.nullspace.coordinates import Coordinates
from symscope.discovery.nullspace.moments import Moments
from symscope.discovery.nullspace.polynomials import evaluate, motion, multinomial_roots
from symscope.errors import DataError


@dataclass(frozen=True)
class PolynomialFit:
    """A polynomial of the events' coordinates that was fitted to an output."""

    coordinates: Coordinates
    """Coordinates of one object."""
    objects: int
    """Objects of an event; each is moved by the same matrix."""
    degree: int
    """Largest degree."""
    coefficients: Float[ndarray, "m q"]
    """Of monomials times the roots of their multinomial coefficients, for outputs in their own coordinates."""
    root: Float[ndarray, "m m"]
    """A matrix whose product with coefficients has the root mean square of the polynomial as its norm."""
    inverse: Float[ndarray, "m m"]
    """Inverse of the regularised Gram matrix, per event."""
    residual: Float[ndarray, "q q"]
    """Mean product of what the polynomial leaves of the outputs."""
    outputs: Coordinates
    """Coordinates of the outputs; those of an object where they move like it."""
    explained: float
    """Share of the outputs' variance that the polynomial explains."""
    count: int
    """Number of events."""
    scores: Float[ndarray, "mq mq"] | None = None
    """Mean product of monomials times what is left of the outputs, where it was summed: the covariance of the coefficients
    follows from it whatever the variance of the outputs at each event. None: that variance counts as the same everywhere."""

    @cached_property
    def weights(self) -> Float[ndarray, "m 1"]:
        """Roots of the multinomial coefficients, by which coefficients of plain monomials differ."""
        return multinomial_roots(self.objects * self.real_size, self.degree)[:, None]

    @property
    def real_size(self) -> int:
        """Real components of an object's coordinates."""
        return self.coordinates.rank * (2 if np.iscomplexobj(self.coordinates.into) else 1)

    def change(self, matrix: Float[ndarray, "r r"], coefficients: Float[ndarray, "m q"]) -> Float[ndarray, "m q"]:
        """Coefficients of Df(x) W x for polynomials f with the given ones, where W moves every object by one real matrix."""
        every = np.kron(np.eye(self.objects), matrix)
        return np.asarray(motion(every, self.weights * coefficients, self.degree) / self.weights)

    @property
    def covariance(self) -> Float[ndarray, "mq mq"]:
        """Covariance of the root of the number of events times the coefficients, monomial by monomial (m, q)."""
        if self.scores is None:
            return np.kron(self.inverse, self.residual)
        outer = np.kron(self.inverse, np.eye(len(self.residual)))
        return np.asarray(outer @ self.scores @ outer)


def fit_polynomial(
    moments: Moments,
    place: Coordinates,
    outputs: Coordinates,
    *,
    objects: int = 1,
    ridge: float,
) -> PolynomialFit:
    """Fit a polynomial to the outputs by least squares.

    Parameters
    ----------
    moments
        Sums of monomials of the real coordinates of an event's objects, and of its outputs in theirs.
    place
        Coordinates of one object.
    outputs
        Those of the outputs, or of one vector where the outputs are vectors like the objects.
    objects
        Objects of an event.
    ridge
        Weight of the squared coefficients, in units of the mean square of a monomial.

    Raises
    ------
    DataError
        Where there are fewer events than monomials.
    """
    n = moments.count
    weights = multinomial_roots(moments.dimension, moments.degree)
    gram = weights[:, None] * moments.gram * weights / n
    if n <= len(gram):
        raise DataError(
            f"{n} events cannot fix the {len(gram)} coefficients of a polynomial of degree {moments.degree} in "
            f"{moments.dimension} components; give more events, or lower method.degree"
        )
    cross, outer, mean = weights[:, None] * moments.cross / n, moments.outer / n, moments.cross[0] / n
    values, vectors = np.linalg.eigh((gram + gram.T) / 2)
    values = np.maximum(values, 0.0)
    inverse = (vectors / (values + ridge * values.mean())) @ vectors.T
    fitted = inverse @ cross
    mixed = fitted.T @ cross
    residual = (outer - mixed - mixed.T + fitted.T @ gram @ fitted) * (n / (n - len(gram)))
    spread = float(np.trace(outer) - mean @ mean)
    left = float(np.trace(residual)) / spread if spread > 0 else 1.0
    return PolynomialFit(
        coordinates=place,
        objects=objects,
        degree=moments.degree,
        coefficients=fitted,
        root=np.sqrt(values)[:, None] * vectors.T,
        inverse=inverse,
        residual=(residual + residual.T) / 2,
        outputs=outputs,
        explained=float(np.clip(1 - left, 0.0, 1.0)),
        count=n,
    )


def with_scores(
    fit: PolynomialFit, blocks: Iterable[tuple[Float[ndarray, "_n _d"], Float[ndarray, "_n _q"]]]
) -> PolynomialFit:
    """Sum what the covariance of the coefficients needs where the outputs vary more at some events than at others.

    The noise of a class label is p (1 - p), so that it differs from event to event, and the covariance is the one that White
    (1980) gives, with the number of events less that of the monomials in its denominator.

    Parameters
    ----------
    fit
        The polynomial.
    blocks
        The events that it was fitted to: coordinates and outputs, in the units of the fit, piece by piece.
    """
    size = fit.coefficients.size
    total = np.zeros((size, size))
    for u, y in blocks:
        phi = evaluate(u, fit.degree) * fit.weights[:, 0]
        score = (phi[:, :, None] * (y - phi @ fit.coefficients)[:, None, :]).reshape(len(u), size)
        total += score.T @ score
    return replace(fit, scores=total / (fit.count - len(fit.root)))

"""Observables h(x) whose means a symmetry of the density leaves alone: waves, and polynomials below a Gaussian envelope.

Both give their values and, in one matrix product, their derivatives along many linear flows x -> exp(tB) x at once.
"""

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.errors import ConfigError

Basis = Float[ndarray, "m d d"]


@dataclass(frozen=True)
class Waves:
    """cos(omega . x) and sin(omega . x): bounded, and together with enough frequencies they see every density."""

    frequencies: Float[ndarray, "p d"]
    """Wave vectors omega [1 / unit of x]."""

    @property
    def number(self) -> int:
        """Two functions for each wave vector."""
        return 2 * len(self.frequencies)

    def evaluate(
        self, points: Float[ndarray, "*set n d"], basis: Basis
    ) -> tuple[Float[ndarray, "*set n q"], Float[ndarray, "*set n q m"]]:
        """Values and derivatives along flows; the cosines come first."""
        waves, dim = self.frequencies.shape
        phase = points @ self.frequencies.T
        cosine, sine = np.cos(phase), np.sin(phase)
        along = np.einsum("pi,bij->jpb", self.frequencies, basis).reshape(dim, waves * len(basis))
        speed = (points @ along).reshape(*phase.shape, len(basis))
        return (
            np.concatenate([cosine, sine], axis=-1),
            np.concatenate([-sine[..., None] * speed, cosine[..., None] * speed], axis=-2),
        )


@dataclass(frozen=True)
class Polynomials:
    """All monomials of degree 1 to `degree` in x / scale, times exp(-|x / scale|^2 / (2 envelope^2))."""

    dim: int
    """Components of a point."""
    degree: int
    """Largest total degree, 1 or more."""
    scale: float = 1.0
    """Unit of the coordinates [unit of x]."""
    envelope: float | None = None
    """Width of the envelope in units of the scale; None leaves it out, which heavy tails do not forgive."""

    @property
    def exponents(self) -> list[tuple[int, ...]]:
        """Components that each monomial multiplies, in rising order: (0, 0, 2) is x_0^2 x_2."""
        degrees = range(1, self.degree + 1)
        return [term for degree in degrees for term in combinations_with_replacement(range(self.dim), degree)]

    @property
    def number(self) -> int:
        """Monomials without the constant."""
        return len(self.exponents)

    def evaluate(
        self, points: Float[ndarray, "*set n d"], basis: Basis
    ) -> tuple[Float[ndarray, "*set n q"], Float[ndarray, "*set n q m"]]:
        """Values and derivatives along flows; a linear flow takes monomials to monomials of the same degree."""
        x = points / self.scale
        terms = self.exponents
        place = {term: index for index, term in enumerate(terms)}
        values = np.empty((*x.shape[:-1], len(terms)))
        for index, term in enumerate(terms):
            values[..., index] = x[..., term[0]] if len(term) == 1 else x[..., term[0]] * values[..., place[term[1:]]]
        moved = self._moved(terms, place, basis).reshape(len(terms), -1)
        if self.envelope is None:
            return values, (values @ moved).reshape(*values.shape, len(basis))
        bell = np.exp(-0.5 * np.square(x).sum(axis=-1) / self.envelope**2)[..., None]
        values *= bell
        flows = (values @ moved).reshape(*values.shape, len(basis))
        if np.any(basis + basis.mT):  # Rotations leave the envelope alone.
            radial = np.einsum("...i,bij,...j->...b", x, basis, x) / self.envelope**2
            flows -= values[..., :, None] * radial[..., None, :]
        return values, flows

    def _moved(
        self, terms: list[tuple[int, ...]], place: dict[tuple[int, ...], int], basis: Basis
    ) -> Float[ndarray, "q q m"]:
        """Coefficients T of the derivative of monomial j along flow b: sum_k T[k, j, b] monomial_k."""
        moved = np.zeros((len(terms), len(terms), len(basis)))
        for j, term in enumerate(terms):
            for spot, i in enumerate(term):
                rest = term[:spot] + term[spot + 1 :]
                for partner in range(self.dim):
                    moved[place[tuple(sorted((*rest, partner)))], j] += basis[:, i, partner]
        return moved


Observables = Waves | Polynomials
"""Functions of a point that can be summed over events, as a type."""


def random_waves(dim: int, number: int, *, bandwidth: float, scale: float, rng: np.random.Generator) -> Waves:
    """Draw wave vectors from a normal law of width bandwidth / scale.

    Parameters
    ----------
    dim
        Components of a point.
    number
        Functions wanted, even: a cosine and a sine for each wave vector.
    bandwidth
        Width of the law of each component of the wave vector, in units of 1 / scale. Long waves see the shape as a whole,
        short ones its details, with more noise.
    scale
        Root mean square of one component [unit of x].
    rng
        Source of the draw.

    Raises
    ------
    ConfigError
        For an odd number of functions.
    """
    if number < 2 or number % 2:
        raise ConfigError(f"waves come in pairs of a cosine and a sine, found a number of {number}; give an even one")
    return Waves(frequencies=rng.normal(size=(number // 2, dim)) * (bandwidth / scale))

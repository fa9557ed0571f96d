"""Particles of several collisions in flat arrays, and small kinematics on them."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float64, Int32, Int64


class Particles(NamedTuple):
    """Stable particles of several collisions, one after the other."""

    event: Int64[np.ndarray, " particle"]
    """Number of the collision, rising."""
    pdg: Int32[np.ndarray, " particle"]
    """Particle number of the PDG, signed."""
    charge: Float64[np.ndarray, " particle"]
    """Electric charge [e]."""
    momenta: Float64[np.ndarray, "particle 4"]
    """E, px, py, pz [GeV]."""
    vertex: Float64[np.ndarray, "particle 3"]
    """Where the particle was produced: x, y, z [m]."""


class Directions(NamedTuple):
    """Directions of momenta or positions."""

    eta: Float64[np.ndarray, " *n"]
    """Pseudorapidity [dimensionless]."""
    phi: Float64[np.ndarray, " *n"]
    """Azimuth [rad], -pi to pi."""


def direction_of(
    x: Float64[np.ndarray, " *n"], y: Float64[np.ndarray, " *n"], z: Float64[np.ndarray, " *n"]
) -> Directions:
    """Pseudorapidity and azimuth of vectors (x, y, z) of any unit; along the beam eta is about +-700."""
    transverse = np.maximum(np.hypot(x, y), np.finfo(np.float64).tiny)
    with np.errstate(over="ignore"):
        ratio = z / transverse
    eta = np.arcsinh(np.clip(ratio, -1e300, 1e300))
    return Directions(eta, np.arctan2(y, x))


def massless_momenta(
    pt: Float64[np.ndarray, " n"], eta: Float64[np.ndarray, " n"], phi: Float64[np.ndarray, " n"]
) -> Float64[np.ndarray, "n 4"]:
    """(E, px, py, pz) with E = |p|, in the unit of `pt`."""
    return np.stack([pt * np.cosh(eta), pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)], axis=1)


def azimuth_difference(a: Float64[np.ndarray, " *#n"], b: Float64[np.ndarray, " *#n"]) -> Float64[np.ndarray, " *#n"]:
    """Difference of two azimuths [rad], brought to -pi to pi; the arrays must broadcast."""
    difference: Float64[np.ndarray, " *#n"] = (a - b + np.pi) % (2 * np.pi) - np.pi
    return difference


def distance(a: Directions, b: Directions) -> Float64[np.ndarray, " *#n"]:
    """Distance sqrt(d eta^2 + d phi^2) [dimensionless]; the arrays must broadcast."""
    separation: Float64[np.ndarray, " *#n"] = np.hypot(a.eta - b.eta, azimuth_difference(a.phi, b.phi))
    return separation


def smear_log_normal(
    mean: Float64[np.ndarray, " n"], sigma: Float64[np.ndarray, " n"], rng: np.random.Generator
) -> Float64[np.ndarray, " n"]:
    """Draw positive numbers with given mean and standard deviation from log-normal distributions; 0 stays 0."""
    positive = np.where(mean > 0, mean, 1.0)
    spread = np.sqrt(np.log1p((sigma / positive) ** 2))
    drawn = np.exp(np.log(positive) - 0.5 * spread**2 + spread * rng.standard_normal(len(mean)))
    return np.where(mean > 0, drawn, 0.0)

"""Positions and velocities at the start: regular polygons in nearly circular motion."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float64

from symscope.config.trajectory_datasets import NBodyDataset
from symscope.data.nbody.gravity import Gravity, Vectors


class Starts(NamedTuple):
    """Where n systems start."""

    positions: Vectors
    """Relative to the centre of mass."""
    velocities: Vectors
    """With the noise of the settings."""


def draw_starts(settings: NBodyDataset, gravity: Gravity, n: int, *, rng: np.random.Generator) -> Starts:
    """Draw the starts of `n` systems by the laws of the settings.

    With the defaults of Hamiltonian Neural Networks (Greydanus et al. 2019) the velocity of body 1 at distance r from
    the centre is sqrt(G m / r) / 2 for two bodies, and sqrt(G m / r) sqrt(sin 60 / (2 cos^2 30)) for three, as there.
    """
    positions = _polygon(_first_corner(settings, n, rng), gravity)
    velocities = circular_velocities(positions, gravity)
    if settings.direction == "random":
        velocities *= rng.choice([-1.0, 1.0], size=n)
    velocities *= 1.0 + _noise(settings, velocities.shape, rng)
    if settings.centre == "at_rest" and settings.noise_acts_on == "component":
        velocities -= np.tensordot(gravity.masses / gravity.masses.sum(), velocities, axes=1)
    return Starts(positions, velocities)


def circular_velocities(positions: Vectors, gravity: Gravity) -> Vectors:
    """Counterclockwise velocities with which each body would circle the centre of mass, as the others pull it now.

    From v^2 / r = -a . q / r. Regular polygons of equal masses, and two or three bodies of any masses at equal
    distances, then turn rigidly.
    """
    inward = -(gravity.accelerations(positions) * positions).sum(axis=1)
    radius = np.hypot(positions[:, 0], positions[:, 1])
    speed = np.sqrt(np.maximum(inward, 0.0))
    # A body that rests at the centre of mass has no circle to follow.
    rate = np.divide(speed, radius, out=np.zeros_like(speed), where=radius > 0)
    return np.stack([-positions[:, 1] * rate, positions[:, 0] * rate], axis=1)


def _first_corner(settings: NBodyDataset, n: int, rng: np.random.Generator) -> Float64[np.ndarray, "2 n"]:
    """Corner of the polygon where body 1 stands."""
    lower, upper = settings.radius
    if settings.start == "box":
        return rng.uniform(lower, upper, size=(2, n))
    if settings.start == "square":
        direction = rng.uniform(-1.0, 1.0, size=(2, n))
        unit = direction / np.hypot(*direction)
    else:
        angle = rng.uniform(-np.pi, np.pi, size=n)
        unit = np.stack([np.cos(angle), np.sin(angle)])
    even = rng.uniform(size=n)
    radius = (
        np.sqrt(lower**2 + even * (upper**2 - lower**2)) if settings.start == "area" else lower + even * (upper - lower)
    )
    corner: Float64[np.ndarray, "2 n"] = unit * radius
    return corner


def _polygon(first: Float64[np.ndarray, "2 n"], gravity: Gravity) -> Vectors:
    """Corners of the regular polygon with the given first one, relative to the centre of mass."""
    angles = 2 * np.pi * np.arange(gravity.bodies) / gravity.bodies
    cosines, sines = np.cos(angles), np.sin(angles)
    sines[np.abs(sines) < 1e-15] = 0.0  # so that two bodies of equal mass are opposite to the last bit
    x, y = first
    corners = np.stack([np.outer(cosines, x) - np.outer(sines, y), np.outer(sines, x) + np.outer(cosines, y)], axis=1)
    return corners - np.tensordot(gravity.masses / gravity.masses.sum(), corners, axes=1)


def _noise(settings: NBodyDataset, shape: tuple[int, ...], rng: np.random.Generator) -> Float64[np.ndarray, "..."]:
    size = shape if settings.noise_acts_on == "component" else shape[-1:]
    if settings.noise_law == "uniform":
        return settings.velocity_noise * rng.uniform(-1.0, 1.0, size=size)
    return settings.velocity_noise * rng.standard_normal(size)

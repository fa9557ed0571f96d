"""Flight of particles through a solenoid to the face of the calorimeters."""

import numpy as np
from jaxtyping import Bool, Float64

from symscope.config.generation import Solenoid
from symscope.data.jets.particles import Directions, Particles, direction_of

GEV_PER_TESLA_METRE = 0.299792458
"""Transverse momentum of a unit charge on a circle of one metre in one tesla [GeV / (T m)]: c / (1e9 m/s)."""


def propagate(particles: Particles, solenoid: Solenoid) -> tuple[Directions, Bool[np.ndarray, " particle"]]:
    """Where particles leave the cylinder of the solenoid.

    Neutral particles fly straight, charged ones on a helix around the field along z; a positive charge turns clockwise
    as seen from positive z. Energy loss and decays in flight are left out.

    Returns
    -------
    Directions
        Pseudorapidity and azimuth of the point of exit as seen from the origin.
    numpy.ndarray
        Whether the particle was produced inside the cylinder and leaves it; the directions of others mean nothing.
    """
    _, px, py, pz = particles.momenta.T
    x, y, z = particles.vertex.T
    pt = np.hypot(px, py)
    inside = (np.hypot(x, y) < solenoid.radius) & (np.abs(z) < solenoid.half_length) & (pt > 1e-6)
    turning = GEV_PER_TESLA_METRE * solenoid.field * particles.charge  # GeV/m; zero for neutral particles
    bent = inside & (turning != 0)
    path = np.zeros(len(pt))  # transverse length of the flight [m]
    straight = inside & ~bent
    path[straight] = _straight_path(
        x[straight], y[straight], px[straight] / pt[straight], py[straight] / pt[straight], solenoid
    )
    curvature = np.divide(turning, pt, out=np.zeros(len(pt)), where=inside)  # 1/m, signed
    phi = np.arctan2(py, px)
    path[bent] = _helix_path(x[bent], y[bent], phi[bent], curvature[bent], solenoid)
    slope = np.divide(pz, pt, out=np.zeros(len(pt)), where=inside)
    to_lid = np.full(len(pt), np.inf)
    np.divide(np.copysign(solenoid.half_length, slope) - z, slope, out=to_lid, where=slope != 0)
    path = np.minimum(path, to_lid)
    leaves = inside & np.isfinite(path)
    path = np.where(leaves, path, 0.0)
    half_angle = 0.5 * curvature * path
    chord = path * np.sinc(half_angle / np.pi)
    end_x = x + chord * np.cos(phi - half_angle)
    end_y = y + chord * np.sin(phi - half_angle)
    return direction_of(end_x, end_y, z + slope * path), leaves


def _straight_path(
    x: Float64[np.ndarray, " n"],
    y: Float64[np.ndarray, " n"],
    ux: Float64[np.ndarray, " n"],
    uy: Float64[np.ndarray, " n"],
    solenoid: Solenoid,
) -> Float64[np.ndarray, " n"]:
    """Length of a straight line in the transverse plane from (x, y) along the unit vector (ux, uy) to the side."""
    along = x * ux + y * uy
    path: Float64[np.ndarray, " n"] = np.sqrt(along**2 + solenoid.radius**2 - x**2 - y**2) - along
    return path


def _helix_path(
    x: Float64[np.ndarray, " n"],
    y: Float64[np.ndarray, " n"],
    phi: Float64[np.ndarray, " n"],
    curvature: Float64[np.ndarray, " n"],
    solenoid: Solenoid,
) -> Float64[np.ndarray, " n"]:
    """Length of a circular arc in the transverse plane to the side of the cylinder, infinite if it never gets there."""
    radius = 1 / np.abs(curvature)
    turn = np.sign(curvature)  # positive: clockwise
    centre_x, centre_y = x + turn * radius * np.sin(phi), y - turn * radius * np.cos(phi)
    centre = np.hypot(centre_x, centre_y)
    # The distance of a point of the circle from the beam depends on its angle at the circle's centre, counted from the
    # direction outwards; it equals the cylinder's radius at the angles +-exit.
    cosine = (solenoid.radius**2 - centre**2 - radius**2) / np.maximum(2 * centre * radius, np.finfo(np.float64).tiny)
    exit_angle = np.arccos(np.clip(cosine, -1, 1))
    start = np.arctan2(y - centre_y, x - centre_x) - np.arctan2(centre_y, centre_x)
    arc = (turn * start - exit_angle) % (2 * np.pi)
    return np.where(cosine < 1, radius * arc, np.inf)

"""Whether a transformation takes orbits to orbits: what the equations of motion make of a transformed start."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.config.trajectory_datasets import NBodyDataset
from symscope.data.nbody.gravity import Gravity
from symscope.data.nbody.integrator import integrate


def follow_orbits(
    starts: Float[ndarray, "n d"], settings: NBodyDataset, *, steps: int
) -> Float[ndarray, "n {steps} d"]:
    """Solve the equations of motion of a simulated dataset from given states.

    Parameters
    ----------
    starts
        States, body by body as x, y, px, py, in the units of the dataset.
    settings
        The dataset: masses, gravitation, time step and accuracy.
    steps
        Number of states, the start included.

    Returns
    -------
    ndarray
        NaN from where a system could not be followed.
    """
    gravity = Gravity(settings.masses or [1.0] * settings.bodies, settings.gravitation)
    states = starts.reshape(len(starts), settings.bodies, 2, 2).transpose(2, 1, 3, 0)
    masses = gravity.masses[:, None, None]
    times = np.arange(steps) * (settings.duration / (settings.timesteps - 1))
    flow = integrate(
        gravity,
        np.ascontiguousarray(states[0]),
        np.ascontiguousarray(states[1] / masses),
        times,
        tolerance=settings.tolerance,
        max_steps=settings.max_steps,
    )
    together = [flow.positions, flow.velocities * masses[:, :, 0]]
    return np.concatenate(together, axis=3).reshape(len(starts), steps, -1)


def solved_orbits(
    turned: Float[ndarray, "n time d"], dataset: Mapping[str, Any] | None
) -> Float[ndarray, "n time d"] | None:
    """Solve the equations of motion from the first state of each orbit; None where the dataset is not a simulated one.

    Parameters
    ----------
    turned
        Orbits, such as transformed ones.
    dataset
        The dataset's block of the configuration as plain values.
    """
    if dataset is None or dataset.get("source") != "nbody":
        return None
    return follow_orbits(turned[:, 0], NBodyDataset(**dataset), steps=turned.shape[1])


def typical_orbit(orbits: Float[ndarray, "n time d"]) -> int:
    """Index of the trajectory whose first body turns about the origin by the median angle (the lower one of two)."""
    angles = np.unwrap(np.arctan2(orbits[:, :, 1], orbits[:, :, 0]), axis=1)
    order = np.argsort(np.abs(angles[:, -1] - angles[:, 0]), kind="stable")
    return int(order[(len(order) - 1) // 2])


def deviations(
    orbits: Float[ndarray, "*batch time d"], solved: Float[ndarray, "*batch time d"]
) -> Float[ndarray, "*batch"]:
    """Largest distance of a body from where the equations of motion take it, over its largest distance from the origin."""
    positions = [states.reshape(*states.shape[:-1], -1, 4)[..., :2] for states in (orbits, solved)]
    distance = np.linalg.norm(positions[0] - positions[1], axis=-1).max(axis=(-1, -2))
    return np.asarray(distance / np.linalg.norm(positions[1], axis=-1).max(axis=(-1, -2)))

"""Trajectories of n bodies with their accuracy, as many as the settings ask for."""

import logging
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float64

from symscope.config.trajectory_datasets import NBodyDataset
from symscope.data.nbody.gravity import Gravity
from symscope.data.nbody.integrator import Flow, integrate
from symscope.data.nbody.starts import draw_starts
from symscope.errors import DataError
from symscope.io.files import PathLike
from symscope.io.trajectories import write_trajectories
from symscope.provenance import provenance

logger = logging.getLogger(__name__)

_MOST_DRAWS = 20
"""Draws for each trajectory that is wanted, on average, before the settings count as hopeless."""

_TRUSTED_REVERSAL = 1e-3
"""Reversal error above which a warning is given."""


@dataclass(frozen=True)
class Rejections:
    """Trajectories that were computed and not kept; the first reason that applies counts."""

    unfinished: int = 0
    """Needed more than `max_steps`, or a collision left no step that double precision can take."""
    close: int = 0
    """Two bodies came closer than `min_separation`."""
    inaccurate: int = 0
    """The energy drifted by more than `max_energy_drift`."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.unfinished + self.close + self.inaccurate

    def __add__(self, other: "Rejections") -> "Rejections":
        """Sum of each count."""
        return Rejections(
            self.unfinished + other.unfinished, self.close + other.close, self.inaccurate + other.inaccurate
        )


@dataclass(frozen=True)
class Orbits:
    """Trajectories and how accurate they are."""

    states: Float64[np.ndarray, "n time d"]
    """(x1, y1, px1, py1, x2, ...), body by body, in the units of the settings."""
    times: Float64[np.ndarray, " time"]
    """Times of the states, from 0."""
    energy_drift: Float64[np.ndarray, " n"]
    """Largest |E(t) - E(0)| / max(|E(0)|, T(0)) over the states (dimensionless); T is the kinetic energy, which keeps the
    scale finite where E(0) is near 0. In a chaotic system a small drift does not make the late states exact."""
    angular_momentum_drift: Float64[np.ndarray, " n"]
    """Largest |J(t) - J(0)| over the states, over sum m_i |q_i| |v_i| at the start (dimensionless)."""
    closest: Float64[np.ndarray, " n"]
    """Smallest distance of two bodies at any step of the integration."""
    rejected: Rejections
    """Trajectories that were replaced by others."""
    reversal_error: Float64[np.ndarray, " m"]
    """Of the first m trajectories: distance by which going back from the last state misses the first one, over the largest
    distance of a body from the origin at the start (dimensionless). Unlike the energy it tells how far the late states of
    a chaotic system can be trusted."""

    def accuracy(self) -> dict[str, Any]:
        """Sum the accuracy up as plain values that fit into JSON; NaN and infinity become null."""
        worst = {
            "energy_drift": self.energy_drift.max(initial=0.0),
            "energy_drift_median": np.median(self.energy_drift) if len(self.energy_drift) else 0.0,
            "angular_momentum_drift": self.angular_momentum_drift.max(initial=0.0),
            "closest": self.closest.min(initial=np.inf),
            "reversal_error": self.reversal_error.max() if len(self.reversal_error) else np.nan,
        }
        told = {name: float(value) if np.isfinite(value) else None for name, value in worst.items()}
        return {**told, "rejected": asdict(self.rejected)}


def simulate_orbits(settings: NBodyDataset, *, seed: int, n: int | None = None, reversed_orbits: int = 0) -> Orbits:
    """Compute trajectories of n bodies under gravity.

    Parameters
    ----------
    settings
        The dataset's block of the configuration.
    seed
        Decides the starts; the same seed gives the same trajectories.
    n
        Number of trajectories; None computes those of all splits.
    reversed_orbits
        Trajectories that are also followed back in time, as a check; at most `n`.

    Returns
    -------
    Orbits
        As many as wanted. Those that could not be computed to the wanted accuracy, or in which bodies came too close, are
        replaced by further draws and counted; the starts then follow their laws under the condition of being kept.

    Raises
    ------
    DataError
        Where too few draws can be kept.
    """
    wanted = settings.total if n is None else n
    gravity = gravity_of(settings)
    times = np.linspace(0.0, settings.duration, settings.timesteps)
    kept: list[Orbits] = []
    missing, drawn, rejected = wanted, 0, Rejections()
    while missing:
        if drawn > 100 and wanted - missing < drawn / _MOST_DRAWS:
            raise DataError(
                f"of {drawn} computed trajectories of {settings.bodies} bodies only {wanted - missing} could be kept "
                f"({_reasons(rejected)}); shorten 'duration', widen 'radius', lower 'velocity_noise' or "
                "'tolerance', or raise 'max_energy_drift' or 'max_steps'"
            )
        draws = missing if not rejected.total else min(2 * missing, 20_000) + 8
        found = _simulate(settings, gravity, times, draws, rng=np.random.default_rng([seed, drawn]))
        drawn += draws
        rejected += found.rejected
        kept.append(_first(found, missing))
        missing -= len(kept[-1].states)
    orbits = Orbits(
        states=np.concatenate([part.states for part in kept]),
        times=times,
        energy_drift=np.concatenate([part.energy_drift for part in kept]),
        angular_momentum_drift=np.concatenate([part.angular_momentum_drift for part in kept]),
        closest=np.concatenate([part.closest for part in kept]),
        rejected=rejected,
        reversal_error=np.empty(0),
    )
    if reversed_orbits:
        orbits = replace(orbits, reversal_error=reversal_errors(orbits.states[:reversed_orbits], times, settings))
    _tell(orbits, drawn)
    return orbits


def reversal_errors(
    states: Float64[np.ndarray, "n time d"], times: Float64[np.ndarray, " time"], settings: NBodyDataset
) -> Float64[np.ndarray, " n"]:
    """Go back in time from the last states; see :class:`Orbits`. NaN where that needs more than `max_steps`."""
    gravity = gravity_of(settings)
    q, p = (states.reshape(*states.shape[:2], settings.bodies, 2, 2)[:, :, :, k].transpose(1, 2, 3, 0) for k in (0, 1))
    velocities = p / gravity.masses[:, None, None]
    ends = np.array([times[-1], times[0]])
    flow = integrate(gravity, q[-1], velocities[-1], ends, tolerance=settings.tolerance, max_steps=settings.max_steps)
    missed = flow.positions[:, -1].transpose(1, 2, 0) - q[0]
    errors: Float64[np.ndarray, " n"] = np.abs(missed).max(axis=(0, 1)) / np.hypot(q[0, :, 0], q[0, :, 1]).max(axis=0)
    return errors


def gravity_of(settings: NBodyDataset) -> Gravity:
    """Masses and G of the settings."""
    return Gravity(settings.masses or [1.0] * settings.bodies, settings.gravitation)


def write_orbits(path: PathLike, orbits: Orbits, *, settings: NBodyDataset, seed: int) -> None:
    """Write trajectories with their accuracy and how they were made, in the form that the ingestion reads."""
    made = provenance(step="generate_orbits", settings=settings.model_dump(mode="json"), seeds=[seed])
    write_trajectories(
        path,
        orbits.states,
        times=orbits.times,
        feature_names=settings.columns,
        provenance={**made, "accuracy": orbits.accuracy()},
        numbers={
            "energy_drift": orbits.energy_drift,
            "angular_momentum_drift": orbits.angular_momentum_drift,
            "closest": orbits.closest,
        },
    )


def _simulate(
    settings: NBodyDataset,
    gravity: Gravity,
    times: Float64[np.ndarray, " time"],
    n: int,
    *,
    rng: np.random.Generator,
) -> Orbits:
    """Compute `n` trajectories and keep the good ones."""
    starts = draw_starts(settings, gravity, n, rng=rng)
    flow = integrate(gravity, *starts, times, tolerance=settings.tolerance, max_steps=settings.max_steps)
    energy, momentum = conservation(gravity, flow)
    close = flow.complete & (flow.closest < settings.min_separation)
    inaccurate = flow.complete & ~close & ~(energy <= settings.max_energy_drift)
    good = flow.complete & ~close & ~inaccurate
    momenta = flow.velocities * gravity.masses[:, None]
    states = np.concatenate([flow.positions, momenta], axis=3).reshape(n, len(times), -1)
    return Orbits(
        states=states[good],
        times=times,
        energy_drift=energy[good],
        angular_momentum_drift=momentum[good],
        closest=flow.closest[good],
        rejected=Rejections(int((~flow.complete).sum()), int(close.sum()), int(inaccurate.sum())),
        reversal_error=np.empty(0),
    )


def conservation(gravity: Gravity, flow: Flow) -> tuple[Float64[np.ndarray, " n"], Float64[np.ndarray, " n"]]:
    """Largest relative drift of the energy and of the angular momentum; NaN where a system could not be followed.

    See :class:`Orbits` for the scales.
    """
    n, steps = flow.positions.shape[:2]
    q, v = (x.reshape(n * steps, gravity.bodies, 2).transpose(1, 2, 0) for x in (flow.positions, flow.velocities))
    kinetic = gravity.kinetic_energy(v).reshape(n, steps)
    energy = kinetic + gravity.potential_energy(q).reshape(n, steps)
    energy_drift = np.abs(energy - energy[:, :1]).max(axis=1) / np.maximum(np.abs(energy[:, 0]), kinetic[:, 0])
    angular = gravity.angular_momentum(q, v).reshape(n, steps)
    lever = np.hypot(q[:, 0], q[:, 1]) * np.hypot(v[:, 0], v[:, 1])
    scale = (gravity.masses @ lever).reshape(n, steps)[:, 0]
    return energy_drift, np.abs(angular - angular[:, :1]).max(axis=1) / np.where(scale > 0, scale, 1.0)


def _first(orbits: Orbits, n: int) -> Orbits:
    return replace(
        orbits,
        states=orbits.states[:n],
        energy_drift=orbits.energy_drift[:n],
        angular_momentum_drift=orbits.angular_momentum_drift[:n],
        closest=orbits.closest[:n],
    )


def _tell(orbits: Orbits, drawn: int) -> None:
    logger.info(
        "%d trajectories: relative energy drift %.1e at most (median %.1e), smallest distance of two bodies %.2g",
        len(orbits.states),
        orbits.energy_drift.max(initial=0.0),
        np.median(orbits.energy_drift) if len(orbits.energy_drift) else 0.0,
        orbits.closest.min(initial=np.inf),
    )
    if len(orbits.reversal_error):
        missed = np.nan_to_num(orbits.reversal_error, nan=np.inf)
        worst = float(missed.max())
        logger.log(
            logging.WARNING if worst > _TRUSTED_REVERSAL else logging.INFO,
            "going back in time from the last state misses the first by at most %.1e of its size (median %.1e)%s",
            worst,
            np.median(missed),
            "; the system is chaotic: its late states obey the equations, but follow from the start only to this accuracy"
            if worst > _TRUSTED_REVERSAL
            else "",
        )
    if orbits.rejected.total:
        logger.warning(
            "%d of %d computed trajectories were rejected and replaced: %s",
            orbits.rejected.total,
            drawn,
            _reasons(orbits.rejected),
        )


def _reasons(rejected: Rejections) -> str:
    return (
        f"{rejected.unfinished} could not be followed to the end, {rejected.close} had bodies closer than "
        f"'min_separation', {rejected.inaccurate} drifted in energy by more than 'max_energy_drift'"
    )

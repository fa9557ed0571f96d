"""Speed and accuracy of generated orbits, against one trajectory after the other as the published generator does it.

The plain way is scipy's RK45 with rtol 1e-9 (its default atol) and a force in a loop over bodies, one orbit after the other.
Also three and five bodies, and the reading of a table beside a plain ``numpy.loadtxt`` without any check.
"""

import tempfile
from pathlib import Path

import numpy as np
from scipy.integrate import solve_ivp
from tests.benchmarks.suite import Size, alternate, peak_memory, run

from symscope.config.trajectory_datasets import NBodyDataset, TrajectoryFiles
from symscope.data.nbody.simulation import simulate_orbits
from symscope.data.trajectories import ingest_trajectories
from symscope.evaluation.speed import Measurement

GOAL = 50.0
"""Times the plain way that is wanted."""


def derivative(_: float, flat: np.ndarray) -> np.ndarray:
    """Rate of change of two bodies of mass 1, written with a loop over the bodies."""
    state = flat.reshape(-1, 4)
    rate = np.zeros_like(state)
    rate[:, :2] = state[:, 2:]
    for i in range(len(state)):
        others = np.concatenate([state[:i], state[i + 1 :]])
        away = others[:, :2] - state[i, :2]
        distance = np.sqrt((away**2).sum(axis=1, keepdims=True))
        rate[i, 2:] = (away / (distance**3 + 1e-10)).sum(axis=0)
    return rate.ravel()


def plain(starts: np.ndarray, times: np.ndarray) -> np.ndarray:
    """States (n, time, 8), one trajectory after the other."""
    span = (times[0], times[-1])
    return np.stack([solve_ivp(derivative, span, start, t_eval=times, rtol=1e-9).y.T for start in starts])


def drift(states: np.ndarray) -> float:
    """Largest relative change of the energy of two bodies of mass 1."""
    parts = states.reshape(*states.shape[:2], 2, 2, 2).transpose(0, 1, 3, 2, 4)
    energy = (parts[:, :, 1] ** 2).sum(axis=(2, 3)) / 2
    energy -= 1 / np.linalg.norm(parts[:, :, 0, 0] - parts[:, :, 0, 1], axis=2)
    return float(np.abs(energy / energy[:, :1] - 1).max())


def simulate_alone(n: int) -> None:
    """Simulate for the peak of the memory."""
    simulate_orbits(NBodyDataset.hnn_two_bodies(), seed=0, n=n)


def two_bodies(n: int, repeats: int) -> Measurement:
    """Two bodies beside the plain way, which makes a tenth of the orbits."""
    settings = NBodyDataset.hnn_two_bodies()
    orbits = simulate_orbits(settings, seed=0, n=n)
    few = max(n // 10, 2)
    starts = orbits.states[:few, 0]
    taken = alternate(
        {"ours": lambda: simulate_orbits(settings, seed=0, n=n), "plain": lambda: plain(starts, orbits.times)}, repeats
    )
    worst, theirs = drift(orbits.states), drift(plain(starts, orbits.times))
    return Measurement(
        step="orbits",
        label=f"orbits of two bodies, {n:,} of 50 states",
        unit="orbits/s",
        rate=n / taken["ours"],
        plain=few / taken["plain"],
        goal=GOAL,
        peak=peak_memory(simulate_alone, n),
        note=f"The energy drifts by {worst:.1e} at most, in the plain way by {theirs:.1e}.",
    )


def more_bodies(n: int, repeats: int) -> list[Measurement]:
    """Rates against the number of bodies, on circles that are alike but for it."""
    found = []
    for bodies in (2, 3, 5, 8):
        settings = NBodyDataset(bodies=bodies)
        taken = alternate({"ours": lambda settings=settings: simulate_orbits(settings, seed=0, n=n)}, repeats)
        found.append(
            Measurement(
                step="orbits_bodies",
                label=f"orbits of {bodies} bodies, {n:,} of 20 states",
                unit="orbits/s",
                rate=n / taken["ours"],
                size=float(bodies),
                axis="bodies",
            )
        )
    return found


def table(n: int, repeats: int) -> Measurement:
    """Ingestion of a table, against a plain numpy.loadtxt of the same columns without any check."""
    settings = NBodyDataset()
    orbits = simulate_orbits(settings, seed=0, n=n)
    _, steps, d = orbits.states.shape
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "a.csv"
        rows = np.column_stack([np.repeat(np.arange(n), steps), np.tile(orbits.times, n), orbits.states.reshape(-1, d)])
        np.savetxt(path, rows, delimiter=",", header=",".join(["trajectory", "time", *settings.columns]), comments="")
        files = TrajectoryFiles(files={"all": [str(path)]}, columns=settings.columns)
        taken = alternate(
            {
                "ours": lambda: ingest_trajectories([path], settings=files, output=Path(name) / "d.h5", seed=0),
                "plain": lambda: np.loadtxt(path, delimiter=",", skiprows=1),
            },
            repeats,
        )
    return Measurement(
        step="table",
        label=f"trajectories read from a table of {n * steps:,} rows",
        unit="rows/s",
        rate=n * steps / taken["ours"],
        plain=n * steps / taken["plain"],
        note="The plain way only parses numbers.",
    )


def measure(size: Size, repeats: int) -> list[Measurement]:
    """Orbits a second, and rows of a table."""
    n = {"smoke": 40, "small": 400, "full": 1000}[size]
    found = [two_bodies(n, repeats)]
    return found if size == "smoke" else [*found, *more_bodies(n, repeats), table(n, repeats)]


if __name__ == "__main__":
    run(measure, __doc__)

"""Speed and accuracy of generated orbits, against one trajectory after the other as the published generator does it.

The plain way is scipy's RK45 with rtol 1e-9 (its default atol) and a force in a loop over bodies, 1,000 orbits of 50
states; a tenth of them is timed. The published generator was measured at 5.7 s on another machine. Also: how the time
grows for three bodies and chaos, and the speed of reading a table. ``OMP_NUM_THREADS=1 python
tests/benchmarks/bench_orbits.py``.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.integrate import solve_ivp

from symscope.config.trajectory_datasets import NBodyDataset, TrajectoryFiles
from symscope.data.nbody.simulation import simulate_orbits
from symscope.data.trajectories import ingest_trajectories

ORBITS = 1000
PUBLISHED_SECONDS = 5.7
PLAIN_SHARE = 10


def best(action: Callable[[], object], repeats: int = 5) -> float:
    """Shortest time of several [s]."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


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


def generation() -> None:
    settings = NBodyDataset.hnn_two_bodies()
    orbits = simulate_orbits(settings, seed=0, n=ORBITS)
    ours = best(lambda: simulate_orbits(settings, seed=0, n=ORBITS))
    starts = orbits.states[: ORBITS // PLAIN_SHARE, 0]
    theirs = best(lambda: plain(starts, orbits.times), repeats=2) * PLAIN_SHARE
    print(f"{ORBITS} orbits of 50 states, ours:  {ours * 1e3:8.0f} ms, energy drift {drift(orbits.states):.1e} at most")
    print(
        f"{ORBITS} orbits of 50 states, plain: {theirs * 1e3:8.0f} ms, energy drift {drift(plain(starts, orbits.times)):.1e}"
    )
    print(
        f"ratio to plain here {theirs / ours:.0f} (at least 50 wanted); published 5.7 s over ours {PUBLISHED_SECONDS / ours:.0f}"
    )


def other_systems() -> None:
    for name, settings in {
        "LieGAN's two bodies, 20 states": NBodyDataset.liegan_two_bodies(),
        "HNN's three bodies, 20 states": NBodyDataset.hnn_three_bodies(),
        "the same four times as long": NBodyDataset.hnn_three_bodies(duration=20.0),
        "five bodies": NBodyDataset(bodies=5),
        "tolerance 1e-13, two bodies": NBodyDataset.hnn_two_bodies(tolerance=1e-13),
    }.items():
        orbits = simulate_orbits(settings, seed=0, n=ORBITS, reversed_orbits=64)
        seconds = best(lambda settings=settings: simulate_orbits(settings, seed=0, n=ORBITS), repeats=2)
        print(
            f"{name:32s} {ORBITS / seconds:8.0f} orbits/s, energy drift {orbits.energy_drift.max():.1e}, "
            f"reversal error {orbits.reversal_error.max():.1e}, {orbits.rejected.total} rejected"
        )


def table() -> None:
    """Ingestion of a table, against a plain numpy.loadtxt of the same columns without any check."""
    settings = NBodyDataset()
    orbits = simulate_orbits(settings, seed=0)
    n, steps, d = orbits.states.shape
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "a.csv"
        rows = np.column_stack([np.repeat(np.arange(n), steps), np.tile(orbits.times, n), orbits.states.reshape(-1, d)])
        np.savetxt(path, rows, delimiter=",", header=",".join(["trajectory", "time", *settings.columns]), comments="")
        files = TrajectoryFiles(files={"all": [str(path)]}, columns=settings.columns)
        ours = best(lambda: ingest_trajectories([path], settings=files, output=Path(name) / "d.h5", seed=0), 3)
        theirs = best(lambda: np.loadtxt(path, delimiter=",", skiprows=1), 3)
    print(f"table of {n * steps} rows: {n * steps / ours:.0f} rows/s, {theirs / ours:.2f} x plain loadtxt")


def main() -> None:
    generation()
    other_systems()
    table()


if __name__ == "__main__":
    main()

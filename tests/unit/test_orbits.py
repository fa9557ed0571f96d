"""Datasets of orbits: the laws of their starts, their accuracy, and what happens where that cannot be had."""

import logging
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.stats import kstest

from symscope.config.trajectory_datasets import NBodyDataset
from symscope.data.nbody.simulation import Orbits, simulate_orbits, write_orbits
from symscope.errors import DataError


def few(n: int = 30) -> dict[str, Any]:
    return {"trajectories": {"train": n, "val": 5, "test": 10}}


def bodies(orbits: Orbits, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions and momenta (n, time, body, 2)."""
    parts = orbits.states.reshape(*orbits.states.shape[:2], n, 2, 2)
    return parts[..., 0, :], parts[..., 1, :]


def test_the_papers_two_bodies() -> None:
    """formulas of LieGAN's published files: ring of 1.5 to 3 even in area, near circles, opposite bodies, dt = 20/49."""
    orbits = simulate_orbits(NBodyDataset.liegan_two_bodies(), seed=3)
    assert orbits.states.shape == (1704, 20, 8)
    assert np.diff(orbits.times) == pytest.approx(20 / 49)
    q, p = bodies(orbits, 2)
    np.testing.assert_array_equal(q[:, :, 0], -q[:, :, 1])
    np.testing.assert_array_equal(p[:, :, 0], -p[:, :, 1])
    radius, angle = np.hypot(*q[:, 0, 0].T), np.arctan2(q[:, 0, 0, 1], q[:, 0, 0, 0])
    assert kstest((radius**2 - 1.5**2) / (3**2 - 1.5**2), "uniform").pvalue > 1e-3
    assert kstest((angle + np.pi) / (2 * np.pi), "uniform").pvalue > 1e-3
    noise = np.hypot(*p[:, 0, 0].T) * 2 * np.sqrt(radius) - 1
    assert noise.std() == pytest.approx(7e-4, rel=0.1)
    assert np.abs(noise.mean()) < 1e-4
    assert (q[:, 0, 0, 0] * p[:, 0, 0, 1] > q[:, 0, 0, 1] * p[:, 0, 0, 0]).all()  # counterclockwise
    assert orbits.energy_drift.max() < 1e-12
    assert np.linalg.matrix_rank(orbits.states.reshape(-1, 8), tol=1e-9) == 4


def test_two_bodies_of_hamiltonian_networks() -> None:
    orbits = simulate_orbits(NBodyDataset.hnn_two_bodies(), seed=3)
    assert orbits.states.shape == (1100, 50, 8)
    assert orbits.times[-1] == 20
    q, p = bodies(orbits, 2)
    for component in (q[:, 0, 0, 0], q[:, 0, 0, 1]):
        assert kstest(component - 0.5, "uniform").pvalue > 1e-3
    noise = np.hypot(*p[:, 0, 0].T) * 2 * np.sqrt(np.hypot(*q[:, 0, 0].T)) - 1
    assert noise.std() == pytest.approx(0.05, rel=0.1)
    assert orbits.energy_drift.max() < 1e-8


def test_three_bodies_of_hamiltonian_networks() -> None:
    settings = NBodyDataset.hnn_three_bodies(trajectories={"train": 400, "val": 50, "test": 50})
    orbits = simulate_orbits(settings, seed=3)
    q, p = bodies(orbits, 3)
    radius = np.hypot(q[:, 0, 0, 0], q[:, 0, 0, 1])
    assert kstest((radius - 0.9) / 0.3, "uniform").pvalue > 1e-3
    sides = np.linalg.norm(q[:, 0] - q[:, 0, [1, 2, 0]], axis=2)
    np.testing.assert_allclose(sides, np.sqrt(3) * radius[:, None] * np.ones(3), rtol=1e-12)
    circular = np.sqrt(np.sin(np.pi / 3) / (2 * np.cos(np.pi / 6) ** 2)) / radius**1.5
    tangent = np.stack([-q[:, 0, :, 1], q[:, 0, :, 0]], axis=2) * circular[:, None, None]
    factors = p[:, 0] / tangent - 1
    assert np.abs(factors).max() <= 0.2 + 1e-9
    assert kstest(factors.ravel() / 0.4 + 0.5, "uniform").pvalue > 1e-3
    assert np.abs(p[:, 0].sum(axis=1)).max() > 0.01  # the published data drift as a whole
    assert orbits.energy_drift.max() < 1e-6


def test_drift_of_the_centre_of_mass_can_be_taken_away() -> None:
    settings = NBodyDataset.hnn_three_bodies(centre="at_rest", masses=[1, 2, 0.5], **few())
    q, p = bodies(simulate_orbits(settings, seed=0), 3)
    np.testing.assert_allclose(p.sum(axis=2), 0, atol=1e-10)
    np.testing.assert_allclose(np.einsum("i,ntij->ntj", np.array([1, 2, 0.5]), q), 0, atol=1e-9)


def test_period_of_circles_against_kepler() -> None:
    """Unequal masses and another G: after T = 2 pi sqrt(d^3 / (G M)) all is as before."""
    masses, gravitation, radius = [3.0, 0.5], 4.2, 0.8
    period = 2 * np.pi * np.sqrt((2 * radius) ** 3 / (gravitation * sum(masses)))
    settings = NBodyDataset(
        masses=masses, gravitation=gravitation, radius=(radius, radius), velocity_noise=0, duration=period, timesteps=5
    )
    orbits = simulate_orbits(settings, seed=1, n=20)
    np.testing.assert_allclose(orbits.states[:, -1], orbits.states[:, 0], atol=1e-9)
    np.testing.assert_allclose(orbits.states[:, 2], -orbits.states[:, 0], atol=1e-9)
    separation = np.linalg.norm(orbits.states[:, :, :2] - orbits.states[:, :, 4:6], axis=2)
    np.testing.assert_allclose(separation, 2 * radius, rtol=1e-9)


@pytest.mark.parametrize("settings", [NBodyDataset.hnn_two_bodies(), NBodyDataset.hnn_three_bodies()])
def test_states_and_energy_against_scipy(settings: NBodyDataset) -> None:
    orbits = simulate_orbits(settings, seed=5, n=4)
    n = settings.bodies

    def rate(_: float, state: np.ndarray) -> np.ndarray:
        q, p = state.reshape(n, 2, 2)[:, 0], state.reshape(n, 2, 2)[:, 1]
        away = q[None] - q[:, None]
        distance = np.linalg.norm(away, axis=2) + np.eye(n)
        return np.stack([p, (away / distance[:, :, None] ** 3).sum(axis=1)], axis=1).ravel()

    def energy(states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        q, p = (states.reshape(-1, n, 2, 2)[:, :, k] for k in (0, 1))
        pairs = [(i, j) for i in range(n) for j in range(i)]
        potential = sum(1 / np.linalg.norm(q[:, i] - q[:, j], axis=1) for i, j in pairs)
        kinetic = (p**2).sum(axis=(1, 2)) / 2
        return kinetic - potential, kinetic

    for states, drift in zip(orbits.states, orbits.energy_drift, strict=True):
        exact = solve_ivp(
            rate, (0, orbits.times[-1]), states[0], t_eval=orbits.times, method="DOP853", rtol=1e-12, atol=1e-13
        )
        np.testing.assert_allclose(states, exact.y.T, atol=1e-7)
        found, kinetic = energy(states)
        assert np.abs(found - found[0]).max() / max(abs(found[0]), kinetic[0]) == pytest.approx(
            drift, rel=0.02, abs=1e-13
        )


def test_direction_can_be_random() -> None:
    orbits = simulate_orbits(NBodyDataset(direction="random"), seed=0, n=200)
    q, p = bodies(orbits, 2)
    turns = np.sign(q[:, 0, 0, 0] * p[:, 0, 0, 1] - q[:, 0, 0, 1] * p[:, 0, 0, 0])
    assert 60 < (turns > 0).sum() < 140


def test_many_bodies_of_different_masses() -> None:
    settings = NBodyDataset(bodies=6, masses=[1, 2, 3, 1, 2, 3], duration=2.0, **few(5))
    orbits = simulate_orbits(settings, seed=0)
    assert orbits.states.shape == (20, 20, 24)
    assert settings.dimension == 24
    assert orbits.energy_drift.max() < 1e-9


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    settings = NBodyDataset.hnn_three_bodies(duration=10.0, **few(20))
    content = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_orbits(tmp_path / f"{name}.h5", simulate_orbits(settings, seed=seed), settings=settings, seed=seed)
        content.append((tmp_path / f"{name}.h5").read_bytes())
    assert content[0] == content[1]
    assert content[0] != content[2]
    with h5py.File(tmp_path / "a.h5") as file:
        assert file["energy_drift"].shape == (35,)
        assert list(file["states"].attrs["feature_names"]) == settings.columns


def test_a_chaotic_system_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """The energy says nothing of it; going back in time does."""
    settings = NBodyDataset.hnn_three_bodies(duration=60.0)
    with caplog.at_level(logging.INFO):
        orbits = simulate_orbits(settings, seed=0, n=16, reversed_orbits=16)
    assert orbits.energy_drift.max() < 1e-6
    assert orbits.reversal_error.max() > 1e-3
    assert "the system is chaotic" in caplog.text
    calm = simulate_orbits(NBodyDataset(), seed=0, n=16, reversed_orbits=16)
    assert calm.reversal_error.max() < 1e-8


def test_inaccurate_trajectories_are_replaced_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    """With a coarse tolerance close encounters spoil the energy; what is kept is good and there is as much as wanted."""
    coarse = NBodyDataset.hnn_three_bodies(tolerance=1e-7, duration=10.0, **few(40))
    with caplog.at_level(logging.WARNING):
        orbits = simulate_orbits(coarse, seed=0)
    assert len(orbits.states) == len(orbits.energy_drift) == 55
    assert np.isfinite(orbits.states).all()
    assert orbits.energy_drift.max() <= 1e-6
    assert orbits.rejected.inaccurate > 0
    assert f"{orbits.rejected.total} of " in caplog.text
    assert f"{orbits.rejected.inaccurate} drifted in energy by more than 'max_energy_drift'" in caplog.text


def test_close_encounters_can_be_rejected() -> None:
    settings = NBodyDataset.hnn_three_bodies(duration=15.0, min_separation=0.3, **few(20))
    orbits = simulate_orbits(settings, seed=0)
    assert len(orbits.states) == 35
    assert orbits.closest.min() >= 0.3
    assert orbits.rejected.close > 0


def test_hopeless_settings_say_so() -> None:
    settings = NBodyDataset(min_separation=10.0, **few())
    with pytest.raises(DataError, match=r"only 0 could be kept \(0 could not be followed.* lower 'velocity_noise' or"):
        simulate_orbits(settings, seed=0)

"""Integration of n bodies against solutions that are known and against scipy's integrator."""

import numpy as np
import pytest
from scipy.integrate import DOP853, solve_ivp
from scipy.optimize import brentq

from symscope.data.nbody.gravity import Gravity
from symscope.data.nbody.integrator import integrate
from symscope.data.nbody.starts import circular_velocities


def column(*vectors: tuple[float, float]) -> np.ndarray:
    """One system as (bodies, 2, 1)."""
    return np.array(vectors, np.float64)[:, :, None]


def reference(gravity: Gravity, q: np.ndarray, v: np.ndarray, times: np.ndarray, **options: float) -> np.ndarray:
    """Positions (time, body, 2) of one system by scipy, with a force written out pair by pair."""
    masses, n = gravity.masses, gravity.bodies

    def rate(_: float, state: np.ndarray) -> np.ndarray:
        place, speed = state.reshape(2, n, 2)
        pull = np.zeros((n, 2))
        for i in range(n):
            for j in range(n):
                if i != j:
                    away = place[j] - place[i]
                    pull[i] += gravity.gravitation * masses[j] * away / np.linalg.norm(away) ** 3
        return np.concatenate([speed.ravel(), pull.ravel()])

    start = np.concatenate([q.ravel(), v.ravel()])
    settings = {"method": "DOP853", "rtol": 1e-12, "atol": 1e-13, **options}
    found = solve_ivp(rate, (times[0], times[-1]), start, t_eval=times, **settings)
    return found.y[: 2 * n].T.reshape(len(times), n, 2)


def kepler_positions(times: np.ndarray, *, a: float, e: float, mu: float) -> np.ndarray:
    """Relative position (time, 2) on an ellipse that starts at its pericentre on the x axis, by Kepler's equation."""
    rate = np.sqrt(mu / a**3)
    anomalies = [
        brentq(lambda u, m=m: u - e * np.sin(u) - m, m - 1.1, m + 1.1, xtol=1e-15, rtol=1e-15) for m in rate * times
    ]
    u = np.array(anomalies)
    return np.stack([a * (np.cos(u) - e), a * np.sqrt(1 - e * e) * np.sin(u)], axis=1)


@pytest.mark.parametrize("e", [0.0, 0.3, 0.9])
def test_two_bodies_follow_keplers_ellipse(e: float) -> None:
    masses, gravitation, a = np.array([2.0, 0.5]), 1.7, 1.3
    mu = gravitation * masses.sum()
    pericentre = a * (1 - e)
    speed = np.sqrt(mu * (1 + e) / pericentre)
    share = np.array([-masses[1], masses[0]]) / masses.sum()
    q = column(*((s * pericentre, 0.0) for s in share))
    v = column(*((0.0, s * speed) for s in share))
    period = 2 * np.pi * np.sqrt(a**3 / mu)
    times = np.linspace(0, 3 * period, 61)
    flow = integrate(Gravity(masses, gravitation), q, v, times, tolerance=1e-12)
    relative = flow.positions[0, :, 1] - flow.positions[0, :, 0]
    np.testing.assert_allclose(relative, kepler_positions(times, a=a, e=e, mu=mu), atol=1e-8)
    np.testing.assert_allclose(flow.positions[0, [20, 40, 60]], flow.positions[0, [0, 0, 0]], atol=1e-8)  # the period
    assert flow.closest[0] == pytest.approx(pericentre, rel=1e-3)


def test_many_systems_at_once_agree_with_scipy(rng: np.random.Generator) -> None:
    """Different systems side by side, of which some have close encounters and take many more steps."""
    gravity = Gravity([1.0, 0.7, 1.5], 1.0)
    q = rng.normal(size=(3, 2, 12))
    v = 0.4 * rng.normal(size=(3, 2, 12))
    times = np.linspace(0, 3, 13)
    flow = integrate(gravity, q, v, times, tolerance=1e-12)
    assert flow.complete.all()
    assert flow.steps.max() > 2 * flow.steps.min()
    for k in range(12):
        exact = reference(gravity, q[:, :, k], v[:, :, k], times)
        np.testing.assert_allclose(flow.positions[k], exact, atol=2e-6 if flow.closest[k] < 0.05 else 1e-9)


def test_tolerance_controls_the_error() -> None:
    gravity = Gravity([1.0, 1.0, 1.0])
    q, v = column((1.0, 0.0), (-0.5, 0.8), (-0.4, -0.9)), column((0.1, 0.7), (-0.6, -0.2), (0.5, -0.4))
    times = np.linspace(0, 5, 6)
    exact = reference(gravity, q, v, times, rtol=3e-14, atol=1e-15)
    errors = [
        np.abs(integrate(gravity, q, v, times, tolerance=t).positions[0] - exact).max() for t in (1e-4, 1e-7, 1e-10)
    ]
    assert errors[0] > 30 * errors[1] > 900 * errors[2]
    assert errors[2] < 1e-8


def test_burrau_with_its_close_encounters() -> None:
    """Masses 3, 4, 5 at rest on the corners of a triangle (Szebehely and Peters 1967): the lightest body is thrown out."""
    gravity = Gravity([3.0, 4.0, 5.0])
    q = column((1.0, 3.0), (-2.0, -1.0), (1.0, -1.0))
    flow = integrate(gravity, q, np.zeros_like(q), np.array([0.0, 10.0, 16.0, 70.0]), tolerance=1e-11)
    q, v = (x[0].transpose(1, 2, 0) for x in (flow.positions, flow.velocities))
    energy = gravity.kinetic_energy(v) + gravity.potential_energy(q)
    assert energy[0] == pytest.approx(-(3 * 4 / 5 + 3 * 5 / 4 + 4 * 5 / 3))
    np.testing.assert_allclose(energy, energy[0], rtol=1e-7)
    assert flow.closest[0] < 1e-3
    last = flow.positions[0, -1]
    assert np.linalg.norm(last[0] - last[1]) > 10 * np.linalg.norm(last[1] - last[2])


def test_three_bodies_on_a_figure_eight() -> None:
    """The choreography of Chenciner and Montgomery (2000) with the numbers of Simo: each body follows the one before it."""
    q1, v3 = np.array([0.97000436, -0.24308753]), np.array([-0.93240737, -0.86473146])
    q = np.stack([q1, -q1, 0 * q1])[:, :, None]
    v = np.stack([-v3 / 2, -v3 / 2, v3])[:, :, None]
    period = 6.32591398
    flow = integrate(Gravity([1.0, 1.0, 1.0]), q, v, period * np.arange(4) / 3, tolerance=1e-12)
    np.testing.assert_allclose(flow.positions[0, 3], flow.positions[0, 0], atol=1e-6)
    np.testing.assert_allclose(flow.positions[0, 1], flow.positions[0, 0, [2, 0, 1]], atol=1e-6)


@pytest.mark.parametrize("bodies", [2, 3, 4, 7])
def test_circular_speed_of_a_regular_polygon(bodies: int) -> None:
    """v^2 = G m / (4 r) sum_k 1 / sin(pi k / n)."""
    angles = 2 * np.pi * np.arange(bodies) / bodies
    radius, mass, gravitation = 1.4, 0.6, 2.0
    q = radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)[:, :, None]
    gravity = Gravity([mass] * bodies, gravitation)
    v = circular_velocities(q, gravity)
    ring = (1 / np.sin(np.pi * np.arange(1, bodies) / bodies)).sum()
    np.testing.assert_allclose(
        np.hypot(v[:, 0], v[:, 1]), np.sqrt(gravitation * mass * ring / (4 * radius)), rtol=1e-13
    )
    np.testing.assert_allclose((q * v).sum(axis=1), 0, atol=1e-14)
    assert (gravity.angular_momentum(q, v) > 0).all()


def test_lagranges_triangle_of_different_masses_turns_rigidly() -> None:
    """omega^2 = G M / d^3 for any masses; stable where one mass dominates (Routh's criterion)."""
    masses, side = np.array([100.0, 1.0, 0.1]), 2.0
    corners = side / np.sqrt(3) * np.array([[np.cos(a), np.sin(a)] for a in 2 * np.pi * np.arange(3) / 3])
    q = (corners - masses @ corners / masses.sum())[:, :, None]
    gravity = Gravity(masses)
    omega = np.sqrt(masses.sum() / side**3)
    times = np.linspace(0, 10 * 2 * np.pi / omega, 41)
    flow = integrate(gravity, q, circular_velocities(q, gravity), times, tolerance=1e-12)
    for t, found in zip(times, flow.positions[0], strict=True):
        c, s = np.cos(omega * t), np.sin(omega * t)
        np.testing.assert_allclose(found, q[:, :, 0] @ np.array([[c, s], [-s, c]]), atol=1e-9)


def test_a_collision_ends_as_incomplete_and_leaves_the_others_alone() -> None:
    gravity = Gravity([1.0, 1.0])
    head_on = column((-1.0, 0.0), (1.0, 0.0))
    q = np.concatenate([head_on, head_on], axis=2)
    v = np.concatenate([np.zeros_like(head_on), circular_velocities(head_on, gravity)], axis=2)
    flow = integrate(gravity, q, v, np.linspace(0, 5, 6), tolerance=1e-10)
    assert flow.complete.tolist() == [False, True]
    assert np.isnan(flow.positions[0, -1]).all()
    assert np.isfinite(flow.positions[1]).all()
    assert flow.steps[0] < 2000


def test_steps_are_limited() -> None:
    gravity = Gravity([1.0, 1.0])
    q = column((-1.0, 0.0), (1.0, 0.0))
    flow = integrate(gravity, q, circular_velocities(q, gravity), np.array([0.0, 1e6]), tolerance=1e-10, max_steps=150)
    assert not flow.complete[0]
    assert flow.steps[0] == 150


def test_times_may_fall() -> None:
    gravity = Gravity([1.0, 2.0, 3.0])
    q, v = column((1.0, 0.0), (-1.0, 0.3), (0.0, -1.5)), column((0.0, 1.0), (0.3, -0.8), (-0.2, 0.2))
    there = integrate(gravity, q, v, np.array([0.0, 2.0]), tolerance=1e-12)
    ends = there.positions[:, -1].transpose(1, 2, 0), there.velocities[:, -1].transpose(1, 2, 0)
    back = integrate(gravity, *ends, np.array([2.0, 1.0, 0.0]), tolerance=1e-12)
    np.testing.assert_allclose(back.positions[0, -1], q[:, :, 0], atol=1e-9)
    np.testing.assert_allclose(back.velocities[0, -1], v[:, :, 0], atol=1e-9)


def test_the_tableau_is_of_order_eight() -> None:
    """Quadrature conditions of the tableau that scipy carries: sum b c^(k-1) = 1/k for k = 1..8, and row sums c."""
    for k in range(1, 9):
        assert DOP853.B @ DOP853.C ** (k - 1) == pytest.approx(1 / k, abs=1e-14)
    np.testing.assert_allclose(np.asarray(DOP853.A).sum(axis=1), DOP853.C, atol=1e-14)

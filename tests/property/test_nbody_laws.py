"""What must hold for bodies of any masses under gravity: conservation, symmetry, and independence of units."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from symscope.data.nbody.gravity import Gravity
from symscope.data.nbody.integrator import Flow, integrate

SEEDS = st.integers(min_value=0, max_value=2**31)
TIMES = np.linspace(0, 1.0, 4)


def systems(seed, bodies, n=3):
    """Random systems with bodies that are not close at the start and masses over a factor of a hundred."""
    rng = np.random.default_rng(seed)
    gravity = Gravity(10 ** rng.uniform(-1, 1, bodies), rng.uniform(0.1, 3.0))
    angle = 2 * np.pi * np.arange(bodies) / bodies
    corners = 2.0 * np.stack([np.cos(angle), np.sin(angle)], axis=1)[:, :, None]
    return gravity, corners + 0.4 * rng.uniform(-1, 1, (bodies, 2, n)), rng.normal(size=(bodies, 2, n))


def run(gravity, q, v, times=TIMES) -> Flow:
    return integrate(gravity, q, v, times, tolerance=1e-11)


def calm(*flows):
    """Systems whose bodies keep apart; in a deep encounter rounding alone costs digits."""
    return np.all([flow.closest > 0.03 for flow in flows], axis=0)


def last(flow):
    return flow.positions[:, -1].transpose(1, 2, 0), flow.velocities[:, -1].transpose(1, 2, 0)


@given(SEEDS, st.integers(min_value=2, max_value=6))
@settings(max_examples=15, deadline=None)
def test_energy_momentum_and_angular_momentum_are_conserved(seed, bodies):
    gravity, q, v = systems(seed, bodies)
    flow = run(gravity, q, v)
    new_q, new_v = last(flow)
    for name, before, after in (
        (
            "energy",
            gravity.kinetic_energy(v) + gravity.potential_energy(q),
            gravity.kinetic_energy(new_v) + gravity.potential_energy(new_q),
        ),
        ("momentum", np.tensordot(gravity.masses, v, 1), np.tensordot(gravity.masses, new_v, 1)),
        ("angular momentum", gravity.angular_momentum(q, v), gravity.angular_momentum(new_q, new_v)),
    ):
        scale = 1 + gravity.kinetic_energy(v).max()
        kept = calm(flow)
        np.testing.assert_allclose(after[..., kept], before[..., kept], atol=1e-6 * scale, err_msg=name)


@given(SEEDS, st.floats(min_value=-3, max_value=3))
@settings(max_examples=10, deadline=None)
def test_rotated_starts_give_rotated_orbits(seed, angle):
    gravity, q, v = systems(seed, 3)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned = run(gravity, np.einsum("ab,ibn->ian", rotation, q), np.einsum("ab,ibn->ian", rotation, v))
    plain = run(gravity, q, v)
    kept = calm(plain)
    np.testing.assert_allclose(turned.positions[kept], (plain.positions @ rotation.T)[kept], atol=1e-5)


@given(SEEDS, st.floats(min_value=-12, max_value=12), st.floats(min_value=-12, max_value=12))
@settings(max_examples=10, deadline=None)
def test_units_do_not_matter(seed, length, time):
    """Lengths in metres or light years, times in seconds or years: the same steps and the same orbits."""
    length, time = 10.0**length, 10.0**time
    gravity, q, v = systems(seed, 3)
    scaled = Gravity(gravity.masses, gravity.gravitation * length**3 / time**2)
    plain, other = run(gravity, q, v), run(scaled, length * q, length / time * v, time * TIMES)
    kept = calm(plain)
    assert np.abs(plain.steps - other.steps)[kept].max(initial=0) <= 1
    np.testing.assert_allclose(other.positions[kept] / length, plain.positions[kept], atol=1e-5)


@given(SEEDS)
@settings(max_examples=10, deadline=None)
def test_a_system_does_not_depend_on_its_neighbours(seed):
    gravity, q, v = systems(seed, 4, n=5)
    together = run(gravity, q, v)
    alone = run(gravity, q[:, :, 2:3], v[:, :, 2:3])
    if calm(alone)[0]:
        np.testing.assert_allclose(alone.positions[0], together.positions[2], atol=1e-5)
        assert abs(int(alone.steps[0]) - int(together.steps[2])) <= 1

"""The detector against brute force, its own card, and energy bookkeeping."""

import numpy as np
import pytest

from symscope.config.generation import DetectorCard, Solenoid
from symscope.data.jets.cards import load_detector_card
from symscope.data.jets.detector import NEUTRAL_HADRON, PHOTON, TRACK, Detector, combined_scale, deposited_fraction
from symscope.data.jets.particles import Directions, Particles, azimuth_difference, massless_momenta, smear_log_normal
from symscope.data.jets.propagation import GEV_PER_TESLA_METRE, propagate
from symscope.data.jets.towers import TowerGrid, energy_resolution, measure_energy, sum_deposits

SOLENOID = Solenoid(field=2.0, radius=1.15, half_length=3.51)


@pytest.fixture(scope="module")
def card(repository) -> DetectorCard:
    return load_detector_card(repository / "resources/cards/detector_atlas.yaml")


def particles(pdg, charge, pt, eta, phi, *, event=None, vertex=None) -> Particles:
    pt, eta, phi = (np.atleast_1d(np.asarray(v, np.float64)) for v in (pt, eta, phi))
    n = max(len(pt), len(eta), len(phi))
    pt, eta, phi = (np.broadcast_to(v, n).copy() for v in (pt, eta, phi))
    return Particles(
        np.arange(n) if event is None else np.asarray(event),
        np.full(n, pdg, np.int32),
        np.full(n, float(charge)),
        massless_momenta(pt, eta, phi),
        np.zeros((n, 3)) if vertex is None else vertex,
    )


def walk(p: Particles, k: int, solenoid: Solenoid, steps: int = 12_000) -> np.ndarray | None:
    """Position where particle k leaves the cylinder, by many small straight steps."""
    position, (_, px, py, pz) = p.vertex[k].copy(), p.momenta[k]
    pt, phi = np.hypot(px, py), np.arctan2(py, px)
    turn = GEV_PER_TESLA_METRE * solenoid.field * p.charge[k] / pt
    step = 20.0 / steps
    for _ in range(steps):
        phi -= 0.5 * turn * step
        position += step * np.array([np.cos(phi), np.sin(phi), pz / pt])
        phi -= 0.5 * turn * step
        if np.hypot(position[0], position[1]) > solenoid.radius or abs(position[2]) > solenoid.half_length:
            return position
    return None


def test_charged_particles_fly_as_by_small_steps(rng):
    n = 15
    vertex = np.stack([rng.uniform(-0.4, 0.4, n), rng.uniform(-0.4, 0.4, n), rng.uniform(-1, 1, n)], axis=1)
    p = particles(
        211,
        1,
        rng.exponential(0.6, n) + 0.1,
        rng.uniform(0.5, 2.5, n) * rng.choice([-1, 1], n),
        rng.uniform(-np.pi, np.pi, n),
        vertex=vertex,
    )
    p = p._replace(charge=rng.choice([-1.0, 1.0], n))
    directions, seen = propagate(p, SOLENOID)
    for k in range(n):
        end = walk(p, k, SOLENOID)
        assert seen[k] == (end is not None)
        if end is not None:
            transverse = np.hypot(end[0], end[1])
            assert directions.eta[k] == pytest.approx(np.arcsinh(end[2] / transverse), abs=5e-3)
            ends = np.array([np.arctan2(end[1], end[0])])
            assert abs(azimuth_difference(directions.phi[k : k + 1], ends)[0]) < 5e-3


def test_neutral_particles_from_the_origin_keep_their_direction(rng):
    eta, phi = rng.uniform(-4, 4, 200), rng.uniform(-3.1, 3.1, 200)
    directions, seen = propagate(particles(22, 0, 5.0, eta, phi), SOLENOID)
    assert seen.all()
    np.testing.assert_allclose(directions.eta, eta, atol=1e-12)
    np.testing.assert_allclose(directions.phi, phi, atol=1e-12)


def test_positive_charges_turn_clockwise_by_the_angle_of_a_circle():
    radius = 1.0 / (GEV_PER_TESLA_METRE * 2.0)
    directions, _ = propagate(particles(211, 1, 1.0, 0.0, 0.0), SOLENOID)
    assert directions.phi[0] == pytest.approx(-np.arcsin(1.15 / (2 * radius)))


def test_what_is_produced_outside_is_not_seen():
    vertex = np.array([[1.2, 0.0, 0.0], [0.0, 0.0, 3.6], [0.0, 0.0, 0.0]])
    _, seen = propagate(particles(22, 0, 5.0, [0.1] * 3, 0.0, vertex=vertex), SOLENOID)
    assert seen.tolist() == [False, False, True]


def test_grids_have_the_towers_of_the_card(card):
    assert TowerGrid.from_card(card.electromagnetic).n_towers == 2 * (170 * 360 + 11 * 36)
    assert TowerGrid.from_card(card.hadronic).n_towers == 2 * (26 * 36 + 11 * 18)


@pytest.mark.parametrize("name", ["electromagnetic", "hadronic"])
def test_towers_hold_the_directions_that_fall_into_them(card, rng, name):
    grid = TowerGrid.from_card(getattr(card, name))
    given = Directions(rng.uniform(-4.8, 4.8, 5000), rng.uniform(-np.pi, np.pi, 5000))
    towers = grid.locate(given)
    assert towers.min() >= 0
    assert towers.max() < grid.n_towers
    centre, size = grid.centres(towers)
    assert (np.abs(given.eta - centre.eta) <= 0.5 * size.eta + 1e-12).all()
    assert (np.abs(azimuth_difference(given.phi, centre.phi)) <= 0.5 * size.phi + 1e-12).all()
    assert (grid.locate(centre) == towers).all()


def test_the_granularity_is_that_of_the_card(card):
    _, fine = (grid := TowerGrid.from_card(card.electromagnetic)).centres(
        grid.locate(Directions(np.array([0.3]), np.array([1.0])))
    )
    assert (fine.eta[0], fine.phi[0]) == pytest.approx((0.0174, np.pi / 180))
    _, coarse = (grid := TowerGrid.from_card(card.hadronic)).centres(
        grid.locate(Directions(np.array([0.3]), np.array([1.0])))
    )
    assert (coarse.eta[0], coarse.phi[0]) == pytest.approx((0.1, np.pi / 18))


def test_nothing_is_outside_by_accident(card):
    grid = TowerGrid.from_card(card.hadronic)
    assert grid.locate(Directions(np.array([4.95, -4.95]), np.array([0.0, 0.0]))).tolist() == [-1, -1]
    assert (grid.locate(Directions(np.array([0.0, 0.0]), np.array([np.pi, -np.pi]))) >= 0).all()


def test_towers_keep_all_energy_and_keep_collisions_apart(card, rng):
    n = 4000
    event = np.sort(rng.integers(0, 7, n))
    where = Directions(rng.uniform(-4.8, 4.8, n), rng.uniform(-np.pi, np.pi, n))
    energy = rng.exponential(3.0, n)
    deposits = sum_deposits(TowerGrid.from_card(card.hadronic), event, where, energy)
    np.testing.assert_allclose(np.bincount(deposits.event, deposits.energy), np.bincount(event, energy))
    assert (deposits.event[deposits.particle_row] == event).all()


@pytest.mark.parametrize(("eta", "energy"), [(0.5, 50.0), (2.0, 200.0)])
def test_measured_energy_has_the_resolution_of_the_card(card, rng, eta, energy):
    n = 20_000
    grid = TowerGrid.from_card(card.hadronic)
    deposits = sum_deposits(grid, np.arange(n), Directions(np.full(n, eta), np.zeros(n)), np.full(n, energy))
    measured, _ = measure_energy(deposits, card.hadronic, rng)
    constant, stochastic, noise = (0.0302, 0.5205, 1.59) if eta < 1.7 else (0.05, 0.706, 0.0)
    sigma = np.sqrt((constant * energy) ** 2 + stochastic**2 * energy + noise**2)
    assert measured.mean() == pytest.approx(energy, abs=5 * sigma / np.sqrt(n))
    assert measured.std() == pytest.approx(sigma, rel=0.05)


def test_small_energies_are_dropped(card, rng):
    n = 2000
    grid = TowerGrid.from_card(card.electromagnetic)
    where = Directions(np.full(n, 0.1), np.zeros(n))
    measured, sigma = measure_energy(
        sum_deposits(grid, np.arange(n), where, rng.uniform(0, 1, n)), card.electromagnetic, rng
    )
    kept = measured > 0
    assert 0 < kept.sum() < n
    assert measured[kept].min() >= 0.5
    assert (measured[kept] >= 2 * sigma[kept]).all()
    assert energy_resolution(card.electromagnetic.resolution, np.array([4.95]), np.array([10.0]))[0] == 0


def test_log_normal_smearing_is_positive_and_keeps_zero(rng):
    drawn = smear_log_normal(np.full(50_000, 2.0), np.full(50_000, 3.0), rng)
    assert (drawn > 0).all()
    assert drawn.mean() == pytest.approx(2.0, rel=0.1)
    assert smear_log_normal(np.zeros(3), np.ones(3), rng).tolist() == [0, 0, 0]


def test_each_kind_of_particle_leaves_what_it_should(card, rng):
    eyes = Detector(card)
    photon = eyes.detect(particles(22, 0, 50.0, 0.4, np.linspace(-3, 3, 300)), rng)
    assert set(photon.kind.tolist()) == {PHOTON}
    assert len(photon.event) == 300
    neutron = eyes.detect(particles(2112, 0, 80.0, 0.4, np.linspace(-3, 3, 300)), rng)
    assert set(neutron.kind.tolist()) == {NEUTRAL_HADRON}
    assert neutron.momenta[:, 0].mean() == pytest.approx(80 * np.cosh(0.4), rel=0.05)
    muon = eyes.detect(particles(13, -1, 40.0, 0.4, np.linspace(-3, 3, 300)), rng)
    assert set(muon.kind.tolist()) == {TRACK}
    assert len(muon.event) > 280
    assert len(eyes.detect(particles(14, 0, 40.0, 0.4, 0.0), rng).event) == 0
    beyond = eyes.detect(particles(22, 0, 5.0, [5.1, -5.2], 0.0), rng)
    assert len(beyond.event) == 0


def test_tracks_are_found_as_often_as_the_card_says(card, rng):
    n = 6000
    for eta, pt, efficiency in ((0.7, 20.0, 0.95), (2.0, 20.0, 0.85), (0.7, 0.7, 0.70), (2.7, 20.0, 0.0)):
        found = Detector(card).detect(particles(211, 1, pt, eta, rng.uniform(-3, 3, n)), rng)
        tracks = (found.kind == TRACK).sum()
        assert abs(tracks - n * efficiency) <= 5 * np.sqrt(n * efficiency * (1 - efficiency)) + 1e-9


@pytest.mark.parametrize("mode", ["combine", "subtract"])
def test_the_energy_of_isolated_hadrons_is_measured_once(card, rng, mode):
    """A track and its own deposit are not counted twice."""
    n = 2000
    flow = Detector(card.model_copy(update={"energy_flow": mode})).detect(
        particles(211, 1, 30.0, 0.3, rng.uniform(-3, 3, n)), rng
    )
    total = np.bincount(flow.event, flow.momenta[:, 0], minlength=n)
    assert np.median(total) == pytest.approx(30 * np.cosh(0.3), rel=0.05)
    assert total.mean() < 1.15 * 30 * np.cosh(0.3)


def test_objects_are_massless_and_towers_sit_at_their_centre_without_smearing(card, rng):
    eyes = Detector(card.model_copy(update={"smear_tower_position": False}))
    flow = eyes.detect(particles(22, 0, 30.0, rng.uniform(-2, 2, 400), rng.uniform(-3, 3, 400)), rng)
    energy, px, py, pz = flow.momenta.T
    np.testing.assert_allclose(energy, np.sqrt(px**2 + py**2 + pz**2), rtol=1e-12)
    eta, phi = np.arcsinh(pz / np.hypot(px, py)), np.arctan2(py, px)
    centre, _ = eyes.electromagnetic.centres(eyes.electromagnetic.locate(Directions(eta, phi)))
    np.testing.assert_allclose(eta, centre.eta, atol=1e-9)
    np.testing.assert_allclose(phi, centre.phi, atol=1e-9)


def test_smeared_towers_stay_within_their_edges(card, rng):
    phi = rng.uniform(-3, 3, 400)
    eyes = Detector(card)
    flow = eyes.detect(particles(2112, 0, 60.0, 0.77, phi), rng)
    _, px, py, pz = flow.momenta.T
    seen = eyes.hadronic.locate(Directions(np.arcsinh(pz / np.hypot(px, py)), np.arctan2(py, px)))
    assert (seen == eyes.hadronic.locate(Directions(np.full(400, 0.77), phi))[flow.event]).all()
    assert np.ptp(np.arcsinh(pz / np.hypot(px, py))) > 0.09


def test_the_combination_lies_between_track_and_calorimeter(rng):
    charged, measured = rng.uniform(1, 100, 500), rng.uniform(1, 100, 500)
    combined = charged * combined_scale(charged, rng.uniform(0.1, 9, 500), measured, rng.uniform(0.1, 9, 500))
    assert (combined <= np.maximum(charged, measured) * (1 + 1e-12)).all()
    assert (combined >= np.minimum(charged, measured) * (1 - 1e-12)).all()
    exact = combined_scale(np.array([5.0]), np.array([0.0]), np.array([50.0]), np.array([1.0]))
    assert exact[0] == 1


def test_deposits_follow_the_particle_number(card):
    pdg = np.array([211, 22, 11, 13, 310], np.int32)
    assert deposited_fraction(pdg, card.electromagnetic).tolist() == [0, 1, 1, 0, 0.3]
    assert deposited_fraction(pdg, card.hadronic).tolist() == [1, 0, 0, 0, 0.7]


def test_collisions_do_not_mix(card):
    """What is seen of a collision does not depend on which others are in the batch, but for the random numbers."""
    quiet = card.model_dump()
    for calorimeter in ("electromagnetic", "hadronic"):
        quiet[calorimeter]["resolution"] = [{"abs_eta_max": 5.0, "constant": 0.0, "stochastic": 0.0}]
    for tracking in ("hadron_tracks", "electron_tracks", "muon_tracks"):
        quiet[tracking]["efficiency"] = []
    eyes = Detector(DetectorCard.model_validate(quiet | {"smear_tower_position": False}))
    rng = np.random.default_rng(1)
    both = particles(
        2112, 0, rng.uniform(5, 50, 60), rng.uniform(-2, 2, 60), rng.uniform(-3, 3, 60), event=np.repeat([0, 3], 30)
    )
    together = eyes.detect(both, rng)
    for number, rows in ((0, slice(0, 30)), (3, slice(30, 60))):
        alone = eyes.detect(Particles(*(column[rows] for column in both)), rng)
        np.testing.assert_allclose(together.momenta[together.event == number], alone.momenta)
        assert alone.momenta[:, 0].sum() == pytest.approx(both.momenta[rows, 0].sum())

"""Top decays in hand-made event records."""

import numpy as np
import pytest

from symscope.config.generation import TopMatching
from symscope.data.jets.matching import EventRecord, find_top_decays, holds_top
from symscope.data.jets.particles import Directions, massless_momenta

MATCHING = TopMatching(top_distance=0.8, quark_distance=0.8)
# One collision: system, gluon, top (copied once), its W (copied twice), b, and the two quarks of the last W.
PDG = [90, 21, 6, 6, 24, 5, 24, 24, 1, -2, 21]
MOTHER = [0, 0, 1, 2, 3, 3, 4, 6, 7, 7, 5]
DAUGHTERS = [(0, 0), (2, 2), (3, 3), (4, 5), (6, 6), (10, 10), (7, 7), (8, 9), (0, 0), (0, 0), (0, 0)]
TOP, BOTTOM, UP, DOWN = 3, 5, 8, 9


def record(quark_eta, quark_phi, *, collisions=1) -> EventRecord:
    eta, phi = np.zeros(len(PDG)), np.zeros(len(PDG))
    eta[[BOTTOM, UP, DOWN]], phi[[BOTTOM, UP, DOWN]] = quark_eta, quark_phi
    one = massless_momenta(np.full(len(PDG), 50.0), eta, phi)
    n = len(PDG)
    return EventRecord(
        np.arange(collisions) * n,
        np.repeat(np.arange(collisions), n),
        np.tile(np.array(PDG, np.int32), collisions),
        np.tile(np.array(MOTHER, np.int32), collisions),
        np.tile(np.array(DAUGHTERS, np.int32), (collisions, 1)),
        np.tile(one, (collisions, 1)),
    )


def matched(entry: EventRecord, eta: float, phi: float, event: int = 0) -> bool:
    axis = Directions(np.array([eta]), np.array([phi]))
    return bool(holds_top(np.array([event]), axis, find_top_decays(entry), entry, MATCHING)[0])


def test_decays_are_followed_through_all_copies():
    decays = find_top_decays(record(0.0, 0.0, collisions=2))
    assert decays.event.tolist() == [0, 1]
    assert decays.top.tolist() == [TOP, len(PDG) + TOP]
    assert decays.quarks.tolist() == [[BOTTOM, UP, DOWN], [len(PDG) + k for k in (BOTTOM, UP, DOWN)]]


def test_a_record_without_tops_has_no_decay():
    entry = record(0.0, 0.0)
    assert (
        len(find_top_decays(entry._replace(pdg=np.where(np.abs(entry.pdg) == 6, 4, entry.pdg).astype(np.int32))).event)
        == 0
    )


@pytest.mark.parametrize("far", [0, 1, 2])
def test_every_quark_must_be_near(far):
    near = np.array([0.3, -0.3, 0.1])
    assert matched(record(near, near), 0.0, 0.0)
    away = near.copy()
    away[far] = 0.9
    assert not matched(record(away, 0.0), 0.0, 0.0)


def test_the_top_itself_must_be_near():
    assert not matched(record(0.7, 0.0), 0.81, 0.0)
    assert matched(record(0.7, 0.0), 0.79, 0.0)


def test_azimuths_wrap():
    entry = record(0.0, [3.1, -3.1, 3.0])
    turned = entry.momenta.copy()
    turned[TOP] = massless_momenta(np.array([50.0]), np.array([0.0]), np.array([-3.0]))[0]
    assert matched(entry._replace(momenta=turned), 0.0, np.pi)
    assert not matched(entry._replace(momenta=turned), 0.0, 0.0)


def test_jets_look_at_their_own_collision():
    entry = record(0.0, 0.0, collisions=3)
    moved = entry.momenta.copy()
    moved[len(PDG) : 2 * len(PDG)] = massless_momenta(
        np.full(len(PDG), 50.0), np.full(len(PDG), 2.0), np.zeros(len(PDG))
    )
    entry = entry._replace(momenta=moved)
    axis = Directions(np.zeros(3), np.zeros(3))
    found = holds_top(np.array([0, 1, 2]), axis, find_top_decays(entry), entry, MATCHING)
    assert found.tolist() == [True, False, True]
    assert matched(entry, 2.0, 0.0, event=1)
    assert not matched(entry, 2.0, 0.0, event=2)

"""Clustering against a plain anti-kT of a few lines."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symscope.config.generation import JetSelection
from symscope.data.jets.clustering import in_window, leading_jets
from symscope.data.jets.detector import FlowObjects
from symscope.data.jets.particles import massless_momenta

SELECTION = JetSelection(radius=0.8, pt_min=20.0, pt_max=60.0, abs_eta_max=2.0, max_constituents=200)


def plain_anti_kt(momenta: np.ndarray, radius: float) -> list[tuple[np.ndarray, list[int]]]:
    """All jets, by the definition of Cacciari, Salam and Soyez (2008), E-scheme, distances in rapidity."""
    items = [(p, [k]) for k, p in enumerate(momenta)]
    jets = []
    while items:
        p = np.array([item[0] for item in items])
        pt2 = p[:, 1] ** 2 + p[:, 2] ** 2
        y, phi = np.arctanh(p[:, 3] / p[:, 0]), np.arctan2(p[:, 2], p[:, 1])
        turn = (phi[:, None] - phi[None] + np.pi) % (2 * np.pi) - np.pi
        d = np.minimum(1 / pt2[:, None], 1 / pt2[None]) * ((y[:, None] - y[None]) ** 2 + turn**2) / radius**2
        np.fill_diagonal(d, 1 / pt2)
        a, b = np.unravel_index(np.argmin(d), d.shape)
        if a == b:
            jets.append(items.pop(a))
        else:
            merged = (items[a][0] + items[b][0], items[a][1] + items[b][1])
            items = [item for k, item in enumerate(items) if k not in (a, b)] + [merged]
    return jets


def objects(seed: int, counts: list[int]) -> FlowObjects:
    rng = np.random.default_rng(seed)
    n = sum(counts)
    momenta = massless_momenta(rng.exponential(8, n) + 0.5, rng.normal(0, 1.2, n), rng.uniform(-np.pi, np.pi, n))
    return FlowObjects(np.repeat(np.arange(len(counts)) * 2, counts), momenta, np.zeros(n, np.int8))


@settings(deadline=None, max_examples=30, derandomize=True)
@given(seed=st.integers(0, 10_000), counts=st.lists(st.integers(0, 25), min_size=1, max_size=4))
def test_leading_jets_are_those_of_the_plain_algorithm(seed, counts):
    given_objects = objects(seed, counts)
    found = leading_jets(given_objects, SELECTION)
    expected = []
    for event in np.unique(given_objects.event):
        rows = np.flatnonzero(given_objects.event == event)
        jets = plain_anti_kt(given_objects.momenta[rows], 0.8)
        hardest, members = max(jets, key=lambda jet: np.hypot(jet[0][1], jet[0][2]))
        if np.hypot(hardest[1], hardest[2]) >= SELECTION.pt_min:
            expected.append((event, hardest, set(rows[members].tolist())))
    assert found.event.tolist() == [event for event, _, _ in expected]
    for k, (_, momentum, members) in enumerate(expected):
        places = found.objects[found.offsets[k] : found.offsets[k + 1]]
        assert set(places.tolist()) == members
        np.testing.assert_allclose(found.momenta[k], momentum, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(given_objects.momenta[places].sum(axis=0), momentum, rtol=1e-9, atol=1e-9)
        pt = np.hypot(*given_objects.momenta[places, 1:3].T)
        assert (np.diff(pt) <= 1e-6 * pt[:-1]).all()


def test_the_window_cuts_on_both_sides():
    momenta = massless_momenta(np.array([19.0, 21.0, 59.0, 61.0, 40.0]), np.array([0, 0, 1.9, 0, 2.1]), np.zeros(5))
    found = leading_jets(FlowObjects(np.arange(5), momenta, np.zeros(5, np.int8)), SELECTION)
    assert found.event.tolist() == [1, 2, 3, 4]
    assert in_window(found, SELECTION).tolist() == [True, True, False, False]


def test_no_objects_give_no_jets():
    found = leading_jets(objects(0, [0]), SELECTION)
    assert len(found.event) == 0
    assert found.offsets.tolist() == [0]
    assert found.pt.shape == in_window(found, SELECTION).shape == (0,)


def test_soft_collisions_have_no_leading_jet():
    soft = FlowObjects(
        np.array([0, 0, 5]),
        massless_momenta(np.array([1.0, 2.0, 30.0]), np.zeros(3), np.zeros(3)),
        np.zeros(3, np.int8),
    )
    found = leading_jets(soft, SELECTION)
    assert found.event.tolist() == [5]
    assert found.pt[0] == pytest.approx(30)

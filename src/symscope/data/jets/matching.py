"""Which jets hold a whole top quark: the top and its three decay quarks near the jet axis."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Int32, Int64

from symscope.config.generation import TopMatching
from symscope.data.jets.particles import Directions, direction_of, distance

TOP, W_BOSON = 6, 24
MAX_COPIES = 100


class EventRecord(NamedTuple):
    """All entries of the generator's record of several collisions, one after the other."""

    start: Int64[np.ndarray, " event"]
    """Where each collision begins; mothers and daughters count from there."""
    event: Int64[np.ndarray, " entry"]
    """Number of the collision of each entry."""
    pdg: Int32[np.ndarray, " entry"]
    """Particle number of the PDG, signed."""
    mother: Int32[np.ndarray, " entry"]
    """First mother."""
    daughters: Int32[np.ndarray, "entry 2"]
    """First and last daughter."""
    momenta: Float64[np.ndarray, "entry 4"]
    """E, px, py, pz [GeV]."""


class TopDecays(NamedTuple):
    """Decays of top quarks into three quarks."""

    event: Int64[np.ndarray, " decay"]
    """Number of the collision."""
    top: Int64[np.ndarray, " decay"]
    """Place of the decaying top in the record."""
    quarks: Int64[np.ndarray, "decay 3"]
    """Places of the bottom quark (or d, s) and of the two quarks of the W boson."""


def find_top_decays(record: EventRecord) -> TopDecays:
    """Find t -> W q and the decay of the W that follows, through the W's copies in the record.

    The top is the last copy before its decay; the quarks are taken as they come out of the decay, before they radiate.
    """
    is_w = np.abs(record.pdg) == W_BOSON
    mother = record.start[record.event] + record.mother
    w = np.flatnonzero(is_w)
    w = w[np.abs(record.pdg[mother[w]]) == TOP]
    event, top = record.event[w], mother[w]
    start = record.start[event]
    sibling = start + record.daughters[top].sum(axis=1) - (w - start)
    for _ in range(MAX_COPIES):
        first, last = start + record.daughters[w, 0], start + record.daughters[w, 1]
        following = np.where(is_w[first], first, np.where(is_w[last], last, w))
        if np.array_equal(following, w):
            break
        w = following
    quarks = np.stack([sibling, start + record.daughters[w, 0], start + record.daughters[w, 1]], axis=1)
    return TopDecays(event, top, quarks)


def holds_top(
    event: Int64[np.ndarray, " jet"],
    axis: Directions,
    decays: TopDecays,
    record: EventRecord,
    matching: TopMatching,
) -> Bool[np.ndarray, " jet"]:
    """Whether a jet has some top of its collision, and all three quarks of that top's decay, near its axis.

    Parameters
    ----------
    event, axis
        Collision and axis of each jet; at most one jet for a collision.
    decays, record
        Top decays and the record that they are in.
    matching
        The largest distances.
    """
    if not len(decays.event) or not len(event):
        return np.zeros(len(event), np.bool_)
    order = np.argsort(event)
    place = np.searchsorted(event[order], decays.event).clip(max=len(event) - 1)
    jet = order[place]
    same = event[jet] == decays.event
    jet_axis = Directions(axis.eta[jet], axis.phi[jet])
    near_top = distance(directions_at(record, decays.top), jet_axis) < matching.top_distance
    quark_axis = Directions(jet_axis.eta[:, None], jet_axis.phi[:, None])
    near_quarks = distance(directions_at(record, decays.quarks), quark_axis) < matching.quark_distance
    matched = np.zeros(len(event), np.bool_)
    matched[jet[same & near_top & near_quarks.all(axis=1)]] = True
    return matched


def directions_at(record: EventRecord, places: Int64[np.ndarray, " *n"]) -> Directions:
    """Directions of entries of the record."""
    momenta = record.momenta[places]
    return direction_of(momenta[..., 1], momenta[..., 2], momenta[..., 3])

"""The leading anti-kT jet of each collision."""

from typing import NamedTuple

import awkward as ak
import fastjet
import numpy as np
from jaxtyping import Bool, Float64, Int64

from symscope.config.generation import JetSelection
from symscope.data.jets.detector import FlowObjects
from symscope.data.jets.particles import Directions, direction_of

# FastJet otherwise prints its banner (with the citation M. Cacciari, G. P. Salam, G. Soyez, Eur. Phys. J. C 72 (2012)
# 1896) to standard output of every job.
fastjet._swig.ClusterSequence.set_fastjet_banner_stream(None)


class LeadingJets(NamedTuple):
    """One jet for each collision that has one, constituents by falling transverse momentum."""

    event: Int64[np.ndarray, " jet"]
    """Number of the collision, rising."""
    momenta: Float64[np.ndarray, "jet 4"]
    """E, px, py, pz of the jet [GeV]: the sum of all its constituents."""
    objects: Int64[np.ndarray, " constituent"]
    """Places of the constituents among the objects that were clustered."""
    offsets: Int64[np.ndarray, " jet_plus_1"]
    """Where the constituents of each jet begin, and the last ones end."""

    @property
    def pt(self) -> Float64[np.ndarray, " jet"]:
        """Transverse momentum [GeV]."""
        pt: Float64[np.ndarray, " jet"] = np.hypot(self.momenta[:, 1], self.momenta[:, 2])
        return pt

    @property
    def direction(self) -> Directions:
        """Pseudorapidity and azimuth of the jet axis."""
        return direction_of(*self.momenta.T[1:])


def leading_jets(objects: FlowObjects, selection: JetSelection) -> LeadingJets:
    """Cluster each collision by anti-kT (E-scheme) and keep its jet of largest transverse momentum.

    Parameters
    ----------
    objects
        Energy-flow objects of several collisions.
    selection
        The radius, and the smallest transverse momentum; collisions without such a jet are left out.
    """
    events, counts = np.unique(objects.event, return_counts=True)
    if not len(events):
        none = np.empty(0, np.int64)
        return LeadingJets(none, np.empty((0, 4)), none, np.zeros(1, np.int64))
    columns = dict(zip(("E", "px", "py", "pz"), np.ascontiguousarray(objects.momenta.T), strict=True))
    ragged = ak.unflatten(ak.zip(columns, with_name="Momentum4D"), counts)
    definition = fastjet.JetDefinition(fastjet.antikt_algorithm, selection.radius)
    clusters = fastjet.ClusterSequence(ragged, definition)
    jets = clusters.inclusive_jets(min_pt=selection.pt_min)
    hardest = ak.argmax(np.hypot(jets.px, jets.py), axis=1, keepdims=True)
    found = np.flatnonzero(ak.to_numpy(ak.num(jets.px)) > 0)
    chosen = ak.drop_none(jets[hardest], axis=1)
    momenta = np.stack([ak.to_numpy(ak.flatten(chosen[c])) for c in ("E", "px", "py", "pz")], axis=1)
    members = ak.flatten(clusters.constituent_index(min_pt=selection.pt_min)[hardest][found], axis=1)
    sizes = ak.to_numpy(ak.num(members))
    starts = np.concatenate([[0], np.cumsum(counts)])[found]
    places = ak.to_numpy(ak.flatten(members)).astype(np.int64) + np.repeat(starts, sizes)
    pt = np.hypot(*objects.momenta[places, 1:3].astype(np.float32).T)  # as stored, so that rounding upsets no order
    order = np.lexsort((places, -pt, np.repeat(np.arange(len(found)), sizes)))
    return LeadingJets(events[found], momenta, places[order], np.concatenate([[0], np.cumsum(sizes)]))


def in_window(jets: LeadingJets, selection: JetSelection) -> Bool[np.ndarray, " jet"]:
    """Whether jets are in the window of transverse momentum and pseudorapidity."""
    pt, eta = jets.pt, jets.direction.eta
    inside: Bool[np.ndarray, " jet"] = (
        (pt >= selection.pt_min) & (pt <= selection.pt_max) & (np.abs(eta) <= selection.abs_eta_max)
    )
    return inside

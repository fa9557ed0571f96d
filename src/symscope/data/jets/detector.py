"""A fast detector: tracks, calorimeter towers and energy flow.

The steps and their order are those of Delphes 3 (J. de Favereau et al., JHEP 02 (2014) 057, arXiv:1307.6346, sections 2.2
to 3.1), written anew on flat arrays of many collisions at once.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Int8, Int32, Int64

from symscope.config.generation import Calorimeter, DetectorCard, EtaPtBin, Tracking
from symscope.data.jets.particles import Directions, Particles, direction_of, massless_momenta, smear_log_normal
from symscope.data.jets.propagation import propagate
from symscope.data.jets.towers import (
    Deposits,
    TowerGrid,
    above_threshold,
    energy_resolution,
    measure_energy,
    sum_deposits,
    sum_rows,
)

TRACK, PHOTON, NEUTRAL_HADRON = 0, 1, 2


class FlowObjects(NamedTuple):
    """Energy-flow objects of several collisions: tracks, photons and neutral hadrons."""

    event: Int64[np.ndarray, " object"]
    """Number of the collision, rising."""
    momenta: Float64[np.ndarray, "object 4"]
    """E, px, py, pz [GeV], massless."""
    kind: Int8[np.ndarray, " object"]
    """0 a track, 1 a photon (electromagnetic tower), 2 a neutral hadron (hadronic tower)."""


class Tracks(NamedTuple):
    """Reconstructed tracks."""

    particle: Int64[np.ndarray, " track"]
    """Place of the particle that made the track."""
    pt: Float64[np.ndarray, " track"]
    """Measured transverse momentum [GeV]."""
    direction: Directions
    """Direction of the momentum where the particle was produced."""
    resolution: Float64[np.ndarray, " track"]
    """Relative resolution of the transverse momentum [dimensionless]."""


class Detector:
    """A detector card with its tower grids laid out.

    Parameters
    ----------
    card
        All numbers of the detector.
    """

    def __init__(self, card: DetectorCard) -> None:
        self.card = card
        self.electromagnetic = TowerGrid.from_card(card.electromagnetic)
        self.hadronic = TowerGrid.from_card(card.hadronic)

    def detect(self, particles: Particles, rng: np.random.Generator) -> FlowObjects:
        """Energy-flow objects that the particles of several collisions leave.

        Parameters
        ----------
        particles
            Stable particles, neutrinos included or not, ordered by collision.
        rng
            Random stream of efficiencies and resolutions.
        """
        position, seen = propagate(particles, self.card.solenoid)
        tracks = find_tracks(particles, position, seen, self.card, rng)
        found = []
        for calorimeter, grid, kind in (
            (self.card.electromagnetic, self.electromagnetic, PHOTON),
            (self.card.hadronic, self.hadronic, NEUTRAL_HADRON),
        ):
            fraction = np.where(seen, deposited_fraction(np.abs(particles.pdg), calorimeter), 0.0)
            active = np.flatnonzero(fraction > 0)
            deposits = sum_deposits(
                grid,
                particles.event[active],
                Directions(position.eta[active], position.phi[active]),
                particles.momenta[active, 0] * fraction[active],
            )
            row = np.full(len(fraction), -1, np.int64)
            row[active] = deposits.particle_row
            scale, neutral = self._separate(
                tracks, row[tracks.particle], fraction[tracks.particle], deposits, calorimeter=calorimeter, rng=rng
            )
            tracks = tracks._replace(pt=tracks.pt * scale)
            excess = np.flatnonzero(neutral > 0)
            direction = self._tower_directions(deposits, excess, rng)
            momenta = massless_momenta(neutral[excess] / np.cosh(direction.eta), direction.eta, direction.phi)
            found.append(FlowObjects(deposits.event[excess], momenta, np.full(len(excess), kind, np.int8)))
        momenta = massless_momenta(tracks.pt, tracks.direction.eta, tracks.direction.phi)
        found.append(FlowObjects(particles.event[tracks.particle], momenta, np.full(len(momenta), TRACK, np.int8)))
        return merge_objects(found)

    def _separate(
        self,
        tracks: Tracks,
        row: Int64[np.ndarray, " track"],
        fraction: Float64[np.ndarray, " track"],
        deposits: Deposits,
        *,
        calorimeter: Calorimeter,
        rng: np.random.Generator,
    ) -> tuple[Float64[np.ndarray, " track"], Float64[np.ndarray, " tower"]]:
        """Measure towers, take the energy of tracks out, and find how the tracks are to be rescaled.

        Parameters
        ----------
        tracks, row, fraction
            Tracks, the row of the tower that each hits (-1: none), the part of its energy that it leaves there.
        deposits, calorimeter, rng
            The towers, the card, the random stream.

        Returns
        -------
        scale, neutral
            Factor for the momentum of each track; energy of each tower beyond its tracks [GeV], 0 where it is not
            significant.
        """
        measured, sigma = measure_energy(deposits, calorimeter, rng)
        hits = np.flatnonzero(row >= 0)
        energy = (tracks.pt * np.cosh(tracks.direction.eta) * fraction)[hits]
        charged = sum_rows(row[hits], energy, len(measured))
        variance = sum_rows(row[hits], (tracks.resolution[hits] * energy) ** 2, len(measured))
        neutral = np.maximum(measured - charged, 0.0)
        scale = np.ones(len(row))
        if self.card.energy_flow == "combine":
            excess = above_threshold(neutral, np.sqrt(variance + sigma**2), calorimeter)
            tower_scale = np.where(excess, 1.0, combined_scale(charged, variance, measured, sigma))
            scale[hits] = tower_scale[row[hits]]
        else:
            neutral_sigma = energy_resolution(calorimeter.resolution, deposits.centre.eta, neutral)
            excess = above_threshold(neutral, neutral_sigma, calorimeter)
        return scale, np.where(excess, neutral, 0.0)

    def _tower_directions(
        self, deposits: Deposits, rows: Int64[np.ndarray, " n"], rng: np.random.Generator
    ) -> Directions:
        eta, phi = deposits.centre.eta[rows], deposits.centre.phi[rows]
        if not self.card.smear_tower_position:
            return Directions(eta, phi)
        eta = eta + deposits.size.eta[rows] * (rng.random(len(rows)) - 0.5)
        phi = phi + deposits.size.phi[rows] * (rng.random(len(rows)) - 0.5)
        return Directions(eta, phi)


def find_tracks(
    particles: Particles,
    position: Directions,
    seen: Bool[np.ndarray, " particle"],
    card: DetectorCard,
    rng: np.random.Generator,
) -> Tracks:
    """Tracks of charged particles: some are lost, and the transverse momentum of the others is smeared.

    Parameters
    ----------
    particles, position, seen
        Particles, where they leave the tracker, and which do; efficiency and resolution depend on that pseudorapidity.
    card
        The detector.
    rng
        Random stream.
    """
    charged = np.flatnonzero(seen & (particles.charge != 0))
    pdg = np.abs(particles.pdg[charged])
    _, px, py, pz = particles.momenta[charged].T
    pt = np.hypot(px, py)
    abs_eta = np.abs(position.eta[charged])
    efficiency, resolution = np.zeros(len(pt)), np.zeros(len(pt))
    electron, muon = pdg == 11, pdg == 13
    species: list[tuple[Bool[np.ndarray, " charged"], Tracking]] = [
        (~electron & ~muon, card.hadron_tracks),
        (electron, card.electron_tracks),
        (muon, card.muon_tracks),
    ]
    for members, tracking in species:
        for e in reversed(tracking.efficiency):
            efficiency[members & in_bin(abs_eta, pt, e)] = e.efficiency
        for r in reversed(tracking.resolution):
            chosen = members & in_bin(abs_eta, pt, r)
            resolution[chosen] = np.hypot(r.constant, r.slope * pt[chosen])
    kept = rng.random(len(pt)) < efficiency
    pt, resolution = pt[kept], np.minimum(resolution[kept], 1.0)
    direction = direction_of(px[kept], py[kept], pz[kept])
    return Tracks(charged[kept], smear_log_normal(pt, resolution * pt, rng), direction, resolution)


def in_bin(
    abs_eta: Float64[np.ndarray, " n"], pt: Float64[np.ndarray, " n"], edges: EtaPtBin
) -> Bool[np.ndarray, " n"]:
    """Whether |eta| and pT [GeV] are in a rectangle of the card."""
    low, high = edges.abs_eta
    inside: Bool[np.ndarray, " n"] = (abs_eta <= high) & (pt > edges.pt[0]) & (pt <= edges.pt[1])
    return inside & ((abs_eta > low) if low > 0 else True)


def deposited_fraction(pdg: Int32[np.ndarray, " n"], calorimeter: Calorimeter) -> Float64[np.ndarray, " n"]:
    """Part of its energy that each particle leaves, by absolute PDG number."""
    fraction = np.full(len(pdg), calorimeter.default_fraction)
    for number, part in calorimeter.fractions.items():
        fraction[pdg == number] = part
    return fraction


def combined_scale(
    charged: Float64[np.ndarray, " tower"],
    variance: Float64[np.ndarray, " tower"],
    measured: Float64[np.ndarray, " tower"],
    sigma: Float64[np.ndarray, " tower"],
) -> Float64[np.ndarray, " tower"]:
    """Factor that takes the tracks of a tower to the weighted mean of track and calorimeter energy.

    Parameters
    ----------
    charged, variance
        Sum of the tracks' energies [GeV] and its variance [GeV^2].
    measured, sigma
        Energy of the tower and its resolution [GeV].
    """
    weighted = charged * sigma**2 + measured * variance
    total = (sigma**2 + variance) * charged
    scale = np.ones(len(charged))
    np.divide(weighted, total, out=scale, where=total > 0)
    return scale


def merge_objects(parts: list[FlowObjects]) -> FlowObjects:
    """Objects of all parts, ordered by collision and, within one, in the order given."""
    event = np.concatenate([p.event for p in parts])
    order = np.argsort(event, kind="stable")
    momenta = np.concatenate([p.momenta for p in parts])
    return FlowObjects(event[order], momenta[order], np.concatenate([p.kind for p in parts])[order])

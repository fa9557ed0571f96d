"""Calorimeter towers: their grid, the energy in them, and what it is measured as."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Int64

from symscope.config.generation import Calorimeter, EnergyResolution
from symscope.data.jets.particles import Directions, smear_log_normal


@dataclass(frozen=True)
class TowerGrid:
    """Towers of a calorimeter, numbered through; number -1 is outside."""

    eta_edges: Float64[np.ndarray, " edge"]
    phi_bins: Int64[np.ndarray, " ring"]
    first: Int64[np.ndarray, " ring_plus_1"]

    @classmethod
    def from_card(cls, calorimeter: Calorimeter) -> "TowerGrid":
        """Lay out the regions of the card on both sides of eta = 0."""
        positive, phi_bins = [0.0], []
        for region in calorimeter.regions:
            for low, high in zip(region.abs_eta, region.abs_eta[1:], strict=False):
                positive.extend(np.linspace(low, high, region.divisions + 1)[1:].tolist())
                phi_bins.extend([region.phi_bins] * region.divisions)
        edges = np.array([-edge for edge in positive[:0:-1]] + positive)
        bins = np.array(phi_bins[::-1] + phi_bins, np.int64)
        return cls(edges, bins, np.concatenate([[0], np.cumsum(bins)]))

    @property
    def n_towers(self) -> int:
        """Number of towers."""
        return int(self.first[-1])

    def locate(self, directions: Directions) -> Int64[np.ndarray, " n"]:
        """Give the number of the tower in each direction, -1 outside."""
        ring = np.searchsorted(self.eta_edges, directions.eta) - 1
        outside = (ring < 0) | (ring >= len(self.phi_bins))
        ring = np.where(outside, 0, ring)
        bins = self.phi_bins[ring]
        sector = np.floor((directions.phi + np.pi) / (2 * np.pi) * bins).astype(np.int64) % bins
        return np.where(outside, -1, self.first[ring] + sector)

    def centres(self, towers: Int64[np.ndarray, " n"]) -> tuple[Directions, Directions]:
        """Centres of towers, and their sizes in eta and phi."""
        ring = np.searchsorted(self.first, towers, side="right") - 1
        low, high = self.eta_edges[ring], self.eta_edges[ring + 1]
        width = 2 * np.pi / self.phi_bins[ring]
        phi = -np.pi + (towers - self.first[ring] + 0.5) * width
        return Directions(0.5 * (low + high), phi), Directions(high - low, width)


class Deposits(NamedTuple):
    """Energy in towers of several collisions; a row is one tower of one collision."""

    event: Int64[np.ndarray, " tower"]
    """Number of the collision, rising."""
    centre: Directions
    """Centre of the tower."""
    size: Directions
    """Extent of the tower in eta and phi."""
    energy: Float64[np.ndarray, " tower"]
    """What the particles left [GeV]."""
    particle_row: Int64[np.ndarray, " particle"]
    """Row of each particle's tower, -1 outside."""


def sum_deposits(
    grid: TowerGrid,
    event: Int64[np.ndarray, " particle"],
    directions: Directions,
    energies: Float64[np.ndarray, " particle"],
) -> Deposits:
    """Sum the energies [GeV] that fall into the same tower of the same collision."""
    tower = grid.locate(directions)
    hit = tower >= 0
    keys, row = np.unique(event[hit] * grid.n_towers + tower[hit], return_inverse=True)
    particle_row = np.full(len(event), -1, np.int64)
    particle_row[hit] = row
    centre, size = grid.centres(keys % grid.n_towers)
    energy = sum_rows(row, energies[hit], len(keys))
    return Deposits(keys // grid.n_towers, centre, size, energy, particle_row)


def sum_rows(
    row: Int64[np.ndarray, " n"], values: Float64[np.ndarray, " n"], n_rows: int
) -> Float64[np.ndarray, " rows"]:
    """Sum the values that belong to the same row."""
    return np.bincount(row, values, minlength=n_rows).astype(np.float64)  # without values bincount gives integers


def measure_energy(
    deposits: Deposits, calorimeter: Calorimeter, rng: np.random.Generator
) -> tuple[Float64[np.ndarray, " tower"], Float64[np.ndarray, " tower"]]:
    """Smear the energy of towers and drop those below threshold.

    Returns
    -------
    energy, sigma
        Measured energy, 0 where it is below threshold, and the resolution at the energy before that cut [GeV].
    """
    true_sigma = energy_resolution(calorimeter.resolution, deposits.centre.eta, deposits.energy)
    energy = smear_log_normal(deposits.energy, true_sigma, rng)
    sigma = energy_resolution(calorimeter.resolution, deposits.centre.eta, energy)
    return np.where(above_threshold(energy, sigma, calorimeter), energy, 0.0), sigma


def above_threshold(
    energy: Float64[np.ndarray, " n"], sigma: Float64[np.ndarray, " n"], calorimeter: Calorimeter
) -> Bool[np.ndarray, " n"]:
    """Whether energies are large enough, absolutely and in units of `sigma`."""
    passes: Bool[np.ndarray, " n"] = (energy >= calorimeter.energy_min) & (
        energy >= calorimeter.significance_min * sigma
    )
    return passes & (energy > 0)


def energy_resolution(
    resolution: list[EnergyResolution], eta: Float64[np.ndarray, " n"], energy: Float64[np.ndarray, " n"]
) -> Float64[np.ndarray, " n"]:
    """Give the standard deviation of the measured energy [GeV]; 0 outside the ranges of the card."""
    terms = np.array([[r.constant, r.stochastic, r.noise] for r in resolution] + [[0.0, 0.0, 0.0]])
    place = np.searchsorted([r.abs_eta_max for r in resolution], np.abs(eta))
    constant, stochastic, noise = terms[place].T
    sigma: Float64[np.ndarray, " n"] = np.sqrt((constant * energy) ** 2 + stochastic**2 * energy + noise**2)
    return sigma

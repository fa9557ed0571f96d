"""Proton-proton collisions by Pythia 8, in flat arrays, with an early veto of those that cannot make a wanted jet."""

import awkward as ak
import numpy as np
import pythia8mc

from symscope.config.generation import GenerationCard, HardProcess
from symscope.data.jets.matching import EventRecord
from symscope.data.jets.particles import Particles
from symscope.data.jets.veto import PartonVeto
from symscope.errors import ConfigError, DataError

SEED_MAX = 900_000_000
MILLIMETRE = 1e-3


class Collider:
    """Makes collisions of one process.

    Parameters
    ----------
    card
        What is collided.
    process
        The hard process.
    seed
        Random seed of Pythia, 1 to 900,000,000.
    veto_acts
        Whether `card.preselection` takes effect; False keeps every collision and records the decisions in `veto`.

    Raises
    ------
    ConfigError
        If Pythia does not know a setting of the card, or the seed is out of range.
    DataError
        If Pythia cannot start.
    """

    def __init__(self, card: GenerationCard, process: HardProcess, *, seed: int, veto_acts: bool = True) -> None:
        if not 1 <= seed <= SEED_MAX:
            raise ConfigError(f"seed {seed} is out of Pythia's range; give 1 to {SEED_MAX}")
        self._pythia = pythia8mc.Pythia("", False)
        for line in (
            "Print:quiet = on",
            "Check:abortIfVeto = on",  # one call is one collision, also where it is vetoed
            f"Beams:eCM = {card.collision_energy}",
            *card.pythia,
            *process.pythia,
            f"PhaseSpace:pTHatMin = {process.pt_hat_min}",
            f"PhaseSpace:pTHatMax = {process.pt_hat_max}",
            "Random:setSeed = on",
            f"Random:seed = {seed}",
        ):
            if not self._pythia.readString(line, False):
                raise ConfigError(f"Pythia does not take the setting '{line}' of the card; see its manual for the name")
        self.veto = PartonVeto(card, process, card.preselection, acts=veto_acts) if card.preselection else None
        if self.veto is not None:
            self._pythia.addUserHooksPtr(self.veto)
        if not self._pythia.init():
            raise DataError(f"Pythia cannot start with {', '.join(process.pythia)}; its message is above")
        self._charges: dict[int, float] = {}

    def collide(self, n_collisions: int) -> ak.Array:
        """Give the records of the collisions that were neither vetoed nor failed; `n_collisions` are tried."""
        return self._pythia.nextBatch(n_collisions, "skip")

    def charge(self, pdg: int) -> float:
        """Electric charge of a particle [e]."""
        if pdg not in self._charges:
            self._charges[pdg] = float(self._pythia.particleData.charge(pdg))
        return self._charges[pdg]

    def flatten(self, collisions: ak.Array) -> tuple[EventRecord, Particles]:
        """Give the whole record, and the stable particles in it, as flat arrays."""
        entries = collisions.prt
        counts = ak.to_numpy(ak.num(entries))
        flat = ak.flatten(entries)
        event = np.repeat(np.arange(len(counts)), counts)
        start = np.cumsum(counts) - counts
        pdg = ak.to_numpy(flat.id)
        momenta = np.stack([ak.to_numpy(flat.p[c]) for c in ("e", "px", "py", "pz")], axis=1)
        daughters = np.stack([ak.to_numpy(flat.daughter1), ak.to_numpy(flat.daughter2)], axis=1)
        record = EventRecord(start, event, pdg, ak.to_numpy(flat.mother1), daughters, momenta)
        stable = np.flatnonzero(ak.to_numpy(flat.status) > 0)
        produced = flat.vProd[stable]
        vertex = np.stack([ak.to_numpy(ak.fill_none(produced[c], 0.0)) for c in ("px", "py", "pz")], axis=1)
        kinds, kind = np.unique(pdg[stable], return_inverse=True)
        charge = np.array([self.charge(int(k)) for k in kinds])[kind]
        particles = Particles(event[stable], pdg[stable], charge, momenta[stable], vertex * MILLIMETRE)
        return record, particles

"""Early rejection of collisions that cannot make a wanted jet, by a hook into Pythia's parton shower."""

import math
from typing import Any, NamedTuple

import pythia8mc

from symscope.config.generation import GenerationCard, HardProcess, PartonMargins, Preselection
from symscope.data.jets.matching import TOP, W_BOSON

N_JETS = 3
"""Parton jets that are looked at, the hardest ones."""

DURING_RESONANCE_DECAY = 5
"""Position that Pythia reports for the showers of resonance decays."""

HARD_PROCESS_END = 7
"""Pythia's records begin with the system, two beams, two incoming partons and the two outgoing particles."""

Axis = tuple[float, float]
"""Pseudorapidity and azimuth."""


class HardDecay(NamedTuple):
    """Decay of a top in the hard process, before any shower."""

    pdg: int
    """Particle number of the top, signed."""
    top: Any
    """Momentum of the top, a ``pythia8mc.Vec4``."""
    quarks: list[Any]
    """Momenta of its three quarks."""


class PartonVeto(pythia8mc.UserHooks):  # type: ignore[misc]
    """Stops a collision during or after its parton shower where no parton jet is near the window.

    A wanted jet is nearly a parton jet: one of the three hardest must be in the window widened by margins and, where a
    top is asked for, have the three quarks of one within the matching distance widened by another margin.

    Parameters
    ----------
    card
        The window and the matching.
    process
        The hard process.
    margins
        When to look, and the margins.
    acts
        False only counts in `decisions` what would have been done, to measure what is lost.

    Attributes
    ----------
    decisions
        With ``acts=False``, for each collision that reached the end of its shower: did it pass during, and after it?
    """

    def __init__(self, card: GenerationCard, process: HardProcess, margins: Preselection, *, acts: bool = True) -> None:
        pythia8mc.UserHooks.__init__(self)
        self.margins, self.window, self.matching = margins, card.jet, card.matching
        self.matched_to_top, self.acts = process.matched_to_top, acts
        self.decisions: list[tuple[bool, bool]] = []
        self._decays: list[HardDecay] = []
        self._passed_first = False
        lowest = self.window.pt_min - max(margins.during_shower.pt_below, margins.after_shower.pt_below)
        # Arguments: anti-kT, R, smallest pT, largest |eta| of particles, which particles (2: visible), their mass
        # (2: as it is), no hook, the jet finder of Pythia itself (FastJet's core prints a banner).
        self._finder = pythia8mc.SlowJet(-1, self.window.radius, max(lowest, 1.0), 5.0, 2, 2, None, False)

    def canVetoResonanceDecays(self) -> bool:
        """Ask Pythia for :meth:`doVetoResonanceDecays`."""
        return self.matched_to_top

    def doVetoResonanceDecays(self, process: Any) -> bool:
        """Remember the decays of tops; nothing is vetoed yet."""
        self._decays = find_decays(process)
        return False

    def canVetoPT(self) -> bool:
        """Ask Pythia for :meth:`doVetoPT`."""
        return True

    def scaleVetoPT(self) -> float:
        """Tell Pythia when to ask."""
        return self.margins.shower_scale

    def doVetoPT(self, position: int, event: Any) -> bool:
        """Veto collisions by the few partons that there are at this scale of the shower; tops are not decayed yet."""
        if position == DURING_RESONANCE_DECAY:
            return False
        quarks = quarks_after_recoil(self._decays, event) if self.matched_to_top else []
        self._passed_first = self._fits(event, quarks, self.margins.during_shower)
        return self.acts and not self._passed_first

    def canVetoPartonLevel(self) -> bool:
        """Ask Pythia for :meth:`doVetoPartonLevel`."""
        return True

    def doVetoPartonLevel(self, event: Any) -> bool:
        """Veto collisions by all partons, before they become hadrons."""
        quarks = quarks_after_shower(event) if self.matched_to_top else []
        passed = self._fits(event, quarks, self.margins.after_shower)
        if not self.acts:
            self.decisions.append((self._passed_first, passed))
        return self.acts and not passed

    def _fits(self, event: Any, quarks: list[list[Axis]], margins: PartonMargins) -> bool:
        self._finder.analyze(event)
        reach = self.matching.quark_distance + margins.quark_distance
        for k in range(min(N_JETS, self._finder.sizeJet())):
            pt = self._finder.pT(k)
            if not self.window.pt_min - margins.pt_below < pt < self.window.pt_max + margins.pt_above:
                continue
            axis = _axis(self._finder.p(k))
            if abs(axis[0]) > self.window.abs_eta_max + margins.eta:
                continue
            if not self.matched_to_top or any(all(_distance(q, axis) < reach for q in qs) for qs in quarks):
                return True
        return False


def find_decays(process: Any) -> list[HardDecay]:
    """Decays t -> W q, W -> q q in Pythia's small record of the hard process."""
    found = []
    for k in range(process.size()):
        if abs(process[k].id()) == TOP:
            quarks = [pythia8mc.Vec4(q.p()) for q in _quarks_of(process, k)]
            found.append(HardDecay(process[k].id(), pythia8mc.Vec4(process[k].p()), quarks))
    return found


def quarks_after_recoil(decays: list[HardDecay], event: Any) -> list[list[Axis]]:
    """Directions of the quarks of each decay, boosted to where the shower has pushed its top so far."""
    moved = []
    tops = {event[k].id(): event[k].p() for k in range(event.size()) if abs(event[k].id()) == TOP}  # the last copy
    for decay in decays:
        change = pythia8mc.RotBstMatrix()
        change.bst(decay.top, tops[decay.pdg])
        axes = []
        for quark in decay.quarks:
            now = pythia8mc.Vec4(quark)
            now.rotbst(change)
            axes.append(_axis(now))
        moved.append(axes)
    return moved


def quarks_after_shower(event: Any) -> list[list[Axis]]:
    """Directions of the quarks of each top's decay in the full record, as they come out of the decay."""
    hard_tops = [k for k in range(HARD_PROCESS_END) if abs(event[k].id()) == TOP and event[k].mother1() > 0]
    return [[_axis(q.p()) for q in _quarks_of(event, event[k].iBotCopyId())] for k in hard_tops]


def _quarks_of(record: Any, top: int) -> list[Any]:
    """Particles of the decay t -> W q, W -> q q; none if the top at this place does not decay so."""
    daughters = [record[d] for d in record[top].daughterList()]
    bosons = [d for d in daughters if abs(d.id()) == W_BOSON]
    if not bosons:
        return []
    last = record[bosons[0].iBotCopyId()]
    return [d for d in daughters if abs(d.id()) != W_BOSON] + [record[d] for d in last.daughterList()]


def _axis(momentum: Any) -> Axis:
    return momentum.eta(), momentum.phi()


def _distance(a: Axis, b: Axis) -> float:
    turn = abs(a[1] - b[1])
    return math.hypot(a[0] - b[0], min(turn, 2 * math.pi - turn))

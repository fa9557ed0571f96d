"""Speed and memory of jet generation on one core, and what the early veto loses.

The plain way is a Python loop over the event record and FastJet objects, every collision hadronised, with neither detector
nor matching: the first version of such a script. The full size also counts the wanted jets that the veto gives up, on
collisions that are all generated to the end.
"""

import time
from pathlib import Path

import fastjet
import numpy as np
import pythia8mc
from tests.benchmarks.suite import Size, peak_memory, run

from symscope.data.jets.cards import load_detector_card, load_generation_card
from symscope.data.jets.clustering import in_window, leading_jets
from symscope.data.jets.collisions import Collider
from symscope.data.jets.detector import Detector
from symscope.data.jets.generation import generate_jets
from symscope.data.jets.matching import find_top_decays, holds_top
from symscope.evaluation.speed import Measurement

CARDS = Path(__file__).resolve().parents[2] / "resources/cards"
CARD = load_generation_card(CARDS / "pythia_top_tagging.yaml")
DETECTOR = load_detector_card(CARDS / "detector_atlas.yaml")


def plain_jets_per_second(process: str, n_jets: int) -> float:
    """Jets of the window per CPU second by one call for each particle; without detector and matching."""
    settings = CARD.processes[process]
    pythia = pythia8mc.Pythia("", False)
    limits = [f"PhaseSpace:pTHatMin = {settings.pt_hat_min}", f"PhaseSpace:pTHatMax = {settings.pt_hat_max}"]
    start = ["Print:quiet = on", f"Beams:eCM = {CARD.collision_energy}", "Random:setSeed = on", "Random:seed = 5"]
    for line in [*start, *CARD.pythia, *settings.pythia, *limits]:
        pythia.readString(line)
    pythia.init()
    definition = fastjet.JetDefinition(fastjet.antikt_algorithm, CARD.jet.radius)
    began, found = time.process_time(), 0
    while found < n_jets:
        pythia.next()
        stable = [
            fastjet.PseudoJet(p.px(), p.py(), p.pz(), p.e())
            for p in (pythia.event[k] for k in range(pythia.event.size()))
            if p.isFinal() and p.isVisible() and abs(p.eta()) < 4.9
        ]
        clusters = fastjet.ClusterSequence(stable, definition)
        jets = fastjet.sorted_by_pt(clusters.inclusive_jets(CARD.jet.pt_min))
        if jets and jets[0].pt() < CARD.jet.pt_max and abs(jets[0].eta()) < CARD.jet.abs_eta_max:
            _ = sorted(((c.pt(), c.px(), c.py(), c.pz()) for c in jets[0].constituents()), reverse=True)
            found += 1
    return n_jets / (time.process_time() - began)


def measure_bias(process: str, n_collisions: int) -> tuple[int, int]:
    """Wanted jets, and how many of them the veto would have lost."""
    settings = CARD.processes[process]
    collider = Collider(CARD, settings, seed=31, veto_acts=False)
    eyes, rng = Detector(DETECTOR), np.random.default_rng(1)
    wanted = lost = 0
    for _ in range(n_collisions // CARD.events_per_batch):
        collider.veto.decisions.clear()
        record, particles = collider.flatten(collider.collide(CARD.events_per_batch))
        passed = np.array(collider.veto.decisions).all(axis=1)
        if len(passed) != len(record.start):
            continue  # a collision failed after its shower; its batch is left out
        jets = leading_jets(eyes.detect(particles, rng), CARD.jet)
        accepted = in_window(jets, CARD.jet)
        if settings.matched_to_top:
            accepted &= holds_top(jets.event, jets.direction, find_top_decays(record), record, CARD.matching)
        wanted += int(accepted.sum())
        lost += int((~passed[jets.event[accepted]]).sum())
    return wanted, lost


def generate_alone(process: str, n_jets: int) -> None:
    """Generate for the peak of the memory."""
    generate_jets(process, n_jets, card=CARD, detector=DETECTOR, seed=1)


def measure(size: Size, repeats: int) -> list[Measurement]:
    """Jets a second of processor time, of each class."""
    n_jets = {"smoke": 10, "small": 200, "full": 1000}[size]
    found = []
    for process in CARD.processes:
        rate = plain = 0.0
        for _ in range(repeats):
            began = time.process_time()
            generate_jets(process, n_jets, card=CARD, detector=DETECTOR, seed=1)
            rate = max(rate, n_jets / (time.process_time() - began))
            plain = max(plain, plain_jets_per_second(process, max(n_jets // 10, 5)))
        note = "The plain way has neither detector nor matching."
        if size == "full":
            wanted, lost = measure_bias(process, 10 * n_jets)
            note += f" The veto loses {lost} of {wanted} wanted jets."
        found.append(
            Measurement(
                step=f"generation_{process}",
                label=f"{process} jets from collisions, on one core",
                unit="jets/s",
                rate=rate,
                plain=plain,
                peak=peak_memory(generate_alone, process, n_jets),
                note=note,
            )
        )
    return found


if __name__ == "__main__":
    run(measure, __doc__)

"""Top-quark and QCD jets from nothing: collisions, detector, clustering, matching."""

import logging
from time import perf_counter
from typing import NamedTuple, get_args

import numpy as np
from jaxtyping import Float32, Int64

from symscope.config.generation import DetectorCard, GenerationCard, Process
from symscope.data.jets.clustering import LeadingJets, in_window, leading_jets
from symscope.data.jets.collisions import Collider
from symscope.data.jets.detector import Detector, FlowObjects
from symscope.data.jets.matching import find_top_decays, holds_top
from symscope.errors import ConfigError, DataError
from symscope.io.jets import BACKGROUND, SIGNAL, JetBatch, concatenate_jets

log = logging.getLogger(__name__)


class GenerationSummary(NamedTuple):
    """What generating some jets took; each count is of those that passed the step before."""

    process: Process
    """The hard process."""
    n_collisions: int
    """Collisions that were tried."""
    n_hadronised: int
    """Collisions that passed the preselection."""
    n_in_window: int
    """Leading jets in the window of transverse momentum and pseudorapidity."""
    n_matched: int
    """Of those, jets that hold a whole top; all of them where none is asked for."""
    n_jets: int
    """Jets that were returned."""
    seconds: float
    """Wall time [s]."""

    @property
    def jets_per_second(self) -> float:
        """Jets returned per second."""
        return self.n_jets / max(self.seconds, 1e-9)


def generate_jets(
    process: Process, n_jets: int, *, card: GenerationCard, detector: DetectorCard, seed: int
) -> tuple[JetBatch, GenerationSummary]:
    """Generate jets of one process.

    Protons collide (Pythia 8), the detector sees what comes out, the leading anti-kT jet of a collision is kept if it is
    in the window and, for tops, holds the whole top. Constituents are massless and ordered by falling pT.

    Parameters
    ----------
    process
        ``top`` (label 1) or ``qcd`` (label 0).
    n_jets
        Jets that are wanted.
    card, detector
        All settings.
    seed
        Random seed, 1 to 900,000,000. Equal arguments give equal jets on the same machine and versions; different seeds
        give independent ones.

    Raises
    ------
    ConfigError
        If the process is not on the card, or the seed or `n_jets` is out of range.
    DataError
        If far too few collisions give a jet of the window, so that the selection can hardly be reached.
    """
    started = perf_counter()
    if process not in card.processes:
        raise ConfigError(f"process '{process}' is not on the card; it has {', '.join(card.processes) or 'none'}")
    if n_jets < 1:
        raise ConfigError(f"{n_jets} jets are wanted; give 1 or more")
    settings = card.processes[process]
    collider = Collider(card, settings, seed=seed)
    eyes = Detector(detector)
    rng = np.random.default_rng([seed, get_args(Process).index(process)])
    kept: list[JetBatch] = []
    tried = hadronised = windowed = matched = 0
    while matched < n_jets:
        if tried >= card.max_collisions_per_jet * (matched + 1):
            raise DataError(
                f"{tried} {process} collisions gave {matched} of {n_jets} jets with pT {card.jet.pt_min:g} to "
                f"{card.jet.pt_max:g} GeV and |eta| up to {card.jet.abs_eta_max:g} ({hadronised} passed the preselection, "
                f"{windowed} were in the window); bring 'pt_hat_min' and 'pt_hat_max' ({settings.pt_hat_min:g} to "
                f"{settings.pt_hat_max:g} GeV) around the window, widen it, or raise 'max_collisions_per_jet'"
            )
        n_now = min(card.events_per_batch, 8 * (n_jets - matched))
        collisions = collider.collide(n_now)
        tried += n_now
        hadronised += len(collisions)
        if not len(collisions):
            continue
        record, particles = collider.flatten(collisions)
        objects = eyes.detect(particles, rng)
        jets = leading_jets(objects, card.jet)
        accepted = in_window(jets, card.jet)
        windowed += int(accepted.sum())
        if settings.matched_to_top:
            accepted &= holds_top(jets.event, jets.direction, find_top_decays(record), record, card.matching)
        matched += int(accepted.sum())
        label = SIGNAL if settings.matched_to_top else BACKGROUND
        kept.append(_collect(jets, objects, np.flatnonzero(accepted), card.jet.max_constituents, label))
    batch = concatenate_jets(kept)
    end = int(batch.offsets[n_jets])
    batch = JetBatch(batch.momenta[:end], batch.offsets[: n_jets + 1], batch.labels[:n_jets])
    summary = GenerationSummary(process, tried, hadronised, windowed, matched, n_jets, perf_counter() - started)
    log.info("%s: %d jets of %d collisions, %.0f jets/s", process, n_jets, tried, summary.jets_per_second)
    return batch, summary


def _collect(
    jets: LeadingJets,
    objects: FlowObjects,
    chosen: Int64[np.ndarray, " chosen"],
    limit: int,
    label: int,
) -> JetBatch:
    """Constituents of the chosen jets, at most `limit` of each."""
    starts = jets.offsets[:-1][chosen]
    counts = np.minimum(jets.offsets[1:][chosen] - starts, limit)
    places = np.repeat(starts - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
    momenta: Float32[np.ndarray, "constituent 4"] = objects.momenta[jets.objects[places]].astype(np.float32)
    return JetBatch.from_counts(momenta, counts, np.full(len(chosen), label, np.uint8))

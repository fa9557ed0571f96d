"""Top-quark and QCD jets by Pythia 8, a fast detector, FastJet and parton matching."""

from symscope.data.jets.cards import load_detector_card, load_generation_card
from symscope.data.jets.generation import GenerationSummary, generate_jets

__all__ = ["GenerationSummary", "generate_jets", "load_detector_card", "load_generation_card"]

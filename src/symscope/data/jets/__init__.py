"""Top-quark and QCD jets by Pythia 8, a fast detector, FastJet and parton matching."""

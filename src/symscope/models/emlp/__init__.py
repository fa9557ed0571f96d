"""Perceptrons whose layers commute with an arbitrary matrix group, one group for each seed of an ensemble."""

"""Algebras as null spaces of sums over events."""

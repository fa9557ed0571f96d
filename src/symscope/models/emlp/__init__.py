"""Perceptrons whose layers commute with an arbitrary matrix group, one group for each seed of an ensemble."""

from symscope.models.emlp.linear import EquivariantMaps, MapShape
from symscope.models.emlp.network import Emlp

__all__ = ["Emlp", "EquivariantMaps", "MapShape"]

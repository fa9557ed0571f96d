"""Bodies that attract each other in the plane: starts, gravity, and an accurate integration of many systems at once."""

from symscope.data.nbody.gravity import Gravity
from symscope.data.nbody.integrator import Flow, integrate
from symscope.data.nbody.simulation import (
    Orbits,
    Rejections,
    gravity_of,
    reversal_errors,
    simulate_orbits,
    write_orbits,
)
from symscope.data.nbody.starts import circular_velocities, draw_starts

__all__ = [
    "Flow",
    "Gravity",
    "Orbits",
    "Rejections",
    "circular_velocities",
    "draw_starts",
    "gravity_of",
    "integrate",
    "reversal_errors",
    "simulate_orbits",
    "write_orbits",
]

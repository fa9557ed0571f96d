"""Newton's law for many systems of the same masses at once.

Positions and velocities are (bodies, 2, n): n systems side by side on the last axis, so that every operation runs over
contiguous memory.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from jaxtyping import Float64

Vectors = Float64[np.ndarray, "body 2 n"]


class Gravity:
    """Accelerations and conserved quantities of bodies with given masses.

    Parameters
    ----------
    masses
        Mass of each body.
    gravitation
        Constant of gravitation G.
    """

    def __init__(self, masses: Sequence[float] | Float64[np.ndarray, " body"], gravitation: float = 1.0) -> None:
        self.masses = np.array(masses, np.float64)
        self.gravitation = float(gravitation)
        pairs = list(combinations(range(len(self.masses)), 2))
        # Row p of the first matrix gives q_j - q_i of pair p; the second collects the pulls on each body.
        self._differences = np.zeros((len(pairs), len(self.masses)))
        self._pulls = np.zeros((len(self.masses), len(pairs)))
        for p, (i, j) in enumerate(pairs):
            self._differences[p, i], self._differences[p, j] = -1.0, 1.0
            self._pulls[i, p], self._pulls[j, p] = self.gravitation * self.masses[j], -self.gravitation * self.masses[i]
        self._pair_masses = np.array([self.masses[i] * self.masses[j] for i, j in pairs])

    @property
    def bodies(self) -> int:
        """Number of bodies."""
        return len(self.masses)

    @property
    def pairs(self) -> int:
        """Number of pairs of bodies."""
        return len(self._pair_masses)

    def accelerations(self, positions: Vectors) -> Vectors:
        """a_i = G sum_j m_j (q_j - q_i) / |q_j - q_i|^3."""
        return self.pull(positions)[0]

    def pull(self, positions: Vectors) -> tuple[Vectors, Float64[np.ndarray, "pair n"]]:
        """Accelerations, and the squared distance of each pair."""
        n = positions.shape[2]
        difference = (self._differences @ positions.reshape(self.bodies, -1)).reshape(-1, 2, n)
        squared = difference[:, 0] ** 2
        squared += difference[:, 1] ** 2
        cubed = np.sqrt(squared)
        cubed *= squared
        difference /= cubed[:, None]
        return (self._pulls @ difference.reshape(self.pairs, -1)).reshape(self.bodies, 2, n), squared

    def separations(self, positions: Vectors) -> Float64[np.ndarray, "pair n"]:
        """Distance of each pair."""
        difference = (self._differences @ positions.reshape(self.bodies, -1)).reshape(self.pairs, 2, -1)
        distances: Float64[np.ndarray, "pair n"] = np.hypot(difference[:, 0], difference[:, 1])
        return distances

    def kinetic_energy(self, velocities: Vectors) -> Float64[np.ndarray, " n"]:
        """T = sum m_i v_i^2 / 2."""
        energy: Float64[np.ndarray, " n"] = 0.5 * np.einsum("i,ijn,ijn->n", self.masses, velocities, velocities)
        return energy

    def potential_energy(self, positions: Vectors) -> Float64[np.ndarray, " n"]:
        """V = -G sum_{i<j} m_i m_j / r_ij."""
        energy: Float64[np.ndarray, " n"] = -self.gravitation * (
            self._pair_masses @ (1.0 / self.separations(positions))
        )
        return energy

    def angular_momentum(self, positions: Vectors, velocities: Vectors) -> Float64[np.ndarray, " n"]:
        """J = sum m_i (x_i v_yi - y_i v_xi)."""
        cross = positions[:, 0] * velocities[:, 1] - positions[:, 1] * velocities[:, 0]
        momentum: Float64[np.ndarray, " n"] = self.masses @ cross
        return momentum

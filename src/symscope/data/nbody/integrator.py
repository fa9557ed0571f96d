"""Integration of many gravitating systems at once, each with its own step, by the Runge-Kutta method of order 8.

The tableau is Dormand and Prince's (Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, II.5), as
:class:`scipy.integrate.DOP853` carries it. For q'' = a(q) the velocities of the stages can be eliminated: with
Abar = A A and bbar = b A,

    q_s = q + c_s h v + h^2 sum_j Abar_sj a_j,   q' = q + h v + h^2 sum_j bbar_j a_j,   v' = v + h sum_j b_j a_j,

which is the same method at half the work, because only accelerations are kept. The controller is Hairer's, with errors
of orders 5 and 3.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Int64
from scipy.integrate import DOP853

from symscope.data.nbody.gravity import Gravity, Vectors

_STAGES: int = DOP853.n_stages
_A = np.asarray(DOP853.A)
_B = np.asarray(DOP853.B)
_NODES = np.asarray(DOP853.C)
_POSITION_WEIGHTS = _A @ _A
_ADVANCE = np.stack([_B @ _A, _B])


def _error_rows(weights: Float64[np.ndarray, " stage_plus_1"]) -> Float64[np.ndarray, "2 stage_plus_1"]:
    """Rows that give the error of positions (times h^2) and velocities (times h) from the accelerations of all stages."""
    positions = np.append(weights[:-1] @ _A + weights[-1] * _B, 0.0)
    return np.stack([positions, weights])


_ERRORS = np.concatenate([_error_rows(np.asarray(DOP853.E5)), _error_rows(np.asarray(DOP853.E3))])

_ORDER = 8
_SAFETY = 0.9
_SHRINK, _GROW = 0.2, 10.0
_ROUNDING = 4 * np.finfo(np.float64).eps
_BLOCK_NUMBERS = 1 << 13
"""Pair vectors that are worked on at once: enough to make the cost of a call small, few enough for the cache of a core."""


class Flow(NamedTuple):
    """Positions and velocities at the wanted times, one system after the other."""

    positions: Float64[np.ndarray, "n time body 2"]
    """NaN from where a system could not be followed."""
    velocities: Float64[np.ndarray, "n time body 2"]
    """Likewise."""
    closest: Float64[np.ndarray, " n"]
    """Smallest distance of two bodies at any step."""
    steps: Int64[np.ndarray, " n"]
    """Steps that were tried."""
    complete: Bool[np.ndarray, " n"]
    """Whether the last time was reached within the allowed steps."""


def integrate(
    gravity: Gravity,
    positions: Vectors,
    velocities: Vectors,
    times: Float64[np.ndarray, " time"],
    *,
    tolerance: float,
    max_steps: int = 100_000,
) -> Flow:
    """Follow n systems from ``times[0]`` through all `times`, which rise or fall.

    Parameters
    ----------
    gravity
        Masses and G.
    positions, velocities
        At ``times[0]``.
    times
        When states are wanted.
    tolerance
        Local error of a step: of positions over the smallest distance of two bodies, of velocities over the largest
        speed. No absolute tolerance enters, so the result does not depend on the choice of units.
    max_steps
        Steps after which a system is given up.
    """
    n = positions.shape[2]
    shape = (n, len(times), gravity.bodies, 2)
    flow = Flow(
        np.full(shape, np.nan), np.full(shape, np.nan), np.empty(n), np.zeros(n, np.int64), np.zeros(n, np.bool_)
    )
    block = max(64, _BLOCK_NUMBERS // max(gravity.pairs, gravity.bodies))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # a step that is too long is only tried again
        for start in range(0, n, block):
            part = np.s_[:, :, start : start + block]
            systems = _Block(gravity, positions[part], velocities[part], times=times, first=start, flow=flow)
            systems.run(tolerance, max_steps)
    return flow


class _Block:
    """Systems that are advanced side by side; those that arrive leave it."""

    def __init__(
        self,
        gravity: Gravity,
        positions: Vectors,
        velocities: Vectors,
        *,
        times: Float64[np.ndarray, " time"],
        first: int,
        flow: Flow,
    ) -> None:
        self.gravity, self.flow = gravity, flow
        self.sign = 1.0 if times[-1] >= times[0] else -1.0
        self.times = self.sign * times
        self.q, self.v = positions.copy(), velocities * self.sign
        n = self.q.shape[2]
        self.index = np.arange(first, first + n)
        self.a, squared = gravity.pull(self.q)
        self.separation = np.sqrt(squared.min(axis=0))
        self.time = np.full(n, self.times[0])
        self.next = np.ones(n, np.int64)
        self.steps = np.zeros(n, np.int64)
        pull = np.abs(self.a).max(axis=(0, 1))
        self.step = 0.1 * np.sqrt(self.separation / pull)
        flow.closest[self.index] = self.separation
        self._record(np.ones(n, np.bool_), 0)

    def run(self, tolerance: float, max_steps: int) -> None:
        """Advance until every system has arrived or is given up."""
        self._leave(np.full(len(self.index), len(self.times) == 1))
        while len(self.index):
            gap = self.times[self.next] - self.time
            parts = np.ceil(gap / self.step * (1 - 1e-12))
            h = gap / np.maximum(parts, 1.0)
            q, v, a, squared, error = self._try(h, tolerance)
            # Rounding ends what smaller steps can do.
            stuck = h <= 16 * np.finfo(np.float64).eps * np.maximum(np.abs(self.time), np.abs(gap))
            accepted = error <= 1.0
            factor = np.clip(_SAFETY * np.maximum(error, 1e-30) ** (-1.0 / _ORDER), _SHRINK, _GROW)
            factor = np.where(np.isfinite(error), factor, _SHRINK)
            self.step = h * np.where(accepted, factor, np.minimum(factor, 1.0))
            self.steps += 1
            if accepted.all():
                self.q, self.v, self.a, self.time = q, v, a, self.time + h
            else:
                self.q, self.v, self.a = (
                    np.where(accepted, new, old) for new, old in ((q, self.q), (v, self.v), (a, self.a))
                )
                self.time = np.where(accepted, self.time + h, self.time)
            self.separation = np.where(accepted, np.sqrt(squared.min(axis=0)), self.separation)
            self.flow.closest[self.index] = np.minimum(self.flow.closest[self.index], self.separation)
            reached = accepted & (parts <= 1.0)
            if reached.any():
                self.time[reached] = self.times[self.next[reached]]
                self._record(reached, self.next[reached])
                self.next[reached] += 1
            arrived = self.next == len(self.times)
            self.flow.complete[self.index[arrived]] = True
            self._leave(arrived | (self.steps >= max_steps) | (stuck & ~accepted))

    def _try(
        self, h: Float64[np.ndarray, " n"], tolerance: float
    ) -> tuple[Vectors, Vectors, Vectors, Float64[np.ndarray, "pair n"], Float64[np.ndarray, " n"]]:
        """One step of every system: what it leads to, and its error over the allowed one."""
        shape = self.q.shape
        squared_step = h * h
        drift = self.v * h
        stages = np.empty((_STAGES + 1, self.q.size))
        stages[0] = self.a.reshape(-1)
        for s in range(1, _STAGES):
            q = (_POSITION_WEIGHTS[s, :s] @ stages[:s]).reshape(shape)
            q *= squared_step
            q += _NODES[s] * drift
            q += self.q
            stages[s] = self.gravity.accelerations(q).reshape(-1)
        by_position, by_velocity = (_ADVANCE @ stages[:_STAGES]).reshape(2, *shape)
        q = self.q + drift + squared_step * by_position
        v = self.v + h * by_velocity
        a, squared = self.gravity.pull(q)
        stages[_STAGES] = a.reshape(-1)
        return q, v, a, squared, self._error(stages, h, tolerance)

    def _error(
        self, stages: Float64[np.ndarray, "stage_plus_1 size"], h: Float64[np.ndarray, " n"], tolerance: float
    ) -> Float64[np.ndarray, " n"]:
        size = np.abs(self.q).max(axis=(0, 1))
        speed = np.abs(self.v).max(axis=(0, 1))
        pull = np.abs(self.a).max(axis=(0, 1))
        allowed_q = np.maximum(tolerance * self.separation, _ROUNDING * size)
        allowed_v = np.maximum(tolerance, _ROUNDING) * np.maximum(speed, np.sqrt(pull * self.separation))
        errors = (_ERRORS @ stages).reshape(2, 2, *self.q.shape)
        errors[:, 0] *= h * h / allowed_q
        errors[:, 1] *= h / allowed_v
        fifth, third = np.einsum("eabcn,eabcn->en", errors, errors)
        count = 2 * self.q.shape[0] * self.q.shape[1]
        total = np.sqrt((fifth + 0.01 * third) * count)
        return np.where(fifth == 0, 0.0, fifth / np.where(total == 0, 1.0, total))

    def _record(self, which: Bool[np.ndarray, " n"], place: Int64[np.ndarray, " m"] | int) -> None:
        rows = self.index[which]
        self.flow.positions[rows, place] = self.q[:, :, which].transpose(2, 0, 1)
        self.flow.velocities[rows, place] = self.sign * self.v[:, :, which].transpose(2, 0, 1)

    def _leave(self, which: Bool[np.ndarray, " n"]) -> None:
        if not which.any():
            return
        self.flow.steps[self.index[which]] = self.steps[which]
        stay = ~which
        self.q, self.v, self.a = (np.ascontiguousarray(x[:, :, stay]) for x in (self.q, self.v, self.a))
        self.index, self.separation, self.time = self.index[stay], self.separation[stay], self.time[stay]
        self.next, self.steps, self.step = self.next[stay], self.steps[stay], self.step[stay]

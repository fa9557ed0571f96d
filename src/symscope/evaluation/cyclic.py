"""Scores of generators of finite cyclic groups: which power of a turn they are, and how near they are to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray
from scipy.linalg import expm

from symscope.discovery.result import Discovery
from symscope.errors import DataError

SUCCESS_DISTANCE = 0.1
"""A seed succeeds where its element lies nearer to one that generates the group than this share of the distance between
neighbours, |R(2 pi / k) - 1| in the Frobenius norm."""


@dataclass(frozen=True, kw_only=True)
class CyclicScore:
    """How each seed of an ensemble agrees with the cyclic group of order k that a turn R of 2 pi / k generates.

    R^j generates the group as R does for every j coprime to k, so that j is not identified. Other powers generate a part of the
    group only, or nothing (j = 0): they are symmetries, and yet they are failures.
    """

    order: int
    """Order k of the group."""
    seeds: tuple[int, ...]
    """Seeds, in the order of the leading axis of everything below."""
    power: Int[ndarray, " seed"]
    """The power j of R, between -k/2 and k/2, to which the element is nearest."""
    generates: Bool[ndarray, " seed"]
    """Whether j is coprime to k."""
    distance: Float[ndarray, " seed"]
    """Distance of the element from R^j over that between neighbours, |R - 1|."""
    success: Bool[ndarray, " seed"]
    """Whether the seed found an element that generates the group: `generates`, and a small `distance`."""
    mae: Float[ndarray, " seed"]
    """Mean absolute error of all entries of L, or of the element where the method learns one, against the nearest matrix that
    generates the group, as published; NaN where a seed diverged."""
    element_mae: Float[ndarray, " seed"]
    """The same of the elements, for every method, against R^j, whether it generates the group or not."""
    truth: Float[ndarray, "seed d d"]
    """The matrix that `mae` compares with."""

    @property
    def converged(self) -> Bool[ndarray, " seed"]:
        """Whether the element is near to any of the group, the identity included."""
        return self.distance <= SUCCESS_DISTANCE

    @property
    def typical(self) -> int:
        """Index of the seed with the median error of those that did not diverge.

        Raises
        ------
        DataError
            Where every seed diverged.
        """
        finite = np.flatnonzero(np.isfinite(self.mae))
        if not len(finite):
            raise DataError(f"all {len(self.seeds)} seeds diverged; look at the history of the losses for the cause")
        order = finite[np.argsort(self.mae[finite], kind="stable")]
        return int(order[(len(order) - 1) // 2])


def score_cyclic(discovery: Discovery, *, order: int, turn: Float[ndarray, "d d"]) -> CyclicScore:
    """Compare an ensemble with a cyclic group.

    Parameters
    ----------
    discovery
        An ensemble of one channel.
    order
        Order k of the group.
    turn
        Generator J of a turn by one radian, so that the group is exp(2 pi j J / k).

    Notes
    -----
    A generator L is compared with (2 pi i / k) J for all integers i coprime to k, because exp does not tell i from i + k. With
    k = 2 the entries of L are not identified even so: any matrix with the eigenvalues +-pi i in the plane has the exponential -1.
    """
    step = 2.0 * np.pi / order * turn
    powers = np.arange(-((order - 1) // 2), order // 2 + 1)
    group = np.stack([expm(j * step) for j in powers])
    learned = discovery.elements is not None
    matrices = np.asarray(discovery.elements if discovery.elements is not None else discovery.generators)[:, 0]
    fine = discovery.finite & np.isfinite(matrices).all(axis=(1, 2))
    safe = np.where(fine[:, None, None], matrices, 0.0)
    elements = safe if learned else np.stack([expm(matrix) for matrix in safe])
    errors = np.linalg.norm(elements[:, None] - group, axis=(-2, -1))
    nearest = errors.argmin(axis=1)
    unit = float(np.linalg.norm(expm(step) - np.eye(len(step))))
    distance = np.where(fine, errors.min(axis=1) / unit, np.nan)
    power = powers[nearest]
    generates = np.array([gcd(int(j), order) == 1 for j in power])
    known = [group[list(powers).index(j)] for j in powers if gcd(int(j), order) == 1]
    if not learned:
        reach = 2 * order
        known = [j * step for j in range(-reach, reach + 1) if gcd(j, order) == 1]
    table = np.abs(safe[:, None] - np.stack(known)).mean(axis=(-2, -1))
    best = table.argmin(axis=1)
    return CyclicScore(
        order=order,
        seeds=discovery.seeds,
        power=power,
        generates=generates,
        distance=distance,
        success=generates & fine & (np.nan_to_num(distance, nan=np.inf) <= SUCCESS_DISTANCE),
        mae=np.where(fine, table.min(axis=1), np.nan),
        element_mae=np.where(fine, np.abs(elements - group[nearest]).mean(axis=(-2, -1)), np.nan),
        truth=np.stack(known)[best],
    )


def turn_in_plane() -> Float[ndarray, "3 3"]:
    """Give the generator of the turn in the plane of the first two of three components, by one radian."""
    turn = np.zeros((3, 3))
    turn[1, 0], turn[0, 1] = 1.0, -1.0
    return turn


def turn_of_three() -> Float[ndarray, "5 5"]:
    """Give the generator of the turn about (1, 1, 1) of the first three of five components, by one radian."""
    turn = np.zeros((5, 5))
    turn[:3, :3] = np.array([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]]) / np.sqrt(3.0)
    return turn


def law_errors(
    parameters: Mapping[str, ndarray], *, order: int
) -> tuple[Float[ndarray, " seed"], Float[ndarray, " seed"]]:
    """Tell how near a learned law of turns is to the multiples of 2 pi / k, and how many of these it holds.

    Parameters
    ----------
    parameters
        `logits`, `means` and `log_sigma` of a mixture of one coefficient [radians], each (seed, channel, component).
    order
        Order k of the group.

    Returns
    -------
    errors, covered
        Weighted mean distance of the components' means from the nearest multiple, in units of 2 pi / k (0.25 for a uniform
        law), and the share of the k elements of the group that some component of at least a tenth of an equal weight is
        nearest to.
    """
    logits = parameters["logits"][:, 0]
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    turns = parameters["means"][:, 0] * order / (2.0 * np.pi)
    nearest = np.round(turns)
    heavy = weights >= 0.1 / weights.shape[1]
    covered = [len({int(turn) % order for turn in row[kept]}) / order for row, kept in zip(nearest, heavy, strict=True)]
    return (weights * np.abs(turns - nearest)).sum(axis=1), np.array(covered)

"""The group of permutations of components that leaves the law of points and of a function of them as it is.

A permutation of the group leaves all mixed moments of the law as they are. Moments of one and two components colour the points and
edges of a graph, within their errors, and the automorphisms of this graph are found by a search with backtracking, stabiliser by
stabiliser (Sims 1970), so that a group of 20! elements needs few searches. Asymmetries that only moments of three or more
components show are not seen; the held-out test is there for these.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray
from scipy.stats import norm

from symscope.discovery.discrete.cyclic import require_finite
from symscope.discovery.discrete.permutation_group import Permutation, PermutationGroup, orbit_of, random_elements
from symscope.errors import DataError

CLIP = 4.0
"""Standardised inputs and values beyond this many standard deviations count as that many, so that moments have errors."""

LARGEST = 40
"""Most components."""
SPREADS, CORRELATION = 6.0, 3.0
"""The cost of an element may exceed its mean by this many standard deviations, each enlarged by the root of the correlation."""
TRIES = 2000
"""Steps of one search, after which it stays open whether there is such an element."""
DRAWN = 30
"""Random elements that must agree with the moments."""


class Standard(NamedTuple):
    """Means and spreads by which points and values are standardised."""

    mean: float
    spread: float
    y_mean: float
    y_spread: float


class Distances(NamedTuple):
    """How far the moments of components (i, k) are from those of (j, l), at [i, j, k, l]."""

    allowed: Bool[ndarray, "d d d d"]
    """Whether each of them agrees within its errors."""
    cost: Float[ndarray, "d d d d"]
    """Sum of the squared differences over their variances."""
    channels: int
    """Number of moments of a pair."""

    def tolerated(self, pairs: int) -> float:
        """Cost of so many pairs that errors alone hardly ever exceed; the moments of one sample are correlated."""
        freedom = self.channels * pairs
        return freedom + SPREADS * float(np.sqrt(2.0 * CORRELATION * freedom))

    def cost_of(self, element: Permutation) -> float:
        """Cost of a permutation."""
        moved = np.array(element)
        index = np.arange(len(moved))
        return float(self.cost[index[:, None], moved[:, None], index[None], moved[None]].sum())

    def allows(self, element: Permutation) -> bool:
        """Tell whether the moments agree with a permutation, each and all together."""
        moved = np.array(element)
        index = np.arange(len(moved))
        each = self.allowed[index[:, None], moved[:, None], index[None], moved[None]].all()
        changed = len(moved) ** 2 - int((moved == index).sum()) ** 2
        return bool(each) and self.cost_of(element) <= self.tolerated(changed)


def find_permutations(
    x: Float[ndarray, "n d"],
    y: Float[ndarray, " n"] | None = None,
    *,
    level: float = 1e-3,
    seed: int = 0,
    tries: int = TRIES,
) -> PermutationGroup:
    """Find the permutations of components that leave the law as it is.

    Parameters
    ----------
    x
        Points; all components in one unit.
    y
        Values of a function at them; None asks for the symmetry of the density.
    level
        Chance that a symmetry is lost because two equal moments differ by their errors.
    seed
        Of the elements that are drawn to see whether the group contradicts the moments.
    tries
        Steps of one search for an element; the group is not `consistent` where one needs more.

    Raises
    ------
    DataError
        For more than 40 components, too few points, and points or values that are not finite.
    """
    count, degree = x.shape
    if degree > LARGEST or count < 100:
        raise DataError(
            f"{count} points of {degree} components; give at least 100 points of at most {LARGEST} components"
        )
    require_finite(x, y)
    distances = moment_distances(x, y, level=level)
    generators: list[Permutation] = []
    order, finished = 1, True
    for base in range(degree - 1, -1, -1):
        fixing = [generator for generator in generators if all(generator[i] == i for i in range(base))]
        orbit = orbit_of(base, fixing)
        for image in range(base + 1, degree):
            if image in orbit:
                continue
            search = _Search(distances, tries)
            found = search.element(base, image)
            finished = finished and (found is not None or not search.exhausted)
            if found is not None:
                generators.append(found)
                fixing.append(found)
                orbit = orbit_of(base, fixing)
        order *= len(orbit)
    group = PermutationGroup(degree=degree, generators=tuple(generators), order=order)
    fine = all(distances.allows(element) for element in random_elements(group, DRAWN, np.random.default_rng(seed)))
    return replace(group, consistent=fine and finished)


def moment_distances(x: Float[ndarray, "n d"], y: Float[ndarray, " n"] | None, *, level: float) -> Distances:
    """Compare the moments of all pairs of components."""
    values, errors = _moments(x, y)
    channels, degree = values.shape[:2]
    threshold = float(norm.isf(level / (2.0 * channels * degree**3)))
    cost = np.zeros((degree,) * 4)
    pairs = np.ones((degree,) * 4, dtype=bool)
    for value, error in zip(values, errors, strict=True):
        gap = value[:, None, :, None] - value[None, :, None, :]
        share = gap**2 / (error[:, None, :, None] ** 2 + error[None, :, None, :] ** 2)
        cost += share
        pairs &= share <= threshold**2
    # A component goes to one other, and two go to two.
    same = np.eye(degree, dtype=bool)
    one_to_one = same[:, None, :, None] == same[None, :, None, :]
    single = np.einsum("ijij->ij", pairs)
    allowed = pairs & one_to_one & single[:, :, None, None] & single[None, None]
    # Moments such as that of x_i and x_k squared tell (i, k) from (k, i): both must agree.
    allowed = allowed & allowed.transpose(2, 3, 0, 1)
    return Distances(allowed, cost, channels)


class MomentContrast(NamedTuple):
    """The combination of moments that tells best between a law and its image under a permutation."""

    weights: Float[ndarray, "channel d d"]
    element: Permutation

    def p_value(self, x: Float[ndarray, "n d"], y: Float[ndarray, " n"] | None, *, like: Standard) -> float:
        """Two-sided p-value, on held-out points, of the hypothesis that the permutation leaves the law as it is."""
        before = self._values(x, y, like)
        differences = before - self._values(permuted(x, self.element), y, like)
        error = float(differences.std()) / np.sqrt(len(x))
        return float(2.0 * norm.sf(abs(float(differences.mean())) / error)) if error > 0 else 1.0

    def _values(self, x: ndarray, y: ndarray | None, like: Standard) -> Float[ndarray, " n"]:
        total = np.zeros(len(x))
        for (left, right, single), weight, weights in zip(*_channels(x, y, like), self.weights, strict=True):
            mixed = weights - np.diag(np.diag(weights))
            total += weight * (((left @ mixed) * right).sum(axis=1) + single @ np.diag(weights))
        return total


def moment_contrast(
    x: Float[ndarray, "n d"], y: Float[ndarray, " n"] | None, element: Permutation, *, like: Standard
) -> MomentContrast:
    """Fit, on points that a test will not see, the contrast of moments that a permutation changes most."""
    values, errors = _moments(x, y, like)
    # Moved points have x_i at place g(i), so that their moment of places (i, k) is that of the components which came there.
    moved = np.argsort(element)
    gap = values - values[:, moved[:, None], moved[None]]
    return MomentContrast(gap / (errors**2 + errors[:, moved[:, None], moved[None]] ** 2), element)


def permuted(x: Float[ndarray, "n d"], element: Permutation) -> Float[ndarray, "n d"]:
    """Carry component i to place g(i)."""
    moved = np.empty_like(x)
    moved[:, list(element)] = x
    return moved


def standard_of(x: Float[ndarray, "n d"], y: Float[ndarray, " n"] | None) -> Standard:
    """Take the standard of a sample: one for all components, so that permutations commute with it."""
    spread = 1.0 if y is None else float(y.std())
    return Standard(float(x.mean()), float(x.std()), 0.0 if y is None else float(y.mean()), spread or 1.0)


def _channels(
    x: ndarray, y: ndarray | None, like: Standard
) -> tuple[list[tuple[ndarray, ndarray, ndarray]], list[ndarray]]:
    """Functions of pairs and of single components whose weighted means are the moments, and the weights."""
    scaled = np.clip((x - like.mean) / like.spread, -CLIP, CLIP)
    square = (scaled**2 - 1.0) / np.sqrt(2.0)
    cube = (scaled**3 - 3.0 * scaled) / np.sqrt(6.0)
    weights = [np.ones(len(x))]
    if y is not None:
        value = np.clip((y - like.y_mean) / like.y_spread, -CLIP, CLIP)
        weights += [value, value**2]
    kinds = [(scaled, scaled, scaled), (scaled, square, square), (square, square, cube)]
    return kinds * len(weights), [weight for weight in weights for _ in kinds]


def _moments(
    x: ndarray, y: ndarray | None, like: Standard | None = None
) -> tuple[Float[ndarray, "channel d d"], Float[ndarray, "channel d d"]]:
    """Moments of pairs of components, and on the diagonal of single ones, with their standard errors."""
    values, errors = [], []
    for (left, right, single), weight in zip(*_channels(x, y, like or standard_of(x, y)), strict=True):
        mean = (left * weight[:, None]).T @ right / len(x)
        square = (left**2 * weight[:, None] ** 2).T @ right**2 / len(x)
        alone = single * weight[:, None]
        np.fill_diagonal(mean, alone.mean(axis=0))
        np.fill_diagonal(square, (alone**2).mean(axis=0))
        values.append(mean)
        errors.append(np.sqrt(np.maximum(square - mean**2, 1e-24) / len(x)))
    return np.stack(values), np.stack(errors)


class _Search:
    """A search with backtracking for a permutation that the moments allow."""

    def __init__(self, distances: Distances, tries: int) -> None:
        self.distances = distances
        self.left = tries
        self.exhausted = False
        """Whether a branch was left because no step was left."""

    def element(self, base: int, image: int) -> Permutation | None:
        """Find a permutation that fixes all before `base` and sends it to `image`, or None."""
        distances = self.distances
        degree = len(distances.cost)
        candidates = np.einsum("ijij->ij", distances.allowed).copy()
        cost = np.einsum("ijij->ij", distances.cost).copy()
        chosen = {**{index: index for index in range(base)}, base: image}
        for index, target in chosen.items():
            candidates &= distances.allowed[index, target]
            cost += distances.cost[index, target] + distances.cost[:, :, index, target]
        for index, target in chosen.items():
            candidates[index] = np.arange(degree) == target
        spent = sum(float(distances.cost[i, j, k, target]) for i, j in chosen.items() for k, target in chosen.items())
        return self.extend(candidates, cost, chosen, spent)

    def extend(self, candidates: ndarray, cost: ndarray, chosen: dict[int, int], spent: float) -> Permutation | None:
        """Assign one more component, the one with the fewest images, the nearest image first."""
        degree, distances = len(candidates), self.distances
        changed = len(chosen) ** 2 - sum(index == image for index, image in chosen.items()) ** 2
        if spent > distances.tolerated(max(changed, 1)):
            return None
        if len(chosen) == degree:
            return tuple(chosen[index] for index in range(degree))
        if self.left <= 0:
            self.exhausted = True
            return None
        self.left -= 1
        free = [index for index in range(degree) if index not in chosen]
        counts = candidates[free].sum(axis=1)
        index = free[int(np.argmin(counts))]
        images = np.flatnonzero(candidates[index])
        for image in images[np.argsort(cost[index, images], kind="stable")]:
            found = self.extend(
                candidates & distances.allowed[index, image],
                cost + distances.cost[index, image] + distances.cost[:, :, index, image],
                {**chosen, index: int(image)},
                spent + float(cost[index, image]),
            )
            if found is not None:
                return found
        return None

"""Which split each event belongs to: drawn at random, disjoint, of exact sizes, in one pass and constant memory."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Int64

UNUSED = -1
"""Place of an event that no split takes."""


def quotas_by_fractions(n: int, fractions: Mapping[str, float]) -> dict[str, int]:
    """Share `n` events out.

    Parameters
    ----------
    n
        Number of events.
    fractions
        Share of each split (dimensionless); they sum to at most 1.

    Returns
    -------
    dict
        Whole numbers whose sum is round(n * sum of the fractions), each within 1 of its exact share.
    """
    exact = np.array(list(fractions.values()), np.float64) * n
    quotas = np.floor(exact).astype(np.int64)
    missing = min(n, round(float(exact.sum()))) - int(quotas.sum())
    largest_remainders = np.argsort(quotas - exact, kind="stable")[:missing]
    quotas[largest_remainders] += 1
    return {name: int(quota) for name, quota in zip(fractions, quotas, strict=True)}


class RandomAssignment:
    """Deals events, as they pass by, to splits whose sizes are fixed beforehand.

    Every way to choose the splits is equally likely: the number of events of a piece that go to each split follows the
    multivariate hypergeometric law of what is left, and within the piece all orders are equal.

    Parameters
    ----------
    n
        Number of events that will pass by.
    quotas
        Number of events of each split, in the order that defines the places 0, 1, ...
    rng
        Random stream; the same stream and the same pieces give the same splits.
    """

    def __init__(self, n: int, quotas: Mapping[str, int], *, rng: np.random.Generator) -> None:
        unused = n - sum(quotas.values())
        if unused < 0 or min(quotas.values()) < 0:
            raise ValueError(f"{n} events cannot be dealt as {dict(quotas)}")
        self._left = np.array([*quotas.values(), unused], np.int64)
        self._places = np.array([*range(len(quotas)), UNUSED], np.int64)
        self._rng = rng

    def draw(self, n: int) -> Int64[np.ndarray, " n"]:
        """Places of the next `n` events; :data:`UNUSED` for those that no split takes."""
        dealt = self._rng.multivariate_hypergeometric(self._left, n)
        self._left -= dealt
        places = np.repeat(self._places, dealt)
        self._rng.shuffle(places)
        return places

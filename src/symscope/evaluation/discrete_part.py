"""The discrete part beside a discovered algebra: one sign flip for each further component of its group, each tested."""

from functools import partial
from typing import NamedTuple

import numpy as np
from jaxtyping import Inexact
from numpy import ndarray

from symscope.config.actions import ActionName
from symscope.config.identification import Identification
from symscope.discovery.discrete.cosets import coset_representatives
from symscope.evaluation.cases import Events
from symscope.evaluation.certainty.contrast_test import contrast_test
from symscope.groups.spans import as_real_rows

LARGEST = 4
"""Components of a vector up to which flips are tried: their number doubles with each."""
MOST_NUMBERS = 12
"""Components of all objects together, and of y where it moves, up to which all moments of degree 3 are looked at."""
FEWEST = 200
"""Held-out events without which nothing is tested."""


class DiscreteElement(NamedTuple):
    """One element beside the continuous group, with the held-out test."""

    name: str
    """Which components change their sign."""
    p_value: float
    """Of the hypothesis that it leaves the law of the events and their y as it is."""
    score: float
    """Change of the fitted contrast in its standard errors."""


def discrete_part(
    generators: Inexact[ndarray, "c d d"],
    events: Events,
    *,
    x_action: ActionName,
    y_action: ActionName,
    components: tuple[str, ...],
    settings: Identification,
) -> list[DiscreteElement] | None:
    """Test the sign flips that carry a discovered algebra into itself and are no part of its continuous group.

    A component of y at a time is not looked at: of a y that does not move, the law of x and the first number of y is tested; one
    that moves like x is flipped with it.

    Parameters
    ----------
    generators
        What was discovered; there may be none.
    events
        Events that the discovery did not see, independent of each other.
    x_action, y_action
        How group elements act on them.
    components
        Names of the components of a vector.
    settings
        Seed of the tests.

    Returns
    -------
    list or None
        One element for each further component of the group; None where the question is not asked, because vectors are complex or
        have too many components, or events are few.
    """
    size = generators.shape[-1] if len(generators) else 0
    moves_y = y_action == x_action
    x = events.x.reshape(len(events.x), -1)
    y = events.y.reshape(len(events.y), -1)
    points = np.concatenate([x, y], axis=1) if moves_y else x
    if x_action != "vector" or not 2 <= size <= LARGEST or points.shape[1] > MOST_NUMBERS or len(x) < FEWEST:
        return None
    names = components if len(components) == size else None
    value = None if moves_y or not np.ptp(y[:, 0]) else y[:, 0].astype(np.float64)
    found = []
    for element in coset_representatives(_unit(generators), components=names, seed=settings.seed)[1:]:
        signs = np.tile(np.diag(element.matrix), points.shape[1] // size)
        test = contrast_test(points, partial(np.multiply, signs), y=value, seed=settings.seed)
        found.append(DiscreteElement(element.name, test.p_value, test.score))
    return found


def _unit(generators: ndarray) -> ndarray:
    sizes = np.linalg.norm(as_real_rows(generators), axis=1)
    return np.asarray(generators / sizes[:, None, None])

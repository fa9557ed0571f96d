"""One answer of an ensemble, how many seeds agree with it, and the held-out test of what it does to events."""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from symscope.config.actions import ActionName
from symscope.config.discovery import NormalLaw, TruthSettings
from symscope.config.identification import Identification
from symscope.discovery.coefficients import draw_coefficients
from symscope.discovery.elements import coefficients_of
from symscope.discovery.nullspace.system import orthonormal
from symscope.discovery.result import Discovery
from symscope.evaluation.cases import Events
from symscope.evaluation.certainty.moved import discovery_test
from symscope.evaluation.certainty.two_sample import SeparationTest
from symscope.evaluation.discovery import typical_seed
from symscope.evaluation.statements import COLLAPSED
from symscope.groups.naming import NamedAlgebra, name_algebra
from symscope.groups.spans import restrict_to_span, span_cosine

FEWEST_EVENTS = 40
"""Held-out events without which no classifier is trained."""


class Answer(NamedTuple):
    """What a discovery says when it is asked once."""

    generators: ndarray
    """(channel, d, d): of the null-space engine those of all events, of an ensemble those of its typical seed. Channels that are
    zero are left out, and dependent ones are replaced by a basis of their span."""
    algebra: NamedAlgebra | None
    """The name; None where there is no generator."""
    solved: bool
    """Whether the null-space engine found it, with the number of generators."""
    seed: int
    """Index of the typical seed."""


def answer_of(discovery: Discovery, truth: TruthSettings | None = None) -> Answer:
    """Give the one answer of an ensemble, with its name; the seeds, or the parts, are the errors of the name."""
    solved = "whole" in discovery.null_space
    seed = 0 if solved else typical_seed(discovery, truth)
    generators = _filled(discovery.null_space["whole"] if solved else discovery.generators[seed])
    if not len(generators):
        return Answer(generators, None, solved, seed)
    # A seed in which a channel is zero has another number of generators, and is no error of these.
    alike = [stack for stack in map(_filled, discovery.generators[discovery.finite]) if stack.shape == generators.shape]
    replicas = np.stack(alike) if len(alike) > 1 else None
    basis = orthonormal(generators, tolerance=COLLAPSED)
    if len(basis) < len(generators):
        return Answer(basis, name_algebra(basis), solved, seed)
    return Answer(generators, name_algebra(generators, replicas=replicas), solved, seed)


def count_agreeing(discovery: Discovery, answer: Answer, *, least: float) -> int:
    """Count the seeds, or parts, whose span has at least this cosine with the answer, on the directions of the data."""
    stacks = [restrict_to_span(stack, discovery.span) for stack in discovery.generators]
    if not len(answer.generators):
        return sum(not np.abs(stack).any() for stack in stacks)
    target = restrict_to_span(answer.generators, discovery.span)
    return sum(
        bool(fine) and span_cosine(orthonormal(_filled(stack), tolerance=COLLAPSED), target) >= least
        for stack, fine in zip(stacks, discovery.finite, strict=True)
    )


def _filled(stack: ndarray) -> ndarray:
    """Leave out the zeros by which a part or a seed with fewer generators was filled up."""
    return np.asarray(stack[np.abs(stack).sum(axis=(1, 2)) != 0])


def held_out(
    discovery: Discovery,
    answer: Answer,
    events: Events,
    *,
    x_action: ActionName,
    y_action: ActionName,
    settings: Identification,
) -> SeparationTest | None:
    """Tell held-out events from others that the answer moved; None where there is no generator, or there are few events.

    Events are moved by the method's own law of coefficients; where it has none, by a normal one, with generators scaled so
    that the coefficient 1 moves events by about their own size.
    """
    generators = answer.generators
    if not len(generators) or len(events.x) < FEWEST_EVENTS:
        return None
    count = len(events.x)
    if "coefficients" in discovery.settings.get("method", {}):
        generators = discovery.generators[answer.seed]
        weights = coefficients_of(discovery, answer.seed, count, seed=settings.seed)
    else:
        points = events.x.reshape(-1, events.x.shape[-1])
        sizes = [np.sqrt(np.mean(np.abs(points @ one.T) ** 2)) for one in generators]
        generators = generators * (np.sqrt(np.mean(np.abs(points) ** 2)) / np.array(sizes))[:, None, None]
        law = NormalLaw(sigma=settings.width)
        weights = draw_coefficients(law, count=count, channels=len(generators), parameters={}, seed=settings.seed)
    return discovery_test(
        events.x,
        events.y,
        x_action=x_action,
        y_action=y_action,
        generators=generators,
        weights=weights,
        settings=settings.two_sample,
        seed=settings.seed,
    )

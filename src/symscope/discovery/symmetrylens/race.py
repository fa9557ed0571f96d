"""Race of several starts: short descents on few samples tell the good ones, and only those get more."""

import math
from collections.abc import Callable, Iterator

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symscope.config.symmetrylens_fast import SymmetryLensFast
from symscope.discovery.symmetrylens.descent import descend, exchange
from symscope.discovery.symmetrylens.envelopes import waves_by_frequency
from symscope.discovery.symmetrylens.sharpness import Sharpened
from symscope.discovery.symmetrylens.signs import search_signs
from symscope.discovery.symmetrylens.stationarity import PairStationarity

Tell = Callable[[str, Float[Tensor, "d d"], float], None]
"""Takes the name of a stage, its representation, and its loss per condition."""


def race(
    x: Float[Tensor, "sample d"],
    covariance: Float[Tensor, "d d"],
    starts: list[Float[Tensor, "d d"]],
    *,
    settings: SymmetryLensFast,
    generator: torch.Generator,
    tell: Tell,
) -> tuple[Float[Tensor, "d d"], float]:
    """Follow the starts, some at a time, until one is stationary.

    Parameters
    ----------
    x
        Centred samples in random order.
    covariance
        Covariance of the data, from these or more samples.
    starts
        Representations, the most promising first.
    settings
        Settings of the method.
    generator
        Source of the order in which signs are tried.
    tell
        Is told each new best.

    Returns
    -------
    representation, loss per condition
        The best of all.
    """
    few, draft = x[: settings.race_samples], x[: settings.draft_samples]
    best, best_value = starts[0], np.inf
    # The first starts run as they are, which mostly is enough, and once more with their waves turned.
    heats = [(starts[: settings.heat], False)]
    heats += [(starts[first : first + settings.heat], True) for first in range(0, len(starts), settings.heat)]
    for number, (chosen, turn) in enumerate(heats):
        runners = [turned_waves(few, covariance, q, settings=settings) for q in chosen] if turn else chosen
        heat = [_bursts(few, covariance, q, settings, number=settings.qualifying, pull=0.0) for q in runners]
        finalists = sorted(heat, key=lambda q: _value(few, covariance, q, settings))[: settings.finalists]
        finals = [_bursts(few, covariance, q, settings, number=settings.bursts, pull=settings.pull) for q in finalists]
        winner = min(finals, key=lambda q: _value(few, covariance, q, settings))
        winner, value = _settle_while_it_pays(draft, covariance, winner, settings)
        for _ in range(settings.sign_trials):
            turned = sharpened_signs(draft, covariance, winner, settings=settings, generator=generator)
            if turned is None:
                break
            turned, turned_value = _settle_while_it_pays(draft, covariance, turned, settings)
            if turned_value >= value:
                break
            winner, value = turned, turned_value
        if value < best_value:
            best, best_value = winner, value
            tell(f"race {number + 1}", winner, value)
        if value < settings.stationary:
            break
    return best, best_value


def turned_waves(
    x: Float[Tensor, "sample d"],
    covariance: Float[Tensor, "d d"],
    q: Float[Tensor, "d d"],
    *,
    settings: SymmetryLensFast,
) -> Float[Tensor, "d d"]:
    """Turn neighbouring waves of about equal power among each other, as long as this makes a start more stationary.

    The covariance does not tell such waves apart: their order by power is an accident of the samples, and so is every
    mixture of the two. A descent does not undo it, because the other waves give way first.
    """
    values, vectors = torch.linalg.eigh(covariance)
    waves: Tensor = q @ vectors
    apart = 1 - values[:-1] / values[1:]
    closest = torch.argsort(apart)[: settings.turned_pairs]
    alike = closest[apart[closest] < settings.alike].tolist()
    least = _value(x, covariance, q, settings)
    while True:
        loss = adapted_loss(x, covariance, waves @ vectors.T, settings)
        trials = [turned for pair in alike for turned in _turns(waves, pair)]
        found = [loss.per_condition(turned @ vectors.T) for turned in trials]
        if not found or min(found) > settings.turn_gain * least:
            break
        least = min(found)
        waves = trials[found.index(least)]
    return torch.mm(waves, vectors.T)


def _turns(waves: Float[Tensor, "d d"], pair: int) -> Iterator[Float[Tensor, "d d"]]:
    """Mix columns `pair` and `pair + 1` by all multiples of 45 degrees, with and without a reflection."""
    first, second = waves[:, pair], waves[:, pair + 1]
    for eighths in (1, 2, 3, 4, 5, 6, 7):
        c, s = math.cos(math.pi * eighths / 4), math.sin(math.pi * eighths / 4)
        for sign in (1.0, -1.0):
            turned = waves.clone()
            turned[:, pair], turned[:, pair + 1] = c * first + s * second, sign * (c * second - s * first)
            yield turned


def sharpened_signs(
    x: Float[Tensor, "sample d"],
    covariance: Float[Tensor, "d d"],
    q: Float[Tensor, "d d"],
    *,
    settings: SymmetryLensFast,
    generator: torch.Generator,
) -> Float[Tensor, "d d"] | None:
    """Flip standing waves of a representation where this makes its components less Gaussian; None where nothing does.

    A wrong sign of weak waves is a minimum of the loss of stationarity that no descent leaves.
    """
    waves = waves_by_frequency(covariance, q)[1]
    signs, _ = search_signs(
        x @ (q.T @ waves).to(x.dtype),
        waves[None].to(x.dtype),
        torch.arange(len(q))[None],
        sweeps=1,
        generator=generator,
        signs=torch.ones(1, len(q), dtype=x.dtype),
        gain=settings.sign_gain,
        places=settings.places,
    )
    if bool((signs > 0).all()):
        return None
    flipped: Tensor = (waves * signs[0].double()) @ (waves.T @ q)
    return flipped


def settle(
    x: Float[Tensor, "sample d"],
    covariance: Float[Tensor, "d d"],
    q: Float[Tensor, "d d"],
    settings: SymmetryLensFast,
    iterations: int,
) -> Float[Tensor, "d d"]:
    """Descend, exchange components, and repeat once where an exchange is still worth it."""
    for _ in range(2):
        loss = adapted_loss(x, covariance, q, settings)
        q = descend(loss, q, iterations=iterations, covariance=covariance)
        order, signs = exchange(loss.moments(q), reach=settings.reach)
        if order == list(range(len(q))) and min(signs) > 0:
            break
        q = torch.tensor(signs, dtype=q.dtype)[:, None] * q[order]
    return q


def _settle_while_it_pays(
    x: Float[Tensor, "sample d"], covariance: Float[Tensor, "d d"], q: Float[Tensor, "d d"], settings: SymmetryLensFast
) -> tuple[Float[Tensor, "d d"], float]:
    """Settle, and again as long as the loss is not that of an exact symmetry and falls; long signals need it."""
    q = settle(x, covariance, q, settings, settings.draft_iterations)
    value = _value(x, covariance, q, settings)
    while value >= settings.stationary:
        further = settle(x, covariance, q, settings, settings.draft_iterations)
        further_value = _value(x, covariance, further, settings)
        if further_value >= value:
            break
        enough = further_value > settings.progress * value
        q, value = further, further_value
        if enough:
            break
    return q, value


def adapted_loss(
    x: Float[Tensor, "sample d"],
    covariance: Float[Tensor, "d d"],
    q: Float[Tensor, "d d"],
    settings: SymmetryLensFast,
) -> PairStationarity:
    """Loss with filters and weights from the representation at hand."""
    loss = PairStationarity(x, covariance, whitening=settings.whitening)
    loss.adapt(q)
    return loss


def _bursts(
    x: Float[Tensor, "sample d"],
    covariance: Float[Tensor, "d d"],
    q: Float[Tensor, "d d"],
    settings: SymmetryLensFast,
    *,
    number: int,
    pull: float,
) -> Float[Tensor, "d d"]:
    """Descend some times, each with filters adapted anew."""
    for _ in range(number):
        loss = adapted_loss(x, covariance, q, settings)
        pulled = Sharpened(loss, pull) if pull else loss
        q = descend(pulled, q, iterations=settings.burst_iterations, covariance=covariance)
    return q


def _value(
    x: Float[Tensor, "sample d"], covariance: Float[Tensor, "d d"], q: Float[Tensor, "d d"], settings: SymmetryLensFast
) -> float:
    return adapted_loss(x, covariance, q, settings).per_condition(q)

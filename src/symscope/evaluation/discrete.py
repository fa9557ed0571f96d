"""The trial of discrete symmetries: known ones found again, the held-out test of each, and of a wrong one beside it."""

from collections.abc import Callable, Iterator
from math import factorial
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.config.discrete import DiscreteStudy
from symscope.data.functions import cyclic_values
from symscope.discovery.discrete.cosets import coset_representatives, time_reversed
from symscope.discovery.discrete.cyclic import angular_harmonics
from symscope.discovery.discrete.permutation_group import Permutation
from symscope.discovery.discrete.permutations import find_permutations, moment_contrast, standard_of
from symscope.evaluation.certainty.contrast_test import contrast_test
from symscope.evaluation.discrete_outcome import DiscreteOutcome
from symscope.groups.algebras import lorentz_algebra, rotation_algebra

SHIFT = 0.5
"""Strength of the harmonic in the densities of the trial, over the constant part."""


def run_discrete(settings: DiscreteStudy) -> list[DiscreteOutcome]:
    """Run all trials; each seed of a trial has random numbers of its own."""
    found: list[DiscreteOutcome] = []
    for seed in settings.seeds:
        found += [_turns(kind, order, settings, seed) for kind in TURNS for order in settings.orders]
        found += [_signs(kind, settings, seed) for kind in SIGNS]
    for seed in settings.seeds[: settings.permutation_seeds]:
        found += [_permutations(kind, degree, settings, seed) for kind in FAMILIES for degree in settings.degrees]
    return found


def cyclic_points(order: int, n: int, rng: np.random.Generator) -> tuple[ndarray, ndarray | None]:
    """Draw normal points and a function of them that turns by 2 pi / k leave as it is."""
    x = rng.standard_normal((n, 3))
    return x, cyclic_values(x, order)


def density_points(order: int, n: int, rng: np.random.Generator) -> tuple[ndarray, ndarray | None]:
    """Draw points whose direction in the plane has a density with the harmonic k alone, and a radius that does not tell."""
    angles = rng.uniform(0.0, 2.0 * np.pi, 4 * n)
    accepted = rng.uniform(0.0, 1.0 + SHIFT, 4 * n) < 1.0 + SHIFT * np.cos(order * angles)
    angles = angles[accepted][:n]
    radius = rng.rayleigh(size=len(angles))
    plane = np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=1)
    return np.concatenate([plane, rng.standard_normal((len(angles), 1))], axis=1), None


TURNS = {"cyclic": cyclic_points, "density": density_points}
"""Trials of turns: a function of points, and a density of points."""


def _turns(kind: str, order: int, settings: DiscreteStudy, seed: int) -> DiscreteOutcome:
    rng = np.random.default_rng([seed, order, *kind.encode()])
    found = angular_harmonics(*TURNS[kind](order, settings.points, rng)).order
    held_out = angular_harmonics(*TURNS[kind](order, settings.held_out, rng))
    return DiscreteOutcome(
        row=f"{kind}.k{order}",
        seed=seed,
        outcome="right" if found == order else "wrong",
        kept=(held_out.rest(order),),
        broken=(held_out.rest(order + 1),),
    )


class Family(NamedTuple):
    """A function of d components with a known group of permutations."""

    values: Callable[[Float[ndarray, "n d"]], Float[ndarray, " n"]]
    order: Callable[[int], int]
    """Number of elements for d components."""
    stranger: Callable[[int], tuple[int, int]]
    """Two components whose exchange is no symmetry."""


def _front(x: ndarray) -> ndarray:
    return x[:, : x.shape[1] // 2]


def _back(x: ndarray) -> ndarray:
    return x[:, x.shape[1] // 2 :]


def _cycle(x: ndarray) -> ndarray:
    return np.asarray((x**2 * np.roll(x, -1, axis=1)).sum(axis=1))


FAMILIES: dict[str, Family] = {
    "cycle": Family(_cycle, lambda d: d, lambda _: (0, 1)),
    "ring": Family(lambda x: (x * np.roll(x, -1, axis=1)).sum(axis=1), lambda d: 2 * d, lambda _: (0, 1)),
    "blocks": Family(
        lambda x: (_front(x) ** 2).sum(axis=1) + (_back(x) ** 3).sum(axis=1) / 3.0,
        lambda d: factorial(d // 2) * factorial(d - d // 2),
        lambda d: (0, d - 1),
    ),
    "mixed": Family(
        lambda x: (x[:, :3] ** 2).sum(axis=1) + _cycle(x[:, 3:]), lambda d: 6 * (d - 3), lambda d: (2, d - 1)
    ),
    "weights": Family(
        lambda x: (x[:, :3] ** 2).sum(axis=1) + 2.0 * x[:, 3:] @ np.linspace(-1.0, 1.0, x.shape[1] - 3),
        lambda _: 6,
        lambda d: (2, d - 1),
    ),
}
"""Trials of permutations: a directed cycle, a ring, two blocks, three alike beside a directed cycle, and three alike beside
components that each have a weight of their own."""


def _permutations(kind: str, degree: int, settings: DiscreteStudy, seed: int) -> DiscreteOutcome:
    family = FAMILIES[kind]
    rng = np.random.default_rng([seed, degree, *kind.encode()])
    x, held = rng.standard_normal((settings.points, degree)), rng.standard_normal((settings.held_out, degree))
    y, values = family.values(x), family.values(held)
    group = find_permutations(x, y, seed=seed)
    like = standard_of(x, y)

    def p_value(element: Permutation) -> float:
        return moment_contrast(x, y, element, like=like).p_value(held, values, like=like)

    stranger = list(range(degree))
    first, second = family.stranger(degree)
    stranger[first], stranger[second] = second, first
    right = group.order == family.order(degree)
    return DiscreteOutcome(
        row=f"permutations.{kind}.d{degree}",
        seed=seed,
        outcome="undetermined" if not group.consistent else "right" if right else "wrong",
        kept=tuple(p_value(element) for element in group.generators[:2]) if right else (),
        broken=(p_value(tuple(stranger)),),
    )


SIGNS = ("parity", "chirality", "time_reversal", "friction", "lorentz")
"""Trials of sign flips: three vectors with and without handedness, an oscillator without and with friction, and the four
components of the Lorentz group."""


def _signs(kind: str, settings: DiscreteStudy, seed: int) -> DiscreteOutcome:
    rng = np.random.default_rng([seed, *kind.encode()])
    tested = list(_sign_tests(kind, 2 * settings.held_out, rng, seed))
    right = all((p_value >= settings.level) == symmetric for p_value, symmetric in tested)
    return DiscreteOutcome(
        row=f"signs.{kind}",
        seed=seed,
        outcome="right" if right else "wrong",
        kept=tuple(p_value for p_value, symmetric in tested if symmetric),
        broken=tuple(p_value for p_value, symmetric in tested if not symmetric),
    )


def _sign_tests(kind: str, n: int, rng: np.random.Generator, seed: int) -> Iterator[tuple[float, bool]]:
    """Give p-values of candidates, and whether each is a symmetry."""
    if kind in ("parity", "chirality"):
        vectors = rng.standard_normal((n, 3, 3))
        triple = np.linalg.det(vectors)
        y = np.abs(triple) if kind == "parity" else triple + 0.5 * np.abs(triple)
        for element in coset_representatives(rotation_algebra(3))[1:]:
            move = _on_objects(element.matrix)
            yield contrast_test(vectors.reshape(n, 9), move, y=y, seed=seed).p_value, kind == "parity"
    elif kind == "lorentz":
        # The mass shell with both signs of the energy, and a function that knows the direction of time.
        momenta = rng.standard_normal((n, 3))
        energy = np.sqrt(1.0 + (momenta**2).sum(axis=1)) * rng.choice([-1.0, 1.0], size=n)
        x = np.concatenate([energy[:, None], momenta], axis=1)
        for element in coset_representatives(lorentz_algebra(), components=("E", "px", "py", "pz"))[1:]:
            move = _on_objects(element.matrix)
            yield contrast_test(x, move, y=np.tanh(energy), seed=seed).p_value, "E" not in element.name
    else:
        before = rng.standard_normal((n, 2))
        loss = 1.0 if kind == "time_reversal" else np.exp(-0.15)
        turn = np.array([[np.cos(0.7), np.sin(0.7)], [-np.sin(0.7), np.cos(0.7)]])
        points = np.concatenate([before, loss * before @ turn.T], axis=1)
        yield contrast_test(points, _backwards, seed=seed).p_value, kind == "time_reversal"


def _on_objects(matrix: ndarray) -> Callable[[ndarray], ndarray]:
    """Apply a matrix to each object of points that hold several in a row."""

    def move(points: ndarray) -> ndarray:
        return np.asarray((points.reshape(len(points), -1, len(matrix)) @ matrix.T).reshape(len(points), -1))

    return move


def _backwards(points: Float[ndarray, "n 4"]) -> Float[ndarray, "n 4"]:
    """Run position and momentum before and after a step backwards."""
    return np.concatenate(time_reversed(points[:, :2], points[:, 2:], odd=[1]), axis=1)

"""The trial of names: algebras of the zoo in random disguises, and what they are called."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from symscope.config.zoo import ZooStudy
from symscope.groups.labels import UNDETERMINED
from symscope.groups.naming import name_algebra
from symscope.groups.zoo import disguise, zoo

Knowledge = Literal["given", "closure"]
"""Whether the errors of the generators are given, or follow from how nearly their span is closed."""
KNOWLEDGE: tuple[Knowledge, ...] = ("given", "closure")
Outcome = Literal["right", "other_name", "undetermined", "wrong"]
OUTCOMES: tuple[Outcome, ...] = ("right", "other_name", "undetermined", "wrong")
"""The expected name; another name of the same algebra; no name; the name of another algebra."""


@dataclass(frozen=True, kw_only=True)
class ZooTrial:
    """Names that the algebras of the zoo got."""

    algebras: tuple[str, ...]
    """The names that they should get."""
    synonyms: tuple[tuple[str, ...], ...]
    """Other names of each."""
    levels: tuple[float, ...]
    """Signal-to-noise ratios, falling."""
    found: dict[Knowledge, tuple[tuple[tuple[str, ...], ...], ...]]
    """Names by knowledge of the errors, then by level, algebra and draw."""

    def outcomes(self, knowledge: Knowledge) -> Int[ndarray, "level algebra draw"]:
        """Give the index into :data:`OUTCOMES` of every name."""
        return np.array(
            [
                [
                    [self._outcome(number, name) for name in names]
                    for number, names in enumerate(self.found[knowledge][level])
                ]
                for level in range(len(self.levels))
            ]
        )

    @property
    def nameable(self) -> list[int]:
        """Indices of the algebras that have a name; the others are families with a continuous parameter."""
        return [number for number, name in enumerate(self.algebras) if name != UNDETERMINED]

    def share(self, knowledge: Knowledge, level: int, outcome: Outcome) -> float:
        """Share of an outcome among all draws of the algebras that have a name."""
        outcomes = self.outcomes(knowledge)[level, self.nameable]
        return float(np.mean(outcomes == OUTCOMES.index(outcome)))

    @property
    def families(self) -> list[int]:
        """Indices of the families with a continuous parameter, which must stay without a name."""
        return [number for number, name in enumerate(self.algebras) if name == UNDETERMINED]

    def family_named(self) -> float | None:
        """Largest share of a family's draws that got a name, over all levels and ways; None without a family."""
        if not self.families:
            return None
        return max(
            float(np.mean(outcomes != OUTCOMES.index("right")))
            for knowledge in KNOWLEDGE
            for outcomes in self.outcomes(knowledge)[:, self.families]
        )

    def worst_wrong(self) -> float:
        """Largest share of wrong names at any level and in either way, a name given to a family among them."""
        return max(
            float(np.mean(outcomes == OUTCOMES.index("wrong")))
            for knowledge in KNOWLEDGE
            for outcomes in self.outcomes(knowledge)
        )

    def _outcome(self, number: int, name: str) -> int:
        if name == self.algebras[number]:
            return OUTCOMES.index("right")
        if name == UNDETERMINED:
            return OUTCOMES.index("undetermined")
        return OUTCOMES.index("other_name" if name in self.synonyms[number] else "wrong")


def run_zoo(settings: ZooStudy) -> ZooTrial:
    """Hide every algebra of the zoo many times, and name it.

    Each disguise depends on the seed, the level, the algebra and the draw alone.
    """
    members = zoo()
    found: dict[Knowledge, list[list[tuple[str, ...]]]] = {knowledge: [] for knowledge in KNOWLEDGE}
    for number, level in enumerate(settings.signal_to_noise):
        for knowledge in KNOWLEDGE:
            found[knowledge].append([])
        for name, generators in members.items():
            draws: dict[Knowledge, list[str]] = {knowledge: [] for knowledge in KNOWLEDGE}
            for draw in range(settings.draws):
                rng = np.random.default_rng([settings.seed, number, draw, *name.encode()])
                hidden = disguise(generators, signal_to_noise=level, condition=settings.condition, rng=rng)
                draws["given"].append(name_algebra(hidden.generators, errors=hidden.errors).name)
                draws["closure"].append(name_algebra(hidden.generators).name)
            for knowledge in KNOWLEDGE:
                found[knowledge][-1].append(tuple(draws[knowledge]))
    return ZooTrial(
        algebras=tuple(members),
        synonyms=tuple(_synonyms(name_algebra(generators).also) for generators in members.values()),
        levels=tuple(settings.signal_to_noise),
        found={knowledge: tuple(map(tuple, levels)) for knowledge, levels in found.items()},
    )


def _synonyms(also: Sequence[str]) -> tuple[str, ...]:
    """Other names, and these where what a central direction does is left open: R for so(2)."""
    return (*also, *(name.replace("so(2)", "R") for name in also if "so(2)" in name))

"""A group of permutations: its orbits, its name, and elements of it."""

from dataclasses import dataclass
from math import factorial

import numpy as np

Permutation = tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class PermutationGroup:
    """A group of permutations of d components."""

    degree: int
    """Number of components d."""
    generators: tuple[Permutation, ...]
    """Image of each component, (g(0), g(1), ...); together they generate the group. None for the trivial group."""
    order: int
    """Number of elements."""
    consistent: bool = True
    """Whether every search came to an end, and random elements agree with the moments as the generators do. Where these do not,
    neighbouring components agree within errors and far ones do not, so that the data do not tell the group."""

    @property
    def orbits(self) -> tuple[tuple[int, ...], ...]:
        """Components that the group carries into each other, of two or more."""
        return tuple(orbit for orbit in orbits_of(self.degree, self.generators) if len(orbit) > 1)

    @property
    def name(self) -> str:
        """Such as `S3`, `C5`, `D6` or `S2 x S3`; for other groups the order and the orbits; `undetermined` where not consistent."""
        orbits = self.orbits
        if not self.consistent:
            return "undetermined"
        if not orbits:
            return "trivial"
        sizes = sorted(len(orbit) for orbit in orbits)
        product = 1
        for size in sizes:
            product *= factorial(size)
        if self.order == product:
            return " x ".join(f"S{size}" for size in sizes)
        if len(orbits) == 1 and self.order in (sizes[0], 2 * sizes[0]):
            letter = self._turns_of(sizes[0])
            if letter:
                return f"{letter}{sizes[0]}"
        return f"order {self.order} on {' + '.join(map(str, sizes))}"

    def _turns_of(self, length: int) -> str:
        """Tell C and D of an orbit of this length, which some element moves in one cycle, from other groups; for small groups."""
        elements = self._elements()
        cycles = [element for element in elements if max(map(len, orbits_of(self.degree, (element,)))) == length]
        if not cycles:
            return ""
        if self.order == length:
            return "C"
        # A reflection s turns a cycle c round, s c = c^-1 s; other groups of this order have x -> a x with a a = 1 mod n.
        backwards = {cycle: tuple(int(place) for place in np.argsort(cycle)) for cycle in cycles}
        reflected = any(
            after(element, cycle) == after(inverse, element)
            for cycle, inverse in backwards.items()
            for element in elements
        )
        return "D" if reflected else ""

    def _elements(self) -> set[Permutation]:
        """All elements; for small groups."""
        seen = {tuple(range(self.degree))}
        fresh = list(seen)
        while fresh:
            fresh = [
                product
                for element in fresh
                for generator in self.generators
                if (product := after(generator, element)) not in seen and not seen.add(product)  # type: ignore[func-returns-value]
            ]
        return seen


def random_elements(group: PermutationGroup, count: int, rng: np.random.Generator) -> list[Permutation]:
    """Draw elements as long products of generators."""
    if not group.generators:
        return []
    elements = []
    for _ in range(count):
        element = tuple(range(group.degree))
        for index in rng.integers(0, len(group.generators), 4 * group.degree):
            element = after(group.generators[index], element)
        elements.append(element)
    return elements


def after(second: Permutation, first: Permutation) -> Permutation:
    """Multiply two permutations: the first is applied first."""
    return tuple(second[image] for image in first)


def orbit_of(point: int, generators: list[Permutation]) -> set[int]:
    """Find where generators carry a point."""
    orbit, fresh = {point}, [point]
    while fresh:
        fresh = [generator[member] for member in fresh for generator in generators if generator[member] not in orbit]
        orbit.update(fresh)
    return orbit


def orbits_of(degree: int, generators: tuple[Permutation, ...]) -> list[tuple[int, ...]]:
    """Split all points into orbits, those of one point among them."""
    found: list[tuple[int, ...]] = []
    left = set(range(degree))
    while left:
        orbit = orbit_of(min(left), list(generators))
        found.append(tuple(sorted(orbit)))
        left -= orbit
    return found

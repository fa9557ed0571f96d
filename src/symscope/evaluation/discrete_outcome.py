"""What one seed of a trial of discrete symmetries gives."""

from typing import Literal, NamedTuple


class DiscreteOutcome(NamedTuple):
    """What one seed of one trial gave."""

    row: str
    """Name of the trial, such as `cyclic.k7`."""
    seed: int
    outcome: Literal["right", "undetermined", "wrong"]
    """Whether what was found is exactly what is there."""
    kept: tuple[float, ...]
    """Held-out p-values of elements that are symmetries."""
    broken: tuple[float, ...]
    """Held-out p-values of elements that are none."""

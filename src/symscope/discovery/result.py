"""What a discovery returns."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Inexact, Int
from numpy import ndarray


@dataclass(frozen=True, kw_only=True)
class Discovery:
    """Generators found by an ensemble of independent seeds, and how they came about."""

    generators: Inexact[ndarray, "seed channel d d"]
    """Algebra elements L_i acting on samples in their own unit; float64 or complex128. Only their span is identified. Of a
    method that learns group elements, their principal logarithms."""
    elements: Inexact[ndarray, "seed m d d"] | None = None
    """Group elements of a method that learns these; None where generators are learned."""
    spectrum: Float[ndarray, "seed k"] | None = None
    """Of a method that finds the number of generators, or of free weights, by itself: the singular values by which it does, rising,
    in units of its own. Seeds that find fewer than others have zero matrices in their place."""
    shared_weights: Float[ndarray, "seed free out d"] | None = None
    """Of a method that learns which weights of a layer are shared: an orthonormal basis of the matrices that are left free."""
    span: Inexact[ndarray, "d r"] = field(default_factory=lambda: np.zeros((0, 0)))
    """Orthonormal basis of the directions that the data visit, one column each. Nothing can be learned about the others.
    Where it is not given, the data visit all."""
    seeds: tuple[int, ...]
    """Seeds, in the order of the leading axis."""
    history: dict[str, Float[ndarray, "seed logged"]]
    """Terms of the losses during training (dimensionless)."""
    history_steps: Int[ndarray, "logged"]
    """Steps at which the history was taken."""
    history_generators: Inexact[ndarray, "seed logged _ d d"]
    """Generators at those steps, as trained (for spans, not channel by channel), float32 or complex64; none of a method that finds
    them when the training is over."""
    coefficient_parameters: dict[str, ndarray] = field(default_factory=dict)
    """Learned parameters of the law of the coefficients, each with leading axis seed; empty where it is fixed."""
    tried: dict[str, Float[ndarray, "seed candidate"]] = field(default_factory=dict)
    """Where the scale was searched: Frobenius norms that were tried (`norm`) and the loss at each (`loss`); else empty."""
    null_space: dict[str, ndarray] = field(default_factory=dict)
    """Of the null-space engine, what it found in all events together: the generators (`whole`), `singular_values`, `noise` and
    `threshold` (dimensionless); and of each seed, which is a part of the events, `dimensions` and `part_values`. Else empty."""
    settings: dict[str, Any]
    """The method's settings, and what it was applied to."""
    seconds: float
    """Wall time of the training, all seeds together, over all its parts where it was resumed [s]."""
    steps: int
    """Updates of each seed."""

    def __post_init__(self) -> None:
        if len(self.seeds) != len(self.generators):
            raise ValueError(f"{len(self.seeds)} seeds for {len(self.generators)} sets of generators")
        if self.span.size == 0:
            object.__setattr__(self, "span", np.eye(self.generators.shape[-1]))

    @property
    def finite(self) -> Bool[ndarray, "seed"]:
        """Which seeds have generators without NaN or infinity; the others diverged, or collapsed to a singular element."""
        return np.asarray(np.isfinite(self.generators).reshape(len(self.seeds), -1).all(axis=1))

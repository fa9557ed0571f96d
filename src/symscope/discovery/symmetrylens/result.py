"""What both ways of SymmetryLens return."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray


@dataclass(frozen=True, kw_only=True)
class LensResult:
    """Generators, resolving filters and group convolutions found by an ensemble of seeds.

    The seeds differ in what a method draws at random, and share the samples: their spread leaves out what other samples
    would change.

    A signal is a column ``x`` with ``d`` components, and ``y = convolution @ x`` is its equivariant representation with
    ``m`` components (``m = d`` unless a method says otherwise). Row ``p`` of the convolution is ``G^p psi``, so that
    ``psi`` is the middle row. In images rows run over the pixels row by row: ``G1^p G2^q
    psi``. Three things are not identified by the data: the direction (``G`` or its inverse, that is
    the order of the components of ``y``), the sign of the filter, and for an inexact symmetry the place of the window.
    """

    generators: Float[ndarray, "seed *axis d d"]
    """Group element G of one step, acting as ``x -> G x``, float64; in images one for each axis. Where a method pads the
    space, this is the central d x d crop of its matrix, so an unpadded signal that is shifted loses one component at one
    end."""
    filters: Float[ndarray, "seed d"]
    """Resolving filter psi of unit length, in the data's own components."""
    convolutions: Float[ndarray, "seed m d"]
    """Group convolution matrix L(G, psi) of equation (5)."""
    seeds: tuple[int, ...]
    """Seeds, in the order of the leading axis."""
    seconds: float
    """Wall time of the discovery, all seeds together, without the making of the data [s]."""
    steps: int
    """Updates of each seed; the meaning of an update is the method's."""
    padding: int
    """Components by which the method extends the space at each end before it crops."""
    history: dict[str, Float[ndarray, "seed logged"]] = field(default_factory=dict)
    """Terms of the losses on the way (dimensionless)."""
    history_steps: Int[ndarray, " logged"] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Steps at which the history was taken."""
    snapshot_steps: Int[ndarray, " snapshot"] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Steps at which the snapshots were taken."""
    snapshot_labels: tuple[str, ...] = ()
    """Name of the stage that each snapshot closes, where a method works in stages; else empty. Stages that only some seeds
    needed are left out."""
    snapshot_generators: Float[ndarray, "seed snapshot *axis d d"] | None = None
    """Generators at those steps, cropped as above, float32."""
    snapshot_convolutions: Float[ndarray, "seed snapshot m d"] | None = None
    """Group convolution matrices at those steps, float32."""
    settings: dict[str, Any]
    """The method's settings, and what it was applied to."""
    notes: tuple[tuple[str, ...], ...] = ()
    """What the method has to say about each seed, such as directions of the data that it left out."""

    def __post_init__(self) -> None:
        for name in ("generators", "filters", "convolutions"):
            if len(getattr(self, name)) != len(self.seeds):
                raise ValueError(f"{len(self.seeds)} seeds for {len(getattr(self, name))} {name}")

    @property
    def warnings(self) -> str:
        """What the method has to say about its seeds, in words; empty where it has nothing to say."""
        return " ".join(
            f"Seed {seed}: {note}." for seed, own in zip(self.seeds, self.notes, strict=False) for note in own
        )

    @property
    def finite(self) -> Bool[ndarray, " seed"]:
        """Which seeds have generators and filters without NaN or infinity; the others diverged."""
        parts = np.concatenate([self.generators.reshape(len(self.seeds), -1), self.filters], axis=1)
        return np.asarray(np.isfinite(parts).all(axis=1))

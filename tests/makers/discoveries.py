"""Discoveries as a method would give them, from known matrices."""

from typing import Any

import numpy as np
from numpy import ndarray

from symscope.discovery.result import Discovery
from symscope.groups.algebras import rotation_algebra


def rotations(seeds: int = 3, *, noise: float = 0.003, dim: int = 3) -> ndarray:
    """Rotations of space in another basis for each seed, (seed, channel, d, d)."""
    rng = np.random.default_rng(11)
    algebra = rotation_algebra(dim)
    mixing = np.stack([np.linalg.qr(rng.normal(size=(len(algebra), len(algebra))))[0] for _ in range(seeds)])
    return np.einsum("sct,tij->scij", mixing, algebra) + noise * rng.normal(size=(seeds, *algebra.shape))


def discovery_of(generators: ndarray, **changes: Any) -> Discovery:
    """Put generators into the ensemble that a training would give."""
    seeds, steps = len(generators), 5
    rng = np.random.default_rng(12)
    values: dict[str, Any] = {
        "generators": generators,
        "seeds": tuple(range(seeds)),
        "history": {"generator_loss": rng.random((seeds, steps)), "channel_correlation": np.zeros((seeds, steps))},
        "history_steps": np.arange(steps) * 10,
        "history_generators": np.zeros((seeds, steps, *generators.shape[1:]), dtype=np.float32),
        "settings": {"method": {"name": "liegan"}},
        "seconds": 1.5,
        "steps": 50,
    }
    return Discovery(**{**values, **changes})

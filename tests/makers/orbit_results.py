"""Discoveries on orbits of bodies as a run would give them, made from random numbers."""

import numpy as np
from scipy.linalg import logm

from symscope.config.discovery import TruthSettings
from symscope.discovery.result import Discovery

TRUTH = TruthSettings(algebra="so(2)", copies=4, compare="data_span", success_cosine=0.99)
TURN = np.array([[0.0, 1.0], [-1.0, 0.0]])
TWO_BODY_SPAN = np.concatenate([np.eye(4), -np.eye(4)]) / np.sqrt(2)


def turning(copies: int) -> np.ndarray:
    """The generator of the rotation of so many pairs of components."""
    return np.kron(np.eye(copies), TURN)


def rotation(angle: float, copies: int) -> np.ndarray:
    """The rotation by an angle in radians."""
    return np.cos(angle) * np.eye(2 * copies) + np.sin(angle) * turning(copies)


def blocks(copies: int) -> np.ndarray:
    """Which entries the search space of 2 x 2 blocks leaves free."""
    return np.kron(np.eye(copies), np.ones((2, 2)))


def liegan_like(rng: np.random.Generator, *, copies: int = 4, n_seeds: int = 8, noise: float = 0.01) -> np.ndarray:
    """Generators in 2 x 2 blocks, each seed with a scale and a sign of its own."""
    scale = rng.uniform(0.6, 1.6, (n_seeds, 1, 1)) * rng.choice([-1.0, 1.0], (n_seeds, 1, 1))
    spread = noise * 10 ** rng.uniform(-0.5, 0.5, (n_seeds, 1, 1))
    return scale * (turning(copies) + spread * rng.normal(size=(n_seeds, 2 * copies, 2 * copies)) * blocks(copies))


def extended_like(rng: np.random.Generator, *, n_seeds: int = 8, noise: float = 0.01) -> np.ndarray:
    """Generators of two bodies that couple positions to positions and momenta to momenta, with random gauge parts."""
    kind = np.array([0, 0, 1, 1, 0, 0, 1, 1])
    free = kind[:, None] == kind[None, :]
    outside = np.eye(8) - TWO_BODY_SPAN @ TWO_BODY_SPAN.T
    gauge = 0.5 * rng.normal(size=(n_seeds, 8, 8)) @ outside
    return (turning(4) + gauge + noise * rng.normal(size=(n_seeds, 8, 8))) * free


def orbits(rng: np.random.Generator, n: int = 20, steps: int = 20) -> np.ndarray:
    """Circular orbits of two equal bodies about their centre of mass, body by body: (n, steps, 8)."""
    radius, phase = rng.uniform(1.5, 3.0, (n, 1)), rng.uniform(-np.pi, 0, (n, 1))
    angle = phase + 0.408 * np.arange(steps) * 0.5 / radius**1.5
    speed = 0.5 / np.sqrt(radius)
    first = np.stack(
        [radius * np.cos(angle), radius * np.sin(angle), -speed * np.sin(angle), speed * np.cos(angle)], axis=-1
    )
    return np.concatenate([first, -first], axis=-1)


def element_like(rng: np.random.Generator, degrees: np.ndarray, *, noise: float = 0.005) -> np.ndarray:
    """Group elements of two bodies in 2 x 2 blocks that turn by these angles."""
    turns = np.stack([rotation(np.radians(angle), 4) for angle in degrees])
    return turns + noise * rng.normal(size=turns.shape) * blocks(4)


def discovery(
    generators: np.ndarray, *, elements: np.ndarray | None = None, span: np.ndarray | None = None
) -> Discovery:
    """Wrap matrices, one for each seed, as what a run gives."""
    return Discovery(
        generators=generators[:, None],
        elements=None if elements is None else elements[:, None],
        span=np.eye(generators.shape[-1]) if span is None else span,
        seeds=tuple(range(len(generators))),
        history={},
        history_steps=np.zeros(0, dtype=np.int64),
        history_generators=np.zeros((len(generators), 0, 1, *generators.shape[1:]), dtype=np.float32),
        settings={},
        seconds=12.5,
        steps=1,
    )


def two_body_discoveries(rng: np.random.Generator, *, n_seeds: int = 8) -> dict[str, Discovery]:
    """One ensemble for each role of Figure 3."""
    signs = np.stack([np.kron(np.diag(rng.choice([-1.0, 1.0], 4)), TURN) for _ in range(n_seeds)])
    regularised = element_like(rng, 90 + rng.normal(size=n_seeds))
    free = element_like(rng, rng.uniform(10, 170, n_seeds))
    made = {
        "liegan": (liegan_like(rng, n_seeds=n_seeds), None),
        "liegan_es": (extended_like(rng, n_seeds=n_seeds), None),
        "augerino": (signs + 0.4 * rng.normal(size=signs.shape), None),
        "symmetrygan": (_logarithms(regularised), regularised),
        "symmetrygan_free": (_logarithms(free), free),
    }
    return {
        role: discovery(generators, elements=elements, span=TWO_BODY_SPAN)
        for role, (generators, elements) in made.items()
    }


def _logarithms(elements: np.ndarray) -> np.ndarray:
    return np.stack([np.real(logm(element)) for element in elements])

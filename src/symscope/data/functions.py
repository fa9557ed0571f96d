"""Analytic functions of random inputs, as samples for a discovery (LieGAN, section 6.3 and appendices C.2, C.3)."""

import logging
from typing import NamedTuple

import numpy as np
from jaxtyping import Complex64, Float, Float32, Num
from numpy import ndarray

from symscope.config.functions import (
    CyclicFunction,
    FunctionsDataset,
    PartialPermutation,
    SectorFunction,
    SharedWeights,
    TwoVectors,
)
from symscope.config.splits import SPLIT_NAMES
from symscope.io.files import PathLike
from symscope.io.samples import SamplesHeader, SamplesWriter
from symscope.provenance import provenance

logger = logging.getLogger(__name__)


class Points(NamedTuple):
    """Inputs of a function and its values."""

    x: Num[ndarray, "n objects d"]
    """Inputs, float32 or complex64."""
    y: Num[ndarray, "n ..."]
    """Values: float32, complex64, or int64 where they are classes; several for each input where the function is a layer."""


def cyclic_values(x: Float[ndarray, "n 3"], order: int) -> Float[ndarray, " n"]:
    """Give z / (1 + mod(atan2(y, x), 2 pi / k)); it jumps at the edges of k equal sectors."""
    angles = np.mod(np.arctan2(x[:, 1], x[:, 0]), 2.0 * np.pi / order)
    return np.asarray(x[:, 2] / (1.0 + angles))


def two_vector_values(x: Float[ndarray, "n 2 d"]) -> Float[ndarray, " n"]:
    """Give sin|a| - |b|^3 / 2 + the cosine between a and b."""
    lengths = np.linalg.norm(x, axis=-1)
    cosine = (x[:, 0] * x[:, 1]).sum(axis=-1) / lengths.prod(axis=-1)
    return np.asarray(np.sin(lengths[:, 0]) - lengths[:, 1] ** 3 / 2.0 + cosine)


def shared_element(function: SharedWeights) -> Float[ndarray, "d d"]:
    """Give the group element R that shares the weights of layers, in the form in which it acts on the rows of W."""
    if function.group == "shifts":
        return np.roll(np.eye(function.dimension), 1, axis=1)
    angle = 2.0 * np.pi / function.order
    turn = np.eye(3)
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return turn


def make_points(settings: FunctionsDataset, n: int, *, rng: np.random.Generator) -> list[Points]:
    """Draw n points of each function.

    Parameters
    ----------
    settings
        The functions.
    n
        Points of each.
    rng
        Source of randomness.

    Returns
    -------
    list
        One entry for each function, in the order of the settings.
    """
    function = settings.function
    if isinstance(function, CyclicFunction):
        return [_cyclic(order, n, rng) for order in function.orders]
    if isinstance(function, SectorFunction):
        return [_sector(function, np.radians(width), n, rng) for width in function.half_widths]
    if isinstance(function, SharedWeights):
        return _layers(function, n, rng)
    if isinstance(function, TwoVectors):
        x = rng.standard_normal((n, 2, function.dimension))
        return [Points(x.astype(np.float32), two_vector_values(x).astype(np.float32))]
    if isinstance(function, PartialPermutation):
        x = rng.standard_normal((n, 5))
        first = (x[:, :3] ** function.power).sum(axis=1) / function.power
        y = (first + x[:, 3] ** 2 - x[:, 4] ** 2) / 3.0
        return [Points(_single(x), y.astype(np.float32))]
    parts = rng.standard_normal((2, n, 2, 2)) / np.sqrt(2.0)
    return [_superpotential(parts[0] + 1j * parts[1])]


def generate_functions(settings: FunctionsDataset, output: PathLike, *, seed: int) -> dict[str, int]:
    """Draw the points of every split and write them as a samples file.

    Parameters
    ----------
    settings
        The functions.
    output
        Samples file to write; the points of the first function, then those of the second, and so on. It appears whole or not
        at all.
    seed
        Root of three random streams, one for each split.

    Returns
    -------
    dict
        Number of samples of each split, all functions together.
    """
    header = SamplesHeader(
        feature_names=tuple(f"x{component + 1}" for component in range(settings.dimension)),
        units="standard deviation of an input",
        x_action=settings.function.action,
        y_action="trivial",
        provenance=provenance(step="generate_functions", settings=settings.model_dump(mode="json"), seeds=[seed]),
    )
    with SamplesWriter(output, header) as writer:
        for split, stream in zip(SPLIT_NAMES, np.random.SeedSequence(seed).spawn(len(SPLIT_NAMES)), strict=True):
            for points in make_points(settings, settings.samples[split], rng=np.random.default_rng(stream)):
                writer.append(split, points.x, points.y)
    counts: dict[str, int] = {split: settings.samples[split] * settings.tasks for split in SPLIT_NAMES}
    logger.info("functions: %s", counts)
    return counts


def _cyclic(order: int, n: int, rng: np.random.Generator) -> Points:
    x = rng.standard_normal((n, 3))
    return Points(_single(x), cyclic_values(x, order).astype(np.float32))


def _sector(function: SectorFunction, half_width: float, n: int, rng: np.random.Generator) -> Points:
    """Points of two opposite sectors about the x axis; the radius is that of a standard normal point of the plane."""
    classes = rng.integers(0, 2, n)
    spread = rng.triangular(-1.0, 0.0, 1.0, n) if function.density == "triangular" else rng.uniform(-1.0, 1.0, n)
    angles = np.pi * classes + half_width * spread
    radii = rng.rayleigh(size=n)
    x = _single(np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1))
    return Points(x, classes if function.value == "class" else ((1 - 2 * classes) * radii).astype(np.float32))


def _layers(function: SharedWeights, n: int, rng: np.random.Generator) -> list[Points]:
    element = shared_element(function)
    powers = np.stack([np.linalg.matrix_power(element, j) for j in range(function.order)])
    parts = []
    for _ in range(function.layers):
        weights = rng.standard_normal(function.dimension) @ powers
        x = rng.standard_normal((n, function.dimension))
        parts.append(Points(_single(x), (x @ weights.T).astype(np.float32)))
    return parts


def _superpotential(doublets: ndarray) -> Points:
    phi, psi = doublets[:, 0], doublets[:, 1]
    values: Complex64[ndarray, " n"] = (phi[:, 0] * psi[:, 1] - phi[:, 1] * psi[:, 0]).astype(np.complex64)
    return Points(doublets.astype(np.complex64), values)


def _single(x: Float[ndarray, "n d"]) -> Float32[ndarray, "n 1 d"]:
    return x[:, None].astype(np.float32)

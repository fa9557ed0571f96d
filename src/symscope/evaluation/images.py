"""Two translations found in images, beside the truth: scores of every seed, and what a figure shows.

The square has symmetries of its own. Not identified by the data are the order of the two axes (of images that are as high
as wide), the direction along each, and the sign; all scores take the best of these. With the disguise ``s = U x``, what
acts on the hidden image is ``U G U^T``.
"""

from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from symscope.config.images import ImagesDataset
from symscope.data.hidden_axis import hidden_representation
from symscope.discovery.symmetrylens.result import LensResult
from symscope.errors import DataError
from symscope.groups.shifts import shifts_of_grid

REACH = 1
"""Largest offset of the window that is allowed for, in pixels along each axis."""


class ImageScore(NamedTuple):
    """Scores of an ensemble; the leading axis is the seed, the second one the axis of the true image, rows' index first.

    The convention for the crop: generators are compared as d x d matrices, on which a true shift has a one for every pixel
    whose neighbour lies inside the image, and nothing enters at the sides.
    """

    cosine: Float[ndarray, "seed axis"]
    """|cosine| in the Frobenius product of each true shift, or its inverse, with the generator matched to it."""
    swapped: Bool[ndarray, " seed"]
    """Whether the second generator was matched to the first axis."""
    inverse: Bool[ndarray, "seed axis"]
    """Whether the inverse, here the transpose, was the better match."""
    negative: Bool[ndarray, "seed axis"]
    """Whether the generator is the shift times -1."""
    power: Int[ndarray, "seed axis"]
    """Number of pixels, 1 to 3, of the true shift that resembles the generator most; 1 is the minimal generator."""
    commutator: Float[ndarray, " seed"]
    """Frobenius norm of the commutator of both generators over the product of their norms."""
    commutator_truth: Float[ndarray, " seed"]
    """The same of each generator with the true shift along the other axis, the larger of the two."""
    recovery: Float[ndarray, " seed"]
    """|correlation| of the representation with the hidden image, averaged over pixels, after the best symmetry of the
    grid and an offset of at most one pixel; sign common to all."""
    success: Bool[ndarray, " seed"]
    """Whether both cosines reach the threshold and both generators are minimal."""
    success_cosine: float
    """That threshold."""


class Placement(NamedTuple):
    """How a representation found by one seed lies on the hidden image."""

    component: Int[ndarray, " d"]
    """The component found for each hidden pixel, -1 where the offset leaves none."""
    sign: int
    """Sign of the common correlation."""
    correlation: float
    """That correlation, its size averaged over pixels."""


@dataclass(frozen=True, kw_only=True)
class ImageView:
    """One ensemble, its data and the truth."""

    role: str
    """The disguise: ``translation``, ``permuted`` or ``frequency``."""
    settings: ImagesDataset
    """The law of the images."""
    result: LensResult
    """What was discovered."""
    score: ImageScore
    """Agreement of every seed with the truth."""
    samples: Float[ndarray, "sample d"]
    """Images as they are given, which the discovery has not seen."""
    representation: Float[ndarray, "d d"]
    """The disguise U, ``s = U x``."""
    truth: Float[ndarray, "2 d d"]
    """The true shifts of the hidden image."""

    @property
    def sides(self) -> tuple[int, int]:
        """Height and width of the image."""
        return self.settings.height, self.settings.width

    @property
    def shown(self) -> int:
        """Index of the seed whose worse cosine is the (lower) median, to be drawn as typical."""
        worse = self.score.cosine.min(axis=1)
        return int(np.argsort(worse, kind="stable")[(len(worse) - 1) // 2])


def view_images(
    role: str,
    result: LensResult,
    settings: ImagesDataset,
    samples: Float[ndarray, "sample d"],
    *,
    success_cosine: float = 0.98,
) -> ImageView:
    """Put a result beside its truth.

    Parameters
    ----------
    role
        Name for the report.
    result
        What was discovered: two generators for each seed.
    settings
        The law of the images, which says what was hidden.
    samples
        Images as they are given, flattened; best ones that the discovery has not seen.
    success_cosine
        |cosine| that both generators of a seed must reach.

    Raises
    ------
    DataError
        Where the result is none of images of this size, or is not finite.
    """
    dim = settings.dimension
    if result.generators.shape[1:] != (2, dim, dim) or samples.shape[1:] != (dim,):
        raise DataError(
            f"the result of '{role}' has generators of shape {result.generators.shape[1:]} for each seed and the samples "
            f"{samples.shape[1:]} components, and images of {settings.height} x {settings.width} pixels have "
            f"{(2, dim, dim)} and {dim}; score a result of symmetrylens_images on its own data"
        )
    if not result.finite.all():
        raise DataError(f"some generators of '{role}' are not finite; discover them again")
    u = hidden_representation(settings)
    truth = shifts_of_grid(settings.height, settings.width)
    samples = np.asarray(samples, dtype=np.float64)
    found = u @ result.generators @ u.T
    matches = [_match(pair, truth) for pair in found]
    swapped = np.array([match.swapped for match in matches])
    ordered = np.where(swapped[:, None, None, None], found[:, ::-1], found)
    cosine = np.array([match.cosine for match in matches])
    power = np.array(
        [
            [_steps(g, t, side) for g, t, side in zip(pair, truth, (settings.height, settings.width), strict=True)]
            for pair in ordered
        ]
    )
    sides = (settings.height, settings.width)
    score = ImageScore(
        cosine=np.abs(cosine),
        swapped=swapped,
        inverse=np.array([match.inverse for match in matches]),
        negative=cosine < 0,
        power=power,
        commutator=np.array([commutator_norm(*pair) for pair in found]),
        commutator_truth=np.array(
            [max(commutator_norm(g, t) for g, t in zip(pair, truth[::-1], strict=True)) for pair in ordered]
        ),
        recovery=np.array([_place(q @ u.T, samples @ u.T, sides).correlation for q in result.convolutions]),
        success=(np.abs(cosine).min(axis=1) >= success_cosine) & (power == 1).all(axis=1),
        success_cosine=success_cosine,
    )
    return ImageView(
        role=role,
        settings=settings,
        result=result,
        score=score,
        samples=samples,
        representation=u,
        truth=truth,
    )


def hidden_pair(view: ImageView, seed: int) -> Float[ndarray, "2 d d"]:
    """Give both generators of a seed on the hidden image, in the order, the directions and the signs of the truth."""
    pair = view.representation @ view.result.generators[seed] @ view.representation.T
    if view.score.swapped[seed]:
        pair = pair[::-1]
    turned = [g.T if inverse else g for g, inverse in zip(pair, view.score.inverse[seed], strict=True)]
    return np.stack(turned) * np.where(view.score.negative[seed], -1.0, 1.0)[:, None, None]


def recovered_images(view: ImageView, seed: int, samples: Float[ndarray, "sample d"]) -> Float[ndarray, "sample d"]:
    """Give what a seed makes of images as they are given: the hidden ones; NaN where an offset leaves nothing."""
    u = view.representation
    placed = _place(view.result.convolutions[seed] @ u.T, view.samples @ u.T, view.sides)
    found = placed.sign * (samples @ view.result.convolutions[seed].T)
    return np.where(placed.component >= 0, found[:, placed.component], np.nan)


def moved_images(
    pair: Float[ndarray, "2 d d"], image: Float[ndarray, " d"], *, most: int
) -> Float[ndarray, "down right d"]:
    """Apply powers from -`most` to `most` of both generators; negative ones are powers of the transposes."""

    def power(generator: Float[ndarray, "d d"], steps: int) -> Float[ndarray, "d d"]:
        return np.asarray(np.linalg.matrix_power(generator if steps >= 0 else generator.T, abs(steps)))

    steps = range(-most, most + 1)
    return np.stack([np.stack([power(pair[0], j) @ power(pair[1], i) @ image for i in steps]) for j in steps])


def commutator_norm(a: Float[ndarray, "d d"], b: Float[ndarray, "d d"]) -> float:
    """Frobenius norm of ``ab - ba`` over the product of the norms."""
    return float(np.linalg.norm(a @ b - b @ a) / (np.linalg.norm(a) * np.linalg.norm(b)))


class _Match(NamedTuple):
    cosine: tuple[float, float]
    inverse: tuple[bool, bool]
    swapped: bool


def _match(pair: Float[ndarray, "2 d d"], truth: Float[ndarray, "2 d d"]) -> _Match:
    """Match generators to true shifts: the signed cosine of each, with the shift or its transpose."""
    trials = []
    for swapped in (False, True):
        best = [_direction(g, t) for g, t in zip(pair[::-1] if swapped else pair, truth, strict=True)]
        trials.append(_Match((best[0][0], best[1][0]), (best[0][1], best[1][1]), swapped))
    return max(trials, key=lambda match: sum(map(abs, match.cosine)))


def _direction(found: Float[ndarray, "d d"], truth: Float[ndarray, "d d"]) -> tuple[float, bool]:
    forward, backward = (
        float(np.sum(found * t) / (np.linalg.norm(found) * np.linalg.norm(t))) for t in (truth, truth.T)
    )
    return (backward, True) if abs(backward) > abs(forward) else (forward, False)


def _steps(found: Float[ndarray, "d d"], truth: Float[ndarray, "d d"], side: int) -> int:
    """Count the pixels by which a generator shifts; on a side of n pixels a shift by n or more is nothing."""
    powers = range(1, min(3, side - 1) + 1)
    return 1 + int(np.argmax([abs(_direction(found, np.linalg.matrix_power(truth, k))[0]) for k in powers]))


def _place(convolution: Float[ndarray, "d d"], hidden: Float[ndarray, "sample d"], sides: tuple[int, int]) -> Placement:
    """Find the symmetry of the grid and the offset at which a representation fits the hidden images best."""
    centred = hidden - hidden.mean(axis=0)
    covariance = centred.T @ centred / len(centred)
    found = convolution @ covariance
    scale = np.sqrt(np.outer(np.sum(found * convolution, axis=1), np.diagonal(covariance)))
    correlation = found / scale
    grid = np.arange(len(correlation)).reshape(sides)
    pixels = grid.reshape(-1)
    trials = []
    for transposed, down, right in product((False, True), (1, -1), (1, -1)):
        if transposed and sides[0] != sides[1]:
            continue
        turned = (grid.T if transposed else grid)[::down, ::right]
        for rows, columns in product(range(-REACH, REACH + 1), repeat=2):
            component = _moved(turned, rows, columns).reshape(-1)
            seen = component >= 0
            values = correlation[component[seen], pixels[seen]]
            mean = float(values.sum()) / len(pixels)  # pixels without a component count as missed
            trials.append(Placement(component, -1 if mean < 0 else 1, abs(mean)))
    return max(trials, key=lambda trial: trial.correlation)


def _moved(grid: Int[ndarray, "height width"], rows: int, columns: int) -> Int[ndarray, "height width"]:
    """Move a grid of numbers; -1 enters at the sides."""
    height, width = grid.shape
    padded = np.pad(grid, REACH, constant_values=-1)
    return np.asarray(padded[REACH + rows : REACH + rows + height, REACH + columns : REACH + columns + width])

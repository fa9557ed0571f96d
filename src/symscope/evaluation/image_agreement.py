"""How far seeds agree on two translations of images of which no truth is known."""

from itertools import permutations

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.discovery.symmetrylens.result import LensResult


def image_agreement(result: LensResult) -> Float[ndarray, "seed seed"]:
    """Mean |cosine| of the generators of two seeds, in the better order and direction of the axes; NaN for seeds that diverged.

    The data do not tell the order of the axes, nor the direction along each: of a crop of a shift the transpose is the inverse.
    """
    norms = np.linalg.norm(result.generators, axis=(-2, -1), keepdims=True)
    units = np.where(result.finite[:, None, None, None], result.generators, np.nan) / norms
    same = np.abs(np.einsum("apij,bqij->abpq", units, units))
    inverse = np.abs(np.einsum("apij,bqji->abpq", units, units))
    best = np.maximum(same, inverse)
    axes = range(best.shape[-1])
    orders = [best[..., axes, list(order)].mean(axis=-1) for order in permutations(axes)]
    return np.asarray(np.max(orders, axis=0))


def typical_of(cosines: Float[ndarray, "seed seed"]) -> int:
    """Index of the seed that agrees best with all others, never of one that diverged."""
    finite = np.isfinite(np.diagonal(cosines))
    means = np.where(np.isfinite(cosines), cosines, 0.0).mean(axis=1)
    return int(np.where(finite, means, -1.0).argmax())

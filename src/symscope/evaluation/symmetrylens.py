"""How well a SymmetryLens result agrees with the translation that was hidden, for every seed."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from symscope.discovery.symmetrylens.result import LensResult
from symscope.errors import DataError
from symscope.evaluation.lens_alignment import align_with_hidden


class LensScore(NamedTuple):
    """Scores of an ensemble; the leading axis is the seed. Seeds that diverged score 0 and are never successes.

    The convention for the crop: generators are compared as d x d matrices, the central crop of a longer line, on which
    the true shift has d - 1 ones and no corner. `margin` further components are cut off at each end of the hidden axis
    in the scores named ``interior``.
    """

    seeds: tuple[int, ...]
    """Seeds, in order."""
    cosine: Float[ndarray, " seed"]
    """|cosine| in the Frobenius product with the true generator or its inverse, the better of the two."""
    rmse: Float[ndarray, " seed"]
    """Root mean square of the difference of the entries, in the same direction and with the better sign."""
    interior_cosine: Float[ndarray, " seed"]
    """The cosine without `margin` components at each end of the hidden axis."""
    interior_rmse: Float[ndarray, " seed"]
    """The root mean square difference there."""
    margin: int
    """Components cut off at each end for the interior."""
    inverse: Bool[ndarray, " seed"]
    """Whether the inverse was the better match; the data do not tell the two apart."""
    negative: Bool[ndarray, " seed"]
    """Whether the generator is the shift times -1."""
    power: Int[ndarray, " seed"]
    """Number of steps, 1 to 4, of the true shift that resembles the generator most; 1 is the minimal generator."""
    recovery: Float[ndarray, " seed"]
    """|correlation| of the representation with the hidden signal, averaged over all hidden components, after the best
    reflection and offset of at most two components, or any on a circle; sign common to all. Components that the offset leaves without a
    counterpart count as zero (see :func:`~symscope.evaluation.lens_alignment.align_with_hidden`)."""
    offset: Int[ndarray, " seed"]
    """That offset."""
    filter_share: Float[ndarray, " seed"]
    """Part of the filter's norm squared in its largest hidden component, 0 to 1."""
    filter_width: Float[ndarray, " seed"]
    """Number of hidden components that the filter effectively covers, 1 / sum h^4 for a unit filter; 1 is a point."""
    filter_sign: Int[ndarray, " seed"]
    """Sign of that largest component."""
    success: Bool[ndarray, " seed"]
    """Whether the cosine reaches the threshold and the generator is minimal."""
    success_cosine: float
    """That threshold."""
    best: int
    """Index of the seed with the median cosine (the lower one of two), to be shown as typical."""


def score_lens(
    result: LensResult,
    true_generator: Float[ndarray, "d d"],
    *,
    representation: Float[ndarray, "d d"],
    samples: Float[ndarray, "sample d"],
    margin: int = 2,
    success_cosine: float = 0.98,
    circle: bool = False,
) -> LensScore:
    """Compare each seed with the truth.

    Parameters
    ----------
    result
        What was discovered.
    true_generator
        The shift by one in the data's components, ``U^T S U``.
    representation
        The hidden representation U, ``s = U x``.
    samples
        Data on which the recovery of the hidden signal is measured; best ones that the discovery has not seen.
    margin
        Components of the hidden axis cut off at each end for the interior scores.
    success_cosine
        |cosine| from which a seed is a success.
    circle
        The hidden axis is closed, so that the recovery allows for any offset. The generators are compared as on a line.

    Raises
    ------
    DataError
        Where the sizes do not agree or the margin leaves nothing.
    """
    dim = len(true_generator)
    if result.generators.shape[1:] != (dim, dim) or samples.shape[1:] != (dim,):
        raise DataError(
            f"the result has generators of size {result.generators.shape[-1]} and the samples {samples.shape[1:]} "
            f"components, and the truth has size {dim}; score a result on its own data"
        )
    if not 0 <= margin <= (dim - 3) // 2:
        raise DataError(
            f"a margin of {margin} leaves too little of {dim} components; at most {(dim - 3) // 2} is allowed"
        )
    inside = slice(margin, dim - margin)
    truth = representation @ true_generator @ representation.T
    rows = []
    for seed in range(len(result.seeds)):
        if not result.finite[seed]:
            rows.append((0.0, np.nan, 0.0, np.nan, False, False, 0, 0.0, 0, 0.0, np.nan, 0))
            continue
        found = representation @ result.generators[seed] @ representation.T
        cosine, inverse = _best_direction(found, truth)
        matched = truth.T if inverse else truth
        sign = -1.0 if cosine < 0 else 1.0
        power = 1 + int(np.argmax([abs(_best_direction(found, _power(truth, k))[0]) for k in (1, 2, 3, 4)]))
        aligned = align_with_hidden(result.convolutions[seed], representation, samples, circle=circle)
        hidden_filter = representation @ result.filters[seed]
        hidden_filter = hidden_filter / np.linalg.norm(hidden_filter)
        peak = int(np.argmax(np.abs(hidden_filter)))
        rows.append(
            (
                abs(cosine),
                _rmse(found, sign * matched),
                abs(_cosine(found[inside, inside], matched[inside, inside])),
                _rmse(found[inside, inside], sign * matched[inside, inside]),
                inverse,
                cosine < 0,
                power,
                aligned.recovery,
                aligned.offset,
                float(hidden_filter[peak] ** 2),
                float(1 / np.sum(hidden_filter**4)),
                int(np.sign(hidden_filter[peak])),
            )
        )
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    cosines, powers = columns[0], columns[6]
    return LensScore(
        seeds=result.seeds,
        cosine=cosines,
        rmse=columns[1],
        interior_cosine=columns[2],
        interior_rmse=columns[3],
        margin=margin,
        inverse=columns[4],
        negative=columns[5],
        power=powers,
        recovery=columns[7],
        offset=columns[8],
        filter_share=columns[9],
        filter_width=columns[10],
        filter_sign=columns[11],
        success=(cosines >= success_cosine) & (powers == 1),
        success_cosine=success_cosine,
        best=int(np.argsort(cosines, kind="stable")[(len(cosines) - 1) // 2]),
    )


def _cosine(a: Float[ndarray, "m m"], b: Float[ndarray, "m m"]) -> float:
    norms = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(np.sum(a * b)) / norms if norms > 0 else 0.0


def _rmse(a: Float[ndarray, "m m"], b: Float[ndarray, "m m"]) -> float:
    return float(np.sqrt(np.mean(np.square(a - b))))


def _best_direction(found: Float[ndarray, "d d"], truth: Float[ndarray, "d d"]) -> tuple[float, bool]:
    """Signed cosine of larger size, with the truth or its inverse, and whether it is the inverse.

    The transpose stands for the inverse: on a line the cropped shift has none, and its transpose is the crop of the
    shift back; on a circle the two are the same.
    """
    forward, backward = _cosine(found, truth), _cosine(found, truth.T)
    return (backward, True) if abs(backward) > abs(forward) else (forward, False)


def _power(step: Float[ndarray, "d d"], count: int) -> Float[ndarray, "d d"]:
    return np.asarray(np.linalg.matrix_power(step, count))

"""A SymmetryLens result beside its truth, on the hidden axis and in the direction and sign of the truth.

Three things are not identified by the data: whether the generator or its inverse is found, the sign of the filter, and,
for an inexact symmetry, the place of the window. Here they are chosen so that found and true can be looked at side by
side. With the disguise ``s = U x``, what acts on the hidden axis is ``U G U^T``.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.config.signals import SignalsDataset
from symscope.data.hidden_axis import hidden_representation, true_generator
from symscope.discovery.symmetrylens.result import LensResult
from symscope.errors import DataError
from symscope.evaluation.lens_alignment import Alignment, align_with_hidden
from symscope.evaluation.symmetrylens import LensScore, score_lens


@dataclass(frozen=True, kw_only=True)
class LensView:
    """One ensemble, its data and the truth."""

    role: str
    """What it plays in the report, such as ``gaussian_permuted`` or ``published_gaussian_translation``."""
    settings: SignalsDataset
    """The law of the signals."""
    result: LensResult
    """What was discovered."""
    score: LensScore
    """Agreement of every seed with the truth."""
    samples: Float[ndarray, "sample d"]
    """Signals as they are given, which the discovery has not seen."""
    representation: Float[ndarray, "d d"]
    """The disguise U, ``s = U x``."""
    truth: Float[ndarray, "d d"]
    """The true generator on the hidden axis, U G U^T."""

    @property
    def shown(self) -> int:
        """Index of the seed with the (lower) median cosine among those that did not diverge, to be drawn as typical."""
        finite = np.flatnonzero(self.result.finite)
        order = finite[np.argsort(self.score.cosine[finite], kind="stable")]
        return int(order[(len(order) - 1) // 2])

    @property
    def published(self) -> bool:
        """Whether this is the paper's own way."""
        return self.role.startswith("published_")

    @property
    def basis(self) -> str:
        """Part of the role that names the signals."""
        return self.role.removeprefix("published_").partition("_")[0]

    @property
    def disguise(self) -> str:
        """Part of the role that names the symmetry as the data show it."""
        return self.role.removeprefix("published_").partition("_")[2]


def view_lens(
    role: str,
    result: LensResult,
    settings: SignalsDataset,
    samples: Float[ndarray, "sample d"],
    *,
    success_cosine: float = 0.98,
) -> LensView:
    """Put a result beside its truth.

    Parameters
    ----------
    role
        Name for the report.
    result
        What was discovered.
    settings
        The law of the signals, which says what was hidden.
    samples
        Signals as they are given; best ones that the discovery has not seen.
    success_cosine
        |cosine| from which a seed is a success.

    Raises
    ------
    DataError
        Where the sizes do not agree, or no seed gave a finite result.
    """
    representation, truth = hidden_representation(settings), true_generator(settings)
    if not result.finite.any():
        raise DataError(
            f"all {len(result.seeds)} seeds of '{role}' diverged, so there is nothing to show; lower its learning rates"
        )
    samples = np.asarray(samples, dtype=np.float64)
    margin = max(0, min(2, (settings.length - 3) // 2))
    score = score_lens(
        result,
        truth,
        representation=representation,
        samples=samples,
        margin=margin,
        success_cosine=success_cosine,
        circle=settings.boundary == "circle",
    )
    return LensView(
        role=role,
        settings=settings,
        result=result,
        score=score,
        samples=samples,
        representation=representation,
        truth=representation @ truth @ representation.T,
    )


def on_hidden_axis(
    view: LensView, generators: Float[ndarray, "seed *snapshot d d"]
) -> Float[ndarray, "seed *snapshot d d"]:
    """Take generators out of the disguise, in the direction and the sign in which each seed's final one fits the truth."""
    u = view.representation
    # Infinities of seeds that diverged would make the products warn.
    hidden = u @ np.where(np.isfinite(generators), generators, np.nan).astype(np.float64) @ u.T
    for seed in range(len(hidden)):
        if view.score.inverse[seed]:
            hidden[seed] = np.swapaxes(hidden[seed], -1, -2)  # on a line the crop of the shift back
        if view.score.negative[seed]:
            hidden[seed] *= -1
    return np.asarray(hidden)


def hidden_generators(view: LensView) -> Float[ndarray, "seed d d"]:
    """Give the generators of all seeds on the hidden axis, in the direction and the sign of the truth."""
    return on_hidden_axis(view, view.result.generators)


def hidden_filters(view: LensView) -> Float[ndarray, "seed d"]:
    """Give the resolving filters on the hidden axis, of unit length, the largest component positive."""
    finite = np.where(view.result.finite[:, None], view.result.filters, np.nan)
    filters = finite @ view.representation.T
    filters = filters / np.linalg.norm(filters, axis=1, keepdims=True)
    peaks = np.take_along_axis(filters, np.abs(filters).argmax(axis=1)[:, None], axis=1)
    return np.asarray(filters * np.where(peaks < 0, -1.0, 1.0))


def align(view: LensView, seed: int) -> Alignment:
    """Find the direction, the offset and the sign in which a seed's representation fits the hidden signal best.

    The samples of the view decide, as in the score of the recovery.
    """
    circle = view.settings.boundary == "circle"
    return align_with_hidden(view.result.convolutions[seed], view.representation, view.samples, circle=circle)


def recovered_signals(
    view: LensView, seed: int, samples: Float[ndarray, "sample d"], aligned: Alignment | None = None
) -> Float[ndarray, "sample d"]:
    """Give what a seed makes of signals, on the hidden axis; NaN where the offset leaves nothing.

    Parameters
    ----------
    view, seed
        The ensemble and the seed.
    samples
        Signals as they are given.
    aligned
        From :func:`align`, where it is known already.
    """
    return _move(samples @ view.result.convolutions[seed].T, aligned or align(view, seed), view.settings)


def hidden_convolution(
    view: LensView, seed: int, convolution: Float[ndarray, "m d"] | None = None
) -> Float[ndarray, "d d"]:
    """Give the group convolution matrix as it acts on the hidden signal, rows placed as :func:`align` has them.

    The identity is what a perfect result gives. Rows that the offset leaves empty are NaN.

    Parameters
    ----------
    view, seed
        The ensemble and the seed.
    convolution
        A matrix from the seed's way; by default its final one.
    """
    matrix = view.result.convolutions[seed] if convolution is None else np.asarray(convolution, dtype=np.float64)
    return _move((matrix @ view.representation.T).T, align(view, seed), view.settings).T


def error_profile(view: LensView) -> Float[ndarray, "seed d"]:
    """Root mean square error of the entries in row and column i of the generator, for every hidden component i.

    The mean of its square over the components is the square of the RMSE.
    """
    squares = np.square(hidden_generators(view) - view.truth)
    return np.asarray(np.sqrt((squares.mean(axis=1) + squares.mean(axis=2)) / 2))


def snapshot_cosines(view: LensView) -> Float[ndarray, "seed snapshot"]:
    """|cosine| with the true generator or its inverse at every snapshot, the better of the two; NaN after a divergence.

    Raises
    ------
    DataError
        Where the result has no snapshots.
    """
    generators = view.result.snapshot_generators
    if generators is None or not generators.shape[1]:
        raise DataError(f"the result of '{view.role}' has no snapshots; set the method's 'snapshots' above zero")
    hidden = on_hidden_axis(view, generators)
    norms = np.linalg.norm(hidden, axis=(-2, -1)) * np.linalg.norm(view.truth)
    products = [np.abs(np.sum(hidden * truth, axis=(-2, -1))) for truth in (view.truth, view.truth.T)]
    best = np.maximum(*products)
    return np.asarray(np.divide(best, norms, out=np.where(np.isnan(norms), np.nan, 0.0), where=norms > 0))


def _move(found: Float[ndarray, "row m"], aligned: Alignment, settings: SignalsDataset) -> Float[ndarray, "row d"]:
    """Reverse, shift and sign the last axis so that it lies on the hidden axis."""
    ordered = aligned.sign * (found[:, ::-1] if aligned.reversed else found)
    places = np.arange(found.shape[1]) + aligned.offset
    if settings.boundary == "circle":
        places %= settings.length
    met = (places >= 0) & (places < settings.length)
    result = np.full((len(found), settings.length), np.nan)
    result[:, places[met]] = ordered[:, met]
    return result

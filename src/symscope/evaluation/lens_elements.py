"""How group elements that were learned without a filter (SymmetryGAN) agree with the translation that was hidden."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray
from scipy.optimize import linear_sum_assignment

from symscope.config.signals import SignalsDataset
from symscope.data.hidden_axis import hidden_representation, true_generator
from symscope.discovery.result import Discovery
from symscope.errors import DataError

RESEMBLES = 0.9
"""|cosine| from which an element is said to resemble another."""


class ElementScore(NamedTuple):
    """Scores of an ensemble; the leading axis is the seed. Seeds that diverged score 0 and are never successes."""

    cosine: Float[ndarray, " seed"]
    """|cosine| with the true shift or its inverse as d x d matrices, as for a lens. The shift on a line loses a component, so an
    orthogonal element reaches (d - 1) / sqrt(d (d - 1)) at most."""
    rmse: Float[ndarray, " seed"]
    """Root mean square of the difference of the entries, in the same direction and with the better sign."""
    determined_cosine: Float[ndarray, " seed"]
    """The cosine without the row of the component that the shift loses, about which it says nothing."""
    success: Bool[ndarray, " seed"]
    """Whether that cosine reaches the threshold."""
    readings: tuple[str, ...]
    """What each seed resembles: any element of the symmetry group is a solution, and so is what the discriminator cannot
    tell from one."""


@dataclass(frozen=True, kw_only=True)
class ElementView:
    """One ensemble of learned elements beside its truth."""

    role: str
    """What it plays in the report, such as ``symmetrygan``."""
    seeds: tuple[int, ...]
    """Seeds, in order."""
    score: ElementScore
    """Agreement of every seed with the truth."""
    seconds: float
    """Wall time of the discovery, all seeds together [s]."""
    length: int
    """Components of a signal."""
    success_cosine: float
    """|cosine| from which a seed is a success."""


def view_elements(
    role: str, discovery: Discovery, settings: SignalsDataset, *, success_cosine: float = 0.98
) -> ElementView:
    """Put learned elements beside the truth.

    Parameters
    ----------
    role
        Name for the report.
    discovery
        Of a method that learns elements.
    settings
        The law of the signals, which says what was hidden.
    success_cosine
        |cosine| from which a seed is a success.

    Raises
    ------
    DataError
        Where there are no elements, or they are of another size.
    """
    if discovery.elements is None or discovery.elements.shape[-1] != settings.length:
        raise DataError(
            f"the discovery of '{role}' has no group elements of size {settings.length}; name one of SymmetryGAN on its signals"
        )
    representation = hidden_representation(settings)
    truth = representation @ true_generator(settings) @ representation.T
    hidden = representation @ np.where(discovery.finite[:, None, None], discovery.elements[:, 0], 0) @ representation.T
    return ElementView(
        role=role,
        seeds=discovery.seeds,
        score=score_elements(np.asarray(hidden.real), truth, success_cosine=success_cosine),
        seconds=discovery.seconds,
        length=settings.length,
        success_cosine=success_cosine,
    )


def score_elements(
    elements: Float[ndarray, "seed d d"], truth: Float[ndarray, "d d"], *, success_cosine: float = 0.98
) -> ElementScore:
    """Compare each element with the true shift; both on the hidden axis. Zero matrices stand for seeds that diverged."""
    cosine, rmse, determined, readings = [], [], [], []
    for element in elements:
        signed = [_cosine(element, target) for target in (truth, truth.T)]
        best = int(np.argmax(np.abs(signed)))
        matched = np.sign(signed[best]) * (truth, truth.T)[best]
        lost = not element.any()
        cosine.append(abs(signed[best]))
        rmse.append(np.nan if lost else float(np.sqrt(np.mean(np.square(element - matched)))))
        determined.append(max(_determined(element, target) for target in (truth, truth.T)))
        readings.append("diverged" if lost else _reading(element, truth))
    shares = np.array(determined)
    return ElementScore(np.array(cosine), np.array(rmse), shares, shares >= success_cosine, tuple(readings))


def _reading(element: Float[ndarray, "d d"], truth: Float[ndarray, "d d"]) -> str:
    """Name what an element resembles most; a named one goes before a permutation of no pattern."""
    dim = len(element)
    named = {"the identity": np.eye(dim), "the reflection": np.eye(dim)[::-1]}
    for steps in range(1, dim // 2 + 1):
        shift = np.linalg.matrix_power(truth, steps)
        by = f"by {steps}"
        named |= {f"a shift {by}": shift, f"a shift {by} back": shift.T}
        named |= {f"a shift {by} with reflection": shift[::-1], f"a shift {by} back with reflection": shift.T[::-1]}
    alike = {name: _determined(element, target) for name, target in named.items()}
    best = max(alike, key=lambda name: alike[name])
    if alike[best] >= RESEMBLES:
        return best
    permutation = np.zeros_like(element)
    permutation[linear_sum_assignment(-np.abs(element))] = 1
    is_permutation = _cosine(np.abs(element), permutation) >= RESEMBLES
    return "another permutation of the components" if is_permutation else "no permutation"


def _determined(element: Float[ndarray, "d d"], target: Float[ndarray, "d d"]) -> float:
    """|cosine| over the rows in which the target is not zero."""
    rows = np.abs(target).max(axis=1) > 1e-9
    return abs(_cosine(element[rows], target[rows]))


def _cosine(a: Float[ndarray, "row d"], b: Float[ndarray, "row d"]) -> float:
    norms = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(np.sum(a * b)) / norms if norms > 0 else 0.0

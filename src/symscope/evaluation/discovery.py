"""How well a discovery agrees with a known algebra, for every seed of an ensemble."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Inexact, Int
from numpy import ndarray

from symscope.config.discovery import TruthSettings
from symscope.discovery.result import Discovery
from symscope.errors import ConfigError, DataError
from symscope.groups import (
    EUCLIDEAN_NAMES,
    LORENTZ_NAMES,
    closure_error,
    dilatation,
    known_algebra,
    lorentz_algebra,
    principal_cosines,
    readable_basis,
    restrict_to_span,
)
from symscope.groups.spans import as_real_rows


class DiscoveryScore(NamedTuple):
    """Scores of an ensemble; the leading axis is the seed. Seeds that diverged score 0 and are never successes."""

    seeds: tuple[int, ...]
    """Seeds, in order."""
    span_cosine: Float[ndarray, "seed"]
    """Mean cosine of the principal angles between the learned span and the truth, 0 to 1."""
    principal_cosines: Float[ndarray, "seed angle"]
    """All of them, falling."""
    closure_error: Float[ndarray, "seed"]
    """Share of the brackets outside the span; 0 for an algebra, NaN for a seed that diverged."""
    success: Bool[ndarray, "seed"]
    """Whether the span cosine reaches the threshold of the settings."""
    success_cosine: float
    """That threshold."""
    reading: Int[ndarray, "seed channel"]
    """Index of the canonical generator that each learned channel resembles most."""
    reading_cosine: Float[ndarray, "seed channel"]
    """|cosine| with it, in the Frobenius product."""
    canonical_names: tuple[str, ...]
    """Names of the canonical generators."""
    readable: Inexact[ndarray, "seed m d d"]
    """Each canonical generator projected on the learned span: its most readable basis, in the canonical scale."""
    readable_cosine: Float[ndarray, "seed m"]
    """Cosine of each canonical generator with the learned span: the norm of the projection over its own."""
    best: int
    """Index of the seed with the median span cosine of those that did not diverge (the lower one of two), to be shown as
    typical."""


def canonical_generators(algebra: str, *, copies: int = 1) -> tuple[ndarray, tuple[str, ...]]:
    """Give the generators of a named algebra, acting on equal blocks where there are copies, with a name for each.

    so(1,3) and se(3) are spelled out by their axes, a dilatation by its name; anything else is numbered.
    """
    stacks: list[ndarray] = []
    names: list[str] = []
    terms = algebra.replace(" ", "").split("+")
    for term in terms:
        stack = known_algebra(term) if stacks == [] or term != "dilatation" else dilatation(stacks[0].shape[-1])
        stacks.append(stack)
        if len(stack) == 6 and np.array_equal(stack.shape, (6, 4, 4)) and np.array_equal(stack, lorentz_algebra()):
            names += LORENTZ_NAMES
        elif term == "se(3)":
            names += EUCLIDEAN_NAMES
        elif term.startswith("dilatation"):
            names.append("dilatation")
        elif len(stack) == 1:
            names.append(term)
        else:
            names += [f"{term} {k + 1}" for k in range(len(stack))]
    return np.kron(np.eye(copies), np.concatenate(stacks)), tuple(names)


def score_discovery(discovery: Discovery, truth: TruthSettings) -> DiscoveryScore:
    """Compare each seed's span of generators with a known algebra.

    Parameters
    ----------
    discovery
        An ensemble.
    truth
        Name of the algebra, its copies, the span cosine from which a seed counts as a success, and whether only what
        matrices do to the directions that the data visit is compared; their truth and their readable basis are then given
        restricted to these (:func:`symscope.groups.restrict_to_span`). For one channel the span cosine is the |cosine| in
        the Frobenius product.

    Raises
    ------
    ConfigError
        Where the truth acts on another dimension than the samples.
    """
    canonical, names = canonical_generators(truth.algebra, copies=truth.copies)
    generators = discovery.generators
    if canonical.shape[-1] != generators.shape[-1]:
        raise ConfigError(
            f"truth.algebra '{truth.algebra}' acts on {canonical.shape[-1]} dimensions with truth.copies {truth.copies}, and "
            f"the generators on {generators.shape[-1]}; name an algebra and copies of that size"
        )
    is_complex = np.iscomplexobj(generators) or np.iscomplexobj(canonical)
    kind = np.complex128 if is_complex else np.float64
    fine = discovery.finite
    safe = np.where(fine[:, None, None, None], generators, 0).astype(kind)
    canonical = canonical.astype(kind)
    if truth.compare == "data_span":
        safe, canonical = (restrict_to_span(matrices, discovery.span) for matrices in (safe, canonical))
    cosines = np.stack([principal_cosines(stack, canonical) for stack in safe])
    closure = np.array([closure_error(stack) if ok else np.nan for stack, ok in zip(safe, fine, strict=True)])
    readings = [read_channels(stack, canonical) for stack in safe]
    readable = np.stack([readable_basis(stack, canonical) for stack in safe])
    span = cosines.mean(axis=1)
    candidates = np.flatnonzero(fine) if fine.any() else np.arange(len(span))
    order = candidates[np.argsort(span[candidates], kind="stable")]
    return DiscoveryScore(
        seeds=discovery.seeds,
        span_cosine=span,
        principal_cosines=cosines,
        closure_error=closure,
        success=(span >= truth.success_cosine) & fine,
        success_cosine=truth.success_cosine,
        reading=np.stack([index for index, _ in readings]),
        reading_cosine=np.stack([cosine for _, cosine in readings]),
        canonical_names=names,
        readable=readable,
        readable_cosine=_norms(readable) / _norms(canonical),
        best=int(order[(len(order) - 1) // 2]),
    )


def typical_seed(discovery: Discovery, truth: TruthSettings | None = None) -> int:
    """Choose the seed that stands for an ensemble: the one with the median span cosine, or the first without a truth.

    Parameters
    ----------
    discovery
        An ensemble.
    truth
        The known algebra; None where there is none.

    Returns
    -------
    int
        Index along the leading axis, never of a seed that diverged.

    Raises
    ------
    DataError
        Where every seed diverged.
    """
    if not discovery.finite.any():
        raise DataError(
            f"all {len(discovery.seeds)} seeds of the discovery diverged; look at the history of its losses for the cause"
        )
    return int(np.flatnonzero(discovery.finite)[0]) if truth is None else score_discovery(discovery, truth).best


def read_channels(generators: ndarray, canonical: ndarray) -> tuple[Int[ndarray, "channel"], Float[ndarray, "channel"]]:
    """For each learned channel, the canonical generator that it resembles most and the |cosine| with it."""
    learned, known = as_real_rows(generators), as_real_rows(canonical)
    norms = np.maximum(np.linalg.norm(learned, axis=1)[:, None] * np.linalg.norm(known, axis=1), np.finfo(float).tiny)
    table = np.abs(learned @ known.T) / norms
    return table.argmax(axis=1), table.max(axis=1)


def _norms(matrices: ndarray) -> ndarray:
    return np.asarray(np.linalg.norm(matrices.reshape(*matrices.shape[:-2], -1), axis=-1))

"""What can be said of any discovery of generators without knowing more: how far its seeds agree, and which forms it leaves invariant."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.config.discovery import MetricFit
from symscope.discovery.nullspace.system import orthonormal
from symscope.discovery.result import Discovery
from symscope.evaluation.agreement import Answer
from symscope.evaluation.statements import COLLAPSED
from symscope.groups.forms import invariance_map, prepare_generators, symmetric_basis
from symscope.groups.spans import restrict_to_span, span_cosine, sparse_basis

FORM_RESIDUAL = 0.1
"""Singular value of an invariant form, over the largest of all, below which it counts as one."""
SHOWN = 4
"""Most invariant forms of which a basis is given."""
FLAT = 1e-3
"""Eigenvalue of a form, over the largest, below which its sign is not told."""


def seed_cosines(discovery: Discovery, answer: Answer) -> Float[ndarray, " seed"]:
    """Cosine of the span of each seed, or part, with the answer, on the directions of the data; 0 for seeds that diverged.

    Where the answer is that there is no generator, 1 for those that have none either.
    """
    target = restrict_to_span(answer.generators, discovery.span)
    cosines = np.zeros(len(discovery.seeds))
    for seed, (stack, fine) in enumerate(zip(discovery.generators, discovery.finite, strict=True)):
        filled = stack[np.abs(stack).sum(axis=(1, 2)) != 0]
        if not len(target) or not len(filled):
            cosines[seed] = float(bool(fine) and len(target) == len(filled))
        elif fine:
            found = orthonormal(restrict_to_span(filled, discovery.span), tolerance=COLLAPSED)
            cosines[seed] = span_cosine(found, target)
    return cosines


class FormsFound(NamedTuple):
    """Symmetric forms that generators leave invariant."""

    number: int
    """How many are independent."""
    forms: Float[ndarray, "r d d"]
    """A basis of them, with few entries where there are several; none where there are too many to look at. Of norm sqrt(d), the
    first diagonal entry that is not small positive."""
    gap: float
    """Residual of the next best form over that of the last one (dimensionless)."""

    @property
    def names(self) -> tuple[str, ...]:
        """What each is called: its signature."""
        return tuple(f"signature ({plus}, {minus})" for plus, minus in map(_signature, self.forms))

    @property
    def signature(self) -> tuple[int, int]:
        """Positive and negative directions of the first form."""
        return _signature(self.forms[0])


def forms_of(  # noqa: PLR0911 - one for each reason
    discovery: Discovery, answer: Answer, *, settings: MetricFit
) -> tuple[FormsFound, str]:
    """Look for symmetric forms J with L^T J + J L = 0, where such a question can be asked.

    Returns
    -------
    FormsFound
        Those that there are.
    str
        Why there is none, or empty.
    """
    size = discovery.generators.shape[-1]
    none = FormsFound(0, np.zeros((0, size, size)), 0.0)
    if not len(answer.generators):
        return none, ""
    if np.iscomplexobj(answer.generators):
        return none, "The generators are complex, and no symmetric form of them is looked for."
    if discovery.span.shape[0] != discovery.span.shape[1]:
        return (
            none,
            "No invariant form is looked for, because the data do not determine the generators on all components.",
        )
    prepared = prepare_generators(answer.generators, settings)
    if not np.any(np.linalg.norm(prepared, axis=(1, 2)) > FORM_RESIDUAL):
        return (
            none,
            "Without its trace nothing of the generator is left, so that every form is invariant up to its scale.",
        )
    matrix = invariance_map(prepared)
    _, singular, directions = np.linalg.svd(matrix, full_matrices=True)
    spectrum = np.zeros(len(directions))
    spectrum[: len(singular)] = singular
    number = int(np.sum(spectrum < FORM_RESIDUAL * spectrum[0]))
    if not number:
        return none, "The generators leave no symmetric form invariant."
    last = float(spectrum[-number])
    gap = float(spectrum[-number - 1]) / max(last, np.finfo(float).eps * float(spectrum[0]))
    forms = np.einsum("rm,mij->rij", directions[-number:], symmetric_basis(size))
    if number > SHOWN:
        return FormsFound(number, none.forms, gap), ""
    basis = sparse_basis(forms) if number > 1 else forms
    scaled = basis * np.sqrt(size) / np.linalg.norm(basis, axis=(1, 2), keepdims=True)
    return FormsFound(number, np.array([form * _sign(form) for form in scaled]), gap), ""


def _sign(form: Float[ndarray, "d d"]) -> float:
    """Give the sign that makes the first diagonal entry that is not small positive."""
    diagonal = np.diagonal(form)
    large = diagonal[np.abs(diagonal) > FLAT * np.abs(form).max()]
    return -1.0 if len(large) and large[0] < 0 else 1.0


def _signature(form: Float[ndarray, "d d"]) -> tuple[int, int]:
    values = np.linalg.eigvalsh(form)
    least = FLAT * float(np.abs(values).max())
    return int(np.sum(values > least)), int(np.sum(values < -least))

"""The numbers of the null-space engine beside those of trained methods: how many generators, which algebra, how well, how fast."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy import ndarray

from symscope.config.discovery import TruthSettings
from symscope.discovery.result import Discovery
from symscope.evaluation.agreement import Answer, answer_of
from symscope.evaluation.discovery import canonical_generators, score_discovery
from symscope.groups.physical_basis import physical_basis
from symscope.groups.spans import restrict_to_span, span_cosine
from symscope.report.quantities import MACHINE, Quantity, quantity_records
from symscope.report.records import PublishedValue, Record, Statistic, missing_record, summarise_seeds, text_record

GIVEN = "The number of generators of a trained method is a setting and no result."
NO_TRUTH = "Nothing is known to compare it with."


def engine_records(
    prefix: str,
    discoveries: Mapping[str, Discovery],
    experiments: Mapping[str, Mapping[str, Any]],
    *,
    labels: Mapping[str, str] | None = None,
    published: Mapping[str, PublishedValue] | None = None,
    scale: str = "",
) -> list[Record]:
    """Give the records ``<prefix>.<role>.{dimension,algebra,cosine,error,seconds}``.

    Parameters
    ----------
    prefix
        First part of the ids.
    discoveries
        Ensembles by role.
    experiments
        What is known of each: `truth` as plain values, or None.
    labels
        What a reader calls each role.
    published, scale
        As in :func:`symscope.report.records.summarise_seeds`.
    """
    records = []
    for role, discovery in discoveries.items():
        about = experiments[role]
        truth = TruthSettings(**about["truth"]) if about.get("truth") else None
        name = (labels or {}).get(role, role)
        records += _records(f"{prefix}.{role}", name, discovery, truth, published=published, scale=scale)
    return records


def _records(
    prefix: str,
    name: str,
    discovery: Discovery,
    truth: TruthSettings | None,
    *,
    published: Mapping[str, PublishedValue] | None,
    scale: str,
) -> list[Record]:
    answer = answer_of(discovery, truth)
    known: dict[str, Any] = {"published": published, "scale": scale}
    parts = len(discovery.seeds)
    label = f"{name}: number of generators"
    if answer.solved:
        alike = int((discovery.null_space["dimensions"] == len(answer.generators)).sum())
        note = f"From all events; {alike} of {parts} parts of them, each solved on its own, have as many."
        dimension = summarise_seeds(
            f"{prefix}.dimension", [len(answer.generators)], statistic="single", label=label, note=note, **known
        )
    else:
        dimension = missing_record(f"{prefix}.dimension", GIVEN, label=label, applies=False)
    algebra = answer.algebra
    words = text_record(
        f"{prefix}.algebra",
        "none" if algebra is None else algebra.name,
        label=f"{name}: algebra",
        note="" if algebra is None else f"{algebra.reason[:1].upper()}{algebra.reason[1:]}.",
        scale=scale,
    )
    seconds = summarise_seeds(
        f"{prefix}.seconds",
        [discovery.seconds],
        statistic="single",
        label=f"{name}: wall time, all {parts} {'parts and the whole' if answer.solved else 'seeds together'}",
        note=MACHINE,
        unit="s",
        **known,
    )
    return [dimension, words, *_agreement(prefix, name, discovery, answer, truth=truth, known=known), seconds]


COSINE = {"cosine": "cosine with the truth", "error": "1 \N{MINUS SIGN} cosine with the truth"}
"""What is told of the agreement, by the last part of the id; the second tells small errors apart."""


def _agreement(
    prefix: str,
    name: str,
    discovery: Discovery,
    answer: Answer,
    *,
    truth: TruthSettings | None,
    known: Mapping[str, Any],
) -> list[Record]:
    """Cosine with the truth, and what it lacks to 1."""
    if truth is None:
        return [
            missing_record(f"{prefix}.{key}", NO_TRUTH, label=f"{name}: {words}", applies=False)
            for key, words in COSINE.items()
        ]
    each = score_discovery(discovery, truth).span_cosine
    statistic: Statistic = "single" if answer.solved else "median"
    values, note = list(each), ""
    if answer.solved:
        canonical, _ = canonical_generators(truth.algebra, copies=truth.copies)
        found = answer.generators
        if truth.compare == "data_span":
            canonical, found = (restrict_to_span(stack, discovery.span) for stack in (canonical, found))
        values = [span_cosine(found, canonical) if len(found) else 0.0]
        low, high = (f"{1 - value:.1e}".replace("-", "\N{MINUS SIGN}") for value in (each.max(), each.min()))
        note = f"From all events; one minus the cosine of the {len(each)} parts is {low} to {high}."
    shown = {"cosine": values, "error": [max(1 - value, 1e-16) for value in values]}
    quantities = [Quantity(key, shown[key], statistic, words, note) for key, words in COSINE.items()]
    return quantity_records(prefix, quantities, name=name, **known)


SPECTRA = {
    "two_bodies_null_space": "Two bodies",
    "three_bodies_null_space": "Three bodies",
    "top_tagging_null_space": "Jets: where momenta lie",
    "top_label_null_space": 'Jets: label "top quark"',
    "permutation_null_space": "Permuted function",
    "superpotential_null_space": "Superpotential",
}
"""What the panels of the figure of singular values are called."""


def described(discovery: Discovery) -> str:
    """Say in a few words what the null-space engine found."""
    answer = answer_of(discovery)
    count = len(answer.generators)
    if answer.algebra is None:
        return "no generator"
    return f"{count} generator{'' if count == 1 else 's'}, {answer.algebra.name}"


def named_generators(discovery: Discovery) -> dict[str, ndarray]:
    """Give the generators on four-momenta in a basis that is found from themselves, by name; each with largest entry 1."""
    found = discovery.null_space["whole"]
    if found.shape[1:] != (4, 4) or not len(found):
        return {}
    basis = physical_basis(found)
    return {name: matrix / np.abs(matrix).max() for name, matrix in zip(basis.names, basis.generators, strict=True)}

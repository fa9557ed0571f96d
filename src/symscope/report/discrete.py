"""The numbers of discoveries of finite groups and of SU(2), as records."""

from collections.abc import Mapping, Sequence
from typing import Any

from symscope.discovery.result import Discovery
from symscope.discovery.tasks import split_tasks
from symscope.evaluation.cyclic import CyclicScore, law_errors, score_cyclic, turn_in_plane
from symscope.report.quantities import Quantity, quantity_records, success_rate
from symscope.report.records import PublishedValue, Record, missing_record
from symscope.report.tables import TableLayout

METHODS = {"liegan": "LieGAN", "symmetrygan": "SymmetryGAN"}
"""What the roles that learn a cyclic group are called."""

Published = Mapping[str, PublishedValue]


def cyclic_scores(
    discoveries: Mapping[str, Discovery], orders: Mapping[str, Sequence[int]]
) -> dict[str, dict[int, CyclicScore]]:
    """Score every order of every method.

    Parameters
    ----------
    discoveries
        Ensembles of all orders of a method, by role.
    orders
        The orders, in the order of the tasks, by role.
    """
    return {
        role: {
            order: score_cyclic(part, order=order, turn=turn_in_plane())
            for order, part in zip(orders[role], split_tasks(discovery), strict=True)
        }
        for role, discovery in discoveries.items()
    }


def cyclic_records(
    prefix: str, scores: Mapping[str, Mapping[int, CyclicScore]], *, published: Published, scale: str
) -> list[Record]:
    """Give the records of cyclic groups: ``<prefix>.<role>.k<order>.<quantity>``.

    Parameters
    ----------
    prefix
        First part of the ids, such as ``liegan.table_4``.
    scores
        Of every method and order.
    published, scale
        As in :func:`symscope.report.records.summarise_seeds`.
    """
    return [
        record
        for role, by_order in scores.items()
        for order, score in by_order.items()
        for record in score_records(
            f"{prefix}.{role}.k{order}",
            score,
            label=f"{METHODS.get(role, role)}, k = {order}",
            published=published,
            scale=scale,
        )
    ]


def score_records(prefix: str, score: CyclicScore, *, label: str, published: Published, scale: str) -> list[Record]:
    """Give the records of one ensemble that was to find a finite cyclic group."""
    lost = [int(power) for power, near in zip(score.power, score.converged & ~score.generates, strict=True) if near]
    astray = int((~score.converged).sum())
    words = []
    if lost:
        words.append(f"Powers of 2\N{GREEK SMALL LETTER PI}/k that do not: {', '.join(map(str, lost))}.")
    if astray:
        words.append(f"Far from every element of the group: {astray}.")
    warnings = " ".join(words).replace("-", "\N{MINUS SIGN}")
    nearest = "mean absolute error of the group element, against the nearest one of the group"
    quantities = [
        Quantity("mae", score.mae.tolist(), "median", "mean absolute error of all entries, all seeds"),
        success_rate(score.success, "the element generates the group", warnings=warnings),
        Quantity("element_mae", score.element_mae.tolist(), "median", nearest),
    ]
    return quantity_records(prefix, quantities, name=label, published=published, scale=scale)


def cyclic_orders(experiments: Mapping[str, Mapping[str, Any]]) -> dict[str, list[int]]:
    """Orders of the cyclic functions that each experiment sees, by role, from what a target is told of them."""
    return {role: list(about["dataset"]["function"]["orders"]) for role, about in experiments.items()}


def complete(records: Sequence[Record], layout: TableLayout, *, published: Published) -> list[Record]:
    """Add a record without value for each cell of a table whose order was not learned."""
    known = {record.id for record in records}
    cells = [(f"{layout.prefix}.{row.key}.{column.key}", row) for row in layout.rows for column in layout.columns]
    absent = [
        missing_record(identifier, "This order was not run.", published=published, label=row.label)
        for identifier, row in cells
        if identifier not in known
    ]
    return [*records, *absent]


def law_records(
    prefix: str, discovery: Discovery, orders: Sequence[int], *, published: Published, scale: str
) -> list[Record]:
    """Give the records of learned laws of a known turn: ``<prefix>.k<order>.peak_error`` and ``.covered``."""
    unit = "mean distance from a multiple of 2\N{GREEK SMALL LETTER PI}/k, in these units"
    records = []
    for order, part in zip(orders, split_tasks(discovery), strict=True):
        errors, covered = law_errors(part.coefficient_parameters, order=order)
        quantities = [
            Quantity("peak_error", list(errors), "median", unit, "A uniform law has 0.25."),
            Quantity("covered", list(covered), "median", "share of the group's elements that it holds"),
        ]
        name = f"Learned law, k = {order}"
        records += quantity_records(f"{prefix}.k{order}", quantities, name=name, published=published, scale=scale)
    return records

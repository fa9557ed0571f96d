"""The shares of seeds with which methods of discovery succeed, as records."""

from collections.abc import Mapping
from typing import Any, get_args

from symscope.config.functions import FunctionsDataset
from symscope.discovery.result import Discovery
from symscope.evaluation.verdicts import Task, judge
from symscope.report.records import PublishedValue, Record, missing_record, summarise_seeds
from symscope.report.tables import TableLayout


def verdict_records(
    discoveries: Mapping[str, Discovery],
    experiments: Mapping[str, Mapping[str, Any]],
    layout: TableLayout,
    *,
    published: Mapping[str, PublishedValue],
    scale: str,
) -> list[Record]:
    """Give one record for each cell: ``<prefix>.<method>.<task>``.

    Parameters
    ----------
    discoveries
        By role, which is the row's key and the column's with an underscore between.
    experiments
        Role to `dataset`, as plain values.
    layout
        Methods as rows, tasks as columns.
    published, scale
        As in :func:`symscope.report.records.summarise_seeds`.
    """
    tasks: tuple[Task, ...] = get_args(Task)
    records = []
    for row in layout.rows:
        for column in (column for column in layout.columns if row.has(column.key)):
            identifier, role = f"{layout.prefix}.{row.key}.{column.key}", f"{row.key}_{column.key}"
            label = f"{row.label}, {column.label.lower()}: share of seeds that succeed"
            if role not in discoveries:
                why = row.missing.get(column.key, "This cell was not run.")
                applies = column.key not in row.missing
                records.append(missing_record(identifier, why, published=published, label=label, applies=applies))
                continue
            task = next(task for task in tasks if task == column.key)
            verdict = judge(task, discoveries[role], FunctionsDataset(**experiments[role]["dataset"]))
            note = f"{int(verdict.success.sum())} of {len(verdict.success)} seeds: {verdict.words}."
            success = verdict.success.tolist()
            records.append(
                summarise_seeds(
                    identifier, success, statistic="share", published=published, scale=scale, label=label, note=note
                )
            )
    return records

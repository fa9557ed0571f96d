"""The numbers of a prediction study, as the records of Table 2."""

from collections.abc import Mapping, Sequence
from typing import Any

from symscope.report.records import PublishedValue, Record
from symscope.report.tables import TableLayout, summarise_runs

Runs = Mapping[str, Sequence[Mapping[str, Any]]]

QUANTITIES = {"_train": "train_mse", "_equivariance": "truth_equivariance_error", "": "mse"}
"""What a column's key ends with, and the quantity of an evaluation that it shows."""
PLAIN = "mse"
"""Column of networks that use no symmetry; such a network has the name of its row alone."""


def prediction_records(
    runs: Runs, layout: TableLayout, *, published: Mapping[str, PublishedValue] | None = None, scale: str = ""
) -> list[Record]:
    """Make the records of the table of predictors.

    The cell of row ``liegan`` and column ``emlp`` shows the model ``liegan_emlp``, the column ``mse`` a model with the name
    of its row; models that the table does not show are left out. A model that was not run gives a record without value
    that names it.

    Parameters
    ----------
    runs
        Model to its evaluations, one for each seed, each with ``mse``, and ``train_mse`` and ``truth_equivariance_error`` where
        these were measured.
    layout, published, scale
        As in :func:`symscope.report.tables.summarise_runs`.
    """
    records: list[Record] = []
    for column in layout.columns:  # one at a time, because models may have different numbers of seeds
        alone = layout.model_copy(update={"columns": (column,)})
        models = {row.key: cell_model(row.key, column.key) for row in layout.rows if row.has(column.key)}
        cells = {
            row: [{column.key: run[quantity]} for run in runs.get(model, []) if quantity in run]
            for row, (model, quantity) in models.items()
        }
        for record in summarise_runs(cells, alone, published=published, scale=scale):
            row = next(row for row in layout.rows if record.id == f"{layout.prefix}.{row.key}.{column.key}")
            model, quantity = models[row.key]
            if record.value is not None or column.key in row.missing or cells[row.key]:
                records.append(record)
                continue
            found = f"The evaluation of '{model}' has no {quantity}." if model in runs else ""
            records.append(record.model_copy(update={"note": found or f"The study has no model '{model}'."}))
    return records


def cell_model(row: str, column: str) -> tuple[str, str]:
    """Give the model that a cell shows, and the quantity of its evaluations."""
    suffix = next(ending for ending in QUANTITIES if column.endswith(ending))
    use = column.removesuffix(suffix)
    return (row if use == PLAIN else f"{row}_{use}"), QUANTITIES[suffix]

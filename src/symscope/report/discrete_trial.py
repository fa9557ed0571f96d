"""The numbers of the trial of discrete symmetries."""

from collections.abc import Sequence

from symscope.evaluation.discrete_outcome import DiscreteOutcome
from symscope.report.records import Record, missing_record, summarise_seeds
from symscope.report.tables import TableLayout

NOT_RUN = "This was not run at this scale."


def discrete_records(
    outcomes: Sequence[DiscreteOutcome], layout: TableLayout, *, level: float, scale: str = ""
) -> list[Record]:
    """Give shares for each row of the table, and of all orders and all permutations together.

    The row ``density`` stands for all orders of the densities. ``<prefix>.orders.right`` is the share of all seeds and orders, of functions and
    densities, whose order was exact, ``<prefix>.permutations.right`` and ``.wrong`` those of all permutation groups.

    Parameters
    ----------
    level
        Level of the held-out tests.
    """
    records: list[Record] = []
    for row in layout.rows:
        some = _of(outcomes, row.key)
        values = _shares(some, level)
        for column in layout.columns:
            identifier, label = f"{layout.prefix}.{row.key}.{column.key}", f"{row.label}: {column.label}"
            if column.key in row.missing:
                records.append(missing_record(identifier, row.missing[column.key], label=label, applies=False))
            elif not values[column.key]:
                records.append(missing_record(identifier, NOT_RUN if not some else "No seed found it.", label=label))
            else:
                records.append(
                    summarise_seeds(identifier, values[column.key], statistic="share", scale=scale, label=label)
                )
    for name, rows in (("orders", ("cyclic", "density")), ("permutations", ("permutations",))):
        some = [outcome for row in rows for outcome in _of(outcomes, row)]
        for key in ("right", "wrong"):
            shares = [float(outcome.outcome == key) for outcome in some]
            label = f"{name.capitalize()} of all trials that are {key}"
            identifier = f"{layout.prefix}.{name}.{key}"
            records.append(
                summarise_seeds(identifier, shares, statistic="share", scale=scale, label=label)
                if shares
                else missing_record(identifier, NOT_RUN, label=label)
            )
    return records


def _of(outcomes: Sequence[DiscreteOutcome], row: str) -> list[DiscreteOutcome]:
    return [outcome for outcome in outcomes if outcome.row == row or outcome.row.startswith(f"{row}.")]


def _shares(outcomes: Sequence[DiscreteOutcome], level: float) -> dict[str, list[float]]:
    """Zeros and ones whose mean is a share, for each column."""
    return {
        "right": [float(outcome.outcome == "right") for outcome in outcomes],
        "wrong": [float(outcome.outcome == "wrong") for outcome in outcomes],
        "kept": [float(p_value >= level) for outcome in outcomes for p_value in outcome.kept],
        "rejected": [float(p_value < level) for outcome in outcomes for p_value in outcome.broken],
    }

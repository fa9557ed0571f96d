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
    densities, whose order was exact, ``<prefix>.permutations.right`` and ``.wrong`` those of all permutation groups. A record's number
    of seeds is that of different seeds, and its note says how many trials or tests they had together.

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
                what = "tests" if column.key in ("kept", "rejected") else "trials"
                records.append(_share(identifier, values[column.key], what, scale=scale, label=label))
    for name, rows in (("orders", ("cyclic", "density")), ("permutations", ("permutations",))):
        some = [outcome for row in rows for outcome in _of(outcomes, row)]
        for key in ("right", "wrong"):
            shares = [(outcome.seed, outcome.outcome == key) for outcome in some]
            label = f"{name.capitalize()} of all trials that are {key}"
            identifier = f"{layout.prefix}.{name}.{key}"
            records.append(
                _share(identifier, shares, "trials", scale=scale, label=label)
                if shares
                else missing_record(identifier, NOT_RUN, label=label)
            )
    return records


def _of(outcomes: Sequence[DiscreteOutcome], row: str) -> list[DiscreteOutcome]:
    return [outcome for outcome in outcomes if outcome.row == row or outcome.row.startswith(f"{row}.")]


def _share(identifier: str, values: Sequence[tuple[int, bool]], what: str, *, scale: str, label: str) -> Record:
    """Give the share of all, with the number of different seeds; a seed has a test for each order, kind and element."""
    record = summarise_seeds(
        identifier, [float(value) for _, value in values], statistic="share", scale=scale, label=label
    )
    seeds = len({seed for seed, _ in values})
    note = f"Of {len(values)} {what if len(values) != 1 else what[:-1]}."
    return record.model_copy(update={"n_seeds": seeds, "note": note})


def _shares(outcomes: Sequence[DiscreteOutcome], level: float) -> dict[str, list[tuple[int, bool]]]:
    """Seeds with truths whose mean is a share, for each column."""
    return {
        "right": [(outcome.seed, outcome.outcome == "right") for outcome in outcomes],
        "wrong": [(outcome.seed, outcome.outcome == "wrong") for outcome in outcomes],
        "kept": [(outcome.seed, p_value >= level) for outcome in outcomes for p_value in outcome.kept],
        "rejected": [(outcome.seed, p_value < level) for outcome in outcomes for p_value in outcome.broken],
    }

"""Quantities of an ensemble of seeds, and the records that are made of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, SupportsFloat

from jaxtyping import Bool
from numpy import ndarray

from symscope.report.records import PublishedValue, Record, Statistic, summarise_seeds

MACHINE = "It depends on the machine and on what else runs on it."
"""What must be known of every time."""


class Quantity(NamedTuple):
    """A quantity of one ensemble."""

    key: str
    """Last part of the record's id."""
    values: Sequence[SupportsFloat | None]
    """One value for each seed, or a single one."""
    statistic: Statistic
    """How the values are summarised."""
    label: str
    """What it is, for a reader; in lower case, because the ensemble's name may stand before it."""
    note: str = ""
    """What must be known to judge it."""
    unit: str = ""
    """Unit; empty for a dimensionless one."""


def success_rate(success: Bool[ndarray, " seed"], criterion: str, *, warnings: str = "") -> Quantity:
    """Give the share of seeds that succeed, with a note that counts them and repeats what the method warned of."""
    note = f"{int(success.sum())} of {len(success)} seeds succeed ({criterion}). {warnings}".strip()
    return Quantity("success_rate", success.tolist(), "share", "share of seeds that succeed", note)


def quantity_records(
    prefix: str,
    quantities: Iterable[Quantity],
    *,
    name: str = "",
    published: Mapping[str, PublishedValue] | None = None,
    scale: str = "",
) -> list[Record]:
    """Make the records of an ensemble's quantities.

    Parameters
    ----------
    prefix
        First part of the ids, such as ``liegan.figure_5``.
    quantities
        What to record.
    name
        Whose quantities these are, for the labels.
    published, scale
        As in :func:`symscope.report.records.summarise_seeds`.
    """
    return [
        summarise_seeds(
            f"{prefix}.{one.key}",
            one.values,
            statistic=one.statistic,
            published=published,
            scale=scale,
            unit=one.unit,
            label=f"{name}: {one.label}" if name else one.label[:1].upper() + one.label[1:],
            note=one.note,
        )
        for one in quantities
    ]

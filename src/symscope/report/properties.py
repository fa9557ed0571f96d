"""The numbers of a property study, as the records of Table 5."""

from collections.abc import Mapping, Sequence

from symscope.report.records import PublishedValue, Record
from symscope.report.tables import TableLayout, summarise_runs


def property_records(
    runs: Mapping[str, Sequence[Mapping[str, float]]],
    layout: TableLayout,
    *,
    published: Mapping[str, PublishedValue] | None = None,
    scale: str = "",
) -> list[Record]:
    """Make the records of the table of properties; rows of the study that the table does not show are left out.

    Parameters
    ----------
    runs
        Row to its numbers, one mapping a seed: ``homo``, ``lumo`` and, where a truth is known, ``homo_change`` and
        ``lumo_change`` [meV].
    layout, published, scale
        As in :func:`symscope.report.tables.summarise_runs`.
    """
    shown = {row.key: list(runs[row.key]) for row in layout.rows if row.key in runs}
    return summarise_runs(shown, layout, published=published, scale=scale)

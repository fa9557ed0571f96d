"""Records as text: what stands beside a number says what its seeds do."""

from typing import NamedTuple

from symscope.report.format import format_fixed, format_measured, format_range, format_rounded, range_text
from symscope.report.records import Record

NOT_MEASURED = "not measured"
NOT_APPLICABLE = "does not apply"


class Parts(NamedTuple):
    """A number and its range apart."""

    number: str
    """The number; with its standard deviation where it is a mean."""
    range: str = ""
    """The ends of its range, such as ``0.9994 to 0.9998``, where it is a median."""


def record_text(
    record: Record,
    *,
    scientific: bool = False,
    spread: bool = True,
    decimals: int | None = None,
    missing: str = NOT_MEASURED,
) -> str:
    """Write a record's number.

    A mean has the standard deviation over the seeds after it, ``0.931 ± 0.002``. A median has the lowest and the highest
    seed, ``1.9 [1.4 to 2.5] × 10⁻⁵``: a standard deviation would speak of the one seed that diverged, and no symmetric
    spread tells on which side it lies. A lower bound has a ``≥`` before it.

    Parameters
    ----------
    record
        The record.
    scientific
        Whether every number outside of 1 to 10 is written with a power of ten.
    spread
        Whether the spread is written; without it, it still decides the digits.
    decimals
        Digits after the point of a number without spread; by default as many as it needs, up to four significant ones.
    missing
        What is written where there is no value, but could be one. An answer in words is written as it is.
    """
    if record.text:
        return record.text
    if record.value is None:
        return missing if record.applies else NOT_APPLICABLE
    width = _width(record)
    if decimals is not None and not width:
        text = format_fixed(record.value, decimals)
    elif not spread:
        text = format_rounded(record.value, width, scientific=scientific)
    elif record.statistic == "median" and record.ends is not None:
        text = format_range(record.value, *record.ends, scientific=scientific)
    else:
        text = format_measured(record.value, record.std, scientific=scientific)
    return f"\N{GREATER-THAN OR EQUAL TO} {text}" if record.is_bound else text


def record_parts(record: Record) -> Parts:
    """Give a record's number and its range apart, for a page that sets the number large."""
    if record.value is None or record.ends is None or record.statistic != "median" or not _width(record):
        return Parts(record_text(record))
    text = range_text(record.value, *record.ends)
    ends = f"{text.low} to {text.high}"
    number = f"{text.value}{text.power}"
    return Parts(
        f"\N{GREATER-THAN OR EQUAL TO} {number}" if record.is_bound else number,
        f"({ends}){text.power}" if text.power else ends,
    )


def _width(record: Record) -> float | None:
    """Give the spread that decides the digits: for a median, the distance of the nearer end that lies apart from it."""
    if record.statistic != "median" or record.value is None or record.ends is None:
        return record.std
    return min((gap for gap in (abs(end - record.value) for end in record.ends) if gap > 0), default=None)

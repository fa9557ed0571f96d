"""Trajectories in a text table (CSV): one row for each state, columns by name, in any order."""

import csv
import difflib
from collections.abc import Sequence
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64, Int64

from symscope.config.trajectory_datasets import TrajectoryReading
from symscope.errors import DataError
from symscope.io.files import first_line
from symscope.io.trajectory_checks import Trajectories, checked, listed, stacked

_MISSING = {"", "na", "n/a", "nan", "null", "none", "-"}


class _Header(NamedTuple):
    """The names of the columns."""

    names: list[str]
    lines: int
    """Lines of the file up to and with the names."""


def read_table(path: Path, settings: TrajectoryReading) -> Trajectories:
    """Read a text table.

    The names stand in the first line, also behind a ``#`` as numpy writes them. Rows of a trajectory are put into the
    order of their times; without a column of times they stay as they come. Empty cells and words like NaN count as NaN.

    Raises
    ------
    DataError
        See :func:`symscope.io.trajectories.read_trajectories`.
    """
    try:
        header = _header(path, settings)
        wanted = list(settings.columns)
        if settings.time_column is not None:
            wanted.append(settings.time_column)
        places = [_place(name, header, path, settings) for name in wanted]
        label_place = None
        if settings.trajectory_column is not None:
            label_place = _place(settings.trajectory_column, header, path, settings)
        values = _numbers(path, header, places, settings)
        labels, member = _members(path, header, label_place, len(values), settings)
    except (UnicodeError, csv.Error) as error:
        raise DataError(f"{path} is no text table ({first_line(error)}); save it as CSV in UTF-8") from error
    if not len(values):
        raise DataError(f"{path} has no rows below its names; make the file again")
    time = values[:, -1] if settings.time_column is not None else np.zeros(len(values))
    order = np.lexsort((time, member))
    table = stacked(values, order, np.bincount(member), labels, path=path, settings=settings)
    times = table[:, :, -1] if settings.time_column is not None else None
    return checked(table[:, :, : len(settings.columns)], times, path, settings, labels=labels)


def _header(path: Path, settings: TrajectoryReading) -> _Header:
    """Names of the columns: the first line, or the last one that begins with # where numbers follow it."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        remark: _Header | None = None
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            cells = [cell.strip() for cell in next(csv.reader([line], delimiter=settings.delimiter))]
            if cells[0].startswith("#"):
                remark = _Header([cells[0].lstrip("# "), *cells[1:]], number)
                continue
            if not all(_is_number(cell) for cell in cells):
                return _Header(cells, number)
            if remark is not None:
                return remark
            raise DataError(
                f"{path}: the first line holds numbers only ({_short(line)}), and the names of the columns are needed there; "
                "add a first line with names"
            )
    raise DataError(f"{path} has no line with the names of the columns; make the file again")


def _place(name: str, header: _Header, path: Path, settings: TrajectoryReading) -> int:
    if header.names.count(name) == 1:
        return header.names.index(name)
    if name in header.names:
        raise DataError(f"{path} has {header.names.count(name)} columns '{name}'; give each column its own name")
    near = difflib.get_close_matches(name, header.names, n=1)
    hint = f" (did you mean '{near[0]}'?)" if near else ""
    if len(header.names) == 1:
        hint = f" (is '{settings.delimiter}' the right 'delimiter'?)"
    special = {settings.trajectory_column: "trajectory_column", settings.time_column: "time_column"}
    key = special.get(name, "columns")
    null = ", or set it to null if the file has none" if name in special else ""
    raise DataError(f"{path} has no column '{name}'{hint}; it has {listed(header.names)}; mend '{key}'{null}")


def _numbers(
    path: Path, header: _Header, places: list[int], settings: TrajectoryReading
) -> Float64[np.ndarray, "row column"]:
    """Read the columns at `places` as numbers."""
    try:
        return _load(path, header, places, np.float64, settings)
    except ValueError:
        return _numbers_by_cell(path, header, places, settings)


def _numbers_by_cell(
    path: Path, header: _Header, places: list[int], settings: TrajectoryReading
) -> Float64[np.ndarray, "row column"]:
    """Do the same slowly, with missing cells as NaN, and with an error that names the cell."""
    rows = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=settings.delimiter)
        for cells in reader:
            number = reader.line_num
            if number <= header.lines or not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header.names):
                raise DataError(
                    f"{path}, line {number}: {len(cells)} cells, and {len(header.names)} columns have names; mend the line"
                )
            rows.append([_number(cells[place], number, header.names[place], path) for place in places])
    return np.array(rows, np.float64).reshape(-1, len(places))


def _number(cell: str, line: int, name: str, path: Path) -> float:
    if cell.strip().lower() in _MISSING:
        return float("nan")
    try:
        return float(cell)
    except ValueError:
        raise DataError(
            f"{path}, line {line}: '{name}' is '{_short(cell)}', and a number is needed; mend the cell, or leave it empty if "
            "the value is missing"
        ) from None


def _members(
    path: Path, header: _Header, place: int | None, n_rows: int, settings: TrajectoryReading
) -> tuple[list[str], Int64[np.ndarray, " row"]]:
    """Labels of the trajectories in the order in which they first appear, and the trajectory of each row."""
    if place is None or not n_rows:
        return [path.stem], np.zeros(n_rows, np.int64)
    cells = _load(path, header, [place], np.str_, settings)[:, 0]
    labels, first, member = np.unique(np.char.strip(cells), return_index=True, return_inverse=True)
    rank = np.empty(len(labels), np.int64)
    rank[np.argsort(first)] = np.arange(len(labels))
    return [str(label) for label in labels[np.argsort(first)]], rank[member]


def _load(
    path: Path, header: _Header, places: Sequence[int], kind: type[np.generic], settings: TrajectoryReading
) -> np.ndarray:
    with path.open(encoding="utf-8-sig") as file:
        rows = (_whole(line, header, settings) for line in islice(file, header.lines, None) if line.strip())
        first = next(rows, None)
        if first is None:
            return np.empty((0, len(places)), kind)
        lines = chain([first], rows)
        return np.loadtxt(
            lines, dtype=kind, delimiter=settings.delimiter, usecols=places, ndmin=2, quotechar='"', comments=None
        )


def _whole(line: str, header: _Header, settings: TrajectoryReading) -> str:
    """Refuse a line with too many or too few cells, which numpy would read where only some columns are wanted."""
    if '"' not in line and line.count(settings.delimiter) != len(header.names) - 1:
        raise ValueError("another number of cells than of names")
    return line


def _is_number(cell: str) -> bool:
    if cell.lower() in _MISSING:
        return True
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 60 else text[:57] + "..."

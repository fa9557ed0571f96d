"""Tables of our numbers beside the published ones, for spreadsheets, for papers and for the page."""

import csv
import io
import os
import string
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, SupportsFloat

from pydantic import BaseModel, ConfigDict, Field, model_validator

from symscope.errors import DataError
from symscope.io.atomic import atomic_path
from symscope.io.json_files import own_json
from symscope.report.display import NOT_MEASURED, record_text
from symscope.report.environment import template_environment
from symscope.report.format import format_published
from symscope.report.latex import escape_latex, latex_number
from symscope.report.records import PublishedValue, Record, missing_record, summarise_seeds

PathLike = str | os.PathLike[str]


_SPREADS = {
    "mean": "Mean ± standard deviation over seeds.",
    "median": "Median over seeds; brackets hold the lowest and the highest seed.",
}
_ALIKE = {
    "mean": "that differ from it by no more than either's standard deviation",
    "median": "alike, which means that each lies within the range of the other's seeds",
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class TableColumn(_Part):
    """One quantity of a table."""

    key: str = Field(pattern=r"^[a-z0-9_]+$")
    """Last part of the records' ids."""
    label: str
    """Heading."""
    unit: str = ""
    """Unit; empty for a dimensionless quantity."""
    latex: str = ""
    """Heading in LaTeX mathematics where `label` is not enough; taken as it is, not escaped."""
    better: Literal["higher", "lower", "neither"] = "neither"
    """Which direction is better; the best value of the column is set in bold."""
    spread: bool = True
    """Whether the spread over seeds is shown in the cell; CSV and records always have it."""
    decimals: int | None = Field(default=None, ge=0, le=8)
    """Digits after the point of numbers without spread; by default as many as they need, up to four significant ones."""
    shown: bool = True
    """Whether the page and LaTeX have the column; CSV and records always do."""
    notation: Literal["plain", "scientific"] = "plain"
    """How numbers are written: plainly as far as they can be, or with a power of ten, for quantities of many sizes."""


class TableRow(_Part):
    """One row of a table."""

    key: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$")
    """Middle part of the records' ids, or several such parts with dots between them."""
    label: str
    """Name for a reader."""
    columns: tuple[str, ...] | None = None
    """Keys of the columns that the row has; null means all. The other cells stay empty and have no record."""
    missing: dict[str, str] = {}
    """Columns to which the row does not apply, such as a method that has no generator: why, as the note below the table."""

    def has(self, column: str) -> bool:
        """Tell whether the row has a quantity."""
        return self.columns is None or column in self.columns


class TableLayout(_Part):
    """Which records stand where: the cell of row r and column c is the record ``<prefix>.<r>.<c>``."""

    prefix: str
    """Common first part of the ids, such as ``liegan.table_3``."""
    row_heading: str = "Model"
    """Heading of the first column."""
    rows: tuple[TableRow, ...] = Field(min_length=1)
    columns: tuple[TableColumn, ...] = Field(min_length=1)
    statistic: Literal["mean", "median"] = "mean"
    """How the seeds are summarised."""

    @model_validator(mode="after")
    def _columns_exist(self) -> "TableLayout":
        known = [column.key for column in self.columns]
        for row in self.rows:
            for key in (*(row.columns or ()), *row.missing):
                if key not in known:
                    message = f"row {row.key} names the column {key}, which does not exist; columns: {', '.join(known)}"
                    raise ValueError(message)
        return self

    @property
    def shown(self) -> list[tuple[int, TableColumn]]:
        """The columns that a reader sees, each with its index among all."""
        return [(index, column) for index, column in enumerate(self.columns) if column.shown]


class Table(_Part):
    """A filled table."""

    title: str
    layout: TableLayout
    cells: tuple[tuple[Record | None, ...], ...]
    """Records by row and column; None where the row has no such quantity."""

    def text(self, row: int, column: int, missing: str = NOT_MEASURED) -> str:
        """Return our number in a cell, with its spread where the column shows it; a lower bound has a ``≥``."""
        cell = self.cells[row][column]
        if cell is None or (cell.value is None and not cell.text):
            return missing
        shape = self.layout.columns[column]
        scientific = shape.notation == "scientific"
        return record_text(cell, scientific=scientific, spread=shape.spread, decimals=shape.decimals)

    def published_text(self, row: int, column: int) -> str:
        """Return the published number of a cell, or nothing where there is none."""
        cell = self.cells[row][column]
        if cell is None or cell.published is None:
            return ""
        scientific = self.layout.columns[column].notation == "scientific"
        return format_published(cell.published, cell.published_std, scientific=scientific)

    @property
    def scales(self) -> list[str]:
        """The sizes of the runs behind the numbers, in words."""
        return sorted({cell.scale for row in self.cells for cell in row if cell is not None and cell.scale})

    def mark(self, row: int, column: int) -> str:
        """Return the letter of a cell's footnote, which says why it does not apply, or nothing."""
        cell = self.cells[row][column]
        return "" if cell is None or cell.applies else self.footnotes.get(cell.note, "")

    @property
    def footnotes(self) -> dict[str, str]:
        """Why cells do not apply, each with the letter of its footnote."""
        cells = [row[index] for row in self.cells for index, _ in self.layout.shown]
        notes = dict.fromkeys(cell.note for cell in cells if cell is not None and not cell.applies)
        return dict(zip(notes, string.ascii_lowercase, strict=False))

    @property
    def notes(self) -> list[str]:
        """What a reader must know of the cells: what stands beside a number, and what is bold."""
        cells = [cell for row in self.cells for index, _ in self.layout.shown if (cell := row[index]) is not None]
        notes = []
        several = [cell for cell in cells if cell.value is not None and (cell.n_seeds or 0) > 1]
        if any(cell.statistic != "share" for cell in several):
            notes.append(_SPREADS[self.layout.statistic])
        if any(self.best(index) for index, _ in self.layout.shown):
            notes.append(f"Bold: the best value of a column and those {_ALIKE[self.layout.statistic]}.")
        return notes

    def published(self, row: int) -> bool:
        """Tell whether a published value stands in a row."""
        cells = [self.cells[row][index] for index, _ in self.layout.shown]
        return any(cell is not None and cell.published is not None for cell in cells)

    def best(self, column: int) -> set[int]:
        """Return the rows to be set in bold: the column's best value and those alike, each in the other's range.

        None where no direction is better, fewer than two rows have values, or all rows are alike.
        """
        better = self.layout.columns[column].better
        cells = [(index, row[column]) for index, row in enumerate(self.cells)]
        found = {index: (cell.value, cell) for index, cell in cells if cell is not None and cell.value is not None}
        if better == "neither" or len(found) < 2:
            return set()
        sign = 1 if better == "higher" else -1
        winner = max(found, key=lambda index: sign * found[index][0])
        alike = {winner} | {index for index, (_, cell) in found.items() if cell.agrees(found[winner][1])}
        return set() if len(alike) == len(found) else alike


def summarise_runs(
    runs: Mapping[str, Sequence[Mapping[str, SupportsFloat | None]]],
    layout: TableLayout,
    *,
    published: Mapping[str, PublishedValue] | None = None,
    scale: str = "",
) -> list[Record]:
    """Make the records of a table from runs, several seeds for each row.

    Parameters
    ----------
    runs
        Row key to a list with one mapping of column key to value for each seed. A row that was not run may be absent
        and gets records without value that say so. Columns that a row does not have get no record.
    layout
        Rows and columns.
    published
        Published values by record id.
    scale
        The size of the runs in words.

    Raises
    ------
    DataError
        `runs` has a row that the layout lacks.
    """
    unknown = sorted(set(runs) - {row.key for row in layout.rows})
    if unknown:
        known = ", ".join(row.key for row in layout.rows)
        raise DataError(f"table {layout.prefix} has no row {', '.join(unknown)}; rows: {known}")
    records = []
    for row in layout.rows:
        seeds = runs.get(row.key, [])
        for column in (column for column in layout.columns if row.has(column.key)):
            identifier = f"{layout.prefix}.{row.key}.{column.key}"
            label = f"{row.label}: {column.label}"
            if not any(column.key in seed for seed in seeds):
                otherwise = "This row was not run." if not seeds else "This quantity was not measured."
                why, applies = row.missing.get(column.key, otherwise), column.key not in row.missing
                records.append(missing_record(identifier, why, published=published, label=label, applies=applies))
                continue
            records.append(
                summarise_seeds(
                    identifier,
                    [seed.get(column.key) for seed in seeds],
                    statistic=layout.statistic,
                    published=published,
                    scale=scale,
                    unit=column.unit,
                    label=label,
                )
            )
    return records


def make_table(records: Iterable[Record], layout: TableLayout, title: str) -> Table:
    """Put records into their cells."""
    by_id = {record.id: record for record in records}
    cells = tuple(
        tuple(by_id.get(f"{layout.prefix}.{row.key}.{column.key}") for column in layout.columns) for row in layout.rows
    )
    return Table(title=title, layout=layout, cells=cells)


def write_table(table: Table, *, csv: PathLike, tex: PathLike, html: PathLike, json: PathLike) -> None:
    """Write a table in its four forms; each file appears whole or not at all.

    Parameters
    ----------
    table
        What to write.
    csv
        One line for each row, with columns for value (or the answer in words), standard deviation, lowest and highest seed,
        number of seeds, published value, and whether the value is only a lower bound, of each quantity.
    tex
        A ``tabular`` for booktabs, text escaped.
    html
        A fragment, text escaped.
    json
        The table itself, which the report reads.
    """
    for path, text in ((csv, table_csv(table)), (tex, table_latex(table)), (html, table_html(table))):
        with atomic_path(path) as aside:
            aside.write_text(text, encoding="utf-8")
    with atomic_path(json) as aside:
        aside.write_text(table.model_dump_json(indent=1) + "\n", encoding="utf-8")


def read_table(path: PathLike) -> Table:
    """Read the JSON form of a table."""
    with own_json(path, "table") as values:
        return Table.model_validate(values)


def table_csv(table: Table) -> str:
    """Return the table as comma-separated values; unmeasured numbers are empty."""
    lines: list[list[str]] = [[table.layout.row_heading]]
    for column in table.layout.columns:
        name = f"{column.key} [{column.unit}]" if column.unit else column.key
        lines[0] += [
            name,
            f"{column.key}_std",
            f"{column.key}_lowest",
            f"{column.key}_highest",
            f"{column.key}_n_seeds",
            f"{column.key}_published",
            f"{column.key}_is_bound",
        ]
    for row, cells in zip(table.layout.rows, table.cells, strict=True):
        line = [row.label]
        for cell in cells:
            numbers = [
                getattr(cell, name, None) for name in ("value", "std", "lowest", "highest", "n_seeds", "published")
            ]
            line += ["" if number is None else repr(number) for number in numbers]
            if cell is not None and cell.text:
                line[-len(numbers)] = cell.text
            line.append("" if cell is None or cell.value is None else str(cell.is_bound).lower())
        lines.append(line)
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(lines)
    return buffer.getvalue()


def table_latex(table: Table) -> str:
    """Return a booktabs ``tabular``: our value with spread, the published one in parentheses below."""
    heads = [escape_latex(table.layout.row_heading)]
    for _, column in table.layout.shown:
        head = column.latex or escape_latex(column.label)
        heads.append(f"{head} [{escape_latex(column.unit)}]" if column.unit else head)
    lines = [
        "% Needs \\usepackage{booktabs}. First line of a row: ours; second line: published.",
        *(f"% {note}" for note in table.notes),
        *(f"% {mark}: {' '.join(note.split())}" for note, mark in table.footnotes.items()),
        *(f"% Scale of the run: {' '.join(scale.split())}" for scale in table.scales),
        f"\\begin{{tabular}}{{l{'r' * len(table.layout.shown)}}}",
        "\\toprule",
        " & ".join(heads) + r" \\",
        "\\midrule",
    ]
    for position, (row, cells) in enumerate(zip(table.layout.rows, table.cells, strict=True)):
        ours, theirs = [escape_latex(row.label)], ["\\quad published"]
        for index, _ in table.layout.shown:
            cell = cells[index]
            mark = table.mark(position, index)
            written = table.text(position, index, missing="--")
            text = "" if cell is None else escape_latex(written) if cell.text else latex_number(written)
            if mark:
                text = f"--$^{{{mark}}}$"
            ours.append(f"\\boldmath{text}\\unboldmath{{}}" if position in table.best(index) else text)
            published = table.published_text(position, index)
            theirs.append(latex_number(published) if published else "")
        lines.append(" & ".join(ours) + r" \\")
        if any(theirs[1:]):
            lines.append(" & ".join(theirs) + r" \\")
    return "\n".join([*lines, "\\bottomrule", "\\end{tabular}", ""])


def table_html(table: Table) -> str:
    """Return the table as an HTML fragment; everything that is text is escaped."""
    template = template_environment().get_template("table.html.jinja")
    return template.render(table=table)

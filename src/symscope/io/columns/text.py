"""Columns of text tables (CSV), block by block."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
from pyarrow import csv as arrow_csv

from symscope.errors import DataError
from symscope.io.columns.base import ColumnSource
from symscope.io.files import first_line, require_file

_MISSING = ["", "na", "NA", "n/a", "N/A", "nan", "NaN", "NAN", "null", "NULL", "None", "none", "-"]
_BLOCK = 1 << 22
"""Bytes of text in memory at once."""


class _Header(NamedTuple):
    """Names of the columns, and the lines before the numbers."""

    names: list[str]
    lines: int
    bytes_of_a_row: int


@contextmanager
def open_text_columns(path: Path, *, delimiter: str, unpack: Mapping[str, Sequence[str]]) -> Iterator[ColumnSource]:
    """Open a table whose names stand in the first line, also behind a ``#``; without names its columns are f0, f1, ..."""
    require_file(path)
    separator = "\t" if path.suffix.lower() == ".tsv" else delimiter
    try:
        header = _header(path, separator)
    except (UnicodeError, csv.Error) as error:
        raise DataError(f"{path} is no text table ({first_line(error)}); save it as CSV in UTF-8") from error
    repeated = [name for name in header.names if header.names.count(name) > 1]
    if repeated:
        raise DataError(f"{path} has several columns '{repeated[0]}'; give each column its own name")

    def pieces(names: Sequence[str], step: int) -> Iterator[Mapping[str, Any]]:
        first = 0
        try:
            reader = arrow_csv.open_csv(
                path,
                read_options=arrow_csv.ReadOptions(
                    column_names=header.names, skip_rows=header.lines, block_size=_BLOCK, use_threads=False
                ),
                parse_options=arrow_csv.ParseOptions(delimiter=separator),
                convert_options=arrow_csv.ConvertOptions(
                    include_columns=list(names),
                    column_types=dict.fromkeys(names, pa.float64()),
                    null_values=_MISSING,
                ),
            )
            with reader:
                for batch in reader:
                    for start in range(0, batch.num_rows, step):
                        part = batch.slice(start, step)
                        yield {name: part.column(name).to_numpy(zero_copy_only=False) for name in names}
                        first += part.num_rows
        except (pa.ArrowException, OSError, ValueError, TypeError, LookupError, MemoryError) as error:
            raise DataError(
                f"{path} cannot be read beyond row {first} ({first_line(error)}); every row needs {len(header.names)} cells parted by "
                f"'{separator}' with numbers in the columns that are used, and missing ones left empty"
            ) from error

    entries = max(1, path.stat().st_size // max(1, header.bytes_of_a_row))
    yield ColumnSource(path, dict.fromkeys(header.names, "number"), entries, pieces, unpack)


def _header(path: Path, delimiter: str) -> _Header:
    remark: tuple[list[str], int] | None = None
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, line in enumerate(iter(lambda: file.readline(_BLOCK), ""), start=1):
            if not line.strip():
                continue
            cells = [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [""])]
            if cells[0].startswith("#"):
                remark = ([cells[0].lstrip("# "), *cells[1:]], number)
                continue
            if all(_is_number(cell) for cell in cells):
                if remark is not None and len(remark[0]) == len(cells):
                    return _Header(remark[0], number - 1, len(line))
                return _Header([f"f{i}" for i in range(len(cells))], number - 1, len(line))
            return _Header(cells, number, max(1, len(file.readline(_BLOCK))))
    raise DataError(f"{path} has no rows; make the file again")


def _is_number(cell: str) -> bool:
    if cell in _MISSING:
        return True
    try:
        float(cell)
    except ValueError:
        return False
    return True

"""Columns of Parquet files, in batches; fields of records stand behind the name of the record and a dot."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import awkward as ak
import pyarrow as pa
from pyarrow import parquet

from symscope.errors import DataError
from symscope.io.columns.base import ColumnSource
from symscope.io.files import first_line, require_file


@contextmanager
def open_parquet_columns(path: Path, *, unpack: Mapping[str, Sequence[str]]) -> Iterator[ColumnSource]:
    """Open a file; its row groups are read one at a time, and only the columns that are needed."""
    require_file(path)
    try:
        file = parquet.ParquetFile(path, memory_map=False)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(
            f"{path} is no Parquet file or is cut off ({first_line(error)}); fetch or make it again"
        ) from error
    with file:
        kinds: dict[str, str] = {}
        for field in file.schema_arrow:
            kinds |= _leaves(field.name, field.type)

        def pieces(names: Sequence[str], step: int) -> Iterator[Mapping[str, Any]]:
            tops = list(dict.fromkeys(_top(name, file.schema_arrow.names) for name in names))
            first = 0
            batches = file.iter_batches(batch_size=step, columns=tops, use_threads=False)
            while True:
                try:
                    batch = next(batches, None)
                    if batch is None:
                        return
                    arrays = {top: ak.from_arrow(batch.column(batch.schema.get_field_index(top))) for top in tops}
                    piece = {name: _leaf(arrays[_top(name, tops)], name, _top(name, tops)) for name in names}
                except (pa.ArrowException, OSError, ValueError, TypeError, NotImplementedError) as error:
                    raise DataError(
                        f"{path} cannot be read beyond entry {first} ({first_line(error)}); the file is damaged or of a type that "
                        "is not read, so make it again"
                    ) from error
                yield piece
                first += batch.num_rows

        yield ColumnSource(path, kinds, file.metadata.num_rows, pieces, unpack)


def _leaves(name: str, kind: pa.DataType) -> dict[str, str]:
    inner = kind.value_type if _is_list(kind) else kind
    if not pa.types.is_struct(inner):
        return {name: f"list of {inner}" if _is_list(kind) else str(kind)}
    prefix = "list of " if _is_list(kind) else ""
    found: dict[str, str] = {}
    for field in inner:
        found |= {leaf: f"{prefix}{told}" for leaf, told in _leaves(f"{name}.{field.name}", field.type).items()}
    return found


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def _top(name: str, tops: Sequence[str]) -> str:
    """Column of the file that holds a name, which may be a field of a record in it."""
    return max((top for top in tops if name == top or name.startswith(f"{top}.")), key=len)


def _leaf(array: ak.Array, name: str, top: str) -> ak.Array:
    for field in name[len(top) + 1 :].split(".") if name != top else ():
        array = array[field]
    return array

"""Columns of Parquet files, in batches; fields of records stand behind the name of the record and a dot."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pyarrow as pa
from pyarrow import compute, parquet

from symscope.errors import DataError
from symscope.io.columns.base import ColumnSource
from symscope.io.files import first_line, require_file


@contextmanager
def open_parquet_columns(path: Path, *, unpack: Mapping[str, Sequence[str]]) -> Iterator[ColumnSource]:
    """Open a file; its row groups are read one at a time, and only the columns that are needed."""
    require_file(path)
    try:
        # With pre_buffer pyarrow keeps all that it has read until the file is closed.
        file = parquet.ParquetFile(path, memory_map=False, pre_buffer=False)
        kinds: dict[str, str] = {}
        for field in file.schema_arrow:
            kinds |= _leaves(field.name, field.type)
        entries = int(file.metadata.num_rows)
    except (pa.ArrowException, OSError, ValueError, TypeError, LookupError, MemoryError, RecursionError) as error:
        raise DataError(
            f"{path} is no Parquet file or is cut off ({first_line(error)}); fetch or make it again"
        ) from error
    with file:

        def pieces(names: Sequence[str], step: int) -> Iterator[Mapping[str, Any]]:
            tops = list(dict.fromkeys(_top(name, file.schema_arrow.names) for name in names))
            first = 0
            batches = file.iter_batches(batch_size=step, columns=tops, use_threads=False)
            while True:
                try:
                    batch = next(batches, None)
                    if batch is None:
                        return
                    piece = {}
                    for name in names:
                        top = _top(name, tops)
                        fields = name[len(top) + 1 :].split(".") if name != top else []
                        piece[name] = _values(batch.column(batch.schema.get_field_index(top)), fields)
                except (pa.ArrowException, OSError, ValueError, TypeError, LookupError, MemoryError) as error:
                    raise DataError(
                        f"{path} cannot be read beyond entry {first} ({first_line(error)}); the file is damaged or of a type that "
                        "is not read, so make it again"
                    ) from error
                yield piece
                first += batch.num_rows

        yield ColumnSource(path, kinds, entries, pieces, unpack)


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


def _values(array: pa.Array, fields: Sequence[str]) -> Any:
    """Numbers or lists of numbers below a field of records, without a detour where no list is missing."""
    kind = array.type
    if _is_list(kind) and not array.null_count:
        inner = _values(array.flatten(), fields)
        if pa.types.is_fixed_size_list(kind):
            whole = isinstance(inner, np.ndarray)
            return (
                inner.reshape(len(array), kind.list_size, *inner.shape[1:])
                if whole
                else ak.unflatten(inner, kind.list_size)
            )
        return ak.unflatten(inner, np.diff(array.offsets.to_numpy()))
    if pa.types.is_struct(kind) and fields:
        return _values(compute.struct_field(array, fields[0]), fields[1:])
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        known = array if not array.null_count else array.cast(pa.float64())  # missing numbers become NaN
        return known.to_numpy(zero_copy_only=False)
    found = ak.from_arrow(array)
    for field in fields:
        found = found[field]
    return found

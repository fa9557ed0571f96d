"""What all readers of columns have in common: what a column is, and what is told of one that cannot be used.

A column holds for each event one number, as a numpy array, or a list of numbers, as an awkward array. Integers come as
64 bits with sign and other numbers as doubles, so that arithmetic on them has no surprises.
"""

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import awkward as ak
import numpy as np

from symscope.errors import DataError

Values: TypeAlias = np.ndarray | ak.Array
"""Numbers of a column, of some events: (n,), or a list for each event."""

Pieces = Callable[[Sequence[str], int], Iterator[Mapping[str, Any]]]
"""Raw arrays by name, given the names and the number of entries at a time."""


LARGEST_ENTRY = 1 << 22
"""Bytes of one entry of an array at most, a million numbers; some hundred entries are in memory at once."""


@dataclass(frozen=True)
class ColumnSource:
    """One open file."""

    path: Path
    """The file."""
    kinds: Mapping[str, str]
    """Columns that it has, in its order, and what each holds for an event, in words."""
    entries: int
    """Entries that it has; of a text table an estimate."""
    raw: Pieces
    """Arrays as the file gives them."""
    unpack: Mapping[str, Sequence[str]]
    """Names for the entries of the last axis of an array."""

    @property
    def names(self) -> list[str]:
        """All columns, those that come from unpacking an array first."""
        return [*self._parents, *self.kinds]

    @property
    def _parents(self) -> dict[str, tuple[str, int]]:
        return {name: (array, i) for array, names in self.unpack.items() for i, name in enumerate(names)}

    def pieces(
        self, names: Sequence[str], *, step: int, most: int | None = None
    ) -> Iterator[tuple[int, dict[str, Values]]]:
        """Read columns, `step` entries at a time and `most` at all; gives the number of the first entry with each piece.

        Raises
        ------
        DataError
            Where a column holds something else than numbers or lists of numbers, or the file is damaged.
        """
        parents = self._parents
        wanted = list(dict.fromkeys(parents[name][0] if name in parents else name for name in names))
        first = 0
        for arrays in self.raw(wanted, step):
            left = None if most is None else most - first
            raw = arrays if left is None else {name: values[:left] for name, values in arrays.items()}
            lengths = {name: len(values) for name, values in raw.items()}
            if len(set(lengths.values())) > 1:
                told = ", ".join(f"'{name}' {length}" for name, length in lengths.items())
                raise DataError(
                    f"{self.path}: columns have different numbers of entries ({told}); name columns of one table"
                )
            found = {}
            for name in names:
                array, place = parents.get(name, (name, None))
                values = raw[array] if place is None else self._entry(raw[array], array, place)
                found[name] = as_column(values, self.path, name)
            n = next(iter(lengths.values()), 0)
            yield first, found
            first += n
            if most is not None and first >= most:
                return

    def _entry(self, values: Any, array: str, place: int) -> Any:
        names = self.unpack[array]
        if isinstance(values, ak.Array):
            values = _without_missing(values)
        regular = _regular(values)
        if regular is not None:
            if regular.ndim < 2 or regular.shape[-1] != len(names):
                raise DataError(
                    f"{self.path}: '{array}' holds {_shape_in_words(regular)} for each event, and 'unpack' has {len(names)} names for its "
                    "last axis; give as many names as it has entries"
                )
            return regular[..., place]
        sizes = (
            np.unique(ak.to_numpy(ak.flatten(ak.num(values, axis=-1), axis=None))) if values.ndim > 2 else np.zeros(0)
        )
        if values.ndim != 3 or len(sizes) > 1 or (len(sizes) and sizes[0] != len(names)):
            raise DataError(
                f"{self.path}: '{array}' holds {ak.type(values).content} for each event, and 'unpack' needs lists of {len(names)} "
                "numbers in it; give as many names as they have entries"
            )
        return values[..., place]


def missing_columns(source: ColumnSource, wanted: Mapping[str, str]) -> None:
    """Raise a DataError where a file lacks columns; `wanted` says for each which key asks for it."""
    for array in source.unpack:
        if array not in source.kinds:
            raise DataError(
                f"{source.path} has no array '{array}'{near(array, list(source.kinds))}, which 'unpack' names; it has "
                f"{listed(list(source.kinds))}"
            )
    for name, key in wanted.items():
        if name not in source.names:
            raise DataError(
                f"{source.path} has no column '{name}'{near(name, source.names)}, which '{key}' asks for; it has "
                f"{listed(source.names)}"
            )


def as_column(values: Any, path: Path, name: str) -> Values:
    """Bring an array into one of the two forms of a column.

    Raises
    ------
    DataError
        Where it is none of them.
    """
    if isinstance(values, ak.Array):
        values = _without_missing(values)
        regular = _regular(values)
        if regular is None:
            return _as_lists(values, path, name)
        values = regular
    values = np.asarray(values)
    if values.dtype.kind not in "biuf":
        raise DataError(
            f"{path}: column '{name}' holds {values.dtype if values.dtype.kind != 'O' else 'objects'}, and numbers are needed; name "
            "another column, or write it as numbers"
        )
    if values.ndim > 2:
        raise DataError(
            f"{path}: column '{name}' holds {_shape_in_words(values)} for each event; name the entries of its last axis, such as "
            f"'unpack: {{{name}: [E, px, py, pz]}}', and use those names"
        )
    wide = _widened(values)
    return wide if values.ndim == 1 else ak.from_regular(ak.Array(wide), axis=1)


def _as_lists(values: ak.Array, path: Path, name: str) -> Values:
    if ak.fields(values):
        example = ak.fields(values)[0]
        raise DataError(
            f"{path}: column '{name}' holds records with {', '.join(ak.fields(values))}; name one of them, such as '{name}.{example}'"
        )
    if "string" in str(ak.type(values)) or values.ndim > 2:
        raise DataError(
            f"{path}: column '{name}' holds {ak.type(values).content} for each event, and a number or a list of numbers is needed; name "
            "another column, or name the entries of lists of a fixed length under 'unpack'"
        )
    if values.ndim == 1:
        return _widened(np.asarray(ak.to_numpy(values)))
    counts, flat = ak.num(values, axis=1), np.asarray(ak.to_numpy(ak.flatten(values, axis=1)))
    if not len(flat):
        flat = np.zeros(0)
    if flat.dtype.kind not in "biuf":
        raise DataError(
            f"{path}: column '{name}' holds lists of {flat.dtype}, and numbers are needed; name another column"
        )
    return ak.unflatten(_widened(flat), ak.to_numpy(counts))


def _without_missing(values: ak.Array) -> ak.Array:
    """Take missing numbers for NaN and missing lists for empty ones; marks of missing values where none is go too."""
    if not any(mark in str(ak.type(values)) for mark in ("?", "option")):
        return values
    if values.ndim > 1:
        values = ak.fill_none(values, [], axis=0)
    filled = ak.fill_none(values, np.nan, axis=-1)
    return filled if "union" not in str(ak.type(filled)) else values


def _regular(values: Any) -> np.ndarray | None:
    """Give an array of one shape for all events as numpy's; None where lengths differ or values are missing."""
    if isinstance(values, np.ndarray):
        return values
    try:
        kind = str(ak.type(values).content)
        if "var" in kind or "?" in kind or "option" in kind or "{" in kind or "string" in kind:
            return None
        return np.asarray(ak.to_numpy(values))
    except (ValueError, TypeError):
        return None


def _widened(values: np.ndarray) -> np.ndarray:
    """Numbers in 64 bits; unsigned ones that do not fit become doubles."""
    if values.dtype.kind == "b":
        return np.ascontiguousarray(values)
    if (
        values.dtype.kind == "u"
        and values.dtype.itemsize == 8
        and len(values)
        and values.max() > np.iinfo(np.int64).max
    ):
        return values.astype(np.float64)
    return values.astype(np.float64 if values.dtype.kind == "f" else np.int64)


def _shape_in_words(values: np.ndarray) -> str:
    shape = values.shape[1:]
    return "one number" if not shape else f"an array of shape ({', '.join(map(str, shape))})"


def refuse_large_entries(path: Path, name: str, size: int) -> None:
    """Raise a DataError where one entry is so large that no sensible number of them fits into memory."""
    if size > LARGEST_ENTRY:
        raise DataError(
            f"{path}: one entry of '{name}' has {size:,} bytes, and at most {LARGEST_ENTRY:,} are read; the file is damaged, or its "
            "first axis is not the events"
        )


def near(name: str, candidates: Sequence[str]) -> str:
    """Guess which name was meant, in brackets; nothing where none is like it."""
    lower = {candidate.lower(): candidate for candidate in candidates}
    found = difflib.get_close_matches(name.lower(), lower, n=1)
    return f" (did you mean '{lower[found[0]]}'?)" if found else ""


def listed(names: Sequence[str], limit: int = 40) -> str:
    """Names in a row, the first ones where there are many."""
    shown = ", ".join(names[:limit]) or "none"
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"

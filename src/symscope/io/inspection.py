"""A look into a file of anybody's: its trees, its columns, what they hold, and the range of their first entries."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np

from symscope.config.columns import ColumnFiles
from symscope.config.file_facts import ColumnFacts, FileFacts
from symscope.errors import DataError
from symscope.io.columns.base import ColumnSource
from symscope.io.columns.files import file_format, open_columns
from symscope.io.files import PathLike, first_line, require_file

ENTRIES = 1000
"""Entries whose range is told."""
TOGETHER = 50
"""Columns that are read at once."""
NUMBERS = 5_000_000
"""Numbers of a column that are looked at, at most; of wide arrays fewer entries are read."""
COUNTED = 4_000_000
"""Bytes of a text table whose rows are counted and not estimated."""
_TREES = ("TTree", "TNtuple", "TNtupleD", "ROOT::RNTuple")


@dataclass(frozen=True)
class Tree:
    """A tree of a ROOT file."""

    name: str
    entries: int
    columns: int


def list_trees(path: PathLike) -> list[Tree]:
    """List the trees of a ROOT file, the one with most entries first.

    Raises
    ------
    DataError
        Where the file is missing, damaged or no ROOT file.
    """
    import uproot  # noqa: PLC0415 - slow, and other formats do not need it

    from symscope.io.root import require_whole_root_file  # noqa: PLC0415

    path = Path(path)
    require_whole_root_file(path)
    try:
        with uproot.open(path, array_cache=None, object_cache=None) as file:
            names = sorted(set(file.keys(cycle=False, filter_classname=list(_TREES))))
            trees = [Tree(name, int(file[name].num_entries), len(file[name].keys())) for name in names]
    except Exception as error:
        raise DataError(
            f"{path} cannot be read as a ROOT file ({type(error).__name__}: {first_line(error)}); it is damaged or another kind "
            "of file, so fetch or make it again"
        ) from error
    return sorted(trees, key=lambda tree: -tree.entries)


def inspect_file(path: PathLike, *, tree: str | None = None, entries: int = ENTRIES) -> tuple[FileFacts, list[Tree]]:
    """Look at the columns of a file, in memory that does not grow with it.

    Parameters
    ----------
    path
        ROOT, HDF5, Parquet, npz, npy or CSV, by its suffix.
    tree
        Tree of a ROOT file, or group of an HDF5 file; by default the tree with most entries, or the whole file.
    entries
        Entries from the start that are read for ranges.

    Returns
    -------
    FileFacts
        The columns.
    list of Tree
        All trees of a ROOT file; none of other formats.

    Raises
    ------
    DataError
        Where the file is missing, damaged, or of no known form.
    """
    path = Path(path)
    require_file(path)
    form = file_format(path)
    trees = list_trees(path) if form == "root" else []
    if form == "root" and not trees:
        raise DataError(f"{path} has no tree; a file with a TTree or an RNTuple is needed")
    if tree is None and len(trees) > 1:
        tree = trees[0].name
    known: dict[str, Any] = {"format": form, "tree": tree, "delimiter": _delimiter(path, form), "unpack": {}}
    settings = ColumnFiles.model_construct(**known)  # nothing is read of vectors that nobody has named yet
    with open_columns(path, settings) as source:
        ranged = _ranges(source, entries)
        facts = FileFacts(
            path=str(path),
            format=form,
            tree=tree or (trees[0].name if trees else None),
            several_trees=len(trees) > 1,
            delimiter=settings.delimiter,
            entries=_count(source, path, form),
            about=form == "csv" and path.stat().st_size > COUNTED,
            columns=tuple(ranged),
        )
    return facts, trees


def _count(source: ColumnSource, path: Path, form: str) -> int:
    """Count the rows of a small text table; a large one is estimated, and other formats know."""
    if form != "csv" or path.stat().st_size > COUNTED:
        return source.entries
    for name in source.kinds:
        try:
            return sum(len(piece[name]) for piece in source.raw([name], ENTRIES))
        except DataError:
            continue
    return source.entries


def _delimiter(path: Path, form: str) -> str:
    """Guess what parts the columns of a text table: the sign that its first line has most of."""
    if form != "csv" or path.suffix.lower() == ".tsv" or not path.is_file():
        return ","
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        line = next((line for line in file if line.strip()), "")
    counts = {sign: line.count(sign) for sign in (",", ";", "\t", "|")}
    best = max(counts, key=lambda sign: counts[sign])
    if counts[best]:
        return best
    return " " if re.search(r"\S \S", line.lstrip("# ")) else ","


def _ranges(source: ColumnSource, entries: int) -> list[ColumnFacts]:
    names = list(source.kinds)
    found: dict[str, ColumnFacts] = {}
    for start in range(0, len(names), TOGETHER):
        group = [name for name in names[start : start + TOGETHER] if not _wide(source.kinds[name])]
        wide = [name for name in names[start : start + TOGETHER] if name not in group]
        try:
            piece = next(iter(source.raw(group, entries)), {}) if group else {}
            found |= {name: _facts(name, source.kinds[name], piece.get(name)) for name in group}
        except DataError:  # one that cannot be read spoils them all
            wide = names[start : start + TOGETHER]
        for name in wide:
            found[name] = _alone(source, name, entries)
    return [found[name] for name in names]


def _alone(source: ColumnSource, name: str, entries: int) -> ColumnFacts:
    few = max(1, min(entries, NUMBERS // max(1, math.prod(_shape(source.kinds[name])))))
    try:
        piece = next(iter(source.raw([name], few)), {})
    except DataError:
        return ColumnFacts(name=name, kind=source.kinds[name])
    return _facts(name, source.kinds[name], piece.get(name))


def _wide(kind: str) -> bool:
    return math.prod(_shape(kind)) > 16


def _shape(kind: str) -> tuple[int, ...]:
    """Read the shape of an entry from what a reader says of a column, such as `float32 (200, 4)`."""
    found = re.search(r"\(([\d, ]+)\)", kind)
    return tuple(int(part) for part in found[1].split(",") if part.strip()) if found else ()


def _facts(name: str, kind: str, values: Any) -> ColumnFacts:
    """Describe the first entries of one column."""
    bare = ColumnFacts(name=name, kind=kind)
    if values is None or not len(values):
        return bare
    try:
        array = values if isinstance(values, np.ndarray) else ak.Array(values)
        bare = replace(bare, **_form(array))
        flat = (
            array.ravel() if isinstance(array, np.ndarray) else ak.to_numpy(ak.flatten(ak.drop_none(array), axis=None))
        )
        flat = np.asarray(flat)
    except (TypeError, ValueError):
        return bare
    if flat.dtype.kind not in "biuf" or not flat.size:
        return bare
    numbers = flat.astype(np.float64) if flat.dtype.kind in "bf" else flat
    fine = numbers[np.isfinite(numbers)] if numbers.dtype.kind == "f" else numbers
    whole = bool(flat.dtype.kind in "biu" or (fine.size and np.all(fine == np.round(fine))))
    return replace(
        bare,
        numeric=True,
        lowest=float(fine.min()) if fine.size else None,
        highest=float(fine.max()) if fine.size else None,
        whole=whole,
        distinct=_distinct(fine),
        not_finite=int(numbers.size - fine.size),
    )


def _form(array: "np.ndarray | ak.Array") -> dict[str, Any]:
    """Tell whether entries are numbers, lists of several lengths, or arrays of one shape."""
    if isinstance(array, np.ndarray):
        return {"shape": array.shape[1:]}
    if array.ndim < 2:
        return {}
    counts = ak.to_numpy(ak.num(ak.fill_none(array, [], axis=0), axis=1))
    if "var" in str(ak.type(array).content).split("*")[0]:
        return {"is_list": True, "fewest": int(counts.min()), "most": int(counts.max())}
    return {"shape": tuple(ak.to_numpy(array[:1]).shape[1:])}


def _distinct(values: np.ndarray) -> int:
    return len(np.unique(values[:10_000])) if values.size else 0


def same_columns(first: FileFacts, others: Sequence[FileFacts]) -> None:
    """Raise a DataError where files that are read together have different columns."""
    names = [column.name for column in first.columns]
    for other in others:
        lacking = [name for name in names if name not in {column.name for column in other.columns}]
        if lacking:
            raise DataError(
                f"{other.path} lacks '{lacking[0]}', which {first.path} has; files that are read together need the same columns, so "
                "look at them one by one"
            )

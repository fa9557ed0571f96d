"""Columns of ROOT trees, in steps; a branch goes by its own name, whatever branch it stands in."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import awkward as ak
import uproot

from symscope.errors import DataError
from symscope.io.columns.base import ColumnSource, listed, near
from symscope.io.files import first_line
from symscope.io.root import require_whole_root_file, warn_of_large_baskets

_TREES = ("TTree", "TNtuple", "TNtupleD", "ROOT::RNTuple")


@contextmanager
def open_root_columns(path: Path, *, tree: str | None, unpack: Mapping[str, Sequence[str]]) -> Iterator[ColumnSource]:
    """Open the tree of a file; without a name, the only one that it has."""
    require_whole_root_file(path)
    try:
        file = uproot.open(path, array_cache=None, object_cache=None)
    except Exception as error:
        raise _damaged(path, "opened as a ROOT file", error) from error
    with file:
        try:
            found = _tree(file, path, tree)
            places = {name.rsplit("/", 1)[-1]: name for name in found.keys(recursive=True)}
            kinds = {name: str(found[place].typename) for name, place in places.items()}
            entries = int(found.num_entries)
        except DataError:
            raise
        except Exception as error:
            raise _damaged(path, "read", error) from error
        readable = {name: kind for name, kind in kinds.items() if kind not in ("", "unknown")}

        def pieces(names: Sequence[str], step: int) -> Iterator[Mapping[str, Any]]:
            if not names:
                return
            if not isinstance(found, uproot.behaviors.RNTuple.HasFields):
                warn_of_large_baskets(found, set(names), path)
            wanted = {places[name] for name in names}
            first = 0
            steps = found.iterate(filter_name=lambda name: name in wanted, step_size=step, library="ak")
            while True:
                try:
                    piece = next(steps, None)
                except Exception as error:
                    raise DataError(
                        f"{path} cannot be read beyond entry {first} of {entries} ({type(error).__name__}: {first_line(error)}); the "
                        "file is damaged, or a branch that is used is of a type that is not read"
                    ) from error
                if piece is None:
                    return
                arrays = {name.rsplit("/", 1)[-1]: piece[name] for name in ak.fields(piece)}
                if lacking := set(names).difference(arrays):
                    raise DataError(f"{path} gives no '{min(lacking)}'; the file is damaged, so fetch or make it again")
                yield arrays
                first += len(piece)

        yield ColumnSource(path, readable, entries, pieces, unpack)


def _tree(file: Any, path: Path, name: str | None) -> Any:
    trees = sorted(set(file.keys(cycle=False, filter_classname=list(_TREES))))
    if name is None and len(trees) == 1:
        return file[trees[0]]
    if name is None:
        raise DataError(f"{path} has {len(trees)} trees ({listed(trees)}); set 'tree' to one of them")
    if name not in trees:
        raise DataError(
            f"{path} has no tree '{name}'{near(name, trees)}; it has {listed(trees)}; set 'tree' to one of them"
        )
    return file[name]


def _damaged(path: Path, what: str, error: Exception) -> DataError:
    return DataError(
        f"{path} cannot be {what} ({type(error).__name__}: {first_line(error)}); the file is damaged, so fetch or make it again"
    )

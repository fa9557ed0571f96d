"""Columns of ROOT trees, in steps; a branch goes by its own name, whatever branch it stands in."""

from collections import Counter
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
            branches = _Branches(found)
            entries = int(found.num_entries)
        except DataError:
            raise
        except Exception as error:
            raise _damaged(path, "read", error) from error

        def pieces(names: Sequence[str], step: int) -> Iterator[Mapping[str, Any]]:
            if not names:
                return
            if not isinstance(found, uproot.behaviors.RNTuple.HasFields):
                warn_of_large_baskets(found, set(names), path)
            wanted = {branches.places[name] for name in names}
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
                arrays |= {name: piece[name] for name in ak.fields(piece)}
                if lacking := set(names).difference(arrays):
                    raise DataError(f"{path} gives no '{min(lacking)}'; the file is damaged, so fetch or make it again")
                yield {name: arrays[name] for name in names}
                first += len(piece)

        yield ColumnSource(path, branches, entries, pieces, unpack)


class _Branches(Mapping[str, str]):
    """Branches by name, with their types, which take some time to tell and are told only where someone asks."""

    def __init__(self, tree: Any) -> None:
        self._tree = tree
        paths = list(tree.keys(recursive=True))
        short = [path.rsplit("/", 1)[-1] for path in paths]
        repeated = {name for name, count in Counter(short).items() if count > 1}
        self.places = {path if name in repeated else name: path for name, path in zip(short, paths, strict=True)}

    def __getitem__(self, name: str) -> str:
        return str(self._tree[self.places[name]].typename)

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


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

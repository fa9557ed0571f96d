"""Read jets from ROOT files in the layout of JetClass, in constant memory.

One entry of the tree is one jet: four branches hold lists of the constituents' E, px, py and pz, and further branches,
one for each kind of jet, hold 1 or 0.
"""

import difflib
import logging
import struct
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import uproot
from jaxtyping import Bool, UInt8

from symscope.config.jet_datasets import RootColumns
from symscope.errors import DataError
from symscope.io.files import PathLike, first_line, require_file
from symscope.io.jets import BACKGROUND, SIGNAL, UNLABELLED, JetBatch, JetBlock, offsets_from_counts

logger = logging.getLogger(__name__)

_MAGIC = b"root"
_LARGE_BASKETS = 1 << 30  # bytes; a basket is unpacked whole, so such a file needs about twice as much memory
_LARGE_FILE_VERSION = 1_000_000  # from this version on, addresses in the header have 8 bytes


def iterate_jets_root(
    paths: Sequence[PathLike], *, settings: RootColumns, step_jets: int = 20_000
) -> Iterator[JetBatch]:
    """Read jets of known label from ROOT files, `step_jets` at a time.

    Parameters
    ----------
    paths
        The files, read one after the other.
    settings
        Names of the tree and its branches.
    step_jets
        Jets in memory at once; 20,000 jets of 50 constituents take about 100 MB together with their decompression.

    Yields
    ------
    JetBatch
        Momenta in GeV as they stand in the file; only labels have been checked.

    Raises
    ------
    DataError
        Where a file is missing, broken, or lacks a branch, or a jet belongs to no class or to both.
    """
    for path in paths:
        for block in iterate_blocks_root(path, columns=settings, step_jets=step_jets):
            refuse_unlabelled(block, settings)
            yield block.batch


def count_jets_root(path: PathLike, columns: RootColumns) -> int:
    """Count the entries of the tree without reading them."""
    with _open_tree(Path(path), columns) as tree:
        return int(tree.num_entries)


def iterate_blocks_root(path: PathLike, *, columns: RootColumns, step_jets: int) -> Iterator[JetBlock]:
    """Read one file; jets of neither class are marked. See :func:`iterate_jets_root`."""
    path = Path(path)
    labels = [*columns.signal_labels, *columns.background_labels]
    wanted = {*columns.momentum, *labels}
    with _open_tree(path, columns) as tree:
        warn_of_large_baskets(tree, columns.momentum, path)
        first = 0
        pieces = tree.iterate(filter_branch=lambda branch: branch.name in wanted, step_size=step_jets, library="ak")
        while True:
            try:
                piece = next(pieces, None)
            except Exception as error:
                raise DataError(
                    f"{path} cannot be read beyond entry {first} of {tree.num_entries} ({type(error).__name__}: "
                    f"{first_line(error)}); the file is damaged, so fetch or make it again"
                ) from error
            if piece is None:
                break
            arrays = {name.rsplit("/", 1)[-1]: piece[name] for name in ak.fields(piece)}
            if lacking := wanted.difference(arrays):
                raise DataError(f"{path} gives no '{lacking.pop()}'; the file is damaged, so fetch or make it again")
            yield JetBlock(_assemble(arrays, columns, path, first), path, first)
            first += len(piece)


def refuse_unlabelled(block: JetBlock, columns: RootColumns) -> None:
    """Raise a DataError where a jet is neither signal nor background."""
    neither = np.flatnonzero(block.batch.labels == UNLABELLED)
    if len(neither):
        names = ", ".join([*columns.signal_labels, *columns.background_labels])
        raise DataError(
            f"{block.path}, entry {block.first_entry + neither[0]}: the jet is neither signal nor background ({names} "
            "are all 0); name the branches of all its classes in 'columns.signal_labels' and "
            "'columns.background_labels', or set 'unlabelled: drop' to leave such jets out"
        )


def _assemble(arrays: Mapping[str, Any], columns: RootColumns, path: Path, first: int) -> JetBatch:
    counts = None
    flat = []
    for name in columns.momentum:
        array = arrays[name]
        if array.ndim != 2:
            raise DataError(
                f"{path}: branch '{name}' holds {array.ndim - 1}-dimensional entries ({ak.type(array).content}), and a "
                "list of numbers for each jet is needed; name another branch under 'columns'"
            )
        found = ak.to_numpy(ak.num(array, axis=1))
        if counts is None:
            counts = found
        elif not np.array_equal(found, counts):
            i = np.flatnonzero(found != counts)[0]
            raise DataError(
                f"{path}, entry {first + i}: '{name}' has {found[i]} constituents and '{columns.momentum[0]}' has "
                f"{counts[i]}; all four branches need the same number, so name branches of one collection"
            )
        flat.append(ak.to_numpy(ak.flatten(array, axis=1)))
    offsets = offsets_from_counts(np.asarray(counts))
    momenta = np.empty((offsets[-1], 4), np.float32)
    with np.errstate(over="ignore"):  # too large for single precision becomes infinite, which is refused later
        for i, values in enumerate(flat):
            momenta[:, i] = values
    return JetBatch(momenta, offsets, _labels(arrays, columns, path, first))


def _labels(arrays: Mapping[str, Any], columns: RootColumns, path: Path, first: int) -> UInt8[np.ndarray, " jet"]:
    signal = _any_flag(arrays, columns.signal_labels, path, first)
    background = _any_flag(arrays, columns.background_labels, path, first) if columns.background_labels else ~signal
    both = np.flatnonzero(signal & background)
    if len(both):
        raised = [
            name for name in (*columns.signal_labels, *columns.background_labels) if ak.to_numpy(arrays[name])[both[0]]
        ]
        raise DataError(
            f"{path}, entry {first + both[0]}: the jet is both signal and background ({' and '.join(raised)} are 1); "
            "mend 'columns.signal_labels' and 'columns.background_labels' so that they exclude each other"
        )
    return np.where(signal, SIGNAL, np.where(background, BACKGROUND, UNLABELLED)).astype(np.uint8)


def _any_flag(arrays: Mapping[str, Any], names: Sequence[str], path: Path, first: int) -> Bool[np.ndarray, " jet"]:
    flags = np.zeros(len(arrays[names[0]]), np.bool_)
    for name in names:
        if arrays[name].ndim != 1:
            raise DataError(
                f"{path}: branch '{name}' holds {ak.type(arrays[name]).content} for each jet, and one label (0 or 1) "
                "is needed; name another branch under 'columns'"
            )
        values = ak.to_numpy(arrays[name])
        wrong = np.flatnonzero((values != 0) & (values != 1))
        if len(wrong):
            raise DataError(
                f"{path}, entry {first + wrong[0]}: '{name}' is {values[wrong[0]]}, and a label must be 0 or 1; mend the "
                "file or name another branch under 'columns'"
            )
        flags |= values == 1
    return flags


@contextmanager
def _open_tree(path: Path, columns: RootColumns) -> Iterator[Any]:
    """Open the tree of a file that has been checked to be whole and to have the branches."""
    require_whole_root_file(path)
    try:
        file = uproot.open(path, array_cache=None, object_cache=None)
    except Exception as error:
        raise DataError(
            f"{path} cannot be opened as a ROOT file ({type(error).__name__}: {first_line(error)}); the file is damaged, "
            "so fetch or make it again"
        ) from error
    with file:
        yield _tree(file, path, columns)


def _tree(file: Any, path: Path, columns: RootColumns) -> Any:
    trees = sorted(set(file.keys(cycle=False, filter_classname=["TTree", "TNtuple", "TNtupleD"])))
    if columns.tree not in trees:
        raise DataError(
            f"{path} has no tree '{columns.tree}'{_near(columns.tree, trees)}; it has {_listed(trees)}; set "
            "'columns.tree' to one of them"
        )
    try:
        tree = file[columns.tree]
        branches = [branch.name for branch in tree.itervalues(recursive=True)]
    except Exception as error:
        raise DataError(
            f"{path}: the tree '{columns.tree}' cannot be read ({type(error).__name__}: {first_line(error)}); the file is "
            "damaged, so fetch or make it again"
        ) from error
    missing = [n for n in (*columns.momentum, *columns.signal_labels, *columns.background_labels) if n not in branches]
    if missing:
        raise DataError(
            f"{path}: the tree '{columns.tree}' has no branch "
            + ", ".join(f"'{name}'{_near(name, branches)}" for name in missing)
            + f"; it has {_listed(branches)}; set the names under 'columns'"
        )
    if not tree.num_entries:
        raise DataError(
            f"{path}: the tree '{columns.tree}' has no entries; make the file again or leave it out of 'files'"
        )
    return tree


def warn_of_large_baskets(tree: Any, names: Collection[str], path: Path) -> None:
    """Memory is constant only where the file was written in pieces; say so where it was not."""
    unpacked = 0.0
    for branch in tree.itervalues(recursive=True, filter_branch=lambda branch: branch.name in names):
        packed = max((int(size) for size in branch.member("fBasketBytes")[: branch.num_baskets]), default=0)
        unpacked += packed * branch.uncompressed_bytes / max(1, branch.compressed_bytes)
    if unpacked > _LARGE_BASKETS:
        logger.warning(
            "%s: its largest baskets hold %.1f GB and must be unpacked whole, so about twice as much memory is needed; write "
            "the file in pieces of fewer entries (with uproot: several calls of 'extend') to need less",
            path,
            unpacked / 1e9,
        )


def require_whole_root_file(path: Path) -> None:
    """Raise a DataError where the first bytes or the size of a file are not what the header promises."""
    require_file(path)
    with path.open("rb") as handle:
        head = handle.read(20)
    if not head.startswith(_MAGIC):
        raise DataError(
            f"{path} is no ROOT file: it begins with {head[:8]!r}, and a ROOT file begins with {_MAGIC!r}; check that "
            "the download was the file itself and not an error page"
        )
    size = path.stat().st_size
    if len(head) == 20:
        (version,) = struct.unpack(">i", head[4:8])
        (end,) = (
            struct.unpack(">q", head[12:20]) if version >= _LARGE_FILE_VERSION else struct.unpack(">i", head[12:16])
        )
        if size >= end:
            return
        promised = f"{size:,} of {end:,} bytes are there"
    else:
        promised = f"only {size} bytes are there"
    raise DataError(f"{path} is cut off: {promised}; fetch or make the file again")


def _near(name: str, candidates: Sequence[str]) -> str:
    lower = {candidate.lower(): candidate for candidate in candidates}
    near = difflib.get_close_matches(name.lower(), lower, n=1)
    return f" (did you mean '{lower[near[0]]}'?)" if near else ""


def _listed(names: Sequence[str], limit: int = 60) -> str:
    shown = ", ".join(names[:limit]) or "none"
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"

"""Samples, the one form of all data: one HDF5 file with splits of x and y and how a group element acts on each.

Layout of the file, version 1: attributes ``format`` = "symscope-samples", ``format_version`` = 1 and ``header`` (JSON,
the fields of :class:`SamplesHeader`); for each split a group with ``x``, ``y`` and, where x is ragged, ``offsets``.
Dense x is (n, objects, features) or any other shape that starts with n; ragged x is (n_constituents, features), and
event i owns the rows ``offsets[i]:offsets[i + 1]``.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, get_args

import h5py
import numpy as np
from jaxtyping import Int, Int64, Shaped

from symscope.config.actions import ActionName
from symscope.errors import DataError
from symscope.io.files import PathLike, first_line, open_own_hdf5
from symscope.io.sealed import growing_hdf5

FORMAT = "symscope-samples"
FORMAT_VERSION = 1
SPLITS = ("train", "val", "test")
_CHUNK_BYTES = 1 << 18


@dataclass(frozen=True)
class SamplesHeader:
    """What the arrays of a samples file mean."""

    feature_names: tuple[str, ...]
    """Names of the entries of the last axis of x."""
    units: str
    """Unit of x, such as GeV."""
    x_action: ActionName
    """How a group element acts on x."""
    y_action: ActionName
    """How a group element acts on y; labels are left as they are by the trivial action."""
    provenance: dict[str, Any] = field(default_factory=dict)
    """How the file was made, as plain values."""


@dataclass(frozen=True)
class Split:
    """The arrays of one split, or of a slice of it."""

    x: Shaped[np.ndarray, "..."]
    """(n, objects, features) dense, or (n_constituents, features) ragged."""
    y: Shaped[np.ndarray, " n *rest"]
    """Labels or targets."""
    offsets: Int64[np.ndarray, " n_plus_1"] | None = None
    """Where each event begins in a ragged x, starting at 0; None where x is dense."""

    @property
    def n(self) -> int:
        """Number of events."""
        return len(self.y)


class SamplesWriter:
    """Writes a samples file piece by piece; it appears at its path when the block ends well, and not otherwise.

    Parameters
    ----------
    path
        The file to write.
    header
        What the arrays mean.
    """

    def __init__(self, path: PathLike, header: SamplesHeader) -> None:
        self._path = Path(path)
        self._header = header
        self._stack = ExitStack()
        self._file: h5py.File | None = None
        self._reserve: Callable[[int], None] = lambda _: None

    def __enter__(self) -> "SamplesWriter":  # noqa: PYI034 - the shape checker of the tests cannot resolve Self
        growing = growing_hdf5(self._path, FORMAT, version=FORMAT_VERSION)
        self._file, self._reserve = self._stack.enter_context(growing)
        self._file.attrs["header"] = json.dumps(asdict(self._header))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file = None
        self._stack.__exit__(kind, error, trace)

    @property
    def path(self) -> Path:
        """Where the file will appear."""
        return self._path

    def append(
        self,
        split: str,
        x: Shaped[np.ndarray, "..."],
        y: Shaped[np.ndarray, " n *rest"],
        counts: Int[np.ndarray, " n"] | None = None,
    ) -> None:
        """Add events at the end of a split, which is made on first use.

        Parameters
        ----------
        split
            train, val or test.
        x
            (n, ...) dense, or (n_constituents, features) with `counts`.
        y
            One entry for each event.
        counts
            Number of rows of x that each event owns, where x is ragged.

        Raises
        ------
        ValueError
            Where the lengths contradict each other or what the split holds already.
        """
        if self._file is None:
            raise ValueError("SamplesWriter writes inside its 'with' block only")
        if split not in SPLITS:
            raise ValueError(f"split '{split}' is not one of {', '.join(SPLITS)}")
        rows = len(y) if counts is None else int(counts.sum())
        if len(x) != rows or (counts is not None and len(counts) != len(y)):
            raise ValueError(f"x has {len(x)} rows, y {len(y)} events, and {rows} rows were announced")
        group = self._file.require_group(split)
        if "y" in group and ("offsets" in group) != (counts is not None):
            raise ValueError(f"split '{split}' mixes ragged and dense pieces")
        if counts is not None:
            if "offsets" not in group:
                _extend(group, "offsets", np.zeros(1, np.int64))
            _extend(group, "offsets", group["offsets"][-1] + np.cumsum(counts, dtype=np.int64))
        self._reserve(x.nbytes + y.nbytes)
        _extend(group, "x", x)
        _extend(group, "y", y)

    def update_provenance(self, entries: Mapping[str, Any]) -> None:
        """Add entries to the provenance that are known only at the end, such as counts."""
        if self._file is None:
            raise ValueError("SamplesWriter writes inside its 'with' block only")
        header = asdict(self._header)
        header["provenance"] |= dict(entries)
        self._file.attrs["header"] = json.dumps(header)


def read_header(path: PathLike) -> SamplesHeader:
    """Read what the arrays of a samples file mean.

    Raises
    ------
    DataError
        Where the file is missing, broken, no samples file, or of a newer version.
    """
    with _open(path) as file:
        try:
            values = json.loads(file.attrs["header"])
            unknown = {values["x_action"], values["y_action"]}.difference(get_args(ActionName))
            if unknown:
                raise DataError(
                    f"{path}: the header names the action '{unknown.pop()}', and {', '.join(get_args(ActionName))} are "
                    "known; make the file again"
                )
            return SamplesHeader(**{**values, "feature_names": tuple(values["feature_names"])})
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(
                f"{path}: the header of this samples file cannot be read ({first_line(error)}); make the file again"
            ) from None


def count_samples(path: PathLike) -> dict[str, int]:
    """Count the events of each split that the file holds."""
    with _open(path) as file:
        return {split: len(_group(file, path, split)["y"]) for split in SPLITS if split in file}


def read_split(path: PathLike, split: str, *, start: int = 0, stop: int | None = None) -> Split:
    """Read the events ``start:stop`` of one split.

    Parameters
    ----------
    path
        A samples file.
    split
        train, val or test.
    start, stop
        First event and the one after the last, 0 or more; `stop` beyond the end means the end, as in a Python slice.

    Returns
    -------
    Split
        The offsets of ragged x start at 0, also for a slice.

    Raises
    ------
    DataError
        Where the file is missing, broken, no samples file, or lacks the split.
    """
    if start < 0 or (stop is not None and stop < start):
        raise ValueError(f"events {start}:{stop} are no range; 0 <= start <= stop is needed")
    with _open(path) as file:
        return _read_slice(_group(file, path, split), path, start, stop)


def iterate_split(path: PathLike, split: str, *, step: int) -> Iterator[Split]:
    """Read one split piece by piece, `step` events at a time; see :func:`read_split`."""
    with _open(path) as file:
        group = _group(file, path, split)
        for start in range(0, len(group["y"]), step):
            yield _read_slice(group, path, start, start + step)


def iterate_targets(path: PathLike, split: str, *, step: int) -> Iterator[Shaped[np.ndarray, " n *rest"]]:
    """Read y alone of one split piece by piece, `step` events at a time; see :func:`read_split`."""
    with _open(path) as file:
        y = _group(file, path, split)["y"]
        for start in range(0, len(y), step):
            yield y[start : start + step]


def read_counts(path: PathLike, split: str) -> Int64[np.ndarray, " n"]:
    """Read the number of constituents of each event of a ragged split."""
    with _open(path) as file:
        group = _group(file, path, split)
        if "offsets" not in group:
            raise DataError(f"{path}: the split '{split}' is dense; a file of jets with 'offsets' is needed here")
        return np.diff(group["offsets"][:])


def _read_slice(group: h5py.Group, path: PathLike, start: int, stop: int | None) -> Split:
    name = group.name.strip("/")
    y = group["y"][start:stop]
    if "offsets" not in group:
        return Split(group["x"][start : start + len(y)], y)
    offsets = group["offsets"][min(start, len(group["y"])) : start + len(y) + 1]
    if not len(offsets):
        raise DataError(f"{path}: 'offsets' of the split '{name}' is too short; make the file again")
    x = group["x"][offsets[0] : offsets[-1]]
    if len(offsets) != len(y) + 1 or (np.diff(offsets) < 0).any() or len(x) != offsets[-1] - offsets[0]:
        raise DataError(f"{path}: 'offsets' of the split '{name}' do not fit x and y; make the file again")
    return Split(x, y, offsets - offsets[0])


@contextmanager
def _open(path: PathLike) -> Iterator[h5py.File]:
    """Open a samples file and check its format."""
    remedy = "ingest the file with a dataset block of the configuration first"
    with open_own_hdf5(path, FORMAT, version=FORMAT_VERSION, kind="samples", remedy=remedy) as file:
        yield file


def _group(file: h5py.File, path: PathLike, split: str) -> h5py.Group:
    if split not in file:
        raise DataError(f"{path} has no split '{split}'; it has {', '.join(file) or 'none'}")
    group = file[split]
    if not isinstance(group, h5py.Group) or "x" not in group or "y" not in group:
        raise DataError(f"{path}: the split '{split}' lacks 'x' or 'y'; make the file again")
    return group


def _extend(group: h5py.Group, name: str, values: Shaped[np.ndarray, "..."]) -> None:
    """Append to a dataset along its first axis; made on first use."""
    if name not in group:
        row_bytes = max(1, values.dtype.itemsize * int(np.prod(values.shape[1:])))
        chunk = (max(1, _CHUNK_BYTES // row_bytes), *values.shape[1:])
        group.create_dataset(
            name,
            shape=(0, *values.shape[1:]),
            maxshape=(None, *values.shape[1:]),
            chunks=chunk,
            dtype=values.dtype,
            fletcher32=True,
        )
    dataset = group[name]
    if dataset.shape[1:] != values.shape[1:] or dataset.dtype != values.dtype:
        raise ValueError(
            f"'{name}' holds {dataset.dtype} of shape {dataset.shape[1:]} per row, and {values.dtype} of shape "
            f"{values.shape[1:]} was to be added"
        )
    before = len(dataset)
    dataset.resize(before + len(values), axis=0)
    dataset[before:] = values

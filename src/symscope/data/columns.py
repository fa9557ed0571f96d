"""Read events of the user's own, from files of any known form and any size, into the one form of samples."""

import json
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Shaped
from numpy import ndarray

from symscope.config.columns import ColumnFiles, VectorColumns
from symscope.config.splits import SPLIT_NAMES
from symscope.data.column_events import EventReader, Events
from symscope.data.shuffle import RecordShuffler, scratch_folder
from symscope.data.splits import quotas_by_fractions
from symscope.errors import DataError
from symscope.io.atomic import atomic_path
from symscope.io.columns.base import ColumnSource
from symscope.io.columns.files import open_columns
from symscope.io.files import PathLike
from symscope.io.samples import SamplesHeader, SamplesWriter
from symscope.provenance import provenance

logger = logging.getLogger(__name__)

_PROBE = 256  # entries from which the size of an event is told
_PIECE_BYTES = 1 << 25  # of the columns in memory at once, in double precision


@dataclass
class ColumnSummary:
    """What was read, what of it was left out and why, and the ranges of the numbers."""

    files: list[str] = field(default_factory=list)
    """The files, in the order in which they were read."""
    read: int = 0
    """Entries read."""
    selected: int = 0
    """Of those, the ones that the selection takes."""
    few_objects: int = 0
    """Selected events left out because they have fewer objects than wanted."""
    invalid: int = 0
    """Selected events left out because of NaN, infinite or impossible values."""
    kept: int = 0
    """Events left after that."""
    padded_fraction: float = 0.0
    """Share of the objects of kept events that are filled up with zeros (dimensionless)."""
    spacelike: int = 0
    """Four-momenta with E < |p| beyond a relative 1e-5 of the squares, among those kept."""
    coordinates: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Smallest and largest value of each coordinate, as it stands in the file, of kept events."""
    components: dict[str, tuple[float, float]] = field(default_factory=dict)
    """The same of the components of the vectors."""
    labels: dict[str, int] = field(default_factory=dict)
    """Kept events of each class."""
    splits: dict[str, int] = field(default_factory=dict)
    """Events written to each split."""
    seconds: float = 0.0
    """Wall-clock time [s]."""

    def add(self, read: int, events: Events) -> None:
        """Count some events."""
        self.read += read
        self.selected += events.selected
        self.few_objects += events.few_objects
        self.invalid += events.invalid
        slots = self.kept * self.padded_fraction + events.missing
        self.kept += len(events.x)
        self.padded_fraction = slots / self.kept if self.kept else 0.0
        self.spacelike += events.spacelike
        for mine, theirs in ((self.coordinates, events.coordinates), (self.components, events.components)):
            for name, (low, high) in theirs.items():
                before = mine.get(name, (low, high))
                mine[name] = (min(before[0], low), max(before[1], high))
        if events.is_label:
            for value, count in zip(*np.unique(events.y, return_counts=True), strict=True):
                self.labels[str(value)] = self.labels.get(str(value), 0) + int(count)

    def write(self, path: PathLike) -> None:
        """Write the numbers as JSON."""
        with atomic_path(path) as aside:
            aside.write_text(json.dumps(asdict(self), indent=1) + "\n")


def ingest_columns(
    sources: Mapping[str, Sequence[PathLike]] | Sequence[PathLike],
    *,
    settings: ColumnFiles,
    output: PathLike,
    seed: int,
    bucket_bytes: int = 1 << 26,
) -> ColumnSummary:
    """Read events, select, check and shuffle them, and write one samples file with dense x (n, objects, d).

    Events pass through memory `step_events` at a time and through a scratch folder beside the output, which takes as much
    room as the selected vectors; so neither the size of the files nor that of the result matters for memory.

    Parameters
    ----------
    sources
        Files of each split. Where the settings split by fractions: one list, or the same list for each split.
    settings
        The dataset's block of the configuration.
    output
        The samples file; it appears whole or not at all. y is the class (n,), the target (n, k) or (n, k, d), or zeros (n,).
    seed
        Decides which events go to which split, which are drawn under `max_events`, and the order of the events.
    bucket_bytes
        Memory of the shuffling, about.

    Returns
    -------
    ColumnSummary
        What was read and what was left out.

    Raises
    ------
    DataError
        In one sentence that names file, entry, column, what was found, what is allowed and how to mend it.
    """
    start = time.perf_counter()
    output = Path(output)
    summary = ColumnSummary(splits=dict.fromkeys(SPLIT_NAMES, 0))
    header = SamplesHeader(
        feature_names=settings.feature_names,
        units=settings.units,
        x_action="vector",
        y_action="vector" if isinstance(settings.target, VectorColumns) else "trivial",
        provenance=provenance(step="ingest_columns", settings=settings.model_dump(mode="json"), seeds=[seed]),
    )
    with SamplesWriter(output, header) as writer:
        for number, (splits, files) in enumerate(_tasks(sources, settings)):
            summary.files += [str(path) for path in files]
            rng = np.random.default_rng([seed, number])
            kind = _record(settings)
            with scratch_folder(output.with_name(f".{output.name}.{number}")) as folder:
                shuffler = RecordShuffler(folder, kind, _about(files, settings), rng=rng, bucket_bytes=bucket_bytes)
                before = summary.kept
                for records in _records(files, settings, kind, summary):
                    shuffler.add(records)
                quotas = _quotas(summary.kept - before, splits, settings)
                _refuse_empty(quotas, summary, output, settings)
                for split, records in _dealt(shuffler.drain(), quotas):
                    writer.append(split, np.ascontiguousarray(records["x"]), np.ascontiguousarray(records["y"]))
                    summary.splits[split] += len(records)
        about = {key: value for key, value in asdict(summary).items() if key not in ("files", "seconds")}
        writer.update_provenance({"read": about})
    summary.seconds = round(time.perf_counter() - start, 3)
    _tell(summary, output)
    return summary


def _record(settings: ColumnFiles) -> np.dtype[np.void]:
    """Type of one event on its way through the scratch folder."""
    shape = (settings.objects, settings.dimension)
    if settings.belongs != "target":
        return np.dtype([("x", settings.precision, shape), ("y", "u1")])
    target = settings.target
    size = (target.count, len(target.components)) if isinstance(target, VectorColumns) else (len(target or ()),)
    return np.dtype([("x", settings.precision, shape), ("y", settings.precision, size)])


def _records(
    files: Sequence[Path], settings: ColumnFiles, kind: np.dtype[np.void], summary: ColumnSummary
) -> Iterator[Shaped[ndarray, " n"]]:
    left = settings.max_read
    for path in files:
        if left is not None and left <= 0:
            return
        with open_columns(path, settings) as source:
            reader = EventReader(source, settings)
            logger.info("%s: about %d entries", path, source.entries)
            step = _step(source, reader.names, settings.step_events)
            for first, columns in source.pieces(reader.names, step=step, most=left):
                n = len(next(iter(columns.values())))
                events = reader.events(columns, n, first)
                summary.add(n, events)
                if left is not None:
                    left -= n
                records = np.empty(len(events.x), kind)
                records["x"], records["y"] = events.x, events.y
                yield records


def _step(source: ColumnSource, names: Sequence[str], most: int) -> int:
    """Entries that are read at once: at most so many, and fewer where events are large."""
    _, columns = next(source.pieces(names, step=_PROBE, most=_PROBE), (0, {}))
    size = sum(values.nbytes for values in columns.values()) / max(1, len(next(iter(columns.values()), ())))
    return max(1, min(most, max(_PROBE, int(_PIECE_BYTES / max(1.0, size)))))


def _about(files: Sequence[Path], settings: ColumnFiles) -> int:
    """About how many events files hold."""
    total = 0
    for path in files:
        with open_columns(path, settings) as source:
            total += source.entries
    return total if settings.max_read is None else min(total, settings.max_read)


def _quotas(n: int, splits: Sequence[str], settings: ColumnFiles) -> dict[str, int]:
    shares = (
        quotas_by_fractions(n, {s: settings.fractions[s] for s in SPLIT_NAMES}) if len(splits) > 1 else {splits[0]: n}
    )
    limits: Mapping[Any, int] = settings.max_events
    return {split: min(share, limits.get(split, share)) for split, share in shares.items()}


def _dealt(
    pieces: Iterator[Shaped[ndarray, " n"]], quotas: Mapping[str, int]
) -> Iterator[tuple[str, Shaped[ndarray, " n"]]]:
    """Deal records in random order to the splits, one after the other."""
    left = dict(quotas)
    for piece in pieces:
        rest = piece
        for split in left:
            part, rest = rest[: left[split]], rest[left[split] :]
            left[split] -= len(part)
            if len(part):
                yield split, part


def _tasks(
    sources: Mapping[str, Sequence[PathLike]] | Sequence[PathLike], settings: ColumnFiles
) -> list[tuple[tuple[str, ...], list[Path]]]:
    """Group files and splits into what is read together."""
    if settings.split_by_fractions:
        lists = sources.values() if isinstance(sources, Mapping) else [sources]
        files = list(dict.fromkeys(Path(path) for paths in lists for path in paths))
        if not files:
            raise DataError("there are no files to read; name at least one under 'files'")
        return [(SPLIT_NAMES, files)]
    if not isinstance(sources, Mapping):
        raise DataError("one list of files was given for data whose files are by split; give one list for each split")
    owner: dict[Path, str] = {}
    tasks: list[tuple[tuple[str, ...], list[Path]]] = []
    for split in SPLIT_NAMES:
        files = [Path(path) for path in sources.get(split, ())]
        if not files:
            raise DataError(f"the split '{split}' has no files; name at least one under 'files.{split}'")
        for path in files:
            first = owner.setdefault(path.resolve(), split)
            if first != split:
                raise DataError(
                    f"{path} belongs to the splits '{first}' and '{split}'; an event must not be in two splits"
                )
        tasks.append(((split,), files))
    return tasks


def _refuse_empty(quotas: Mapping[str, int], summary: ColumnSummary, output: Path, settings: ColumnFiles) -> None:
    empty = next((split for split, count in quotas.items() if not count), None)
    if empty is None:
        return
    why = [f"{summary.read} entries were read", f"{summary.selected} selected"]
    if summary.few_objects:
        why.append(f"{summary.few_objects} of them have too few objects")
    if summary.invalid:
        why.append(f"{summary.invalid} have impossible values")
    keys = ["'files'", "'fractions'"] + (["'selection'"] if settings.selection is not None else [])
    raise DataError(f"{output}: the split '{empty}' would be empty ({', '.join(why)}); mend {', '.join(keys)}")


def _tell(summary: ColumnSummary, output: Path) -> None:
    logger.info(
        "%s: %d entries read, %d selected, %d kept; %s",
        output,
        summary.read,
        summary.selected,
        summary.kept,
        summary.splits,
    )
    for name, (low, high) in summary.coordinates.items():
        logger.info("%s: %s from %.6g to %.6g", output, name, low, high)
    for count, told in (
        (summary.few_objects, "selected events have fewer objects than wanted and are left out"),
        (summary.invalid, "selected events have NaN, infinite or impossible values and are left out"),
        (summary.spacelike, "momenta have E < |p|"),
    ):
        if count:
            logger.warning("%s: %d %s", output, count, told)

"""How the files of each kind of dataset are read, and which of them belong to which split."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from symscope.config.jet_datasets import (
    JetClassDataset,
    JetDataset,
    PmuDataset,
    ReferenceDataset,
    RootColumns,
)
from symscope.config.splits import SPLIT_NAMES
from symscope.errors import DataError
from symscope.io.files import PathLike
from symscope.io.jets import JetBlock
from symscope.io.jets_hdf5 import (
    count_jets_pmu,
    count_jets_reference,
    iterate_blocks_pmu,
    iterate_blocks_reference,
)
from symscope.io.root import count_jets_root, iterate_blocks_root


class JetReader(NamedTuple):
    """How the files of one source are read."""

    count: Callable[[Path], int]
    """Number of jets of a file."""
    blocks: Callable[[Path], Iterator[JetBlock]]
    """The jets of a file, piece by piece."""


class ReadingTask(NamedTuple):
    """Files that are read together and the splits that their jets are dealt to."""

    splits: tuple[str, ...]
    files: list[Path]


def jet_reader(settings: JetDataset, *, step_jets: int) -> JetReader:
    """Choose the reader of a dataset."""
    match settings:
        case ReferenceDataset():
            return JetReader(count_jets_reference, partial(iterate_blocks_reference, step_jets=step_jets))
        case PmuDataset():
            return JetReader(count_jets_pmu, partial(iterate_blocks_pmu, step_jets=step_jets))
        case _:
            columns = settings.columns if isinstance(settings, JetClassDataset) else RootColumns()
            return JetReader(
                partial(count_jets_root, columns=columns),
                partial(iterate_blocks_root, columns=columns, step_jets=step_jets),
            )


def splits_by_fractions(settings: JetDataset) -> bool:
    """Whether the splits of a dataset are drawn from one list of files."""
    return isinstance(settings, JetClassDataset | PmuDataset) and settings.split_by_fractions


def reading_tasks(
    sources: Mapping[str, Sequence[PathLike]] | Sequence[PathLike], settings: JetDataset
) -> list[ReadingTask]:
    """Group files and splits into what is read together.

    Raises
    ------
    DataError
        Where a split has no files, or a file belongs to two splits.
    """
    if splits_by_fractions(settings):
        lists = sources.values() if isinstance(sources, Mapping) else [sources]
        files = list(dict.fromkeys(path for paths in lists for path in _paths(paths)))
        if not files:
            raise DataError("there are no files to read; name at least one under 'files'")
        return [ReadingTask(SPLIT_NAMES, files)]
    if not isinstance(sources, Mapping):
        raise DataError(
            "one list of files was given for a dataset whose files are by split; give one list for each split"
        )
    owner: dict[Path, str] = {}
    for split in SPLIT_NAMES:
        if not sources.get(split):
            raise DataError(f"the split '{split}' has no files; name at least one under 'files.{split}'")
        for path in _paths(sources[split]):
            first = owner.setdefault(path.resolve(), split)
            if first != split:
                raise DataError(
                    f"{path} belongs to the splits '{first}' and '{split}'; a jet must not be in two splits"
                )
    return [ReadingTask((split,), _paths(sources[split])) for split in SPLIT_NAMES]


def _paths(files: Sequence[PathLike]) -> list[Path]:
    """Take a single name for a list of one."""
    return [Path(files)] if isinstance(files, str) else [Path(path) for path in files]

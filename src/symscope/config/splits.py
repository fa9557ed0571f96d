"""Splits of a dataset, and the user's own files that they are read from."""

import glob
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from symscope.config.base import FiniteSettings
from symscope.errors import ConfigError

SplitName = Literal["train", "val", "test"]
SPLIT_NAMES: tuple[SplitName, ...] = get_args(SplitName)


def _by_split(files: Any) -> Any:
    """One file or one list of files stands for `all` of them, and one file of a split for a list of one."""
    if isinstance(files, str):
        return {"all": [files]}
    if isinstance(files, list | tuple):
        return {"all": list(files)}
    if isinstance(files, Mapping):
        return {split: [paths] if isinstance(paths, str) else paths for split, paths in files.items()}
    raise ValueError("a path, a list of paths, or lists of paths under 'train', 'val' and 'test' are needed here")


_Paths = str | list[str]
FilesBySplit = Annotated[
    dict[Literal["train", "val", "test", "all"], list[str]],
    BeforeValidator(_by_split, json_schema_input_type=_Paths | dict[Literal["train", "val", "test", "all"], _Paths]),
]


class FileSplits(FiniteSettings):
    """Files of the user's own, with their splits."""

    files: FilesBySplit
    """Paths by split (`train`, `val`, `test`), or one path or list of all of them, to be split by `fractions`. Relative to where
    Snakemake runs; `*`, `?` and `[...]` match several files."""
    fractions: dict[SplitName, Annotated[float, Field(gt=0, lt=1)]] = Field(
        default={"train": 0.6, "val": 0.2, "test": 0.2}
    )
    """Shares of the events (dimensionless, together at most 1) that go to each split where `files` has `all`; which events
    is drawn with the seed of the run."""

    @model_validator(mode="after")
    def _splits_are_complete_and_disjoint(self) -> "FileSplits":
        expected = {"all"} if "all" in self.files else set(SPLIT_NAMES)
        if set(self.files) != expected:
            raise ValueError(
                f"'files' has {', '.join(self.files) or 'no entry'}; give 'train', 'val' and 'test', or 'all' alone"
            )
        for split, paths in self.files.items():
            if not paths:
                raise ValueError(f"'files.{split}' is an empty list; name at least one file")
        named = [path for paths in self.files.values() for path in paths]
        repeated = sorted({path for path in named if named.count(path) > 1})
        if repeated:
            raise ValueError(f"'files' names '{repeated[0]}' twice; one event must not be in two splits")
        if set(self.fractions) != set(SPLIT_NAMES):
            raise ValueError(f"'fractions' has {', '.join(self.fractions)}; give 'train', 'val' and 'test'")
        if sum(self.fractions.values()) > 1 + 1e-9:
            raise ValueError(f"'fractions' sum to {sum(self.fractions.values()):g}; at most 1 is allowed")
        return self

    @property
    def split_by_fractions(self) -> bool:
        """Whether the splits are drawn from one list of files."""
        return "all" in self.files

    def files_of(self, split: SplitName) -> list[Path]:
        """Files that a split is read from, patterns resolved; the same for every split where they share one list.

        Raises
        ------
        ConfigError
            Where a pattern matches no file, or a file belongs to two splits by its patterns.
        """
        if self.split_by_fractions:
            return matching_files(self.files["all"])
        found = {name: matching_files(self.files[name]) for name in SPLIT_NAMES}
        for other in set(SPLIT_NAMES) - {split}:
            shared = sorted(set(found[split]) & set(found[other]))
            if shared:
                raise ConfigError(
                    f"'{shared[0]}' belongs to the splits '{split}' and '{other}' by the patterns under 'files'; "
                    "one event must not be in two splits, so narrow the patterns"
                )
        return found[split]


def matching_files(patterns: list[str]) -> list[Path]:
    """Files by name and by pattern, in the order of `patterns`, each once."""
    found: dict[Path, None] = {}
    for pattern in patterns:
        if not any(mark in pattern for mark in "*?["):
            found[Path(pattern)] = None
            continue
        matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - Path.glob refuses absolute patterns
        if not matches:
            raise ConfigError(f"no file matches '{pattern}' under 'files'; mend the pattern or the folder")
        found |= dict.fromkeys(Path(match) for match in matches)
    return list(found)

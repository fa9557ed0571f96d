"""What a look into a file finds, and one way to read it."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ColumnFacts:
    """What is known of a column."""

    name: str
    kind: str
    """Type of an entry, as the format says it."""
    shape: tuple[int, ...] = ()
    """Shape of an entry, where all are alike; empty for a number."""
    is_list: bool = False
    """Whether entries are lists of several lengths."""
    fewest: int = 0
    most: int = 0
    """Shortest and longest list."""
    numeric: bool = False
    """Whether it holds numbers."""
    lowest: float | None = None
    highest: float | None = None
    """Ends of the range."""
    whole: bool = False
    """Whether all numbers are whole."""
    distinct: int = 0
    """Different values among the first ones."""
    not_finite: int = 0
    """Numbers that are NaN or infinite."""

    @property
    def is_number(self) -> bool:
        """Whether an entry is one number."""
        return self.numeric and not self.is_list and not self.shape


@dataclass(frozen=True, kw_only=True)
class FileFacts:
    """What is known of a file."""

    path: str
    format: str
    tree: str | None
    """Tree of a ROOT file, or group of an HDF5 file."""
    several_trees: bool
    delimiter: str
    entries: int
    about: bool
    """Whether `entries` is an estimate."""
    columns: tuple[ColumnFacts, ...]


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One way to read a file, as an entry of `experiments`."""

    title: str
    """What it is, in words."""
    data: dict[str, Any]
    """The dataset."""
    methods: tuple[str, ...]
    """Methods that are apt, the quickest first."""
    why: tuple[str, ...]
    """What should be known of it, one sentence each."""
    more: dict[str, Any] = field(default_factory=dict)
    """Further keys of the experiment."""

    def block(self, name: str) -> dict[str, Any]:
        """Give the entry with its name, as it would stand in a configuration."""
        chosen: dict[str, Any] = (
            {"methods": list(self.methods)} if len(self.methods) > 1 else {"method": self.methods[0]}
        )
        return {"experiments": {name: {"data": self.data, **chosen, **self.more}}}

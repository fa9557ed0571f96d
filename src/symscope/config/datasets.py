"""Settings of the datasets: where jets come from, and how they are read, checked and split."""

import glob
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from symscope.config.base import FiniteSettings
from symscope.config.messages import config_error
from symscope.errors import ConfigError

SplitName = Literal["train", "val", "test"]
SPLIT_NAMES: tuple[SplitName, ...] = get_args(SplitName)

EvenCount = Annotated[int, Field(ge=2, multiple_of=2)]


class RootColumns(FiniteSettings):
    """Names inside a ROOT file; the defaults are those of JetClass, which our own generator writes too."""

    tree: str = "tree"
    """Name of the TTree, with one entry for each jet."""
    energy: str = "part_energy"
    """Branch with the energies of a jet's constituents [GeV], a list for each entry."""
    px: str = "part_px"
    """Branch with the x components of their momenta [GeV]."""
    py: str = "part_py"
    """Branch with the y components of their momenta [GeV]."""
    pz: str = "part_pz"
    """Branch with the components along the beam [GeV]."""
    signal_labels: list[str] = Field(default=["label_Tbqq"], min_length=1)
    """Branches of which one is 1 (the others 0) where the jet is signal; JetClass has label_Tbqq and label_Tbl for tops."""
    background_labels: list[str] = Field(default=["label_QCD"])
    """Branches of which one is 1 where the jet is background. An empty list: every jet without a signal label is."""

    @property
    def momentum(self) -> tuple[str, str, str, str]:
        """Branches of E, px, py, pz."""
        return self.energy, self.px, self.py, self.pz

    @model_validator(mode="after")
    def _branches_differ(self) -> "RootColumns":
        names = [*self.momentum, *self.signal_labels, *self.background_labels]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"branch '{repeated[0]}' is named twice; each branch has one meaning")
        return self


class JetReading(FiniteSettings):
    """How jets are checked and prepared while they are read; common to all sources."""

    drop_empty_jets: bool = False
    """What happens to jets without constituents: they are kept, counted and reported, or (true) left out."""
    constituent_order: Literal["sort", "check", "keep"] = "sort"
    """Constituents by falling transverse momentum: put into that order where they are not; an error where they are not;
    or as they come, for data whose order means something else."""
    max_constituents: int | None = Field(default=None, ge=1)
    """Leading constituents kept of each jet; null keeps all."""
    spacelike: Literal["report", "error"] = "report"
    """Constituents with E < |p| beyond the tolerance: kept and counted in the summary, or an error."""
    spacelike_tolerance: float = Field(default=1e-5, ge=0, lt=1)
    """Largest (|p|^2 - E^2) / E^2 (dimensionless) that counts as rounding; single precision makes up to about 1e-6."""
    shuffle: bool = True
    """Whether the jets of each split are put into random order, so that its first n jets are a fair sample of it."""

    dimension: ClassVar[int] = 4
    """Size of the vectors that are read: four-momenta (E, px, py, pz)."""


class JetFiles(JetReading):
    """Files of the user's own, with their splits."""

    files: dict[Literal["train", "val", "test", "all"], list[str]]
    """Paths by split (`train`, `val`, `test`), or all of them under `all` to be split by `fractions`. Relative to where
    Snakemake runs; `*`, `?` and `[...]` match several files."""
    fractions: dict[SplitName, Annotated[float, Field(gt=0, lt=1)]] = Field(
        default={"train": 0.6, "val": 0.2, "test": 0.2}
    )
    """Shares of the jets (dimensionless, together at most 1) that go to each split where `files` has `all`; which jets
    is drawn with the seed of the run."""
    max_jets: dict[SplitName, Annotated[int, Field(ge=1)]] = Field(default={})
    """Largest number of jets of a split, drawn at random from all of it; a split that is not named takes all."""

    @model_validator(mode="after")
    def _splits_are_complete_and_disjoint(self) -> "JetFiles":
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
            raise ValueError(f"'files' names '{repeated[0]}' twice; a jet must not be in two splits")
        if set(self.fractions) != set(SPLIT_NAMES):
            raise ValueError(f"'fractions' has {', '.join(self.fractions)}; give 'train', 'val' and 'test'")
        if sum(self.fractions.values()) > 1 + 1e-9:
            raise ValueError(f"'fractions' sum to {sum(self.fractions.values()):g}; at most 1 is allowed")
        return self

    def most_jets(self, split: SplitName) -> int | None:
        """Jets that a split has at most, as far as the settings say; None where only the files know."""
        return self.max_jets.get(split)

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
            return _matching(self.files["all"])
        found = {name: _matching(self.files[name]) for name in SPLIT_NAMES}
        for other in set(SPLIT_NAMES) - {split}:
            shared = sorted(set(found[split]) & set(found[other]))
            if shared:
                raise ConfigError(
                    f"'{shared[0]}' belongs to the splits '{split}' and '{other}' by the patterns under 'files'; "
                    "a jet must not be in two splits, so narrow the patterns"
                )
        return found[split]


class PythiaDataset(JetReading):
    """Top-quark and QCD jets generated here: Pythia 8, a fast detector, FastJet and matching."""

    source: Literal["pythia"] = "pythia"
    """Where the jets come from."""
    generator_card: str
    """Path of the card with the collision, clustering and matching (YAML), relative to where Snakemake runs."""
    detector_card: str
    """Path of the card with the detector (YAML)."""
    jets: dict[SplitName, EvenCount]
    """Jets of each split, both classes together, half of them top and half QCD; even numbers."""
    jets_per_chunk: int = Field(default=1000, ge=1)
    """Jets of one class that one job makes; a killed run loses at most the chunks that were being made."""

    @model_validator(mode="after")
    def _all_splits(self) -> "PythiaDataset":
        if set(self.jets) != set(SPLIT_NAMES):
            raise ValueError(f"'jets' has {', '.join(self.jets) or 'no entry'}; give 'train', 'val' and 'test'")
        return self

    def most_jets(self, split: SplitName) -> int:
        """Jets that a split has at most; it has exactly these."""
        return self.jets[split]

    def n_chunks(self, split: SplitName) -> int:
        """Count the chunks of each class of a split."""
        return math.ceil(self.jets[split] // 2 / self.jets_per_chunk)

    def chunk_jets(self, split: SplitName, chunk: int) -> int:
        """Jets of one class in chunk number `chunk` of a split; the last chunk takes the rest."""
        if not 0 <= chunk < self.n_chunks(split):
            raise ValueError(f"split '{split}' has {self.n_chunks(split)} chunks and no number {chunk}")
        return min(self.jets_per_chunk, self.jets[split] // 2 - chunk * self.jets_per_chunk)


class JetClassDataset(JetFiles):
    """ROOT files with one entry for each jet, in the layout of JetClass (Zenodo 6619768) or another one like it."""

    source: Literal["jetclass"] = "jetclass"
    """Where the jets come from."""
    columns: RootColumns = RootColumns()
    """Names of the tree and its branches."""
    unlabelled: Literal["error", "drop"] = "error"
    """Jets of neither a signal nor a background branch: an error, or left out, counted and reported."""


class ReferenceDataset(JetReading):
    """The Top Quark Tagging Reference Dataset (Zenodo 2603256), 1.7 GB, downloaded on first use."""

    source: Literal["reference"] = "reference"
    """Where the jets come from."""
    folder: str = "resources/downloads"
    """Folder with train.h5, val.h5 and test.h5. In the default folder the workflow fetches what is missing."""
    max_jets: dict[SplitName, Annotated[int, Field(ge=1)]] = Field(default={})
    """Largest number of jets of a split, drawn at random from all of it; a split that is not named takes all."""

    def most_jets(self, split: SplitName) -> int | None:
        """Jets that a split has at most, as far as the settings say; None where only the files know."""
        return self.max_jets.get(split)

    def files_of(self, split: SplitName) -> list[Path]:
        """File that a split is read from."""
        return [Path(self.folder) / f"{split}.h5"]


class PmuDataset(JetFiles):
    """HDF5 files with Pmu (N, n, 4), is_signal (N) and Nobj (N), as LorentzNet and PELICAN use them."""

    source: Literal["pmu"] = "pmu"
    """Where the jets come from."""


DatasetSettings = Annotated[
    PythiaDataset | JetClassDataset | ReferenceDataset | PmuDataset, Field(discriminator="source")
]
"""A dataset; `source` says of which kind."""

_ADAPTER: TypeAdapter[PythiaDataset | JetClassDataset | ReferenceDataset | PmuDataset] = TypeAdapter(DatasetSettings)


def dataset_settings(values: Mapping[str, Any]) -> PythiaDataset | JetClassDataset | ReferenceDataset | PmuDataset:
    """Check the settings of one dataset, given as plain values like those in the configuration.

    Raises
    ------
    ConfigError
        Naming each wrong key.
    """
    try:
        return _ADAPTER.validate_python(dict(values))
    except ValidationError as error:
        raise config_error(error, DatasetSettings, source="the settings of the dataset") from None


def _matching(patterns: list[str]) -> list[Path]:
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

"""Settings of datasets of jets: where jets come from, and how they are read, checked and split."""

import math
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from symscope.config.base import FiniteSettings
from symscope.config.splits import SPLIT_NAMES, FileSplits, SplitName

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

    family: ClassVar[Literal["jets"]] = "jets"
    """What its events are."""
    dimension: ClassVar[int] = 4
    """Size of the vectors that are read: four-momenta (E, px, py, pz)."""


class JetFiles(JetReading, FileSplits):
    """Files of jets of the user's own, with their splits."""

    max_jets: dict[SplitName, Annotated[int, Field(ge=1)]] = Field(default={})
    """Largest number of jets of a split, drawn at random from all of it; a split that is not named takes all."""

    def most_events(self, split: SplitName) -> int | None:
        """Jets that a split has at most, as far as the settings say; None where only the files know."""
        return self.max_jets.get(split)


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

    def most_events(self, split: SplitName) -> int:
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

    def most_events(self, split: SplitName) -> int | None:
        """Jets that a split has at most, as far as the settings say; None where only the files know."""
        return self.max_jets.get(split)

    def files_of(self, split: SplitName) -> list[Path]:
        """File that a split is read from."""
        return [Path(self.folder) / f"{split}.h5"]


class PmuDataset(JetFiles):
    """HDF5 files with Pmu (N, n, 4), is_signal (N) and Nobj (N), as LorentzNet and PELICAN use them."""

    source: Literal["pmu"] = "pmu"
    """Where the jets come from."""


JetDataset = PythiaDataset | JetClassDataset | ReferenceDataset | PmuDataset
"""A dataset of jets, of any source."""

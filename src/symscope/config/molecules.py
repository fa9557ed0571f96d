"""Settings of datasets of molecules: enumerated and computed here, or QM9."""

import math
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from symscope.config.base import FiniteSettings
from symscope.config.splits import SPLIT_NAMES, SplitName

Element = Literal["C", "N", "O", "F"]
Count = Annotated[int, Field(ge=1)]
Size = Annotated[int, Field(ge=1, le=8)]
Bond = Annotated[str, Field(pattern=r"^[CNOF]-[CNOF]$")]


class MoleculeFrame(FiniteSettings):
    """Where a molecule stands in space and how it is turned; common to all sources."""

    frame: Literal["as_computed", "random"] = "random"
    """Frame of the coordinates. `random` turns each molecule by its own rotation, all rotations equally likely, and puts
    its centroid at a random place: only then is the law of the positions invariant under rotations, and under shifts
    small against `shift`, so that a method that compares laws can find them. `as_computed` leaves the coordinates as they
    came: along the principal axes about the centroid for conformers made here, in an arbitrary but not random frame for
    QM9."""
    shift: float = Field(default=1.0, ge=0)
    """Standard deviation of each coordinate of the centroid in a `random` frame [angstrom]."""

    family: ClassVar[Literal["molecules"]] = "molecules"
    """What its events are."""
    dimension: ClassVar[int] = 4
    """Size of the vectors that are read: homogeneous coordinates (x, y, z, 1)."""


class _Sizes(MoleculeFrame):
    """Sizes of the splits."""

    molecules: dict[SplitName, Count]
    """Molecules of each split."""

    @model_validator(mode="after")
    def _all_splits(self) -> "_Sizes":
        if set(self.molecules) != set(SPLIT_NAMES):
            raise ValueError(
                f"'molecules' has {', '.join(self.molecules) or 'no entry'}; give 'train', 'val' and 'test'"
            )
        return self

    @property
    def total(self) -> int:
        """Molecules of all splits together."""
        return sum(self.molecules.values())

    def most_events(self, split: SplitName) -> int:
        """Molecules that a split has at most; it has exactly these."""
        return self.molecules[split]


class MoleculesDataset(_Sizes):
    """Small molecules of C, N, O, F and hydrogen, enumerated here, with orbital energies by GFN2-xTB.

    All molecules that can be drawn with ordinary valences are listed, some are drawn at random from the list, a conformer
    of each is made by distance geometry (ETKDG) and relaxed in a force field, and its HOMO and LUMO are those of one
    calculation with the tight-binding method GFN2-xTB.
    """

    source: Literal["molecules"] = "molecules"
    """Where the molecules come from: they are made here."""
    molecules: dict[SplitName, Count] = Field(default={"train": 2000, "val": 200, "test": 500})
    """Molecules of each split."""
    elements: list[Element] = Field(default=["C", "N", "O", "F"], min_length=1)
    """Heavy elements; hydrogen fills the valences that are left."""
    heavy_atoms: tuple[Size, Size] = (5, 5)
    """Smallest and largest number of heavy atoms of a molecule, 1 to 8. There are 419 molecules with 4, 2,781 with 5 and
    20,447 with 6 under the other defaults; from 7 on the list itself takes minutes."""
    max_rings: int = Field(default=1, ge=0, le=4)
    """Rings that a molecule may have, 0 to 4."""
    forbidden_bonds: list[Bond] = Field(default=["O-O", "N-F", "O-F", "F-F"])
    """Pairs of elements that may not be bonded to each other, such as O-O, because such molecules fall apart. Triple bonds
    and cumulated double bonds in rings are always left out."""
    spare: float = Field(default=0.02, ge=0, le=10)
    """Molecules that are computed besides those wanted, as a share of these (dimensionless), because conformers or
    calculations may fail."""
    relaxation_steps: int = Field(default=500, ge=0, le=100_000)
    """Largest number of steps of the relaxation in the force field: MMFF94, or UFF where MMFF94 lacks parameters; 0 takes
    the conformer as it is."""
    molecules_per_chunk: Count = 1500
    """Molecules that one job computes; the data do not depend on it."""

    @model_validator(mode="after")
    def _sizes_rise(self) -> "MoleculesDataset":
        low, high = self.heavy_atoms
        if low > high:
            raise ValueError(f"'heavy_atoms' runs from {low} to {high}; give the smaller number first")
        return self

    @property
    def n_candidates(self) -> int:
        """Molecules that are computed."""
        return math.ceil(self.total * (1 + self.spare))

    @property
    def n_chunks(self) -> int:
        """Count the jobs that compute them."""
        return math.ceil(self.n_candidates / self.molecules_per_chunk)

    def chunk_bounds(self, chunk: int) -> tuple[int, int]:
        """First molecule of chunk number `chunk`, and the one after its last."""
        if not 0 <= chunk < self.n_chunks:
            raise ValueError(f"there are {self.n_chunks} chunks and no number {chunk}")
        start = chunk * self.molecules_per_chunk
        return start, min(start + self.molecules_per_chunk, self.n_candidates)


class Qm9Dataset(_Sizes):
    """QM9: 130,831 molecules of up to nine heavy atoms with orbital energies by density functional theory.

    Read through torch-geometric from its raw files: `gdb9.sdf`, `gdb9.sdf.csv` (both in
    deepchemdata.s3-us-west-1.amazonaws.com/datasets/molnet_publish/qm9.zip) and `uncharacterized.txt`
    (ndownloader.figshare.com/files/3195404, to be renamed). Processed files of torch-geometric are pickles and are not read.
    """

    source: Literal["qm9"] = "qm9"
    """Where the molecules come from."""
    folder: str = "resources/downloads/qm9"
    """Folder with the raw files, or with a folder `raw` that has them as torch-geometric keeps them."""
    molecules: dict[SplitName, Count] = Field(default={"train": 100_000, "val": 17_748, "test": 13_083})
    """Molecules of each split, drawn at random."""

    @property
    def raw_folder(self) -> Path:
        """Folder in which the raw files are looked for."""
        nested = Path(self.folder) / "raw"
        return nested if nested.is_dir() else Path(self.folder)

    @property
    def raw_files(self) -> list[Path]:
        """Paths of the raw files, there or not."""
        return [self.raw_folder / name for name in ("gdb9.sdf", "gdb9.sdf.csv", "uncharacterized.txt")]


MoleculeDataset = MoleculesDataset | Qm9Dataset
"""A dataset of molecules, of any source."""

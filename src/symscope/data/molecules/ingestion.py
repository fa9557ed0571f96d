"""Molecules of any source in the one form of samples: dealt to splits, put into their frames, counted."""

import json
import logging
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Int64
from numpy import ndarray

from symscope.config.molecules import MoleculeDataset, Qm9Dataset
from symscope.config.splits import SPLIT_NAMES, SplitName
from symscope.data.molecules.frames import random_frames
from symscope.errors import DataError
from symscope.io.atomic import atomic_path
from symscope.io.files import PathLike
from symscope.io.molecules import Molecules, join_molecules, read_molecules
from symscope.io.samples import SamplesHeader, SamplesWriter
from symscope.provenance import provenance

logger = logging.getLogger(__name__)

FEATURES = ("x", "y", "z", "1")
"""Homogeneous coordinates of an atom, on which rotations and shifts both act as matrices."""
TARGETS = ("HOMO", "LUMO")
"""The first entries of y; the nuclear charges of the atoms follow."""


@dataclass(frozen=True)
class MoleculeSummary:
    """What was read and written."""

    splits: dict[str, int]
    """Molecules written, by split."""
    molecules_read: int
    """Molecules that were computed or read, including those of no split."""
    failed: int
    """Molecules that could not be computed and are left out."""
    failures: list[tuple[str, str]]
    """Names of these, at most 100, each with the reason."""
    heavy_atoms: dict[int, int]
    """How many of the molecules written have so many heavy atoms."""
    mean_ev: dict[str, float]
    """Mean of each target over the train split [eV]."""
    std_ev: dict[str, float]
    """Its standard deviation there [eV]."""
    seconds: float
    """Wall-clock time [s]."""
    files: list[str]
    """The files, in the order in which they were read."""

    def write(self, path: PathLike) -> None:
        """Write the numbers as JSON."""
        with atomic_path(path) as aside:
            aside.write_text(json.dumps(asdict(self), indent=1) + "\n")


def ingest_molecules(
    files: Sequence[PathLike], *, settings: MoleculeDataset, output: PathLike, seed: int
) -> MoleculeSummary:
    """Write molecules as one samples file.

    x is ragged, the homogeneous coordinates (x, y, z, 1) [angstrom] of the atoms of each molecule; y has its HOMO and LUMO
    [eV], then the nuclear charge of each of its atoms, and zeros up to the largest molecule of all.

    Parameters
    ----------
    files
        Files of computed molecules, in their order; for QM9 none, because its settings say where it is.
    settings
        The dataset's block of the configuration.
    output
        The samples file; it appears whole or not at all.
    seed
        Decides the frames and, of QM9, which molecules are taken. Molecules made here are in random order already.

    Raises
    ------
    DataError
        Where there are fewer molecules than wanted, or a file is missing or damaged.
    """
    start = time.perf_counter()
    rng = np.random.default_rng(seed)
    found = _read(files, settings)
    if found.n < settings.total:
        raise DataError(
            f"{Path(output)}: {settings.total} molecules are wanted and {found.n} are there, {len(found.failures)} of those "
            "computed having failed; lower 'molecules', or raise 'spare' where molecules are made here"
        )
    taken = rng.permutation(found.n) if isinstance(settings, Qm9Dataset) else np.arange(found.n)
    positions = found.positions
    if settings.frame == "random":
        positions = random_frames(positions, found.counts, shift=settings.shift, rng=rng)
    widest = int(found.counts.max())
    made = provenance(step="ingest_molecules", settings=settings.model_dump(mode="json"), seeds=[seed])
    header = SamplesHeader(
        feature_names=FEATURES, units="angstrom", x_action="vector", y_action="trivial", provenance=made
    )
    ends = np.cumsum([0, *(settings.molecules[split] for split in SPLIT_NAMES)])
    places = {split: taken[ends[k] : ends[k + 1]] for k, split in enumerate(SPLIT_NAMES)}
    statistics = _statistics(found, places)
    with SamplesWriter(output, header) as writer:
        writer.update_provenance(statistics)
        for split, chosen in places.items():
            x, y = _arrays(found, positions, chosen, widest=widest)
            writer.append(split, x, y, found.counts[chosen])
    if found.failures:
        logger.warning("%s: %d molecules failed and are left out", Path(output), len(found.failures))
    summary = MoleculeSummary(
        molecules_read=found.n,
        failed=len(found.failures),
        failures=list(found.failures[:100]),
        seconds=round(time.perf_counter() - start, 3),
        files=[str(path) for path in files] or [str(path) for path in getattr(settings, "raw_files", [])],
        **statistics,
    )
    logger.info("%s: %s molecules, %d failed", Path(output), summary.splits, summary.failed)
    return summary


def _read(files: Sequence[PathLike], settings: MoleculeDataset) -> Molecules:
    if isinstance(settings, Qm9Dataset):
        from symscope.data.molecules.qm9 import read_qm9  # noqa: PLC0415 - slow to import, and seldom needed

        return read_qm9(settings)
    if not files:
        raise DataError("there are no files of molecules to read; give those that the chunks wrote")
    return join_molecules([read_molecules(path) for path in files])


def _arrays(
    found: Molecules, positions: ndarray, chosen: Int64[ndarray, " n"], *, widest: int
) -> tuple[Float32[ndarray, "atom 4"], Float32[ndarray, "n k"]]:
    """Arrays of a samples file for some molecules."""
    rows = np.concatenate(
        [np.arange(a, b) for a, b in zip(found.offsets[chosen], found.offsets[chosen + 1], strict=True)]
    )
    x = np.concatenate([positions[rows], np.ones((len(rows), 1))], axis=1).astype(np.float32)
    charges = np.zeros((len(chosen), widest))
    counts = found.counts[chosen]
    charges[np.arange(widest) < counts[:, None]] = found.numbers[rows]
    return x, np.concatenate([found.energies[chosen], charges], axis=1).astype(np.float32)


def _statistics(found: Molecules, places: Mapping[SplitName, Int64[ndarray, " n"]]) -> dict[str, Any]:
    """Sizes of the splits, of the molecules, and of the targets."""
    owner = np.repeat(np.arange(found.n), found.counts)
    heavy = np.bincount(owner[found.numbers > 1], minlength=found.n)
    train = found.energies[places["train"]]
    return {
        "splits": {split: len(chosen) for split, chosen in places.items()},
        "heavy_atoms": dict(sorted(Counter(heavy[np.concatenate(list(places.values()))].tolist()).items())),
        "mean_ev": dict(zip(TARGETS, train.mean(axis=0).tolist(), strict=True)),
        "std_ev": dict(zip(TARGETS, train.std(axis=0).tolist(), strict=True)),
    }

"""Read trajectories of any source into the one form of samples: checked, split and counted."""

import json
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Int64

from symscope.config.splits import SPLIT_NAMES
from symscope.config.trajectory_datasets import NBodyDataset, TrajectoryDataset, TrajectoryFiles
from symscope.data.splits import quotas_by_fractions
from symscope.errors import DataError
from symscope.io.atomic import atomic_path
from symscope.io.files import PathLike
from symscope.io.samples import SamplesHeader, SamplesWriter
from symscope.io.trajectories import read_provenance, read_trajectories
from symscope.io.trajectory_checks import Trajectories
from symscope.provenance import provenance

logger = logging.getLogger(__name__)

Places = Int64[np.ndarray, " _"]


@dataclass(frozen=True)
class TrajectorySummary:
    """What was read and written."""

    splits: dict[str, int]
    """Trajectories written, by split."""
    trajectories_read: int
    """Trajectories that the files hold, including those of no split."""
    dropped: int
    """Trajectories with NaN or infinite values, left out because of `incomplete: drop`."""
    timesteps: int
    """States of each trajectory."""
    time_step: float | None
    """Time between two states, in the unit of the files; None where they have no times."""
    seconds: float
    """Wall-clock time [s]."""
    files: list[str]
    """The files, in the order in which they were read."""
    accuracy: dict[str, Any] | None = None
    """Of generated trajectories: see :meth:`symscope.data.nbody.Orbits.accuracy`."""

    def as_dict(self) -> dict[str, Any]:
        """All numbers as plain values that fit into JSON."""
        return asdict(self)

    def write(self, path: PathLike) -> None:
        """Write the numbers as JSON."""
        with atomic_path(path) as aside:
            aside.write_text(json.dumps(self.as_dict(), indent=1) + "\n")


def ingest_trajectories(
    sources: Mapping[str, Sequence[PathLike]] | Sequence[PathLike],
    *,
    settings: TrajectoryDataset,
    output: PathLike,
    seed: int,
) -> TrajectorySummary:
    """Read trajectories, check them and write one samples file: x (n, time, d), y (n,) zeros.

    A trajectory belongs to one split as a whole. Each split is in random order, so that its first n trajectories are a
    fair sample of it.

    Parameters
    ----------
    sources
        Files of each split. Where the settings split: one list, or the same list for each split.
    settings
        The dataset's block of the configuration.
    output
        The samples file; it appears whole or not at all.
    seed
        Decides which trajectories go to which split, and their order.

    Raises
    ------
    DataError
        In one sentence that names file, trajectory, what was found, what is allowed and how to mend it.
    """
    start = time.perf_counter()
    rng = np.random.default_rng(seed)
    reading = settings.reading if isinstance(settings, NBodyDataset) else settings
    if isinstance(settings, NBodyDataset) or settings.split_by_fractions:
        files = _one_list(sources)
        found = read_trajectories(files, reading)
        chosen = {split: (found, places) for split, places in _deal(found, settings, rng).items()}
        parts = [found]
    else:
        lists = _lists(sources)
        files = [path for paths in lists.values() for path in paths]
        read = {split: read_trajectories(paths, reading) for split, paths in lists.items()}
        _check_alike(read, settings)
        chosen = {split: (part, rng.permutation(len(part.states))) for split, part in read.items()}
        parts = list(read.values())
    if isinstance(settings, TrajectoryFiles):
        chosen |= {s: (chosen[s][0], chosen[s][1][:most]) for s, most in settings.max_trajectories.items()}
    counts = {split: len(places) for split, (_, places) in chosen.items()}
    _refuse_empty(counts, Path(output))
    time_step = next((part.time_step for part in parts if part.time_step is not None), None)
    generation = read_provenance(files[0]) if isinstance(settings, NBodyDataset) else None
    made = provenance(step="ingest_trajectories", settings=settings.model_dump(mode="json"), seeds=[seed])
    header = SamplesHeader(
        feature_names=tuple(settings.columns),
        units=settings.units,
        x_action="vector",
        y_action="trivial",
        provenance={**made, "time_step": time_step, "splits": counts, "input": generation},
    )
    with SamplesWriter(output, header) as writer:
        for split, (part, places) in chosen.items():
            writer.append(split, part.states[places], np.zeros(len(places), np.uint8))
    dropped = sum(part.dropped for part in parts)
    if dropped:
        logger.warning("%s: %d trajectories have NaN or infinite values and are left out", Path(output), dropped)
    summary = TrajectorySummary(
        splits=counts,
        trajectories_read=sum(len(part.states) for part in parts) + dropped,
        dropped=dropped,
        timesteps=parts[0].states.shape[1],
        time_step=time_step,
        seconds=round(time.perf_counter() - start, 3),
        files=[str(path) for path in files],
        accuracy=None if generation is None else generation.get("accuracy"),
    )
    logger.info("%s: %s trajectories of %d states", Path(output), counts, summary.timesteps)
    return summary


def polar_angles(states: Float[np.ndarray, "n time d"], x: int, y: int) -> Float[np.ndarray, " n"]:
    """Polar angle of the components `x` and `y` of the first state of each trajectory [rad], in (-pi, pi]."""
    angles: Float[np.ndarray, " n"] = np.arctan2(states[:, 0, y], states[:, 0, x])
    return angles


def _deal(found: Trajectories, settings: TrajectoryDataset, rng: np.random.Generator) -> dict[str, Places]:
    """Trajectories of each split, in random order."""
    n = len(found.states)
    if isinstance(settings, NBodyDataset):
        quotas: dict[str, int] = {split: settings.trajectories[split] for split in SPLIT_NAMES}
        names = ("x1", "y1")
        if n != settings.total:
            raise DataError(
                f"the file holds {n} trajectories, and the settings ask for {settings.total}; it was made with other "
                "settings, so make it again"
            )
    else:
        quotas = quotas_by_fractions(n, {split: settings.fractions[split] for split in SPLIT_NAMES})
        names = settings.angle_columns or ("", "")
    if settings.split == "random":
        order = rng.permutation(n)
        ends = np.cumsum(list(quotas.values()))
        return {split: order[end - quotas[split] : end] for split, end in zip(quotas, ends, strict=True)}
    angles = polar_angles(found.states, *(settings.columns.index(name) for name in names))
    return _deal_by_angle(angles, quotas, rng)


def _deal_by_angle(
    angles: Float[np.ndarray, " n"], quotas: Mapping[str, int], rng: np.random.Generator
) -> dict[str, Places]:
    """Deal the largest angles to test, the smallest to train and val."""
    order = np.argsort(angles, kind="stable")
    near, far = order[: quotas["train"] + quotas["val"]], order[len(order) - quotas["test"] :]
    if len(near) and len(far) and not angles[near[-1]] < angles[far[0]]:
        shared = np.degrees(angles[far[0]])
        raise DataError(
            f"split: polar_angle cannot part the trajectories, because several start at the angle {shared:.6g} degrees where "
            "the test split would begin; use split: random, or other columns"
        )
    near = rng.permutation(near)
    return {"train": near[: quotas["train"]], "val": near[quotas["train"] :], "test": rng.permutation(far)}


def _lists(sources: Mapping[str, Sequence[PathLike]] | Sequence[PathLike]) -> dict[str, list[Path]]:
    """Files of each split, none of them twice."""
    if not isinstance(sources, Mapping):
        raise DataError(
            "one list of files was given for a dataset whose files are by split; give one list for each split"
        )
    owner: dict[Path, str] = {}
    lists: dict[str, list[Path]] = {}
    for split in SPLIT_NAMES:
        lists[split] = _paths(sources.get(split, ()))
        if not lists[split]:
            raise DataError(f"the split '{split}' has no files; name at least one under 'files.{split}'")
        for path in lists[split]:
            first = owner.setdefault(path.resolve(), split)
            if first != split:
                raise DataError(
                    f"{path} belongs to the splits '{first}' and '{split}'; a trajectory must not be in two splits"
                )
    return lists


def _one_list(sources: Mapping[str, Sequence[PathLike]] | Sequence[PathLike]) -> list[Path]:
    """All files, each once."""
    lists = sources.values() if isinstance(sources, Mapping) else [sources]
    files = list(dict.fromkeys(path for paths in lists for path in _paths(paths)))
    if not files:
        raise DataError("there are no files to read; name at least one under 'files'")
    return files


def _paths(files: Sequence[PathLike]) -> list[Path]:
    """Take a single name for a list of one."""
    return [Path(files)] if isinstance(files, str) else [Path(path) for path in files]


def _check_alike(read: Mapping[str, Trajectories], settings: TrajectoryFiles) -> None:
    """Raise a DataError where the splits differ in the number of states or in the time step."""
    lengths = {split: part.states.shape[1] for split, part in read.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{split} {length}" for split, length in lengths.items())
        raise DataError(
            f"the splits have trajectories of different numbers of states ({told}); all must have the same, so set "
            f"'timesteps' to at most {min(lengths.values())}"
        )
    steps = {split: part.time_step for split, part in read.items() if part.time_step is not None}
    if steps and max(steps.values()) - min(steps.values()) > settings.time_tolerance * max(steps.values()):
        told = ", ".join(f"{split} {step:.9g}" for split, step in steps.items())
        raise DataError(f"the splits have different time steps ({told}); bring them to one time step")


def _refuse_empty(counts: Mapping[str, int], output: Path) -> None:
    empty = [split for split, count in counts.items() if not count]
    if empty:
        told = ", ".join(f"{split} {count}" for split, count in counts.items())
        raise DataError(
            f"{output}: the split '{empty[0]}' would be empty ({told}); give more trajectories, or other 'fractions'"
        )

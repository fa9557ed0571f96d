"""What every file of trajectories must satisfy, whatever its form."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int64, Shaped

from symscope.config.trajectory_datasets import TrajectoryReading
from symscope.errors import DataError


class Trajectories(NamedTuple):
    """Trajectories in memory, all with the same number of states at the same distance in time."""

    states: Float[np.ndarray, "n time d"]
    """Single precision where the file has that, else double."""
    time_step: float | None
    """Time between two states, in the unit of the file; None where it has no times."""
    dropped: int = 0
    """Trajectories with NaN or infinite values that were left out."""


def arranged(values: Shaped[np.ndarray, "..."], axes: Sequence[str], name: str, path: Path) -> Float[np.ndarray, "..."]:
    """Put the axes into the order trajectory, time, feature; a missing axis of trajectories gets the length 1.

    Raises
    ------
    DataError
        Where the array is not of real numbers or has another number of axes.
    """
    if values.dtype.kind not in "iuf":
        raise DataError(f"{path}: '{name}' is of type {values.dtype}, and real numbers are needed; save it as floats")
    if values.ndim != len(axes):
        raise DataError(
            f"{path}: '{name}' has the shape {values.shape}, and 'axes' names {len(axes)}: {', '.join(axes)}; mend 'axes' "
            "or the array"
        )
    order = [axes.index(axis) for axis in ("trajectory", "time", "feature") if axis in axes]
    values = values.transpose(order)
    if "trajectory" not in axes:
        values = values[None]
    single = values.dtype in (np.float16, np.float32)
    return values.astype(np.float32 if single else np.float64, copy=False)


def checked(
    states: Float[np.ndarray, "n time d"],
    times: Float[np.ndarray, "m steps"] | None,
    path: Path,
    settings: TrajectoryReading,
    *,
    labels: Sequence[str] | None = None,
) -> Trajectories:
    """Cut trajectories to `timesteps`, check values and times, and leave incomplete ones out where that is wanted.

    Parameters
    ----------
    states
        The trajectories of one file.
    times
        When their states are, for each trajectory or once for all.
    path, settings, labels
        For messages: the file, the settings, and how each trajectory is called in the file; None numbers them from 0.

    Raises
    ------
    DataError
        For trajectories that are too short, values that are not finite, and times that do not advance evenly.
    """
    n, steps = states.shape[:2]
    if not n:
        raise DataError(f"{path} holds no trajectory; make the file again or leave it out of 'files'")
    if times is not None and (times.shape[1] != steps or len(times) not in (1, n)):
        raise DataError(
            f"{path}: the times have the shape {times.shape}, and there are {n} trajectories of {steps} states; give one "
            "time for each state, or set 'time_array' to null"
        )
    wanted = settings.timesteps or steps
    if steps < max(2, wanted):
        raise DataError(
            f"{path}: the trajectories have {steps} states, and {max(2, wanted)} are needed; lower 'timesteps' or give "
            "longer ones"
        )
    states = states[:, :wanted]
    times = None if times is None else times[:, :wanted]
    names = [str(i) for i in range(n)] if labels is None else list(labels)
    bad = ~np.isfinite(states).all(axis=(1, 2))
    if times is not None:
        timeless = ~np.isfinite(times).all(axis=1)
        if timeless.any() and (settings.incomplete == "error" or len(times) < n):
            whose = f"trajectory {names[int(timeless.argmax())]} has" if len(times) == n else "there are"
            raise DataError(
                f"{path}: {whose} times that are no finite numbers; mend the file"
                + (", or set 'incomplete: drop' to leave such trajectories out" if len(times) == n else "")
            )
        bad |= timeless
    if bad.any() and settings.incomplete == "error":
        raise _not_finite(states, bad, names, path, settings)
    dropped = int(bad.sum())
    if times is not None and len(times) == n:
        times = times[~bad]
        names = [name for name, out in zip(names, bad, strict=True) if not out]
    step = _time_step(times, names, path, settings) if times is not None and len(times) else None
    return Trajectories(states[~bad] if dropped else states, step, dropped)


def joined(parts: Sequence[tuple[Path, Trajectories]], settings: TrajectoryReading) -> Trajectories:
    """Trajectories of several files as one.

    Raises
    ------
    DataError
        Where the files differ in the number of states or in the time step.
    """
    first_path, first = parts[0]
    for path, part in parts[1:]:
        if part.states.shape[1] != first.states.shape[1]:
            raise DataError(
                f"{path} has trajectories of {part.states.shape[1]} states and {first_path} of {first.states.shape[1]}; all "
                "must have the same number, so set 'timesteps' to the smaller one"
            )
    timed = [(path, part.time_step) for path, part in parts if part.time_step is not None]
    for path, step in timed[1:]:
        if abs(step - timed[0][1]) > settings.time_tolerance * timed[0][1]:
            raise DataError(
                f"{path} has the time step {step:.9g} and {timed[0][0]} {timed[0][1]:.9g}; all must have the same, so bring "
                "them to one time step"
            )
    if len(parts) == 1:
        return first
    return Trajectories(
        np.concatenate([part.states for _, part in parts]),
        timed[0][1] if timed else None,
        sum(part.dropped for _, part in parts),
    )


def stacked(
    values: Float[np.ndarray, "row column"],
    order: Int64[np.ndarray, " row"],
    counts: Int64[np.ndarray, " n"],
    labels: Sequence[str],
    *,
    path: Path,
    settings: TrajectoryReading,
) -> Float[np.ndarray, "n time column"]:
    """Rows of a table as (trajectory, time, column).

    Parameters
    ----------
    values
        The rows as they stand in the file.
    order
        Rows in the order of trajectories and times.
    counts, labels
        Rows of each trajectory, and how each is called.
    path, settings
        The file, for messages, and `timesteps`.

    Raises
    ------
    DataError
        Where a trajectory is too short, or they differ in length and `timesteps` does not say how many states to keep.
    """
    wanted = settings.timesteps
    shortest = int(counts.argmin())
    if wanted is None and counts.min() != counts.max():
        longest = int(counts.argmax())
        raise DataError(
            f"{path}: trajectory {labels[shortest]} has {counts[shortest]} states and trajectory {labels[longest]} "
            f"{counts[longest]}; all must have the same number, so set 'timesteps' to at most {counts[shortest]}, or remove "
            "the short ones"
        )
    keep = int(counts.min()) if wanted is None else wanted
    if counts.min() < keep:
        raise DataError(
            f"{path}: trajectory {labels[shortest]} has {counts[shortest]} states, and 'timesteps' is {keep}; lower it or "
            "remove the short ones"
        )
    starts = np.cumsum(counts) - counts
    table: Float[np.ndarray, "n time column"] = values[order[starts[:, None] + np.arange(keep)]]
    return table


def listed(names: Iterable[str], most: int = 40) -> str:
    """Names for a message, shortened where they are long."""
    short = [name if len(name) <= 60 else f"{name[:57]}..." for name in list(names)[:most]]
    return ", ".join(short) or "nothing"


def _not_finite(
    states: Float[np.ndarray, "n time d"],
    bad: Shaped[np.ndarray, " n"],
    labels: Sequence[str],
    path: Path,
    settings: TrajectoryReading,
) -> DataError:
    i = int(np.flatnonzero(bad)[0])
    step, column = (int(k) for k in np.argwhere(~np.isfinite(states[i]))[0])
    return DataError(
        f"{path}: trajectory {labels[i]}, state {step}, '{settings.columns[column]}' is {states[i, step, column]}, and all "
        f"values must be finite ({int(bad.sum())} of {len(bad)} trajectories have such values); mend the file, or set "
        "'incomplete: drop' to leave those trajectories out"
    )


def _time_step(
    times: Float[np.ndarray, "m time"], labels: Sequence[str], path: Path, settings: TrajectoryReading
) -> float:
    """Time step that all have in common."""
    steps = np.diff(times, axis=1)
    mean = float(np.median(steps))
    allowed = settings.time_tolerance * abs(mean)
    wrong = ~(np.abs(steps - mean) <= allowed)
    if mean <= 0 or not np.isfinite(mean):
        raise DataError(
            f"{path}: the time advances by {mean:.9g} from state to state; times must be numbers that rise, so mend the "
            "column or array of times"
        )
    if wrong.any():
        i, k = (int(place) for place in np.argwhere(wrong)[0])
        whose = f"trajectory {labels[i]}, " if len(times) > 1 else ""
        raise DataError(
            f"{path}: {whose}the time goes from {times[i, k]:.9g} to {times[i, k + 1]:.9g} after state {k}, and the time step "
            f"is {mean:.9g} elsewhere; states must be evenly spaced, so bring them to one time step, or raise 'time_tolerance'"
        )
    return mean

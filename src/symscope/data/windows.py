"""Windows of trajectories: states in a row as x, the states that follow as y."""

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int64

from symscope.errors import DataError
from symscope.io.files import PathLike
from symscope.io.samples import SamplesWriter, Split, count_samples, iterate_split, read_header, read_split
from symscope.provenance import provenance

logger = logging.getLogger(__name__)

_STEP_NUMBERS = 1 << 24
"""Numbers of trajectories in memory at once while windows are gathered."""


def windows_of(states: Float[np.ndarray, "n time d"], *, past: int, future: int) -> Split:
    """Cut every window out of trajectories: time - past - future + 1 of each, the last valid one included.

    Parameters
    ----------
    states
        Trajectories.
    past, future
        States of x, and of y that follow directly; at least one of each.

    Returns
    -------
    Split
        x (n * windows, past, d), y (n * windows, future, d), trajectory by trajectory and in the order of time, in the
        precision of `states`.

    Raises
    ------
    DataError
        Where a trajectory is shorter than one window.
    """
    per_trajectory = _windows_in(states.shape[1], past, future, "the trajectories")
    places = np.arange(len(states) * per_trajectory)
    return _cut(states, places, per_trajectory, past, future)


def build_windows(
    dataset: PathLike, output: PathLike, *, past: int, future: int, n_samples: int | None = None, seed: int
) -> dict[str, int]:
    """Write windows of the trajectories of each split, in single precision and in random order.

    Parameters
    ----------
    dataset
        Samples file with trajectories x (n, time, d).
    output
        Samples file to write, x (n, past, d) and y (n, future, d), both acted on as vectors; it appears whole or not at
        all.
    past, future
        States of x, and of y that follow directly.
    n_samples
        Windows of the training split, drawn at random without repetition; also the most that are taken of the other
        splits. None takes all.
    seed
        Decides which windows, and their order.

    Returns
    -------
    dict
        Number of windows of each split.

    Raises
    ------
    DataError
        Where the trajectories are shorter than one window, or the training split holds fewer windows than wanted.
    """
    header = read_header(dataset)
    settings = {"past": past, "future": future, "n_samples": n_samples}
    made = provenance(step="build_windows", settings=settings, seeds=[seed])
    about = {"time_step": header.provenance.get("time_step"), "input": header.provenance}
    header = replace(header, y_action=header.x_action, provenance={**made, **about})
    written = {}
    with SamplesWriter(output, header) as writer:
        for number, (split, size) in enumerate(count_samples(dataset).items()):
            shape = read_split(dataset, split, stop=1).x.shape
            if len(shape) != 3:
                raise DataError(
                    f"{dataset}: the split '{split}' holds x of shape {shape[1:]} for each event, and trajectories (time, "
                    "features) are needed; name a dataset of trajectories"
                )
            per_trajectory = _windows_in(shape[1], past, future, f"{dataset}: the trajectories")
            available = size * per_trajectory
            wanted = available if n_samples is None else min(n_samples, available)
            if split == "train" and n_samples is not None and n_samples > available:
                raise DataError(
                    f"{dataset}: {n_samples} windows are wanted and the split 'train' has {available} ({size} trajectories with "
                    f"{per_trajectory} each); lower 'n_samples' or give more trajectories"
                )
            rng = np.random.default_rng([seed, number])
            chosen = rng.choice(available, size=wanted, replace=False)
            sample = _gather(dataset, split, chosen, per_trajectory=per_trajectory, past=past, future=future)
            writer.append(split, sample.x, sample.y)
            written[split] = sample.n
    logger.info("%s: %s windows of %d + %d states", Path(output), written, past, future)
    return written


def _windows_in(steps: int, past: int, future: int, whose: str) -> int:
    if past < 1 or future < 1:
        raise ValueError(f"a window has at least one past and one future state, not {past} and {future}")
    if steps < past + future:
        raise DataError(
            f"{whose} have {steps} states, and a window of {past} + {future} needs {past + future}; lower 'past' or 'future', "
            "or give longer trajectories"
        )
    return steps - past - future + 1


def _cut(
    states: Float[np.ndarray, "n time d"],
    places: Int64[np.ndarray, " m"],
    per_trajectory: int,
    past: int,
    future: int,
) -> Split:
    """Windows by their numbers, counted trajectory by trajectory."""
    trajectory, start = np.divmod(places, per_trajectory)
    windows = states[trajectory[:, None], start[:, None] + np.arange(past + future)]
    return Split(np.ascontiguousarray(windows[:, :past]), np.ascontiguousarray(windows[:, past:]))


def _gather(
    dataset: PathLike, split: str, chosen: Int64[np.ndarray, " m"], *, per_trajectory: int, past: int, future: int
) -> Split:
    """Windows with the numbers `chosen`, in that order; reads the file once and in pieces."""
    order = np.argsort(chosen)
    wanted = chosen[order]
    steps, d = read_split(dataset, split, stop=1).x.shape[1:]
    x = np.empty((len(chosen), past, d), np.float32)
    y = np.empty((len(chosen), future, d), np.float32)
    first = 0
    for piece in iterate_split(dataset, split, step=max(1, _STEP_NUMBERS // (steps * d))):
        lower, upper = np.searchsorted(wanted, [first * per_trajectory, (first + piece.n) * per_trajectory])
        part = _cut(piece.x, wanted[lower:upper] - first * per_trajectory, per_trajectory, past, future)
        x[order[lower:upper]] = part.x
        y[order[lower:upper]] = part.y
        first += piece.n
    return Split(x, y)

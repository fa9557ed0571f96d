"""Two passes over events that may come in pieces of any size: first their scale, then the sums that everything follows from.

Each pass is a sum over blocks (:class:`symscope.discovery.nullspace.moments.OrderedSums`), one for each part, so that jobs
can share the blocks and merge what they have.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Inexact
from numpy import ndarray

from symscope.config.actions import ActionName
from symscope.config.null_space import NullSpaceEngine
from symscope.discovery.nullspace.coordinates import (
    Coordinates,
    as_real,
    coordinates,
    second_moments,
)
from symscope.discovery.nullspace.functions import OutputAction
from symscope.discovery.nullspace.moments import Moments, OrderedSums, block_moments
from symscope.discovery.nullspace.polynomials import count_monomials
from symscope.errors import ConfigError, DataError
from symscope.groups.spans import as_real_matrices
from symscope.io.samples import iterate_targets, read_split

Block = tuple[ndarray, ndarray]
"""Events of one block: x (n, objects, d) and y (n, ...)."""


@dataclass(frozen=True)
class Task:
    """What the events are and what is asked of them."""

    objects: int
    """Objects of an event."""
    is_complex: bool
    """Whether objects are complex vectors."""
    action: OutputAction
    """How the output moves."""
    classes: tuple[int, ...]
    """Values of a class label, rising; empty where y is no label."""
    degree: int
    """Degree of the polynomials."""

    def inputs(self, x: ndarray) -> Float[ndarray, "n k"]:
        """Real components of an event's objects."""
        if not np.isfinite(x).all():
            raise DataError("x holds NaN or infinite values; remove those samples first")
        return as_real(x)

    def targets(self, y: ndarray) -> Float[ndarray, "n q"]:
        """Real outputs; of classes the indicator of each but the first."""
        if self.classes:
            return np.asarray(y.reshape(-1, 1) == np.array(self.classes[1:]), dtype=np.float64)
        if not np.isfinite(y).all():
            raise DataError("y holds NaN or infinite values; remove those samples first")
        return as_real(y.reshape(len(y), -1, y.shape[-1]) if self.action == "same" else y.reshape(len(y), 1, -1))


def describe_task(
    x: ndarray,
    y: ndarray,
    *,
    x_action: ActionName,
    y_action: ActionName,
    method: NullSpaceEngine,
    classes: Sequence[int],
) -> Task:
    """Say what events are, from the first of them.

    Parameters
    ----------
    x, y
        Some events.
    x_action, y_action
        How a group element acts on each.
    method
        Settings.
    classes
        All values of a class label.

    Raises
    ------
    ConfigError
        Where the statement or the action does not fit the events.
    """
    if x_action not in ("vector", "complex_vector") or x.ndim != 3:
        raise ConfigError(
            f"method.name 'null_space' is for vectors, and x_action is '{x_action}' with x of shape {x.shape}; use liegan"
        )
    if y_action not in ("trivial", x_action):
        raise ConfigError(f"y_action is '{y_action}' and x_action '{x_action}'; allowed: trivial, {x_action}")
    is_label = y_action == "trivial" and y.dtype.kind in "biu"
    if method.statement == "label" and not is_label:
        raise ConfigError("method.statement is 'label', and y is no class number; allowed: function, support")
    if method.statement == "function" and is_label:
        raise ConfigError("method.statement is 'function', and y is a class number; allowed: label, support")
    action: OutputAction = "invariant" if y_action == "trivial" else "same"
    if method.output == "learned" and method.statement == "function":
        action = "learned"
    return Task(
        objects=x.shape[1],
        is_complex=x_action == "complex_vector",
        action=action,
        classes=tuple(sorted(classes)) if is_label else (),
        degree=method.degree,
    )


@dataclass(frozen=True)
class Frame:
    """Coordinates of objects and outputs, fixed by the first pass."""

    inputs: Coordinates
    outputs: Coordinates
    """Of the outputs, or those of an object where outputs move as it does or are not asked about."""
    objects: int

    def into(self, values: Float[ndarray, "n k"], place: Coordinates) -> Float[ndarray, "n r"]:
        """Write real components, object by object, in coordinates."""
        matrix = as_real_matrices(place.into)
        pieces = values.reshape(-1, matrix.shape[1]) @ matrix.T
        return np.ascontiguousarray(pieces.reshape(len(values), -1))


@dataclass(frozen=True)
class Sums:
    """What the second pass sums."""

    joint: Moments | None
    """Of all objects of an event together, with its outputs; None where only points are asked for."""
    points: Moments | None
    """Of single objects, up to quadrics; None where only a function is asked for."""

    def merge(self, other: "Sums") -> "Sums":
        """Give the sums over both sets of events."""
        pairs = ((self.joint, other.joint), (self.points, other.points))
        joint, points = (None if a is None or b is None else a.merge(b) for a, b in pairs)
        return Sums(joint, points)


def measure_scale(blocks: Iterable[tuple[int, Block]], task: Task) -> OrderedSums[Moments]:
    """First pass: second moments of the numbered blocks."""
    sums: OrderedSums[Moments] = OrderedSums()
    for number, (x, y) in blocks:
        sums.add(number, block_moments(task.inputs(x), task.targets(y), degree=1))
    return sums


def fix_frame(scale: Moments, task: Task, *, tolerance: float, max_monomials: int, with_outputs: bool = True) -> Frame:
    """Choose coordinates in which objects have unit second moments, and outputs unit variance.

    Parameters
    ----------
    scale
        Sums of the first pass.
    task
        What is asked.
    tolerance
        As in :func:`symscope.discovery.nullspace.coordinates.coordinates`.
    max_monomials
        Largest number of monomials.
    with_outputs
        Whether outputs are asked about; those that are not may be the same for all events.

    Raises
    ------
    DataError
        Where the outputs are the same for all events.
    ConfigError
        Where there would be too many monomials.
    """
    n = scale.count
    second = second_moments(scale.gram[1:, 1:] / n, objects=task.objects, is_complex=task.is_complex)
    outer = scale.outer / n
    if not with_outputs:
        inputs = outputs = coordinates(second, tolerance=tolerance)
    elif task.action == "same":
        copies = len(outer) // (scale.dimension // task.objects)
        own = second_moments(outer, objects=copies, is_complex=task.is_complex)
        inputs = coordinates((task.objects * second + copies * own) / (task.objects + copies), tolerance=tolerance)
        outputs = inputs
    else:
        inputs = coordinates(second, tolerance=tolerance)
        mean = scale.cross[0] / n
        spread = outer - np.outer(mean, mean)
        if not np.trace(spread) > 1e-12 * np.trace(outer):
            raise DataError("y is the same for all events, so that every motion leaves it as it is; give another y")
        outputs = coordinates(outer if task.action == "learned" else spread, tolerance=tolerance)
    count = count_monomials(as_real_matrices(inputs.into).shape[0] * task.objects, task.degree)
    if count > max_monomials:
        raise ConfigError(
            f"method.degree is {task.degree}, which makes {count:,} monomials of {task.objects} objects with {inputs.rank} "
            f"components; lower it, or raise method.max_monomials ({max_monomials:,})"
        )
    return Frame(inputs, outputs, task.objects)


def sum_events(
    blocks: Iterable[tuple[int, Block]], task: Task, frame: Frame, *, parts: int, joint: bool, points: bool
) -> list[OrderedSums[Sums]]:
    """Second pass: block k adds to part k modulo the number of parts, whatever pieces or jobs it comes in."""
    sums: list[OrderedSums[Sums]] = [OrderedSums() for _ in range(parts)]
    for number, (x, y) in blocks:
        u = frame.into(task.inputs(x), frame.inputs)
        block = Sums(
            block_moments(u, frame.into(task.targets(y), frame.outputs), degree=task.degree) if joint else None,
            block_moments(u.reshape(-1, u.shape[1] // task.objects), degree=2) if points else None,
        )
        sums[number % parts].add(number // parts, block)
    return sums


def array_blocks(
    x: Inexact[ndarray, "n objects d"], y: ndarray, size: int
) -> Callable[[], Iterator[tuple[int, Block]]]:
    """Blocks of arrays, again from the start at every call."""

    def blocks() -> Iterator[tuple[int, Block]]:
        for number, start in enumerate(range(0, len(x), size)):
            yield number, (x[start : start + size], y[start : start + size])

    return blocks


def file_blocks(
    path: str | Path, split: str, size: int, *, first: int = 0, last: int | None = None, at_once: int = 64
) -> Callable[[], Iterator[tuple[int, Block]]]:
    """Blocks `first` to before `last` of one split of a samples file, again from the start at every call.

    Memory is that of `at_once` blocks, however long the file.
    """

    def blocks() -> Iterator[tuple[int, Block]]:
        number = first
        while last is None or number < last:
            end = number + at_once if last is None else min(number + at_once, last)
            piece = read_split(path, split, start=number * size, stop=end * size)
            for start in range(0, piece.n, size):
                yield number, (piece.x[start : start + size], piece.y[start : start + size])
                number += 1
            if number < end:
                return

    return blocks


def class_values(path: str | Path, split: str, *, at_once: int = 1 << 16) -> tuple[int, ...]:
    """All values of a class label of one split of a samples file, rising; nothing where y is no label."""
    found: set[int] = set()
    for y in iterate_targets(path, split, step=at_once):
        if y.dtype.kind not in "biu" or y.size != len(y):
            return ()
        found.update(np.unique(y).tolist())
    return tuple(sorted(found))

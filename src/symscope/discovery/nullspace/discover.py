"""The null-space engine as a method of discovery: the whole of the events, and each of their parts."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from symscope.config.actions import ActionName
from symscope.config.null_space import NullSpaceEngine
from symscope.discovery.nullspace.fits import fit_polynomial
from symscope.discovery.nullspace.functions import solve_function
from symscope.discovery.nullspace.moments import Moments, OrderedSums
from symscope.discovery.nullspace.streams import (
    Block,
    Frame,
    Sums,
    Task,
    describe_task,
    fix_frame,
    measure_scale,
    sum_events,
)
from symscope.discovery.nullspace.support import find_quadrics, solve_support
from symscope.discovery.nullspace.system import NullSpace, unsolved
from symscope.discovery.result import Discovery
from symscope.errors import DataError
from symscope.groups.spans import as_real_rows, sparse_basis

logger = logging.getLogger(__name__)


def discover_null_space(
    blocks: Callable[[], Iterator[tuple[int, Block]]],
    *,
    x_action: ActionName,
    y_action: ActionName,
    method: NullSpaceEngine,
    seeds: Sequence[int],
    classes: Sequence[int] = (),
) -> Discovery:
    """Find the generators of a symmetry by linear algebra on sums over events.

    Parameters
    ----------
    blocks
        Gives the numbered blocks of events, from the start at every call; they are read twice.
    x_action, y_action
        How a group element acts on each: `vector` or `complex_vector`; and `trivial` for y that does not move.
    method
        Settings.
    seeds
        Names of the parts among which the blocks are dealt.
    classes
        All values of a class label.

    Returns
    -------
    Discovery
        `generators` of every part, filled up with zeros where a part has fewer than another; `whole` of all events.

    Raises
    ------
    DataError
        For events that are none, not finite, all zero, or fewer than a block for each part.
    ConfigError
        Where the settings do not fit the events.
    """
    start = time.perf_counter()
    first = next((block for _, block in blocks()), None)
    if first is None:
        raise DataError("there are no events; give at least one block of them")
    task = describe_task(*first, x_action=x_action, y_action=y_action, method=method, classes=classes)
    scale = measure_scale(blocks(), task).total()
    frame = fix_frame(
        scale,
        task,
        tolerance=method.span_tolerance,
        max_monomials=method.max_monomials,
        with_outputs=method.statement != "support" or task.action == "same",
    )
    wants_points = method.statement in ("support", "label")
    wants_joint = method.statement != "support"
    sums = sum_events(blocks(), task, frame, parts=len(seeds), joint=wants_joint, points=wants_points)
    parts = totals(sums)
    whole = merged(parts)
    solution = solve(whole, frame, task, method)
    solutions = [solve(part, frame, task, method) for part in parts] if len(parts) > 1 else [solution]
    seconds = time.perf_counter() - start
    return _result(solution, solutions, method=method, seeds=seeds, seconds=seconds, about=(x_action, y_action))


def totals(sums: Sequence[OrderedSums[Sums]]) -> list[Sums]:
    """Add up each part.

    Raises
    ------
    DataError
        Where a part has no block.
    """
    empty = sum(not part.nodes for part in sums)
    if empty:
        raise DataError(
            f"{empty} of {len(sums)} parts have no events; give more events, fewer seeds, or a smaller method.block"
        )
    return [part.total() for part in sums]


def merged(parts: Sequence[Sums]) -> Sums:
    """Add up all parts, in their order."""
    result = parts[0]
    for part in parts[1:]:
        result = result.merge(part)
    return result


def solve(sums: Sums, frame: Frame, task: Task, method: NullSpaceEngine) -> NullSpace:
    """Solve for the generators of the statement that the settings name."""
    rule = {"largest": method.largest_defect, "least_gap": method.least_gap}
    support = None
    if sums.points is not None:
        support = solve_support(find_quadrics(sums.points, frame.inputs, **rule), **rule)
    if method.statement == "support":
        if support is not None:
            return support
        count, directions = _points(sums).count, frame.inputs.ansatz()
        return unsolved("support", frame.inputs, directions=directions, fit=None, count=count)
    fit = fit_polynomial(_joint(sums), frame.inputs, frame.outputs, objects=task.objects, ridge=method.ridge)
    within = None if support is None else support.directions[: support.dimension]
    least = 0.0 if method.statement == "label" else method.least_fit
    return solve_function(fit, action=task.action, statement=method.statement, within=within, least_fit=least, **rule)


def _result(
    whole: NullSpace,
    parts: Sequence[NullSpace],
    *,
    method: NullSpaceEngine,
    seeds: Sequence[int],
    seconds: float,
    about: tuple[ActionName, ActionName],
) -> Discovery:
    channels = max(part.dimension for part in parts)
    size = whole.span.shape[0]
    stack = np.zeros((len(parts), channels, size, size), dtype=whole.span.dtype)
    for k, part in enumerate(parts):
        stack[k, : part.dimension] = readable(part.generators)
    if any(part.dimension != whole.dimension for part in parts):
        found = [part.dimension for part in parts]
        logger.warning("all events have %d generators, and the parts %s", whole.dimension, found)
    description: dict[str, Any] = {
        "method": method.model_dump(mode="json"),
        "x_action": about[0],
        "y_action": about[1],
        "n_samples": whole.count,
    }
    spectra: dict[str, ndarray] = {
        "whole": readable(whole.generators),
        "singular_values": whole.singular_values,
        "noise": whole.noise,
        "threshold": np.array([whole.threshold]),
        "dimensions": np.array([part.dimension for part in parts]),
        "part_values": np.stack([part.singular_values for part in parts])
        if len({len(part.singular_values) for part in parts}) == 1
        else np.zeros((len(parts), 0)),
    }
    if whole.fit is not None:
        spectra["fit"] = np.array([whole.fit])
    if whole.outputs is not None:
        mixing = as_real_rows(spectra["whole"]) @ as_real_rows(whole.generators).T
        spectra["outputs"] = np.einsum("ij,jab->iab", mixing, whole.outputs)
    return Discovery(
        generators=stack,
        span=whole.span,
        seeds=tuple(int(seed) for seed in seeds),
        history={},
        history_steps=np.zeros(0, dtype=np.int64),
        history_generators=np.zeros((len(parts), 0, channels, size, size), dtype=np.float32),
        null_space=spectra,
        settings=description,
        seconds=seconds,
        steps=0,
    )


def readable(generators: ndarray) -> ndarray:
    """Basis of the same span with few large entries; nothing where there is none."""
    return sparse_basis(generators) if len(generators) else generators


def _joint(sums: Sums) -> Moments:
    if sums.joint is None:
        raise ValueError("the sums have no monomials of whole events")
    return sums.joint


def _points(sums: Sums) -> Moments:
    if sums.points is None:
        raise ValueError("the sums have no monomials of single objects")
    return sums.points

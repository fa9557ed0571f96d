"""Whether methods of discovery find a finite, a continuous or a bounded symmetry, and the sharing of weights."""

from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray

from symscope.config.functions import CyclicFunction, FunctionsDataset, SectorFunction, SharedWeights, TwoVectors
from symscope.data.functions import shared_element
from symscope.discovery.elements import coefficients_of
from symscope.discovery.result import Discovery
from symscope.errors import DataError
from symscope.evaluation.cyclic import score_cyclic, turn_in_plane
from symscope.groups import known_algebra, principal_cosines

Task = Literal["discrete", "continuous", "subset", "weight_sharing"]
"""What is to be found: a finite group, a Lie group, the turns up to an angle, or which weights of a layer are shared."""
COSINE = 0.99
"""A direction, an algebra or a space of weights is found where the mean cosine of the principal angles reaches this."""
RANGE_TOLERANCE = 0.2
"""The learned range of turns is right where it differs from the true angle by no more than this share of it."""
FUNCTIONS = {
    "discrete": (CyclicFunction, SharedWeights),
    "continuous": (TwoVectors,),
    "subset": (SectorFunction,),
    "weight_sharing": (SharedWeights,),
}
"""Functions on which each is tried."""


class Verdict(NamedTuple):
    """Which seeds of a method succeed, and why."""

    success: Bool[ndarray, " seed"]
    """Whether each seed does."""
    words: str
    """What was found, for a reader."""


def judge(task: Task, discovery: Discovery, dataset: FunctionsDataset) -> Verdict:
    """Tell which seeds of a discovery find what is to be found.

    Raises
    ------
    DataError
        Where the dataset holds another function than the task is about, or several.
    """
    function = dataset.function
    if not isinstance(function, FUNCTIONS[task]):
        raise DataError(
            f"the column '{task}' is about functions of kind {' or '.join(kind().kind for kind in FUNCTIONS[task])}, and the "
            f"dataset holds '{function.kind}'; name another experiment"
        )
    if isinstance(function, SharedWeights):
        return _judge_element(discovery, function) if task == "discrete" else _judge_weights(discovery, function)
    if dataset.tasks != 1:
        raise DataError(f"the column '{task}' needs one function, and the dataset holds {dataset.tasks}; give it one")
    if isinstance(function, CyclicFunction):
        return _judge_cyclic(discovery, function.orders[0])
    if isinstance(function, SectorFunction):
        return _judge_sector(discovery, function.half_widths[0])
    cosines = span_cosines(discovery, known_algebra(f"so({dataset.dimension})"))
    return Verdict(cosines >= COSINE, f"span cosine {_typical(cosines, 4)}{_number_found(discovery)}")


def span_cosines(discovery: Discovery, truth: Float[ndarray, "m d d"]) -> Float[ndarray, " seed"]:
    """Mean cosine of the principal angles between each seed's span and an algebra.

    Matrices that are zero are no generators: they fill up seeds that found fewer than others. One generator too many or too few counts
    as a cosine of 0, and so does all of a seed that diverged.
    """
    cosines = []
    for stack, fine in zip(discovery.generators, discovery.finite, strict=True):
        kept = stack[np.any(stack != 0, axis=(1, 2))] if fine else stack[:0]
        cosines.append(principal_cosines(kept, truth).mean() if len(kept) else 0.0)
    return np.array(cosines)


def learned_range(discovery: Discovery, turn: Float[ndarray, "d d"]) -> Float[ndarray, " seed"]:
    """Half width of the uniform law of turns that has the standard deviation of the learned one [degrees].

    A turn is the part of the generator along `turn`, which turns by one radian. NaN for a method whose generators have no law of
    coefficients, and where a seed diverged.
    """
    if "coefficients" not in discovery.settings["method"]:
        return np.full(len(discovery.seeds), np.nan)
    rates = np.einsum("sij,ij->s", discovery.generators[:, 0], turn) / (turn**2).sum()
    spread = [coefficients_of(discovery, k, 20_000, seed=0)[:, 0].std() for k in range(len(discovery.seeds))]
    return np.asarray(np.rad2deg(np.sqrt(3.0) * np.abs(rates) * np.array(spread)))


def _judge_cyclic(discovery: Discovery, order: int) -> Verdict:
    if discovery.spectrum is not None:
        nothing = np.zeros(len(discovery.seeds), dtype=bool)
        return Verdict(nothing, f"a null space of generators has no element of finite order{_number_found(discovery)}")
    _require_law("discrete", discovery)
    score = score_cyclic(discovery, order=order, turn=turn_in_plane())
    identity = int((score.converged & (score.power == 0)).sum())
    return Verdict(score.success, f"{identity} at the identity, {int((~score.converged).sum())} far from the group")


def _judge_element(discovery: Discovery, function: SharedWeights) -> Verdict:
    score = score_cyclic(discovery, order=function.order, turn=turn_in_plane())
    return Verdict(
        score.success,
        f"distance over that between neighbours {_typical(score.distance, 3)}; another task than that of the other methods",
    )


def _require_law(task: Task, discovery: Discovery) -> None:
    """Refuse a discovery without a law of turns, of which the column would say what is not so."""
    channels = discovery.generators.shape[1]
    if channels != 1 or "coefficients" not in discovery.settings["method"]:
        name = discovery.settings["method"].get("name", "the method")
        raise DataError(
            f"the column '{task}' is about one generator with a law of coefficients, and '{name}' found {channels} "
            f"{'without one' if 'coefficients' not in discovery.settings['method'] else 'of them'}; name an experiment of "
            "liegan or augerino with one channel"
        )


def _judge_sector(discovery: Discovery, half_width: float) -> Verdict:
    if discovery.spectrum is None:
        _require_law("subset", discovery)
    turn = known_algebra("so(2)")
    along = span_cosines(discovery, turn) >= COSINE
    wanted = 90.0 - half_width
    ranges = learned_range(discovery, turn[0])
    near = np.abs(ranges - wanted) <= RANGE_TOLERANCE * wanted
    words = f"direction in {int(along.sum())} of {len(near)} seeds"
    if np.isnan(ranges).all():
        return Verdict(along & near, f"{words}; this method gives no range")
    return Verdict(along & near, f"{words}, range in {int(near.sum())} ({_typical(ranges, 0)} for {wanted:g} degrees)")


def _judge_weights(discovery: Discovery, function: SharedWeights) -> Verdict:
    if discovery.shared_weights is None:
        raise DataError(
            "the discovery tells nothing of shared weights; use the method msr on a function of kind shared_weights"
        )
    element = shared_element(function)
    powers = np.stack([np.linalg.matrix_power(element, j) for j in range(function.order)])
    truth = powers.transpose(1, 0, 2)  # one matrix of weights for each free weight: its row j is that row of R^j
    used = [found[np.any(found != 0, axis=(1, 2))] for found in discovery.shared_weights]
    cosines = np.array([principal_cosines(found, truth).mean() if len(found) else 0.0 for found in used])
    return Verdict(cosines >= COSINE, f"cosine of the space of weights {_typical(cosines, 4)}")


def _number_found(discovery: Discovery) -> str:
    """Say how many generators were found where a method finds their number."""
    if discovery.spectrum is None:
        return ""
    counts = sorted({int(count) for count in np.any(discovery.generators != 0, axis=(2, 3)).sum(axis=1)})
    return f"; generators found: {' or '.join(map(str, counts))}"


def _typical(values: Float[ndarray, " seed"], decimals: int) -> str:
    return f"{np.nanmedian(values):.{decimals}f}, median of {len(values)}"

"""Accuracy over data seeds of the null-space engine, and its time against the plain way, which keeps a row for each event.

The plain way is LieGG's: one row of df/dx and x for each event and component of the output, and one singular value
decomposition of all of them.
"""

import time

import numpy as np
from numpy import ndarray
from tests.benchmarks.suite import Size, peak_memory, run

from symscope.config.null_space import NullSpaceEngine
from symscope.config.trajectory_datasets import NBodyDataset
from symscope.data.nbody.simulation import simulate_orbits
from symscope.data.windows import windows_of
from symscope.discovery.nullspace.discover import discover_null_space
from symscope.discovery.nullspace.polynomials import evaluate, motion
from symscope.discovery.nullspace.streams import array_blocks
from symscope.evaluation.speed import Measurement
from symscope.groups.algebras import known_algebra
from symscope.groups.spans import restrict_to_span, span_cosine


def two_bodies(seed: int) -> tuple[ndarray, ndarray]:
    """Windows of one past and one future state of two bodies, single precision, as the default run stores them.

    The orbits start at all angles, while those of the default run start at half of them.
    """
    orbits = simulate_orbits(NBodyDataset(), seed=seed, n=800)
    windows = windows_of(orbits.states.astype(np.float32), past=1, future=1)
    return windows.x.astype(np.float64), windows.y.astype(np.float64)


def solve(x: ndarray, y: ndarray, *, same: bool = False, **settings: object) -> tuple[ndarray, ndarray, float]:
    """Generators, span and CPU seconds."""
    method = NullSpaceEngine.model_validate(settings)
    start = time.process_time()
    found = discover_null_space(
        array_blocks(x, y, method.block),
        x_action="vector",
        y_action="vector" if same else "trivial",
        method=method,
        seeds=[0],
    )
    return found.null_space["whole"], found.span, time.process_time() - start


def plain(x: ndarray, y: ndarray, degree: int) -> tuple[ndarray, float]:
    """Smallest singular direction of the rows of all events, for an invariant function."""
    start = time.process_time()
    phi = evaluate(x, degree)
    coefficients = np.linalg.lstsq(phi, y[:, None], rcond=None)[0]
    dim = x.shape[1]
    units = np.eye(dim * dim).reshape(-1, dim, dim)
    rows = np.stack([(phi @ motion(unit, coefficients, degree))[:, 0] for unit in units], axis=1)
    _, _, right = np.linalg.svd(rows, full_matrices=False)
    return right[-1].reshape(dim, dim), time.process_time() - start


def functions(name: str, seed: int) -> tuple[ndarray, ndarray, dict[str, object]]:
    """Events with a known algebra of a function, with one per mille of noise, and settings."""
    rng = np.random.default_rng(seed)
    size = known_algebra(name).shape[-1]
    x = rng.normal(size=(4000, 1, size)) * rng.uniform(0.5, 2, size) + rng.normal(size=size) * 0.3
    flat = x[:, 0]
    if name.startswith("dilatation"):
        y = np.einsum("ni,nj,nk,ijk->n", flat, flat, flat, rng.normal(size=(size, size, size)))
        return x, y + 1e-3 * y.std() * rng.normal(size=len(y)), {"output": "learned"}
    signs = np.array([1.0, -1, -1, -1]) if name == "so(1,3)" else np.ones(size)
    y = (flat**2) @ signs
    return x, y + 1e-3 * y.std() * rng.normal(size=len(y)), {}


def sums_alone(count: int) -> None:
    """Solve for the peak of the memory."""
    x, y = cubic(count)
    solve(x[:, None], y, degree=3)


def cubic(count: int) -> tuple[ndarray, ndarray]:
    """Events of a function of four variables with a rotation of two of them."""
    x = np.random.default_rng(0).normal(size=(count, 4))
    return x, x[:, 0] ** 3 + x[:, 1] ** 2 + x[:, 2] ** 2 + x[:, 3]


def accuracy(seeds: int) -> Measurement:
    """Time and error of the rotation of two bodies."""
    truth = known_algebra("so(2)", copies=4)
    errors, times = [], []
    for seed in range(1000, 1000 + seeds):
        x, y = two_bodies(seed)
        found, span, seconds = solve(x, y, same=True, degree=5)
        errors.append(1 - span_cosine(found, restrict_to_span(truth, span)) if len(found) else 1.0)
        times.append(seconds)
    good = sum(error <= 1e-6 for error in errors)
    return Measurement(
        step="null_space_orbits",
        label="null space, the rotation of two bodies",
        unit="data sets/s",
        rate=1 / float(np.median(times)),
        note=f"1 - |cosine| is at most 1e-6 in {good} of {seeds} data sets, {max(errors):.1e} at most.",
    )


def dimensions(name: str, seeds: int) -> Measurement:
    """Time and exactness of the number of generators of functions under noise."""
    truth = known_algebra(name)
    exact, worst, times = 0, 0.0, []
    for seed in range(2000, 2000 + seeds):
        x, y, settings = functions(name, seed)
        found, _, seconds = solve(x, y, degree=3, **settings)
        exact += len(found) == len(truth)
        worst = max(worst, 1 - span_cosine(found, truth) if len(found) else 1.0)
        times.append(seconds)
    return Measurement(
        step=f"null_space_{name.partition('(')[0]}_{truth.shape[-1]}",
        label=f"null space, {name} of a noisy function",
        unit="data sets/s",
        rate=1 / float(np.median(times)),
        note=f"The number of generators is exact in {exact} of {seeds} data sets; 1 - |cosine| is {worst:.1e} at most.",
    )


def measure(size: Size, repeats: int) -> list[Measurement]:
    """Events a second beside the plain way, and the time of a discovery."""
    counts = {"smoke": (2000,), "small": (10_000, 40_000), "full": (20_000, 80_000, 320_000)}[size]
    found = []
    for count in counts:
        x, y = cubic(count)
        ours = min(solve(x[:, None], y, degree=3)[2] for _ in range(repeats))
        theirs = min(plain(x, y, 3)[1] for _ in range(repeats))
        found.append(
            Measurement(
                step="null_space",
                label=f"null space of a function, {count:,} events",
                unit="events/s",
                rate=count / ours,
                plain=count / theirs,
                size=float(count),
                axis="events",
                in_rate=True,
                peak=peak_memory(sums_alone, count),
            )
        )
    if size == "smoke":
        return found
    if size == "full":
        found += [dimensions(name, 20) for name in ("so(3)", "so(5)", "so(1,3)", "dilatation(3)")]
    return [*found, accuracy(5 if size == "small" else 20)]


if __name__ == "__main__":
    run(measure, __doc__)

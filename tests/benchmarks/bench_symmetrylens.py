"""Time of a training step of SymmetryLens against a plain reference in the manner of the published code.

Run from the repository: ``python -m tests.benchmarks.bench_symmetrylens``. Both compute the same losses of the same
estimators and update the same number of parameters. The reference makes a forward pass for each of the two losses, with
dense perceptrons on masked samples, and autograd. The published TensorFlow code itself takes 1.35 s, 0.19 s and 0.045 s on
two cores for the three cases. Ratios matter; absolute times depend on the machine and on who else uses it.

With ``--fast`` the fast way runs on Gaussian pulses of growing length instead, each in a process of its own: processor time
until a stage reaches a |cosine| of 0.98 with the true shift, time of the whole, and peak memory.
"""

import argparse
import multiprocessing
import resource
import time
from collections.abc import Callable

import numpy as np
import torch
from tests.makers.plain_lens import PlainLens
from torch import Tensor

from symscope.config.signals import SignalsDataset
from symscope.config.symmetrylens import SymmetryLensPublished
from symscope.config.symmetrylens_fast import SymmetryLensFast
from symscope.data.hidden_axis import true_generator
from symscope.data.signals import make_signals
from symscope.discovery.symmetrylens.fast import discover_fast
from symscope.discovery.symmetrylens.published.trainer import LensTrainer

CASES = ((7, 2520, 0.045), (33, 2475, 0.19), (33, 16_500, 1.35))
"""Length, batch, and what the published code takes on two cores [s]."""
LENGTHS = (9, 17, 33, 65)
"""Lengths for the fast way."""
TARGET_COSINE = 0.98
"""|cosine| with the true shift that counts as found."""


def narrow_bumps(n_samples: int, length: int) -> Tensor:
    """Gaussian bumps at random places, with noise."""
    generator = torch.Generator().manual_seed(0)
    place = torch.arange(length) - (length - 1) / 2
    x = 0.05 * torch.randn(n_samples, length, generator=generator)
    for _ in range(3):
        centre = length * (2 * torch.rand(n_samples, 1, generator=generator) - 1)
        x += torch.exp(-0.5 * (place - centre) ** 2)
    return (x - x.mean()) / x.std()


def plain_step(settings: SymmetryLensPublished, x: Tensor, length: int, batch: int) -> Callable[[], None]:
    """Step of the plain reference."""
    plain = PlainLens(settings, length, length)
    with torch.no_grad():
        plain.parameters["algebra"] *= 0.01
    optimizers = torch.optim.Adam(plain.group(), lr=1e-4), torch.optim.Adam(plain.estimators(), lr=1e-3)

    def step() -> None:
        part = x[torch.randint(0, len(x) - batch, ()) :][:batch]
        model, _, _ = plain.losses(part, 0.1 * torch.randn(length), 0.5)
        gradients = [torch.autograd.grad(model, plain.group())]
        _, estimators, _ = plain.losses(part, 0.1 * torch.randn(length), 0.5)
        gradients.append(torch.autograd.grad(estimators, plain.estimators()))
        for optimizer, found in zip(optimizers, gradients, strict=True):
            for parameter, gradient in zip(optimizer.param_groups[0]["params"], found, strict=True):
                parameter.grad = gradient
            optimizer.step()

    return step


def ensemble_step(settings: SymmetryLensPublished, x: Tensor, batch: int, seeds: int) -> Callable[[], None]:
    """Step of the ensemble."""
    streams = [torch.Generator().manual_seed(seed) for seed in range(seeds)]
    return LensTrainer(settings, x, streams=streams, steps=10_000, batch=batch).advance


def best_times(steps: list[Callable[[], None]], repeats: int) -> list[float]:
    """Smallest time of each, taken in turns because other work on the machine disturbs [s]."""
    best = [float("inf")] * len(steps)
    for repeat in range(repeats + 1):
        for k, step in enumerate(steps):
            start = time.perf_counter()
            step()
            if repeat:  # the first is to warm up
                best[k] = min(best[k], time.perf_counter() - start)
    return best


def fast_way(length: int, n_samples: int, threads: int) -> None:
    """Print what the fast way takes on signals of one length."""
    torch.set_num_threads(threads)
    dataset = SignalsDataset(length=length)
    x = make_signals(dataset, n_samples, rng=np.random.default_rng(0))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = discover_fast(x, settings=SymmetryLensFast(), seeds=[0])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    truth = true_generator(dataset)
    found = result.snapshot_generators
    if found is None:
        raise RuntimeError("the fast way gave no snapshots")
    scale = np.linalg.norm(found[0], axis=(-2, -1)) * np.linalg.norm(truth)
    cosines = np.max([np.abs((found[0] * side).sum(axis=(-2, -1))) for side in (truth, truth.T)], axis=0) / scale
    seconds = result.history["processor_seconds"][0]
    reached = [float(second) for second, cosine in zip(seconds, cosines, strict=True) if cosine >= TARGET_COSINE]
    until = f"{reached[0]:.1f} s" if reached else "never"
    print(
        f"n {length:3d}: |cosine| {TARGET_COSINE} after {until}, {cosines[-1]:.5f} after {seconds[-1]:.1f} s of processor time; "
        f"peak memory {peak / 1024:.0f} MiB, {before / 1024:.0f} MiB of it before"
    )


def main() -> None:
    """Print times and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=12, help="steps of which the fastest counts")
    parser.add_argument("--seeds", type=int, default=5, help="size of the ensemble")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--fast", type=int, nargs="*", help="lengths on which the fast way runs; default 9 17 33 65")
    parser.add_argument("--samples", type=int, default=200_000, help="signals for the fast way")
    chosen = parser.parse_args()
    if chosen.fast is not None:
        # A process of its own for each length, as the peak of the memory never falls.
        context = multiprocessing.get_context("spawn")
        for length in chosen.fast or LENGTHS:
            worker = context.Process(target=fast_way, args=(length, chosen.samples, chosen.threads))
            worker.start()
            worker.join()
        return
    torch.set_num_threads(chosen.threads)
    print(f"{chosen.threads} threads; seconds a step and seed")
    for length, batch, published in CASES:
        settings = SymmetryLensPublished.model_validate({"optimisation": {"steps": 10_000, "batch": batch}})
        x = narrow_bumps(3 * batch, length)
        steps = [
            plain_step(settings, x, length, batch),
            ensemble_step(settings, x, batch, 1),
            ensemble_step(settings, x, batch, chosen.seeds),
        ]
        plain, single, several = best_times(steps, chosen.repeats)
        several /= chosen.seeds
        print(
            f"n {length:2d}, batch {batch:6d}: plain {plain:.4f}, ours {single:.4f} ({plain / single:.1f} x), "
            f"{chosen.seeds} seeds {several:.4f} ({plain / several:.1f} x); published {published} on two quiet cores"
        )


if __name__ == "__main__":
    main()

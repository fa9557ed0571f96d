"""Time of a training step of SymmetryLens against a plain reference in the manner of the published code.

Run from the repository: ``python -m tests.benchmarks.bench_symmetrylens``. Both compute the same losses of the same
estimators and update the same number of parameters. The reference makes a forward pass for each of the two losses, with
dense perceptrons on masked samples, and autograd. The published TensorFlow code itself takes 1.35 s, 0.19 s and 0.045 s on
two cores for the three cases. Ratios matter; absolute times depend on the machine and on who else uses it.
"""

import argparse
import time
from collections.abc import Callable

import torch
from tests.makers.plain_lens import PlainLens
from torch import Tensor

from symscope.config.symmetrylens import SymmetryLensPublished
from symscope.discovery.symmetrylens.published.trainer import LensTrainer

CASES = ((7, 2520, 0.045), (33, 2475, 0.19), (33, 16_500, 1.35))
"""Length, batch, and what the published code takes on two cores [s]."""


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


def main() -> None:
    """Print times and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=12, help="steps of which the fastest counts")
    parser.add_argument("--seeds", type=int, default=5, help="size of the ensemble")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    chosen = parser.parse_args()
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

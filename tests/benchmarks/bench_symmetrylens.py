"""Time of a training step of SymmetryLens against a plain reference in the manner of the published code.

Both compute the same losses of the same
estimators and update the same number of parameters. The reference makes a forward pass for each of the two losses, with
dense perceptrons on masked samples, and autograd. The published TensorFlow code itself takes 1.35 s, 0.19 s and 0.045 s on
two cores for the three cases. Also the fast way on Gaussian pulses of growing length: processor time until a stage reaches a
|cosine| of 0.98 with the true shift.
"""

from collections.abc import Callable

import numpy as np
import torch
from tests.benchmarks.suite import Size, alternate, peak_memory, run
from tests.makers.plain_lens import PlainLens
from torch import Tensor

from symscope.config.signals import SignalsDataset
from symscope.config.symmetrylens import SymmetryLensPublished
from symscope.config.symmetrylens_fast import SymmetryLensFast
from symscope.data.hidden_axis import true_generator
from symscope.data.signals import make_signals
from symscope.discovery.symmetrylens.fast import discover_fast
from symscope.discovery.symmetrylens.published.trainer import LensTrainer
from symscope.evaluation.speed import Measurement

CASES = ((7, 2520, 0.045), (33, 2475, 0.19), (33, 16_500, 1.35))
"""Length, batch, and what the published code takes on two cores [s]."""
GOAL = 3.0
"""Times the plain reference that is wanted of a step."""
TARGET_COSINE = 0.98
"""|cosine| with the true shift that counts as found."""
SIGNALS = 200_000
"""Signals for the fast way."""


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


def fast_way(length: int) -> tuple[float, float]:
    """Find the shift of signals of one length; processor time until it is found, nan where it never is, and |cosine| at the end."""
    dataset = SignalsDataset(length=length)
    result = discover_fast(
        make_signals(dataset, SIGNALS, rng=np.random.default_rng(0)), settings=SymmetryLensFast(), seeds=[0]
    )
    truth, found = true_generator(dataset), result.snapshot_generators
    if found is None:
        raise RuntimeError("the fast way gave no snapshots")
    scale = np.linalg.norm(found[0], axis=(-2, -1)) * np.linalg.norm(truth)
    cosines = np.max([np.abs((found[0] * side).sum(axis=(-2, -1))) for side in (truth, truth.T)], axis=0) / scale
    reached = np.flatnonzero(cosines >= TARGET_COSINE)
    return float(result.history["processor_seconds"][0][reached[0]]) if len(reached) else float("nan"), float(
        cosines[-1]
    )


def step_alone(length: int, batch: int, seeds: int) -> None:
    """Make two steps for the peak of the memory."""
    step = ensemble_step(_settings(batch), narrow_bumps(3 * batch, length), batch, seeds)
    step()
    step()


def _settings(batch: int) -> SymmetryLensPublished:
    return SymmetryLensPublished.model_validate({"optimisation": {"steps": 10_000, "batch": batch}})


def measure(size: Size, repeats: int) -> list[Measurement]:
    """Steps a second of the published way, and signals' shifts a second of the fast way."""
    cases = {"smoke": ((7, 70, 0.045),), "small": CASES[:2], "full": CASES}[size]
    found = []
    for length, batch, published in cases:
        x = narrow_bumps(3 * batch, length)
        taken = alternate(
            {
                "plain": plain_step(_settings(batch), x, length, batch),
                "1": ensemble_step(_settings(batch), x, batch, 1),
                "5": ensemble_step(_settings(batch), x, batch, 5),
            },
            4 * repeats,
        )
        found += [
            Measurement(
                step="lens_step" if seeds == 1 else "lens_step_ensemble",
                label=f"SymmetryLens, published way, {length} components, batches of {batch:,}, {seeds} seed{'s' * (seeds > 1)}",
                unit="seed-steps/s",
                rate=seeds / taken[str(seeds)],
                plain=1 / taken["plain"],
                goal=GOAL if seeds == 1 else None,
                size=float(length * batch),
                axis="components times samples of a batch",
                peak=peak_memory(step_alone, length, batch, seeds),
                note=f"The published code takes {published:g} s on two cores of another machine."
                if size != "smoke"
                else "",
            )
            for seeds in (1, 5)
        ]
    lengths = {"smoke": (), "small": (9, 17, 33), "full": (9, 17, 33, 65)}[size]
    for length in lengths:
        seconds, cosine = fast_way(length)
        reached = not np.isnan(seconds)
        found.append(
            Measurement(
                step="lens_quality",
                label=f"SymmetryLens, fast way, {length} components, to a |cosine| of {TARGET_COSINE:g}",
                unit="shifts/s",
                rate=1 / seconds if reached else 0.0,
                size=float(length),
                axis="components",
                note=f"|cosine| {cosine:.5f} at the end." + ("" if reached else " Never reached."),
            )
        )
    return found


if __name__ == "__main__":
    run(measure, __doc__)

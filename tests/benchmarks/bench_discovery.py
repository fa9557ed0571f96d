"""Speed of the LieGAN ensemble against a plain loop in the manner of the published code.

The reference trains one seed with a DataLoader that collates single
samples, autograd for both players, one forward pass of the discriminator for each loss, and two Adam optimisers.
Speeds are seed-steps/s: updates a second times the number of seeds. The quality is the median span cosine with so(1,2) and the
dilatation on massless particles in a plane, which the loop and the ensemble must reach.
"""

import time

import numpy as np
import torch
from tests.benchmarks.suite import Size, operations, peak_memory, run
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from symscope.config.discovery import LieGan
from symscope.discovery.discover import discover_symmetry
from symscope.discovery.result import Discovery
from symscope.evaluation.speed import Measurement
from symscope.groups.algebras import known_algebra
from symscope.groups.spans import span_cosine


class PlainGenerator(nn.Module):
    """Seven free 4 x 4 generators with standard normal coefficients."""

    def __init__(self) -> None:
        super().__init__()
        self.basis = nn.Parameter(0.35 * torch.randn(7, 4, 4))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        weights = torch.randn(len(x), 7)
        group = torch.matrix_exp(torch.einsum("bc,cij->bij", weights, self.basis))
        return torch.einsum("bij,boj->boi", group, x)

    def overlap(self) -> torch.Tensor:
        flat = nn.functional.normalize(self.basis.flatten(1), dim=1)
        return torch.triu((flat @ flat.T).abs(), diagonal=1).sum()


class PlainDiscriminator(nn.Module):
    """Label embedding and three linear layers."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(2, 32)
        self.net = nn.Sequential(
            nn.Linear(40, 512),
            nn.LeakyReLU(0.2),
            nn.Linear(512, 512),
            nn.LeakyReLU(0.2),
            nn.Linear(512, 1),
            nn.Sigmoid(),
        )

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return self.net(torch.cat([x.flatten(1), self.embedding(y)], dim=1))


def plain_speed(x: torch.Tensor, y: torch.Tensor, steps: int) -> float:
    """Steps a second of the plain loop, one seed."""
    generator, discriminator = PlainGenerator(), PlainDiscriminator()
    for_generator = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
    for_discriminator = torch.optim.Adam(discriminator.parameters(), lr=2e-4)
    criterion = nn.BCELoss()
    loader = DataLoader(TensorDataset(x, y), batch_size=64, shuffle=True, drop_last=True)
    done, start = 0, time.perf_counter()
    while True:
        for real, label in loader:
            if done == 10:  # warm
                start = time.perf_counter()
            if done == steps + 10:
                return steps / (time.perf_counter() - start)
            ones, zeros = torch.ones(64, 1), torch.zeros(64, 1)
            moved = generator(real)
            for_generator.zero_grad()
            alike = nn.functional.cosine_similarity(moved, real, dim=2).mean().abs()
            loss = criterion(discriminator(moved, label), ones) + alike + 0.1 * generator.overlap()
            loss.backward()
            for_generator.step()
            for_discriminator.zero_grad()
            loss = criterion(discriminator(real, label), ones) + criterion(discriminator(moved.detach(), label), zeros)
            (0.5 * loss).backward()
            for_discriminator.step()
            loss.item()
            done += 1


def jets(n: int = 20_000) -> tuple[torch.Tensor, torch.Tensor]:
    """Two massless particles an event, and a class."""
    rng = torch.Generator().manual_seed(1)
    space = 100.0 * torch.randn(n, 2, 3, generator=rng)
    return torch.cat([space.norm(dim=-1, keepdim=True), space], dim=-1), torch.randint(0, 2, (n,), generator=rng)


def train(method: LieGan, x: torch.Tensor, y: torch.Tensor, seeds: int, steps: int) -> Discovery:
    """Train an ensemble for some steps."""
    optimisation = method.optimisation.model_copy(update={"epochs": None, "steps": steps})
    timed = method.model_copy(update={"optimisation": optimisation})
    return discover_symmetry(
        x, y, x_action="vector", y_action="trivial", method=timed, seeds=range(seeds), device="cpu"
    )


def train_alone(seeds: int, steps: int, precision: str) -> None:
    """Train for the peak of the memory."""
    train(_published(precision), *jets(), seeds, steps)


def _published(precision: str) -> LieGan:
    return LieGan.published(channels=7, epochs=1.0).model_copy(update={"precision": precision})


def until_quality(wanted: float, seeds: int) -> Measurement:
    """Time until the median of an ensemble reaches a span cosine."""
    rng = np.random.default_rng(0)
    momentum = rng.normal(0, 1, (4000, 2))
    x = np.concatenate([np.linalg.norm(momentum, axis=1, keepdims=True), momentum], axis=1)[:, None]
    method = LieGan.recommended(channels=4, steps=2000)
    found = discover_symmetry(
        x, np.zeros(4000, dtype=np.int64), x_action="vector", y_action="trivial", method=method, seeds=range(seeds)
    )
    truth = known_algebra("so(1,2)+dilatation")
    cosines = [np.median([span_cosine(basis, truth) for basis in moment]) for moment in found.history_generators]
    reached = np.flatnonzero(np.array(cosines) >= wanted)
    share = (found.history_steps[reached[0]] if len(reached) else found.steps) / found.steps
    seconds = found.seconds * share / seeds
    note = "" if len(reached) else f"Not reached: the median is {cosines[-1]:.4f} after all steps."
    return Measurement(
        step="discovery_quality",
        label=f"LieGAN, time to a median span cosine of {wanted:g}, {seeds} seeds",
        unit="seeds/s",
        rate=1.0 / seconds,
        note=note,
    )


def measure(size: Size, repeats: int) -> list[Measurement]:
    """Seed-steps a second for several ensembles, and the time to a quality."""
    sizes = {"smoke": (1, 4), "small": (1, 8, 32), "full": (1, 8, 32, 128)}[size]
    steps = {"smoke": 40, "small": 100, "full": 400}[size]
    x, y = jets()
    torch.manual_seed(0)
    plain, speeds = 0.0, dict.fromkeys(sizes, 0.0)
    for _ in range(repeats):
        plain = max(plain, plain_speed(x, y, steps))
        for seeds in sizes:
            count = max(steps // seeds, 10)
            speeds[seeds] = max(speeds[seeds], seeds * count / train(_published("float32"), x, y, seeds, count).seconds)
    counted = 8
    products = operations(lambda: train(_published("float32"), x, y, 1, counted)) / counted
    found = [
        Measurement(
            step="discovery",
            label=f"LieGAN on jets, {seeds} seed{'s' if seeds > 1 else ''}",
            unit="seed-steps/s",
            rate=speed,
            plain=plain,
            size=float(seeds),
            axis="seeds",
            in_rate=True,
            peak=peak_memory(train_alone, seeds, 10, "float32"),
            operations=products,
        )
        for seeds, speed in speeds.items()
    ]
    return [*found, *([until_quality(0.99, 8)] if size == "full" else [])]


if __name__ == "__main__":
    run(measure, __doc__)

"""Speed of the LieGAN ensemble against a plain loop in the manner of the published code.

Run: ``python tests/benchmarks/bench_discovery.py``. The reference trains one seed with a DataLoader that collates single
samples, autograd for both players, one forward pass of the discriminator for each loss, and two Adam optimisers.
Speeds are seed-steps/s: updates a second times the number of seeds. Ratios matter; absolute numbers depend on the machine.
"""

import argparse
import time

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from symscope.config.discovery import LieGan
from symscope.discovery.discover import discover_symmetry


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


def ensemble_speed(x: torch.Tensor, y: torch.Tensor, seeds: int, steps: int, precision: str) -> float:
    """Seed-steps a second of the ensemble."""
    method = LieGan.published(channels=7, epochs=1.0).model_copy(update={"precision": precision})
    for count in (16, steps):  # the first is to warm up
        timed = method.model_copy(
            update={"optimisation": method.optimisation.model_copy(update={"epochs": None, "steps": count})}
        )
        result = discover_symmetry(
            x, y, x_action="vector", y_action="trivial", method=timed, seeds=range(seeds), device="cpu"
        )
    return seeds * steps / result.seconds


def main() -> None:
    """Print speeds and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=300, help="updates that are timed")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--repeats", type=int, default=3)
    steps, sizes, repeats = vars(parser.parse_args()).values()
    rng = torch.Generator().manual_seed(1)
    space = 100.0 * torch.randn(20_000, 2, 3, generator=rng)
    x = torch.cat([space.norm(dim=-1, keepdim=True), space], dim=-1)
    y = torch.randint(0, 2, (20_000,), generator=rng)
    torch.manual_seed(0)
    cases = [(precision, seeds) for precision in ("float32", "bfloat16") for seeds in sizes]
    plain, speeds = 0.0, dict.fromkeys(cases, 0.0)
    for _ in range(repeats):  # interleaved, and the best of each, because other work on the machine disturbs
        plain = max(plain, plain_speed(x, y, steps))
        for precision, seeds in cases:
            speed = ensemble_speed(x, y, seeds, max(steps // seeds, 20), precision)
            speeds[precision, seeds] = max(speeds[precision, seeds], speed)
    print(f"{torch.get_num_threads()} threads; plain loop, 1 seed: {plain:.0f} steps/s")
    for (precision, seeds), speed in speeds.items():
        print(f"ensemble of {seeds:3d}, {precision:8s}: {speed:6.0f} seed-steps/s, {speed / plain:5.1f} x plain")


if __name__ == "__main__":
    main()

"""Speed of training equivariant perceptrons: an ensemble in one computation, against one network after another.

The plain reference is written here in the manner of the published code: whole weight matrices that are projected on the
equivariant subspace in each forward pass, one network, one optimiser and one training loop for each seed.

    python tests/benchmarks/bench_predictors.py [--seeds 3] [--steps 200]
"""

import argparse
import time
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import torch
from torch import Tensor, nn

from symscope.config.prediction import EmlpModel, PredictorTraining
from symscope.groups import known_algebra
from symscope.groups.representations import Group, Rep, equivariant_basis
from symscope.training.predictors import train_predictor

ROTATION = known_algebra("so(2)", copies=4)


def make_windows(n: int) -> SimpleNamespace:
    """Windows of two bodies on circles about their centre of mass."""
    rng = np.random.default_rng(0)
    radius, phase = rng.uniform(1.5, 3, size=(n, 1)), rng.uniform(0, 3, size=(n, 1))
    omega = 0.5 * radius**-1.5
    c, s = (f(phase + 0.4 * omega * np.arange(10)) for f in (np.cos, np.sin))
    body = np.stack([radius * c, radius * s, -radius * omega * s, radius * omega * c], axis=-1)
    states = np.concatenate([body, -body], axis=-1).astype(np.float32)
    return SimpleNamespace(x=states[:, :5], y=states[:, 5:])


class ProjectedLinear(nn.Module):
    """Whole weights and biases between sums of vectors, duals and scalars, projected in each pass."""

    def __init__(self, group: Group, into: dict[str, int], out: dict[str, int]) -> None:
        super().__init__()
        self.sizes = {word: group.dim ** len(word) for word in (*into, *out)}
        self.into, self.out = into, out
        self.weights = nn.ParameterDict()
        for a, n_in in (into | {"bias": 1}).items():
            for b, n_out in out.items():
                source = "" if a == "bias" else a
                basis = equivariant_basis(
                    Rep(group, (source,)), Rep(group, (b,)), tolerance=5e-3, allow_empty=True
                ).basis
                flat = torch.as_tensor(basis, dtype=torch.float32).flatten(1)
                self.register_buffer(f"project_{a}_{b}", flat.mT @ flat)
                start = torch.zeros if a == "bias" else torch.randn
                self.weights[f"{a}_{b}"] = nn.Parameter(0.1 * start(n_out * n_in, flat.shape[1]))

    def forward(self, x: Tensor) -> Tensor:
        columns = []
        for a, n_in in self.into.items():
            blocks = []
            for b, n_out in self.out.items():
                block = self.weights[f"{a}_{b}"] @ self.get_buffer(f"project_{a}_{b}")
                block = block.view(n_out, n_in, self.sizes[b], self.sizes[a]).transpose(1, 2)
                blocks.append(block.reshape(n_out * self.sizes[b], n_in * self.sizes[a]))
            columns.append(torch.cat(blocks))
        biases = [(self.weights[f"bias_{b}"] @ self.get_buffer(f"project_bias_{b}")).flatten() for b in self.out]
        return x @ torch.cat(columns, dim=1).mT + torch.cat(biases)


class PlainEmlp(nn.Module):
    """Projected linear layers and gates; products of features as in ours."""

    def __init__(self, group: Group, *, vectors: int = 5, layers: int = 3) -> None:
        super().__init__()
        inner, factors = {"V": vectors, "": vectors}, {"V": vectors, "D": vectors, "": vectors}
        self.layers = nn.ModuleList(
            ProjectedLinear(group, {"V": 5 if k == 0 else vectors}, inner) for k in range(layers)
        )
        self.products = nn.ModuleList(ProjectedLinear(group, inner, factors) for _ in range(layers))
        self.last = ProjectedLinear(group, {"V": vectors}, {"V": 5})
        self.vectors, self.dim = vectors, group.dim

    def forward(self, x: Tensor) -> Tensor:
        n, d = self.vectors, self.dim
        values = x.flatten(1)
        for layer, product in zip(self.layers, self.products, strict=True):
            values = layer(values)
            made = product(values)
            vectors, scalars = values[:, : n * d].unflatten(1, (n, d)), values[:, n * d :]
            by_scalar, duals = (made[:, k * n * d : (k + 1) * n * d].unflatten(1, (n, d)) for k in (0, 1))
            scalars = scalars + (duals * vectors).sum(-1) + made[:, 2 * n * d :] * values[:, n * d :]
            vectors = vectors + by_scalar * values[:, n * d :, None]
            values = (vectors * scalars.sigmoid()[..., None]).flatten(1)
        return self.last(values).view(-1, 5, d)


def time_plain(windows: SimpleNamespace, group: Group, seeds: int, steps: int, batch: int) -> float:
    """Seconds for `steps` updates of every seed, one seed after another."""
    x, y = torch.from_numpy(windows.x), torch.from_numpy(windows.y)
    networks = [PlainEmlp(group) for _ in range(seeds)]
    start = time.perf_counter()
    for network in networks:
        optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)
        for _ in range(steps):
            chosen = torch.randint(len(x), (batch,))
            loss = (network(x[chosen]) - y[chosen]).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return time.perf_counter() - start


def main() -> None:
    """Print times and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--batch", type=int, default=128)
    arguments = parser.parse_args()
    torch.manual_seed(0)
    windows = make_windows(4000)
    settings = PredictorTraining(steps=arguments.steps, batch=arguments.batch, log_points=1)

    def ours(model: EmlpModel, seeds: list[int]) -> float:
        stack = np.stack([ROTATION] * len(seeds))
        few = SimpleNamespace(x=windows.x[:100], y=windows.y[:100])
        return train_predictor(
            windows, few, model=model, generators=stack, settings=settings, seeds=seeds, device="cpu"
        ).seconds

    whole = EmlpModel(space="all_components")
    seeds = list(range(arguments.seeds))
    runs: dict[str, Callable[[], float]] = {
        "plain, one after another": lambda: time_plain(
            windows, Group(ROTATION), arguments.seeds, arguments.steps, arguments.batch
        ),
        "ours, one after another": lambda: sum(ours(whole, [seed]) for seed in seeds),
        "ours, all seeds at once": lambda: ours(whole, seeds),
        "ours, on the data's span": lambda: ours(EmlpModel(), seeds),
    }
    taken = {name: min(run() for _ in range(2)) for name, run in runs.items()}
    base = taken["plain, one after another"]
    print(
        f"{arguments.steps} updates of {arguments.seeds} seeds, batches of {arguments.batch}, {torch.get_num_threads()} threads"
    )
    for name, seconds in taken.items():
        each = 1e3 * seconds / arguments.steps
        print(f"{name:26s} {each:7.2f} ms an update   {base / seconds:5.2f} times the plain reference")


if __name__ == "__main__":
    main()

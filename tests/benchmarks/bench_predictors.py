"""Speed of training equivariant perceptrons: an ensemble in one computation, against one network after another.

The plain reference is written here in the manner of the published code: whole weight matrices that are projected on the
equivariant subspace in each forward pass, one network, one optimiser and one training loop for each seed. Also the basis of
equivariant maps, beside one dense decomposition of the constraints on all maps at once.
"""

from types import SimpleNamespace

import numpy as np
import torch
from scipy.linalg import block_diag
from tests.benchmarks.suite import Size, alternate, peak_memory, run
from torch import Tensor, nn

from symscope.config.prediction import EmlpModel, PredictorTraining
from symscope.evaluation.speed import Measurement
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


def train_plain(windows: SimpleNamespace, seeds: int, steps: int, batch: int) -> None:
    """Make updates of every seed, one seed after another."""
    x, y = torch.from_numpy(windows.x), torch.from_numpy(windows.y)
    for _ in range(seeds):
        network = PlainEmlp(Group(ROTATION))
        optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)
        for _ in range(steps):
            chosen = torch.randint(len(x), (batch,))
            loss = (network(x[chosen]) - y[chosen]).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def train_ours(windows: SimpleNamespace, model: EmlpModel, seeds: int, steps: int, batch: int) -> None:
    """Make the same updates of all seeds at once."""
    few = SimpleNamespace(x=windows.x[:100], y=windows.y[:100])
    settings = PredictorTraining(steps=steps, batch=batch, log_points=1)
    stack = np.stack([ROTATION] * seeds)
    train_predictor(
        windows, few, model=model, generators=stack, settings=settings, seeds=list(range(seeds)), device="cpu"
    )


def train_alone(seeds: int, steps: int) -> None:
    """Train for the peak of the memory."""
    train_ours(make_windows(4000), EmlpModel(space="all_components"), seeds, steps, 128)


def dense_basis(generators: np.ndarray, words: tuple[str, ...]) -> int:
    """Dimension of the maps of a sum of tensor powers into itself, by one decomposition for all maps at once."""
    rows = []
    for one in generators:
        parts = []
        for word in words:
            part = np.zeros((1, 1))
            for _ in word:
                part = np.kron(part, np.eye(len(one))) + np.kron(np.eye(len(part)), one)
            parts.append(part)
        whole = block_diag(*parts)
        unit = np.eye(len(whole))
        rows.append(np.kron(whole, unit) - np.kron(unit, whole.T))
    singular = np.linalg.svd(np.concatenate(rows), compute_uv=False)
    return int((singular < 1e-5 * singular[0]).sum())


def bases(name: str, words: tuple[str, ...], repeats: int) -> Measurement:
    """Basis of the equivariant maps of a sum of representations into itself, block by block, and beside it all at once."""
    generators = known_algebra(name)
    group = Group(generators)

    def ours() -> int:
        return sum(
            len(equivariant_basis(Rep(group, (a,)), Rep(group, (b,)), tolerance=1e-5, allow_empty=True).basis)
            for a in words
            for b in words
        )

    taken = alternate({"ours": ours, "plain": lambda: dense_basis(generators, words)}, repeats)
    found, expected = ours(), dense_basis(generators, words)
    if found != expected:
        raise RuntimeError(f"{name}: {found} maps, and {expected} by the plain way")
    return Measurement(
        step="equivariant_basis",
        label=f"{found} equivariant maps of {' + '.join(word or '1' for word in words)} of {name}",
        unit="bases/s",
        rate=1 / taken["ours"],
        plain=1 / taken["plain"],
        size=float(sum(generators.shape[-1] ** len(word) for word in words)),
        axis="dimension of the representation",
    )


def measure(size: Size, repeats: int) -> list[Measurement]:
    """Updates of all seeds a second, and bases of equivariant maps."""
    steps = {"smoke": 5, "small": 50, "full": 200}[size]
    seeds, batch = 3, 128
    torch.manual_seed(0)
    windows = make_windows(4000)
    whole = EmlpModel(space="all_components")
    taken = alternate(
        {
            "plain": lambda: train_plain(windows, seeds, steps, batch),
            "all": lambda: train_ours(windows, whole, seeds, steps, batch),
            "span": lambda: train_ours(windows, EmlpModel(), seeds, steps, batch),
        },
        repeats,
    )
    words = {"all": "all components", "span": "on the data's span"}
    found = [
        Measurement(
            step=f"predictor_{way}",
            label=f"equivariant perceptrons of orbits, {words[way]}, {seeds} seeds",
            unit="seed-steps/s",
            rate=seeds * steps / taken[way],
            plain=seeds * steps / taken["plain"],
            peak=peak_memory(train_alone, seeds, 5) if way == "all" else None,
        )
        for way in words
    ]
    cases = [("so(3)", ("", "V"))] if size == "smoke" else [("so(3)", ("", "V", "VV")), ("so(1,3)", ("", "V", "VV"))]
    return [*found, *(bases(name, words, repeats) for name, words in cases)]


if __name__ == "__main__":
    run(measure, __doc__)

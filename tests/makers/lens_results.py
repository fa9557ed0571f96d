"""Results of SymmetryLens as a run would give them: the hidden shift, turned a little, most of all at the edges."""

import numpy as np
from scipy.linalg import expm

from symscope.config.signals import GaussianPulses, LegendrePulses, SignalsDataset
from symscope.data.hidden_axis import hidden_representation
from symscope.data.signals import make_signals
from symscope.discovery.symmetrylens.result import LensResult
from symscope.evaluation.lens_views import LensView, view_lens

ROLES = tuple(f"{b}_{d}" for b in ("gaussian", "legendre") for d in ("translation", "permuted", "frequency"))
REPRESENTATIONS = {"translation": "identity", "permuted": "permuted", "frequency": "dst"}


def signals_settings(role: str, *, length: int = 33) -> SignalsDataset:
    """The law of the signals that a role stands for."""
    basis, _, disguise = role.removeprefix("published_").partition("_")
    return SignalsDataset(
        length=length,
        basis=GaussianPulses() if basis == "gaussian" else LegendrePulses(),
        representation=REPRESENTATIONS[disguise],
        samples={"train": 4000, "val": 400, "test": 400},
    )


def lens_like(
    rng: np.random.Generator,
    settings: SignalsDataset,
    *,
    n_seeds: int = 5,
    noise: float = 0.01,
    snapshots: int = 0,
    stages: tuple[str, ...] = (),
) -> LensResult:
    """A result that is the truth up to small rotations; seeds differ in direction and in sign of the filter."""
    n = settings.length
    u = hidden_representation(settings)
    edge = 1 + 6 * np.exp(-np.minimum(np.arange(n), n - 1 - np.arange(n)) / 1.2)
    moments = max(snapshots, len(stages), 1)
    representations = np.empty((n_seeds, moments, n, n))
    for seed in range(n_seeds):
        a = rng.normal(size=(n, n)) * np.sqrt(np.outer(edge, edge)) * noise
        far = rng.normal(size=(n, n)) * 0.25
        for moment in range(moments):
            left = (1 - moment / (moments - 1)) ** 3 if moments > 1 else 0.0
            turn = expm((a - a.T) + left * (far - far.T))
            representations[seed, moment] = (-1) ** seed * (turn @ u)[:: -1 if seed % 2 else 1]
    step = np.eye(n, k=-1)
    generators = np.swapaxes(representations, -1, -2) @ step @ representations
    steps = (3000 * np.linspace(0, 1, moments) ** 2).astype(np.int64) if not stages else np.arange(moments)
    with_film = snapshots or stages
    return LensResult(
        generators=generators[:, -1],
        filters=representations[:, -1, n // 2],
        convolutions=representations[:, -1],
        seeds=tuple(range(n_seeds)),
        seconds=41.0,
        steps=3000,
        padding=0,
        snapshot_steps=steps if with_film else np.zeros(0, dtype=np.int64),
        snapshot_labels=stages,
        snapshot_generators=generators.astype(np.float32) if with_film else None,
        snapshot_convolutions=representations.astype(np.float32) if with_film else None,
        settings={"name": "symmetrylens_fast"},
    )


def lens_view(rng: np.random.Generator, role: str, *, length: int = 33, **changes) -> LensView:
    """One ensemble beside its truth."""
    settings = signals_settings(role, length=length)
    return view_lens(role, lens_like(rng, settings, **changes), settings, make_signals(settings, 400, rng=rng))


def lens_views(rng: np.random.Generator, *, published: bool = True, **changes) -> list[LensView]:
    """The six data sets, and the published way on short signals."""
    views = [lens_view(rng, role, **changes) for role in ROLES]
    if published:
        views.append(lens_view(rng, "published_gaussian_translation", length=9, n_seeds=4, noise=0.03, snapshots=13))
    return views

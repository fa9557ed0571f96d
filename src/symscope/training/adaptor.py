"""Classifiers trained on labelled signals in the true, the learned and the given representation.

The claim of SymmetryLens that is tested: in the representation that was learned without labels, a network made for
translations can be used on data that hide theirs.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, Int64, Integer
from numpy import ndarray
from torch import Tensor, nn

from symscope.config.adaptor import ADAPTOR_MODELS, AdaptorModel, AdaptorStudy, ClassifierTraining
from symscope.device import resolve_device
from symscope.discovery.batches import BatchStream
from symscope.discovery.loop import seed_streams
from symscope.discovery.symmetrylens.result import LensResult
from symscope.errors import DataError
from symscope.models.classification_metrics import accuracy, area_under_curve
from symscope.models.classifiers import ConvolutionClassifier, perceptron_classifier
from symscope.training.schedule import warm_cosine


@runtime_checkable
class LabelledSplit(Protocol):
    """One split of labelled signals: see ``symscope.io.samples.Split``."""

    @property
    def x(self) -> ndarray:
        """Signals (n, d)."""

    @property
    def y(self) -> ndarray:
        """Their classes (n,)."""


@dataclass(frozen=True, kw_only=True)
class AdaptorResult:
    """How well each network classifies the test signals, by the number of training samples."""

    models: tuple[AdaptorModel, ...]
    """What was compared, in the order of the first axis."""
    sizes: tuple[int, ...]
    """Numbers of training samples, in the order of the second axis."""
    seeds: tuple[int, ...]
    """Seeds, in the order of the last axis."""
    accuracy: Float[ndarray, "model size seed"]
    """Share of the test signals that get the right class."""
    auc: Float[ndarray, "model size seed"]
    """Area under the ROC curve, each class against the others, averaged over the classes."""
    parameters: dict[str, int]
    """Weights of each model's network."""
    lens_seeds: tuple[int, ...]
    """Seed of the discovery whose representation each seed has used."""
    n_test: int
    """Test signals."""
    n_classes: int
    """Classes."""
    seconds: float
    """Wall time of all trainings [s]."""


def train_adaptor(
    train: LabelledSplit,
    test: LabelledSplit,
    *,
    lens: LensResult,
    representation: Float[ndarray, "d d"],
    settings: AdaptorStudy,
    device: str = "auto",
) -> AdaptorResult:
    """Train all networks at all sizes, the seeds of each together, and measure them on the test signals.

    Parameters
    ----------
    train, test
        Labelled signals as they are given, in their disguise.
    lens
        The discovery; seeds that diverged are left out.
    representation
        The disguise U, ``s = U x``, for the hidden signals.
    settings
        The study.
    device
        `auto`, `cpu`, `cuda` or a name that torch knows.

    Returns
    -------
    AdaptorResult
        Every component is standardised by the training samples at hand, in each representation alike. No test signal
        takes part in any choice. The same seeds give the same numbers on the same machine.

    Raises
    ------
    DataError
        Where sizes do not agree, there are too few signals, or no seed of the discovery is finite.
    """
    place = resolve_device(device)
    x, y = _labelled(train, "training", representation)
    test_x, test_y = _labelled(test, "test", representation)
    if len(x) < settings.sizes[-1]:
        raise DataError(f"there are {len(x)} training signals, and the study asks for {settings.sizes[-1]}; make more")
    n_classes = 1 + int(max(y.max(), test_y.max()))
    used = _lens_seeds(lens, len(settings.seeds), dimension=x.shape[1])
    plain = np.eye(x.shape[1])
    maps: Mapping[AdaptorModel, Sequence[ndarray]] = {
        "true": [representation] * len(used),
        "learned": [lens.convolutions[index] for index in used],
        "raw": [plain] * len(used),
        "mlp": [plain] * len(used),
    }
    orders = [np.random.default_rng(seed).permutation(len(x))[: settings.sizes[-1]] for seed in settings.seeds]
    scores = np.full((2, len(maps), len(settings.sizes), len(used)), math.nan)
    parameters: dict[str, int] = {}
    start = time.perf_counter()
    for number, model in enumerate(ADAPTOR_MODELS):
        drawn = [x[order] @ matrix.T for order, matrix in zip(orders, maps[model], strict=True)]
        inputs, labels = np.stack(drawn), np.stack([y[order] for order in orders])
        asked = np.stack([test_x @ matrix.T for matrix in maps[model]])
        for place_of_size, size in enumerate(settings.sizes):
            streams = seed_streams(settings.seeds, place)
            shape = (inputs.shape[-1], n_classes)
            network = _network(model, settings, *shape, streams).to(place)
            parameters[model] = sum(part[0].numel() for part in network.parameters())
            fit, check = _standardise(inputs[:, :size], asked)
            known = torch.from_numpy(labels[:, :size]).to(place)
            train_classifiers(network, fit.to(place), known, settings.training_of(model), streams=streams)
            found = class_probabilities(network, check.to(place))
            scores[0, number, place_of_size] = accuracy(found, test_y)
            scores[1, number, place_of_size] = area_under_curve(found, test_y)
    return AdaptorResult(
        models=ADAPTOR_MODELS,
        sizes=tuple(settings.sizes),
        seeds=tuple(settings.seeds),
        accuracy=scores[0],
        auc=scores[1],
        parameters=parameters,
        lens_seeds=tuple(lens.seeds[index] for index in used),
        n_test=len(test_x),
        n_classes=n_classes,
        seconds=time.perf_counter() - start,
    )


def train_classifiers(
    network: nn.Module,
    x: Float[Tensor, "seed n d"],
    y: Int64[Tensor, "seed n"],
    settings: ClassifierTraining,
    *,
    streams: Sequence[torch.Generator],
) -> None:
    """Train an ensemble in place: the cross-entropy of each seed on its own samples.

    Parameters
    ----------
    network
        From (seed, batch, d) to logits (seed, batch, class), without any weight that seeds share.
    x, y
        Samples and classes of each seed.
    settings
        How to train.
    streams
        One random stream for each seed, for the order of its samples.
    """
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay, fused=True
    )
    batches = BatchStream(x.shape[1], min(settings.batch, x.shape[1]), streams)
    rows = torch.arange(len(x), device=x.device)[:, None]
    for step in range(settings.steps):
        for group in optimizer.param_groups:
            group["lr"] = settings.learning_rate * warm_cosine(step, settings.steps, warmup=settings.warmup)
        chosen = batches.next()
        logits = network(x[rows, chosen])
        losses = nn.functional.cross_entropy(logits.flatten(0, 1), y[rows, chosen].flatten(), reduction="sum")
        optimizer.zero_grad(set_to_none=True)
        # The sum over seeds, so that each has the gradient that it would have alone.
        (losses / chosen.shape[1]).backward()  # type: ignore[no-untyped-call]
        optimizer.step()


@torch.no_grad()
def class_probabilities(network: nn.Module, x: Float[Tensor, "seed n d"]) -> Float[ndarray, "seed n class"]:
    """Give the probability of each class, in pieces that bound the memory."""
    pieces = [network(piece).softmax(dim=-1).double().cpu() for piece in torch.split(x, 500, dim=1)]
    return np.asarray(torch.cat(pieces, dim=1).numpy())


def _network(
    model: AdaptorModel, settings: AdaptorStudy, n_inputs: int, n_classes: int, streams: Sequence[torch.Generator]
) -> nn.Module:
    if model == "mlp":
        return perceptron_classifier(settings.perceptron, n_inputs=n_inputs, n_classes=n_classes, streams=streams)
    return ConvolutionClassifier(settings.convolution, n_classes=n_classes, streams=streams)


def _standardise(
    fit: Float[ndarray, "seed n d"], check: Float[ndarray, "seed m d"]
) -> tuple[Float[Tensor, "seed n d"], Float[Tensor, "seed m d"]]:
    """Take the mean from every component and divide by its standard deviation, both of the training samples."""
    mean, scale = fit.mean(axis=1, keepdims=True), fit.std(axis=1, keepdims=True)
    scale = np.where(scale > 0, scale, 1.0)
    first, second = (torch.from_numpy(((values - mean) / scale).astype(np.float32)) for values in (fit, check))
    return first, second


def _lens_seeds(lens: LensResult, count: int, *, dimension: int) -> list[int]:
    """Choose seeds of the discovery in turn, by index."""
    finite = np.flatnonzero(lens.finite)
    if not len(finite):
        raise DataError(
            "no seed of the discovery is finite, so there is no learned representation; lower its learning rates"
        )
    if lens.convolutions.shape[-1] != dimension:
        raise DataError(
            f"the discovery was made in signals of {lens.convolutions.shape[-1]} components, and the labelled ones have "
            f"{dimension}; give signals with the same disguise"
        )
    return [int(finite[number % len(finite)]) for number in range(count)]


def _labelled(
    split: LabelledSplit, name: str, representation: Float[ndarray, "d d"]
) -> tuple[Float[ndarray, "n d"], Integer[ndarray, " n"]]:
    x, y = np.asarray(split.x), np.asarray(split.y)
    if x.ndim != 2 or y.shape != x.shape[:1] or x.shape[1] != len(representation) or not len(x):
        raise DataError(
            f"the {name} signals have shape {x.shape} and their classes {y.shape}; (n, {len(representation)}) and (n,) are needed"
        )
    return x.astype(np.float64), y.astype(np.int64)

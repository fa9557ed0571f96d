"""Everything that is reported of one trained tagger: figures of merit, speed, size, invariance."""

import time
from typing import Any, NamedTuple

import numpy as np
import torch

from symscope.config.taggers import TaggerEvaluation
from symscope.evaluation.invariance import InvarianceError, measure_invariance
from symscope.models.lorentznet import LorentzNet
from symscope.models.scoring import score_jets
from symscope.models.tagging_metrics import TaggingMetrics, tagging_metrics
from symscope.training.jets import SplitLike, TaggerJets, tagger_jets
from symscope.training.tagger_result import TrainedTagger, build_network


class TaggerEvaluationResult(NamedTuple):
    """What :func:`evaluate_tagger` found."""

    metrics: TaggingMetrics
    scores: np.ndarray
    """Probability of signal of each test jet."""
    labels: np.ndarray
    n_parameters: int
    jets_per_second: float
    """Inference speed on this machine [1/s]: the fastest of some passes over the first test jets, after a warm-up."""
    invariance: dict[str, InvarianceError]

    def as_record(self) -> dict[str, Any]:
        """Everything but the arrays, as plain values."""
        return {
            **self.metrics._asdict(),
            "n_parameters": self.n_parameters,
            "jets_per_second": self.jets_per_second,
            "invariance": {name: error._asdict() for name, error in self.invariance.items()},
        }


def evaluate_tagger(
    trained: TrainedTagger,
    test: SplitLike | TaggerJets,
    *,
    settings: TaggerEvaluation,
    seed: int,
    device: str = "cpu",
) -> TaggerEvaluationResult:
    """Score the test jets, and measure how invariant the scores are.

    Parameters
    ----------
    trained
        The tagger; its number of leading constituents and precision apply.
    test
        Labelled jets that took no part in the training.
    settings
        What to measure.
    seed
        Seed of the random rotations and boosts.
    device
        Where to compute.
    """
    jets = tagger_jets(test, max_constituents=trained.training["max_constituents"])
    network = build_network(trained)
    precision = trained.training["precision"]
    logits = score_jets(network, jets.momenta, jets.offsets, device=device, precision=precision)
    scores, labels = logits.double().softmax(1)[:, 1].numpy(), jets.labels.numpy()
    few = jets.take(torch.arange(min(settings.invariance_jets, len(jets))))
    return TaggerEvaluationResult(
        metrics=tagging_metrics(scores, labels),
        scores=scores,
        labels=labels,
        n_parameters=network.n_parameters,
        jets_per_second=_inference_speed(network, jets, settings=settings, device=device, precision=precision),
        invariance=measure_invariance(network, few.momenta, few.offsets, settings=settings, seed=seed, device=device),
    )


def _inference_speed(
    network: LorentzNet, jets: TaggerJets, *, settings: TaggerEvaluation, device: str, precision: str
) -> float:
    """Jets per second of the fastest pass; the scores come back to the CPU, so a GPU's work is done when it ends."""
    few = jets.take(torch.arange(min(settings.speed_jets, len(jets))))
    seconds = []
    for _ in range(1 + settings.speed_repetitions):
        start = time.perf_counter()
        score_jets(network, few.momenta, few.offsets, device=device, precision=precision)
        seconds.append(time.perf_counter() - start)
    return len(few) / min(seconds[1:])

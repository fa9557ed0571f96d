"""Everything that is reported of one trained tagger: figures of merit, speed, size, invariance."""

import time
from typing import Any, NamedTuple

import numpy as np
import torch

from symscope.config.taggers import TaggerEvaluation
from symscope.evaluation.invariance import InvarianceError, measure_invariance
from symscope.evaluation.tagging import Rejection, TaggingMetrics, background_rejection, tagging_metrics
from symscope.models.scoring import score_jets
from symscope.training.jets import SplitLike, TaggerJets, tagger_jets
from symscope.training.result import TrainedTagger, build_network


class TaggerEvaluationResult(NamedTuple):
    """What :func:`evaluate_tagger` found."""

    metrics: TaggingMetrics
    rejections: tuple[Rejection, ...]
    """At each signal efficiency of the settings."""
    scores: np.ndarray
    """Probability of signal of each test jet."""
    labels: np.ndarray
    n_parameters: int
    jets_per_second: float
    """Inference speed on the test jets on this machine."""
    invariance: dict[str, InvarianceError]

    def as_record(self) -> dict[str, Any]:
        """Everything but the arrays, as plain values."""
        return {
            **self.metrics._asdict(),
            "rejections": [r._asdict() for r in self.rejections],
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
    start = time.perf_counter()
    logits = score_jets(network, jets.momenta, jets.offsets, device=device, precision=precision)
    seconds = time.perf_counter() - start
    scores, labels = logits.double().softmax(1)[:, 1].numpy(), jets.labels.numpy()
    few = jets.take(torch.arange(min(settings.invariance_jets, len(jets))))
    return TaggerEvaluationResult(
        metrics=tagging_metrics(scores, labels),
        rejections=tuple(background_rejection(scores, labels, e) for e in settings.signal_efficiencies),
        scores=scores,
        labels=labels,
        n_parameters=network.n_parameters,
        jets_per_second=len(jets) / seconds,
        invariance=measure_invariance(network, few.momenta, few.offsets, settings=settings, seed=seed, device=device),
    )

"""A training as a job on files: alone, with a fellow process, and cut off in between."""

import json
import logging
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.makers.jet_files import random_jets
from torch import nn

from symscope.config.taggers import TaggerNetwork, TaggerTraining
from symscope.errors import ConfigError
from symscope.io.samples import SamplesHeader, SamplesWriter
from symscope.models.normalisation import pooled_batch_norm, pooled_moments
from symscope.training.job import TaggerJob, run_tagger_job, train_together
from symscope.training.tagger_result import TrainedTagger, read_tagger

TRAINING = TaggerTraining(
    epochs=2,
    warmup_epochs=1,
    cooldown_epochs=0,
    restart_period=1,
    learning_rate=1e-2,
    batch_jets=16,
    precision="float64",
    checkpoint_seconds=0,
)


@pytest.fixture
def job(tmp_path: Path, rng: np.random.Generator) -> TaggerJob:
    """A training of two epochs on 200 jets with random labels."""
    header = SamplesHeader(("E", "px", "py", "pz"), "GeV", "vector", "trivial", {"step": "ingest_jets"})
    with SamplesWriter(tmp_path / "jets.h5", header) as writer:
        for split, count in (("train", 200), ("val", 60)):
            batch = random_jets(rng, count, mean=5, least=2)
            writer.append(split, batch.momenta, batch.labels, batch.counts)
    return TaggerJob(
        jets=str(tmp_path / "jets.h5"),
        output=str(tmp_path / "alone.pt"),
        network=TaggerNetwork(hidden=6, layers=2).model_dump(),
        training=TRAINING.model_dump(),
        metric="minkowski",
        seed=3,
    )


def assert_same_numbers(a: TrainedTagger, b: TrainedTagger, *, rtol: float) -> None:
    """The same histories and weights, but for rounding and for the time they took."""
    for key in ("learning_rate", "train_loss", "val_loss", "val_accuracy", "val_auc"):
        assert [r[key] for r in a.history] == pytest.approx([r[key] for r in b.history], rel=rtol), key
    assert a.state_dict.keys() == b.state_dict.keys()
    for name, weights in a.state_dict.items():
        # A bias before a normalisation does nothing: its gradient is rounding, of which AdamW makes whole steps.
        if "node_in.bias" not in name and "node_norm.running_mean" not in name:
            torch.testing.assert_close(b.state_dict[name], weights, rtol=rtol, atol=1e-3 * rtol, msg=name)


@pytest.mark.slow
def test_two_processes_find_the_numbers_of_one(
    job: TaggerJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Over gloo on the loopback device. Normalisation and dropout of a step are those of all its jets, whoever has them."""
    monkeypatch.setenv("GLOO_SOCKET_IFNAME", "lo")
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")
    assert TaggerNetwork(**job.network).dropout > 0
    alone = train_together(job, 1)
    both = replace(job, output=str(tmp_path / "both.pt"), checkpoint=str(tmp_path / "both.checkpoint"))
    caplog.clear()
    with caplog.at_level(logging.INFO):
        together = train_together(both, 2)
    assert_same_numbers(alone, together, rtol=1e-6)
    # The first process tells how it goes, once.
    assert caplog.text.count("epoch 1: loss") == 1
    # Whether one process or two wrote a checkpoint does not matter to the one that goes on from it.
    resumed = train_together(replace(both, output=str(tmp_path / "resumed.pt")), 1)
    assert resumed.history == together.history


def test_processes_that_cannot_share_a_batch_are_refused(job: TaggerJob) -> None:
    with pytest.raises(ConfigError, match=r"batch_jets is 16 and compute\.processes is 3"):
        train_together(job, 3)


def test_the_job_of_a_launched_process_is_a_file(job: TaggerJob, tmp_path: Path) -> None:
    """As `torchrun` starts it, here alone; a mistake of the user is one line."""
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(asdict(replace(job, seed=-1))))
    done = subprocess.run(
        [sys.executable, "-m", "symscope.training.worker", str(wrong)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1] == "symscope: the seed of a training is -1; give an integer of 0 or more"


def test_a_job_runs_in_this_process_too(job: TaggerJob) -> None:
    run_tagger_job(job)
    first = read_tagger(job.output)
    run_tagger_job(job)
    assert_same_numbers(first, read_tagger(job.output), rtol=0)


def test_moments_of_parts_are_those_of_the_whole(torch_rng: torch.Generator) -> None:
    """Three processes that are one after another here, one of them with nothing; far from zero, where sums cancel."""
    rows = torch.randn(50, 4, generator=torch_rng, dtype=torch.float64) + 1e4
    parts = [rows[:20], rows[20:20], rows[20:]]
    own = [
        (p.mean(0) if len(p) else p.sum(0), p.var(0, correction=0) if len(p) else p.sum(0) + 1, len(p)) for p in parts
    ]
    sums: list[torch.Tensor] = []

    def collect(values: torch.Tensor) -> torch.Tensor:
        sums.append(values)
        return values

    for mean, variance, count in own:
        pooled_moments(mean, variance, count, collect)
    first = sums[0] + sums[2] + sums[4]
    means = [pooled_moments(*o, lambda v: first if len(v) == 5 else v)[0] for o in own]
    second = sum(count * (variance + (mean - means[0]) ** 2) for mean, variance, count in own)
    assert isinstance(second, torch.Tensor)
    mean, variance, count = pooled_moments(*own[1], lambda v: first if len(v) == 5 else second)
    torch.testing.assert_close(mean, rows.mean(0), rtol=1e-12, atol=0)
    torch.testing.assert_close(variance, rows.var(0, correction=0), rtol=1e-9, atol=0)
    assert count == 50


def test_alone_it_is_torchs_own_batch_normalisation(torch_rng: torch.Generator) -> None:
    ours, its = (nn.BatchNorm1d(4, dtype=torch.float64) for _ in range(2))
    rows = torch.randn(30, 4, generator=torch_rng, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(30, 4, generator=torch_rng, dtype=torch.float64)
    found, expected = pooled_batch_norm(ours, rows, lambda v: v), its(rows)
    torch.testing.assert_close(found, expected)
    gradients = [torch.autograd.grad((out * weight).sum(), rows)[0] for out in (found, expected)]
    torch.testing.assert_close(*gradients)
    for name in ("running_mean", "running_var", "num_batches_tracked"):
        torch.testing.assert_close(getattr(ours, name), getattr(its, name))

"""Training: the schedule, reproducibility, resumption after a kill, several processes, what is refused."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from pydantic import ValidationError

import symscope.evaluation.taggers as evaluation
from symscope.config.taggers import TaggerEvaluation, TaggerNetwork, TaggerTraining
from symscope.errors import CheckpointError, ConfigError, DataError
from symscope.evaluation.taggers import evaluate_tagger
from symscope.io.checkpoints import read_checkpoint, write_checkpoint
from symscope.models.kinematics import metric_tensor
from symscope.models.lorentznet import LorentzNet
from symscope.training.jets import TaggerJets, tagger_jets
from symscope.training.loop import train_tagger
from symscope.training.schedule import learning_rate
from symscope.training.tagger_result import TrainedTagger, build_network, read_tagger, write_tagger

NETWORK = TaggerNetwork(hidden=6, layers=2)
SHORT = TaggerTraining(
    epochs=3,
    warmup_epochs=1,
    cooldown_epochs=0,
    restart_period=2,
    learning_rate=1e-2,
    batch_jets=16,
    checkpoint_seconds=0,
)


def make_jets(n: int, seed: int) -> TaggerJets:
    """Toy jets: signal is a pair of prongs with a mass of 100 GeV or so, background is one narrow prong."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, size=n)
    counts = rng.integers(2, 9, size=n)
    jet = np.repeat(np.arange(n), counts)
    prong = rng.choice([-1, 1], size=len(jet)) * np.where(labels[jet] == 1, 0.4, 0.05)
    eta, phi = prong + 0.05 * rng.normal(size=len(jet)), 0.05 * rng.normal(size=len(jet))
    pt = rng.exponential(40, size=len(jet)) + 1
    momenta = np.stack([pt * np.cosh(eta), pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)], axis=1)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    return TaggerJets(torch.from_numpy(momenta.astype(np.float32)), torch.from_numpy(offsets), torch.from_numpy(labels))


TRAIN, VAL = make_jets(320, 0), make_jets(120, 1)


def train(
    settings: TaggerTraining = SHORT, *, seed: int = 4, checkpoint: Path | None = None, source: str = ""
) -> TrainedTagger:
    return train_tagger(
        TRAIN,
        VAL,
        network=NETWORK,
        metric="minkowski",
        settings=settings,
        seed=seed,
        checkpoint=checkpoint,
        source=source,
    )


def assert_same(a: TrainedTagger, b: TrainedTagger) -> None:
    """The same numbers, but for the time they took."""
    assert a.best_epoch == b.best_epoch
    timing = {"seconds", "jets_per_second"}
    plain = [[{k: v for k, v in record.items() if k not in timing} for record in t.history] for t in (a, b)]
    assert plain[0] == plain[1]
    assert a.state_dict.keys() == b.state_dict.keys()
    for name, value in a.state_dict.items():
        assert torch.equal(value, b.state_dict[name]), name


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """The numbers depend on the number of threads, which another test file in this process may have changed."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def uninterrupted(one_thread: None) -> TrainedTagger:
    return train()


def test_published_schedule() -> None:
    published = TaggerTraining()
    rates = [learning_rate(published, epoch=epoch) / published.learning_rate for epoch in range(35)]
    assert rates[:5] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    # torch's own scheduler as the oracle for the cosine with warm restarts.
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    oracle = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=4, T_mult=2)
    for epoch in range(5, 31):
        assert rates[epoch] == pytest.approx(oracle.get_last_lr()[0], abs=1e-12), epoch
        optimizer.step()
        oracle.step()
    assert rates[31:] == pytest.approx([rates[30] / 2, rates[30] / 4, rates[30] / 8, rates[30] / 16])


def test_schedule_by_batch_is_continuous() -> None:
    settings = TaggerTraining(epochs=8, warmup_epochs=2, cooldown_epochs=0, restart_period=6, schedule_step="batch")
    times = np.arange(0, 8, 0.01)
    rates = np.array([learning_rate(settings, epoch=int(t), progress=t % 1) for t in times]) / settings.learning_rate
    assert np.abs(np.diff(rates)).max() < 0.02
    assert rates.max() == pytest.approx(1, abs=1e-3)
    assert rates[times.searchsorted(5)] == pytest.approx(0.5, abs=0.01)
    assert rates[-1] < 1e-3


def test_phases_must_fit_into_the_epochs() -> None:
    with pytest.raises(ValidationError, match="leave none of the 6 epochs"):
        TaggerTraining(epochs=6, warmup_epochs=3, cooldown_epochs=3)


def test_training_learns_and_keeps_the_best_epoch(uninterrupted: TrainedTagger) -> None:
    accuracies = [record["val_accuracy"] for record in uninterrupted.history]
    assert len(accuracies) == SHORT.epochs
    assert uninterrupted.best_epoch == int(np.argmax(accuracies))
    assert uninterrupted.history[-1]["val_auc"] > 0.9
    result = evaluate_tagger(uninterrupted, VAL, settings=TaggerEvaluation(invariance_jets=8), seed=0)
    assert result.metrics.accuracy == pytest.approx(max(accuracies))
    assert result.n_parameters == uninterrupted.n_parameters == build_network(uninterrupted).n_parameters
    assert result.invariance["boost_with_beams"].median_logit < 1e-3
    record = json.loads(json.dumps(result.as_record()))
    assert record["invariance"]["boost_with_beams"]["max_logit"] >= 0
    assert record["jets_per_second"] > 0


def test_same_seed_same_numbers(uninterrupted: TrainedTagger) -> None:
    assert_same(train(), uninterrupted)
    other = train(seed=5)
    assert other.history[0]["train_loss"] != uninterrupted.history[0]["train_loss"]


def test_training_leaves_the_global_random_stream_alone() -> None:
    torch.manual_seed(11)
    expected = torch.rand(3)
    torch.manual_seed(11)
    train(SHORT.model_copy(update={"epochs": 2}))
    assert torch.equal(torch.rand(3), expected)


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import test_tagger_training as t
import time
import torch
torch.set_num_threads(1)
step = t.learning_rate
def slow(*args, **kwargs):
    time.sleep(0.05)
    return step(*args, **kwargs)
import symscope.training.loop as loop
loop.learning_rate = slow
t.train(checkpoint=Path(sys.argv[2]))
"""


def test_killed_training_continues_with_the_same_numbers(tmp_path: Path, uninterrupted: TrainedTagger) -> None:
    checkpoint = tmp_path / "run.pt"
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(Path(__file__).parent), str(checkpoint)])
    try:
        deadline = time.monotonic() + 120
        progress = {"epoch": 0, "step": 0}
        while not (progress["epoch"] >= 1 and progress["step"] >= 3):
            assert child.poll() is None, "the training ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.05)
            if checkpoint.exists():
                progress = torch.load(checkpoint, weights_only=True)["state"]["progress"]
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    left = torch.load(checkpoint, weights_only=True)["state"]["progress"]
    assert (left["epoch"], left["step"]) >= (1, 3)
    assert left["epoch"] < SHORT.epochs
    assert_same(train(checkpoint=checkpoint), uninterrupted)
    start = time.perf_counter()
    assert_same(train(checkpoint=checkpoint), uninterrupted)
    assert time.perf_counter() - start < 2, "a finished training is not repeated"


def test_damaged_and_foreign_checkpoints_start_afresh(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "run.pt"
    settings = SHORT.model_copy(update={"epochs": 2})
    first = train(settings, checkpoint=path)
    whole = path.read_bytes()

    def warnings_of(*, seed: int = 4, settings: TaggerTraining = settings, source: str = "") -> str:
        caplog.clear()
        result = train(settings, seed=seed, checkpoint=path, source=source)
        assert_same(result, train(settings, seed=seed))
        return " ".join(r.getMessage() for r in caplog.records if r.levelname == "WARNING")

    assert warnings_of() == "", "its own checkpoint"
    assert "other settings, seeds, data or code; starting afresh" in warnings_of(seed=5)
    assert "starting afresh" in warnings_of(settings=settings.model_copy(update={"learning_rate": 2e-2}))
    assert "starting afresh" in warnings_of(source="new code")
    assert warnings_of(source="new code") == "", "the foreign one has been replaced"
    for content in (whole[: len(whole) // 2], b"abc", b""):
        path.write_bytes(content)
        assert "no readable torch checkpoint" in warnings_of()
    assert_same(train(settings, checkpoint=path), first)


def test_checkpoints_are_read_by_their_own_run_only(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "folder" / "run.pt"
    assert read_checkpoint(path, run="a") is None
    assert caplog.text == ""
    write_checkpoint(path, {"step": 3, "weights": torch.ones(2)}, run="a")
    state = read_checkpoint(path, run="a")
    assert state is not None
    assert state["step"] == 3
    assert torch.equal(state["weights"], torch.ones(2))
    assert read_checkpoint(path, run="b") is None
    assert "other settings, seeds, data or code" in caplog.text
    torch.save({"a": torch.zeros(1)}, path)
    assert read_checkpoint(path, run="a") is None
    assert "format is None" in caplog.text


def test_file_of_a_trained_tagger(tmp_path: Path, uninterrupted: TrainedTagger) -> None:
    path = tmp_path / "tagger.pt"
    write_tagger(path, uninterrupted)
    assert_same(read_tagger(path), uninterrupted)
    torch.save({"format": "else"}, path)
    with pytest.raises(CheckpointError, match="no trained tagger"):
        read_tagger(path)
    torch.save({"format": "symscope-tagger-1", "seed": 1}, path)
    with pytest.raises(CheckpointError, match="incomplete"):
        read_tagger(path)


@pytest.mark.slow
def test_mixed_precision_trains_as_well() -> None:
    """Over seeds, because the rounding of one step sends a training of its own on another way."""
    half = SHORT.model_copy(update={"precision": "bfloat16"})
    runs = [[train(settings, seed=seed).history[-1]["val_auc"] for seed in range(5)] for settings in (half, SHORT)]
    low, full = np.array(runs)
    error = np.sqrt((low.var(ddof=1) + full.var(ddof=1)) / len(low))
    assert not np.array_equal(low, full)
    assert low.mean() > full.mean() - 3 * error


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"device": "warp"}, "'warp', which torch does not know"),
        ({"metric": np.eye(3)}, r"shape \(3, 3\); pass a symmetric 4 x 4 array"),
        ({"metric": np.ones(4)}, r"shape \(4,\)"),
        ({"seed": -1}, "seed of a training is -1"),
    ],
)
def test_arguments_that_cannot_be_used_are_named(changes: dict[str, object], words: str) -> None:
    arguments = {"network": NETWORK, "metric": "minkowski", "settings": SHORT, "seed": 0} | changes
    with pytest.raises(ConfigError, match=words):
        train_tagger(TRAIN, VAL, **arguments)


def test_speed_is_the_fastest_of_some_passes_after_a_warm_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a clock that is wrong on purpose: 9 s for the warm-up, then 4, 2 and 3 s."""
    times = iter(np.cumsum([0, 9, 0, 4, 0, 2, 0, 3]).astype(float))
    passes = []

    def counted(network: object, momenta: torch.Tensor, offsets: torch.Tensor, **options: object) -> None:
        passes.append(len(offsets) - 1)

    monkeypatch.setattr(evaluation, "time", SimpleNamespace(perf_counter=lambda: next(times)))
    monkeypatch.setattr(evaluation, "score_jets", counted)
    settings = TaggerEvaluation(speed_jets=50, speed_repetitions=3)
    network = LorentzNet(NETWORK, metric_tensor("minkowski"), rng=torch.Generator().manual_seed(0))
    speed = evaluation._inference_speed(network, VAL, settings=settings, device="cpu", precision="float32")
    assert speed == 25.0
    assert passes == [50] * 4


class DenseSplit:
    """A split as the samples file gives it, without offsets."""

    def __init__(self, x: np.ndarray, y: np.ndarray) -> None:
        self.x, self.y, self.offsets = x, y, None


def test_leading_constituents_and_padding() -> None:
    x = np.arange(1, 25, dtype=float).reshape(2, 3, 4)
    x[1, 2] = 0
    jets = tagger_jets(DenseSplit(x, np.array([1, 0])), max_constituents=2)
    assert jets.offsets.tolist() == [0, 2, 4]
    np.testing.assert_array_equal(jets.momenta.numpy(), x[[0, 0, 1, 1], [0, 1, 0, 1]])
    assert tagger_jets(DenseSplit(x, np.array([1, 0]))).offsets.tolist() == [0, 3, 5]
    assert len(tagger_jets(TRAIN, max_jets=10)) == 10


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        (np.ones((2, 3, 4)), np.array([1, 2]), r"labels are \[1, 2\]"),
        (np.ones((2, 3, 4)), np.array([1, 1]), r"no background jet \(label 0\) among 2"),
        (np.ones((2, 3, 4)), np.array([0, 0]), "no signal jet"),
        (np.ones((2, 3, 4)), np.array([0, 1, 1]), "3 labels for 2 jets"),
        (np.ones((2, 12)), np.array([0, 1]), r"shape \(2, 12\)"),
    ],
)
def test_arrays_that_cannot_train_a_tagger(x: np.ndarray, y: np.ndarray, words: str) -> None:
    with pytest.raises(DataError, match=words):
        tagger_jets(DenseSplit(x, y))

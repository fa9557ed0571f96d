"""Training of a jet tagger: AdamW, the published schedule, best on validation, resumable at any moment."""

import logging
import os
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from symscope.config.taggers import TaggerNetwork, TaggerTraining
from symscope.errors import ConfigError
from symscope.io.checkpoints import fingerprint, read_checkpoint, write_checkpoint
from symscope.models.kinematics import canonical_metric, metric_tensor
from symscope.models.lorentznet import LorentzNet
from symscope.models.scoring import score_jets
from symscope.models.tagging_metrics import tagging_metrics
from symscope.training.jets import SplitLike, TaggerJets, tagger_jets
from symscope.training.parallel import Processes, processes
from symscope.training.schedule import learning_rate
from symscope.training.tagger_result import TrainedTagger

logger = logging.getLogger(__name__)


@dataclass
class _Progress:
    """Everything that changes during a training, besides the network and the optimiser."""

    epoch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    epoch_seconds: float = 0.0
    seconds: float = 0.0
    best_value: float = -np.inf
    best_epoch: int = -1
    best_state: dict[str, Tensor] = field(default_factory=dict)
    history: list[dict[str, float]] = field(default_factory=list)


def train_tagger(
    train: SplitLike | TaggerJets,
    val: SplitLike | TaggerJets,
    *,
    network: TaggerNetwork,
    metric: str | np.ndarray | Tensor,
    settings: TaggerTraining,
    seed: int,
    include_momenta: bool = False,
    checkpoint: str | os.PathLike[str] | None = None,
    source: str = "",
    device: str = "cpu",
) -> TrainedTagger:
    """Train one tagger with one seed.

    Parameters
    ----------
    train, val
        Labelled jets; the order of the training jets is drawn anew in each epoch.
    network
        Shape of the network.
    metric
        ``minkowski``, ``euclidean``, or a symmetric 4 x 4 array such as a fitted metric, of which the sign and scale
        do not matter (see :func:`~symscope.models.kinematics.canonical_metric`).
    settings
        How to train.
    seed
        Seed of the initial weights, the order of the jets and the dropout. The same seed gives the same numbers on the
        same machine with the same number of threads and processes.
    include_momenta
        Whether the raw momenta join the edge network (LorentzNet without equivariance).
    checkpoint
        File to continue from and to write to, at least every `settings.checkpoint_seconds`; None writes none. It stays
        when the training is over, and a further call then returns at once. One that is damaged or of another training
        (settings, seed, jets, code) is not used: a warning says so, and the training starts afresh.
    source
        Digest of the code, so that a checkpoint of other code is not continued.
    device
        ``auto``, ``cpu``, ``cuda`` or the like. Under ``torchrun`` or ``accelerate launch`` each process takes its own device
        and an equal share of the `settings.batch_jets` jets of a step; the numbers are those of one process but for rounding.

    Returns
    -------
    TrainedTagger
        Weights of the epoch that was best on the validation jets, and the history.

    Raises
    ------
    DataError
        If the arrays are no labelled jets.
    ConfigError
        If the metric is no symmetric 4 x 4 array, the seed is negative, the device is not there, or the processes cannot
        share the jets of a step evenly.
    """
    if seed < 0:
        raise ConfigError(f"the seed of a training is {seed}; give an integer of 0 or more")
    team = processes(device)
    if settings.batch_jets % team.count:
        raise ConfigError(
            f"batch_jets is {settings.batch_jets} and {team.count} processes train together; give a multiple of {team.count}"
        )
    fit = tagger_jets(train, max_constituents=settings.max_constituents, max_jets=settings.max_train_jets)
    check = tagger_jets(val, max_constituents=settings.max_constituents)
    if len(fit) < team.count:
        raise ConfigError(f"{len(fit)} training jets cannot be shared by {team.count} processes; start fewer")
    form = metric_tensor(metric) if isinstance(metric, str) else canonical_metric(torch.as_tensor(metric))
    model = LorentzNet(network, form, include_momenta=include_momenta, rng=torch.Generator().manual_seed(seed))
    model = model.to(device=team.device, dtype=torch.float64 if settings.precision == "float64" else torch.float32)
    model.edge_dtype = torch.bfloat16 if settings.precision == "bfloat16" else None
    if team.count > 1:
        model.share_statistics(team.pool)
    wrapped = team.wrap(model)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay, fused=True
    )
    description = {
        "step": "train_tagger",
        "network": network.model_dump(),
        "training": settings.model_dump(exclude={"checkpoint_seconds"}),
        "include_momenta": include_momenta,
        "seed": seed,
        "source": source,
    }
    run = "" if checkpoint is None else fingerprint(description, form, *fit, *check)
    progress = _Progress()
    saved = None if checkpoint is None else read_checkpoint(checkpoint, run=run)
    if saved is not None:
        model.load_state_dict(saved["network"])
        optimizer.load_state_dict(saved["optimizer"])
        progress = _Progress(**saved["progress"])
        logger.info("continuing from %s at epoch %d, step %d", checkpoint, progress.epoch, progress.step)

    def save() -> None:
        if checkpoint is not None and team.rank == 0:
            state = {"network": model.state_dict(), "optimizer": optimizer.state_dict(), "progress": vars(progress)}
            write_checkpoint(checkpoint, state, run=run)

    while progress.epoch < settings.epochs:
        _train_epoch(wrapped, optimizer, fit, progress, team=team, settings=settings, seed=seed, save=save)
        _validate(model, check, progress, team=team, settings=settings, n_train=len(fit))
        save()
    return TrainedTagger(
        network=network.model_dump(),
        include_momenta=include_momenta,
        metric=form.tolist(),
        state_dict=progress.best_state,
        training=settings.model_dump(),
        seed=seed,
        best_epoch=progress.best_epoch,
        history=progress.history,
        seconds=progress.seconds,
        n_parameters=model.n_parameters,
    )


def _train_epoch(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    jets: TaggerJets,
    progress: _Progress,
    *,
    team: Processes,
    settings: TaggerTraining,
    seed: int,
    save: Any,
) -> None:
    """Run the rest of the current epoch; each step's randomness follows from (seed, epoch, step) alone."""
    order = torch.from_numpy(np.random.default_rng((seed, progress.epoch)).permutation(len(jets)))
    size = min(settings.batch_jets, len(jets)) // team.count * team.count
    n_steps = max(1, len(jets) // settings.batch_jets)
    network.train()
    start = last_save = time.perf_counter()
    while progress.step < n_steps:
        rate = learning_rate(settings, epoch=progress.epoch, progress=progress.step / n_steps)
        for group in optimizer.param_groups:
            group["lr"] = rate
        first = progress.step * settings.batch_jets
        batch = jets.take(order[first : first + size][team.rank :: team.count])
        rng = torch.Generator().manual_seed(_step_seed(seed, progress.epoch, progress.step, 0))
        share = (team.rank, team.count)
        logits = network(batch.momenta.to(team.device), batch.offsets.to(team.device), rng=rng, share=share)
        loss = nn.functional.cross_entropy(logits, batch.labels.to(team.device))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        progress.loss_sum += float(team.pool(loss.detach())) / team.count
        progress.step += 1
        now = time.perf_counter()
        progress.epoch_seconds += now - start
        start = now
        if now - last_save > settings.checkpoint_seconds:
            save()
            last_save = start = time.perf_counter()


def _step_seed(*parts: int) -> int:
    return int(np.random.SeedSequence(parts).generate_state(1)[0])


def _validate(
    model: LorentzNet, jets: TaggerJets, progress: _Progress, *, team: Processes, settings: TaggerTraining, n_train: int
) -> None:
    """Close the epoch: score the validation jets, keep the weights if they are the best, log."""
    start = time.perf_counter()
    own = jets.take(torch.arange(team.rank, len(jets), team.count))
    scored = score_jets(model, own.momenta, own.offsets, precision=settings.precision)
    rows = team.gather(torch.cat([scored.double(), own.labels[:, None].double()], dim=1))
    logits, labels = rows[:, :2], rows[:, 2].long()
    metrics = tagging_metrics(logits.softmax(1)[:, 1].numpy(), labels.numpy())
    loss = float(nn.functional.cross_entropy(logits, labels))
    value = {"accuracy": metrics.accuracy, "auc": metrics.auc, "loss": -loss}[settings.select_by]
    value = team.agree(value)
    if value > progress.best_value or progress.best_epoch < 0:
        progress.best_value, progress.best_epoch = value, progress.epoch
        progress.best_state = {k: v.detach().cpu().clone() for k, v in model.state_dict().items()}
    record = {
        "epoch": float(progress.epoch),
        "learning_rate": learning_rate(settings, epoch=progress.epoch, progress=0.5),
        "train_loss": progress.loss_sum / progress.step,
        "val_loss": loss,
        "val_accuracy": metrics.accuracy,
        "val_auc": metrics.auc,
        "seconds": progress.epoch_seconds,
        "jets_per_second": n_train / max(progress.epoch_seconds, 1e-9),
    }
    progress.history.append(record)
    logger.info("epoch %(epoch)d: loss %(train_loss).4f, validation AUC %(val_auc).4f, %(seconds).1f s", record)
    progress.seconds += progress.epoch_seconds + time.perf_counter() - start
    progress.epoch, progress.step, progress.loss_sum, progress.epoch_seconds = progress.epoch + 1, 0, 0.0, 0.0

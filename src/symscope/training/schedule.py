"""The published learning-rate schedule: warm-up, cosine with warm restarts, halving at the end."""

import math

from symscope.config.taggers import TaggerTraining


def learning_rate(settings: TaggerTraining, *, epoch: int, progress: float = 0.0) -> float:
    """Learning rate of AdamW at a point of the training.

    Parameters
    ----------
    settings
        Peak rate and phases.
    epoch
        Epoch, counted from 0.
    progress
        Share of the epoch that is done, 0 to below 1; ignored where `settings.schedule_step` is ``epoch``.

    Returns
    -------
    float
        In the warm-up the rate rises linearly and reaches the peak at its end. Then it follows
        ``CosineAnnealingWarmRestarts(T_0, T_mult)`` from the peak to zero in each period. In each of the last epochs it
        is multiplied by the cool-down factor, from the rate of the epoch before them.

    Notes
    -----
    The published warm-up starts at rate zero, which wastes the first epoch; ours starts one step up.
    """
    by_epoch = settings.schedule_step == "epoch"
    time = epoch + (0.0 if by_epoch else progress)
    cooling = epoch - (settings.epochs - settings.cooldown_epochs)
    if cooling >= 0:
        last = settings.epochs - settings.cooldown_epochs - 1
        plateau = learning_rate(settings, epoch=last, progress=0.5)
        return plateau * settings.cooldown_factor ** (cooling + 1)
    if time < settings.warmup_epochs:
        return settings.learning_rate * (epoch + 1 if by_epoch else max(time, 0.02)) / settings.warmup_epochs
    time -= settings.warmup_epochs
    period = float(settings.restart_period)
    while time >= period:
        time -= period
        period *= settings.restart_factor
    return settings.learning_rate * (1 + math.cos(math.pi * time / period)) / 2


def warm_cosine(step: int, steps: int, *, warmup: float) -> float:
    """Share of the learning rate at a step, counted from 0: linearly up in a share `warmup` of the steps, then half a cosine to 0."""
    rising = warmup * steps
    if step < rising:
        return (step + 1) / (rising + 1)
    return (1 + math.cos(math.pi * (step - rising) / max(steps - rising, 1))) / 2

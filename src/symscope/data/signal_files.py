"""Datasets of signals: made here, or the user's own matrix, as one samples file."""

import logging

import numpy as np

from symscope.config.signals import SignalsDataset
from symscope.config.splits import SPLIT_NAMES
from symscope.data.signals import make_signals
from symscope.io.files import PathLike
from symscope.io.samples import SamplesHeader, SamplesWriter
from symscope.provenance import provenance

logger = logging.getLogger(__name__)

_STEP = 100_000
"""Signals that are held in memory at a time."""


def generate_signals(settings: SignalsDataset, output: PathLike, *, seed: int) -> dict[str, int]:
    """Draw the signals of every split and write them as a samples file.

    Parameters
    ----------
    settings
        The law of the signals.
    output
        Samples file to write, x (n, length) float32 and y (n,) zeros; it appears whole or not at all.
    seed
        Root of three random streams, one for each split, so that a larger split leaves the others as they are.

    Returns
    -------
    dict
        Number of signals of each split.
    """
    header = SamplesHeader(
        feature_names=tuple(f"x{component + 1}" for component in range(settings.length)),
        units="standard deviation of the noiseless signal",
        x_action="vector",
        y_action="trivial",
        provenance=provenance(step="generate_signals", settings=settings.model_dump(mode="json"), seeds=[seed]),
    )
    with SamplesWriter(output, header) as writer:
        for split, stream in zip(SPLIT_NAMES, np.random.SeedSequence(seed).spawn(len(SPLIT_NAMES)), strict=True):
            rng = np.random.default_rng(stream)
            left = settings.samples[split]
            while left:
                count = min(left, _STEP)
                writer.append(split, make_signals(settings, count, rng=rng), np.zeros(count, np.uint8))
                left -= count
    logger.info("signals: %s", settings.samples)
    return {split: settings.samples[split] for split in SPLIT_NAMES}

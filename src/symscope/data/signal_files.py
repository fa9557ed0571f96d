"""Datasets of signals and of images, made here, as samples files."""

import logging

import numpy as np
from jaxtyping import Float, UInt8
from numpy import ndarray

from symscope.config.disguise import Disguised
from symscope.config.images import ImagesDataset
from symscope.config.signals import SignalsDataset
from symscope.config.splits import SPLIT_NAMES
from symscope.data.images import make_images
from symscope.data.signals import labelled_signals
from symscope.errors import ConfigError
from symscope.io.files import PathLike
from symscope.io.samples import SamplesHeader, SamplesWriter
from symscope.provenance import provenance

logger = logging.getLogger(__name__)

_STEP = 100_000
"""Signals that are held in memory at a time."""


def generate_signals(settings: Disguised, output: PathLike, *, seed: int) -> dict[str, int]:
    """Draw the signals or images of every split and write them as a samples file.

    Parameters
    ----------
    settings
        The law of the signals or images.
    output
        Samples file to write, x (n, components) float32 and y (n,), the number of the class or zeros; it appears
        whole or not at all.
    seed
        Root of three random streams, one for each split, so that a larger split leaves the others as they are.

    Returns
    -------
    dict
        Number of signals of each split.
    """
    header = SamplesHeader(
        feature_names=tuple(f"x{component + 1}" for component in range(settings.dimension)),
        units="standard deviation of the noiseless samples",
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
                writer.append(split, *_make(settings, count, rng=rng))
                left -= count
    logger.info("samples: %s", settings.samples)
    return {split: settings.samples[split] for split in SPLIT_NAMES}


def _make(
    settings: Disguised, count: int, *, rng: np.random.Generator
) -> tuple[Float[ndarray, "sample n"], UInt8[ndarray, " sample"]]:
    if isinstance(settings, SignalsDataset):
        return labelled_signals(settings, count, rng=rng)
    if isinstance(settings, ImagesDataset):
        return make_images(settings, count, rng=rng), np.zeros(count, np.uint8)
    raise ConfigError(f"{type(settings).__name__} cannot be drawn here; give settings of signals or of images")

"""The user's own matrix of samples as a dataset."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from symscope.config.signals import MatrixFiles
from symscope.config.splits import SPLIT_NAMES
from symscope.data.splits import quotas_by_fractions
from symscope.errors import DataError
from symscope.io.files import PathLike
from symscope.io.matrices import read_matrix
from symscope.io.samples import SamplesHeader, SamplesWriter
from symscope.provenance import provenance

logger = logging.getLogger(__name__)


def ingest_matrix(
    sources: Mapping[str, Sequence[PathLike]], *, settings: MatrixFiles, output: PathLike, seed: int
) -> dict[str, int]:
    """Read a matrix from files, check it and write one samples file: x (n, d), y (n,) zeros.

    Each split is in random order, so that its first n samples are a fair sample of it. The files are held in memory.

    Parameters
    ----------
    sources
        Files of each split, or under every split the same list where the settings split by fractions.
    settings
        The dataset's block of the configuration.
    output
        The samples file; it appears whole or not at all.
    seed
        Decides which samples go to which split, and their order.

    Returns
    -------
    dict
        Number of samples of each split.

    Raises
    ------
    DataError
        Where a file cannot be read, holds no matrix of finite numbers, or has another number of columns than the settings
        say; where a split is left without samples.
    """
    rng = np.random.default_rng(seed)
    if settings.split_by_fractions:
        samples = _stacked(sources["train"], settings)
        quotas = quotas_by_fractions(len(samples), {split: settings.fractions[split] for split in SPLIT_NAMES})
        rows = np.split(rng.permutation(len(samples)), np.cumsum(list(quotas.values())))
        chosen = {split: samples[rows[place]] for place, split in enumerate(SPLIT_NAMES)}
    else:
        chosen = {split: rng.permutation(_stacked(sources[split], settings)) for split in SPLIT_NAMES}
    chosen |= {split: chosen[split][:most] for split, most in settings.max_samples.items()}
    counts: dict[str, int] = {split: len(chosen[split]) for split in SPLIT_NAMES}
    if not min(counts.values()):
        empty = next(split for split, count in counts.items() if not count)
        raise DataError(f"split '{empty}' has no samples; give more files or a larger fraction")
    header = SamplesHeader(
        feature_names=settings.feature_names,
        units=settings.units,
        x_action="vector",
        y_action="trivial",
        provenance=provenance(step="ingest_matrix", settings=settings.model_dump(mode="json"), seeds=[seed]),
    )
    with SamplesWriter(output, header) as writer:
        for split in SPLIT_NAMES:
            writer.append(split, chosen[split], np.zeros(counts[split], np.uint8))
    logger.info("%s: %s samples of %d components", Path(output), counts, settings.dimension)
    return counts


def _stacked(paths: Sequence[PathLike], settings: MatrixFiles) -> Float[ndarray, "sample d"]:
    parts = []
    for path in paths:
        part = read_matrix(Path(path), array=settings.array, columns=settings.columns)
        if part.shape[1] != settings.dimension:
            raise DataError(
                f"{path} has {part.shape[1]} columns, and 'components' is {settings.dimension}; mend 'components', or name the "
                "columns to take under 'columns'"
            )
        parts.append(part)
    return np.concatenate(parts)

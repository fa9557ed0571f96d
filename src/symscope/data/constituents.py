"""Samples of a discovery: the leading constituents of jets, all jets with the same number of objects."""

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Int

from symscope.errors import DataError
from symscope.io.files import PathLike
from symscope.io.samples import (
    SamplesWriter,
    Split,
    count_samples,
    iterate_split,
    read_counts,
    read_header,
)
from symscope.provenance import provenance

logger = logging.getLogger(__name__)

_STEP = 50_000


def leading_constituents(jets: PathLike, split: str, *, n_objects: int, n_samples: int | None, seed: int) -> Split:
    """Draw jets at random, without repetition, and take their leading constituents.

    Parameters
    ----------
    jets
        Samples file with ragged jets, constituents by falling transverse momentum.
    split
        train, val or test.
    n_objects
        Constituents taken of each jet; jets with fewer are left out, which is logged.
    n_samples
        Jets wanted; None takes all that have enough constituents. Where fewer have, all of those are taken.
    seed
        Decides which jets, and their order.

    Returns
    -------
    Split
        x (n, n_objects, 4): E, px, py, pz in GeV; y (n,): labels.

    Raises
    ------
    DataError
        Where the split holds fewer jets than wanted, or none has enough constituents.
    """
    counts = read_counts(jets, split)
    eligible = np.flatnonzero(counts >= n_objects)
    left_out = len(counts) - len(eligible)
    if n_samples is not None and n_samples > len(counts):
        raise DataError(
            f"{jets}: {n_samples} samples are wanted and the split '{split}' has {len(counts)} jets; lower 'n_samples' or "
            "make the dataset larger"
        )
    if not len(eligible):
        raise DataError(
            f"{jets}: no jet of the split '{split}' has {n_objects} constituents (the largest has {counts.max(initial=0)}); "
            "lower 'objects'"
        )
    if left_out:
        logger.warning(
            "%s, %s: %d of %d jets have fewer than %d constituents and are left out",
            jets,
            split,
            left_out,
            len(counts),
            n_objects,
        )
    wanted = len(eligible) if n_samples is None else min(n_samples, len(eligible))
    if n_samples is not None and wanted < n_samples:
        logger.warning("%s, %s: %d samples instead of the %d that were wanted", jets, split, wanted, n_samples)
    chosen = np.random.default_rng(seed).choice(eligible, size=wanted, replace=False)
    return _gather(jets, split, chosen, n_objects)


def build_constituents(
    jets: PathLike, output: PathLike, *, objects: int, n_samples: int | None = None, seed: int
) -> dict[str, int]:
    """Write the samples that a discovery sees: dense x (n, objects, 4) in GeV and labels, for each split of the jets.

    Parameters
    ----------
    jets
        Samples file with ragged jets.
    output
        Samples file to write; it appears whole or not at all.
    objects
        Leading constituents taken of each jet.
    n_samples
        Jets of the training split; also the most that are taken of the other splits. None takes all.
    seed
        Decides which jets, and their order.

    Returns
    -------
    dict
        Number of samples of each split.

    Raises
    ------
    DataError
        See :func:`leading_constituents`.
    """
    header = read_header(jets)
    made = provenance(step="build_samples", settings={"objects": objects, "n_samples": n_samples}, seeds=[seed])
    sizes = count_samples(jets)
    written = {}
    with SamplesWriter(output, replace(header, provenance={**made, "input": header.provenance})) as writer:
        for split, size in sizes.items():
            wanted = n_samples if split == "train" or n_samples is None else min(n_samples, size)
            sample = leading_constituents(jets, split, n_objects=objects, n_samples=wanted, seed=seed)
            writer.append(split, sample.x, sample.y)
            written[split] = sample.n
    logger.info("%s: %s", Path(output), written)
    return written


def _gather(jets: PathLike, split: str, chosen: Int[np.ndarray, " n"], n_objects: int) -> Split:
    """Leading constituents of the jets with the numbers `chosen`, in that order; reads the file once."""
    order = np.argsort(chosen)
    wanted = chosen[order]
    x = np.empty((len(chosen), n_objects, 4), np.float32)
    y = np.empty(len(chosen), np.uint8)
    first = 0
    for piece in iterate_split(jets, split, step=_STEP):
        lower, upper = np.searchsorted(wanted, [first, first + piece.n])
        inside = wanted[lower:upper] - first
        if piece.offsets is not None and len(inside):
            rows = piece.offsets[:-1][inside][:, None] + np.arange(n_objects)
            x[order[lower:upper]] = piece.x[rows]
            y[order[lower:upper]] = piece.y[inside]
        first += piece.n
    return Split(x, y)

"""Rows of a matrix as the samples of a method that moves them: one vector each, and nothing that belongs to it."""

import numpy as np

from symscope.errors import DataError
from symscope.io.files import PathLike
from symscope.io.samples import SPLITS, SamplesWriter, read_header, read_split


def build_rows(dataset: PathLike, output: PathLike, *, n_samples: int | None) -> dict[str, int]:
    """Write signals or other rows as samples: x (n, 1, d), y (n, 1) zeros.

    Labels are left out: they are no part of what a symmetry of the rows is about.

    Parameters
    ----------
    dataset
        Samples file with x (n, d), in random order.
    output
        Samples file to write; it appears whole or not at all.
    n_samples
        Rows of the training split, the first ones; None takes all of them.

    Returns
    -------
    dict
        Number of samples of each split.

    Raises
    ------
    DataError
        Where the dataset holds no rows, or fewer than wanted.
    """
    counts = {}
    with SamplesWriter(output, read_header(dataset)) as writer:
        for split in SPLITS:
            x = read_split(dataset, split, stop=n_samples if split == "train" else None).x
            if x.ndim != 2:
                raise DataError(
                    f"{dataset} holds x of shape {x.shape}, and rows (n, d) are needed; take another sampling"
                )
            if split == "train" and n_samples is not None and len(x) < n_samples:
                raise DataError(f"{dataset} has {len(x)} training rows, and {n_samples} are wanted; lower 'n_samples'")
            writer.append(split, x[:, None], np.zeros((len(x), 1), np.float32))
            counts[split] = len(x)
    return counts

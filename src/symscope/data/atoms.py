"""Samples of molecules: the first atoms of each, with their elements and the energies beside them."""

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Float32
from numpy import ndarray

from symscope.errors import DataError
from symscope.io.files import PathLike
from symscope.io.samples import SamplesWriter, Split, count_samples, read_header, read_split
from symscope.provenance import provenance

logger = logging.getLogger(__name__)

N_TARGETS = 2
"""HOMO and LUMO stand before the elements in y."""
HEAVY = (6, 7, 8, 9)
"""Nuclear charges of the elements C, N, O, F, in the order of their columns."""
HYDROGEN = 1


def elements_seen(*, hydrogens: bool) -> tuple[int, ...]:
    """Nuclear charges that have a column of their own in y, in order."""
    return (*HEAVY, HYDROGEN) if hydrogens else HEAVY


def build_atoms(
    dataset: PathLike, output: PathLike, *, objects: int, hydrogens: bool, n_samples: int | None = None, seed: int
) -> dict[str, int]:
    """Write what a discovery or a network sees of molecules.

    x (n, objects, 4) has the homogeneous coordinates (x, y, z, 1) [angstrom] of the first atoms of each molecule. Where a
    molecule has fewer, the rows left over are zero, which no matrix moves. y (n, 2 + objects * elements) has HOMO and LUMO
    less their mean over their standard deviation in the train split, then for each atom a one at its element.

    Parameters
    ----------
    dataset
        Samples file with whole molecules.
    output
        Samples file to write; it appears whole or not at all. Its provenance has ``target_mean`` and ``target_std`` [eV].
    objects
        Atoms of each molecule, the first ones.
    hydrogens
        Whether hydrogen counts; it stands behind the heavy atoms.
    n_samples
        Molecules of the training split, drawn at random without repetition; None takes all. The others are kept whole.
    seed
        Decides which molecules.

    Returns
    -------
    dict
        Number of molecules of each split.

    Raises
    ------
    DataError
        Where the training split holds fewer molecules than wanted, a split holds none, or x is no set of atoms.
    """
    header = read_header(dataset)
    settings = {"objects": objects, "hydrogens": hydrogens, "n_samples": n_samples}
    made = provenance(step="build_atoms", settings=settings, seeds=[seed])
    sizes = count_samples(dataset)
    train = read_split(dataset, "train")
    if n_samples is not None and n_samples > train.n:
        raise DataError(
            f"{dataset}: {n_samples} samples are wanted and the split 'train' has {train.n} molecules; lower 'n_samples' or "
            "make the dataset larger"
        )
    energies = train.y[:, :N_TARGETS].astype(np.float64)
    mean, std = energies.mean(axis=0), np.maximum(energies.std(axis=0), 1e-12)
    about = {"target_mean": mean.tolist(), "target_std": std.tolist(), "input": header.provenance}
    written = {}
    with SamplesWriter(output, replace(header, provenance={**made, **about})) as writer:
        for split in sizes:
            whole = train if split == "train" else read_split(dataset, split)
            x, charges = first_atoms(whole, objects=objects, hydrogens=hydrogens)
            seen = charges[..., None] == np.array(elements_seen(hydrogens=hydrogens), np.float32)
            y = np.concatenate([(whole.y[:, :N_TARGETS] - mean) / std, seen.reshape(len(x), -1)], axis=1)
            chosen = np.arange(len(x))
            if split == "train" and n_samples is not None:
                chosen = np.random.default_rng(seed).choice(len(x), size=n_samples, replace=False)
            writer.append(split, x[chosen], y[chosen].astype(np.float32))
            written[split] = len(chosen)
    logger.info("%s: %s molecules, %d atoms of each", Path(output), written, objects)
    return written


def first_atoms(
    molecules: Split, *, objects: int, hydrogens: bool
) -> tuple[Float32[ndarray, "n objects 4"], Float32[ndarray, "n objects"]]:
    """Coordinates and nuclear charges of the first atoms of each molecule, zeros where it has fewer.

    Raises
    ------
    DataError
        Where the samples are no molecules.
    """
    if molecules.offsets is None or molecules.y.ndim != 2 or molecules.x.shape[1:] != (4,):
        raise DataError(
            f"x has shape {molecules.x.shape} and y {molecules.y.shape}, which are no molecules; take atoms of a dataset of "
            "molecules"
        )
    counts = np.diff(molecules.offsets)
    owner = np.repeat(np.arange(molecules.n), counts)
    place = np.arange(len(owner)) - molecules.offsets[:-1][owner]
    charges = molecules.y[owner, N_TARGETS + place]
    wanted = np.ones(len(owner), bool) if hydrogens else charges > HYDROGEN
    # Heavy atoms first, each kind in its order: lexsort takes its last key first.
    order = np.lexsort((place, charges <= HYDROGEN, owner))
    order = order[wanted[order]]
    owner = owner[order]
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.bincount(owner, minlength=molecules.n))])
    slot = np.arange(len(owner)) - first[owner]
    kept = slot < objects
    x = np.zeros((molecules.n, objects, 4), np.float32)
    z = np.zeros((molecules.n, objects), np.float32)
    x[owner[kept], slot[kept]] = molecules.x[order[kept]]
    z[owner[kept], slot[kept]] = charges[order[kept]]
    return x, z

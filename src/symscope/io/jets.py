"""Jets in memory: ragged four-momenta with one label for each jet."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Int, Int64, UInt8

SIGNAL = 1
BACKGROUND = 0
UNLABELLED = 255
"""Marks a jet of neither class while a file is being read; no jet of a samples file has it."""


class JetBatch(NamedTuple):
    """Several jets, their constituents one after the other.

    Jet i owns the rows ``momenta[offsets[i]:offsets[i + 1]]``, by falling transverse momentum.
    """

    momenta: Float32[np.ndarray, "constituent 4"]
    """E, px, py, pz of the constituents [GeV]."""
    offsets: Int64[np.ndarray, " jet_plus_1"]
    """Where each jet begins and the last one ends; starts at 0."""
    labels: UInt8[np.ndarray, " jet"]
    """1 for signal (top), 0 for background (QCD)."""

    @property
    def n_jets(self) -> int:
        """Number of jets."""
        return len(self.labels)

    @property
    def counts(self) -> Int64[np.ndarray, " jet"]:
        """Number of constituents of each jet."""
        return np.diff(self.offsets)

    @classmethod
    def from_counts(
        cls,
        momenta: Float32[np.ndarray, "constituent 4"],
        counts: Int[np.ndarray, " jet"],
        labels: UInt8[np.ndarray, " jet"],
    ) -> "JetBatch":
        """Jets from the number of constituents of each."""
        return cls(momenta, offsets_from_counts(counts), labels)

    @classmethod
    def empty(cls) -> "JetBatch":
        """No jet at all."""
        return cls(np.empty((0, 4), np.float32), np.zeros(1, np.int64), np.empty(0, np.uint8))


class JetBlock(NamedTuple):
    """Jets as they stand in a file, before anything was checked but their labels."""

    batch: JetBatch
    """The jets; the label :data:`UNLABELLED` marks those of neither class."""
    path: Path
    """The file."""
    first_entry: int
    """Number of the first jet in the file, counted from 0."""


def offsets_from_counts(counts: Int[np.ndarray, " jet"]) -> Int64[np.ndarray, " jet_plus_1"]:
    """Where each jet begins, and at the end the number of all constituents."""
    offsets = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    return offsets


def transverse_momenta(momenta: Float32[np.ndarray, "constituent 4"]) -> Float32[np.ndarray, " constituent"]:
    """Transverse momentum of each constituent [GeV]."""
    pt: Float32[np.ndarray, " constituent"] = np.hypot(momenta[:, 1], momenta[:, 2])
    return pt


def select_jets(batch: JetBatch, chosen: Int[np.ndarray, " chosen"] | Bool[np.ndarray, " jet"]) -> JetBatch:
    """Take some of the jets, in the order of `chosen`: a mask, or the numbers of jets."""
    index = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen
    counts = batch.counts[index]
    offsets = offsets_from_counts(counts)
    rows = np.repeat(batch.offsets[index] - offsets[:-1], counts) + np.arange(offsets[-1])
    return JetBatch(batch.momenta[rows], offsets, batch.labels[index])


def concatenate_jets(batches: Sequence[JetBatch]) -> JetBatch:
    """All jets of several batches, in their order."""
    if not batches:
        return JetBatch.empty()
    return JetBatch.from_counts(
        np.concatenate([b.momenta for b in batches]),
        np.concatenate([b.counts for b in batches]),
        np.concatenate([b.labels for b in batches]),
    )


def leading_jet_constituents(batch: JetBatch, limit: int) -> JetBatch:
    """Keep the first `limit` constituents of each jet."""
    place = np.arange(len(batch.momenta)) - np.repeat(batch.offsets[:-1], batch.counts)
    return JetBatch.from_counts(batch.momenta[place < limit], np.minimum(batch.counts, limit), batch.labels)


def jets_out_of_order(batch: JetBatch, *, tolerance: float = 0.0) -> Bool[np.ndarray, " jet"]:
    """Which jets have a constituent with more transverse momentum than the one before it.

    Parameters
    ----------
    batch
        The jets.
    tolerance
        Rise of the transverse momentum that is forgiven, relative to the harder of the two (dimensionless).
    """
    pt = transverse_momenta(batch.momenta)
    rises = np.zeros(len(pt), np.bool_)
    rises[1:] = pt[1:] * (1 - tolerance) > pt[:-1]
    rises[batch.offsets[:-1][batch.counts > 0]] = False  # the first constituent of a jet has none before it
    jet = np.repeat(np.arange(batch.n_jets), batch.counts)
    wrong = np.zeros(batch.n_jets, np.bool_)
    wrong[jet[rises]] = True
    return wrong


def sort_constituents(batch: JetBatch) -> JetBatch:
    """Put the constituents of every jet in the order of falling transverse momentum; equal ones keep their order."""
    wrong = jets_out_of_order(batch)
    if not wrong.any():
        return batch
    rows = np.flatnonzero(np.repeat(wrong, batch.counts))
    jet = np.repeat(np.arange(batch.n_jets), batch.counts)[rows]
    # One key of 64 bits, jet above falling pT: the bits of floats that are not negative rise with their values.
    pt_bits = transverse_momenta(batch.momenta[rows]).view(np.int32).astype(np.int64)
    order = np.argsort((jet << 32) + (np.iinfo(np.int32).max - pt_bits), kind="stable")
    momenta = batch.momenta.copy()
    momenta[rows] = batch.momenta[rows[order]]
    return JetBatch(momenta, batch.offsets, batch.labels)

"""Labelled ragged jets as the taggers' training takes them."""

from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor

from symscope.errors import DataError
from symscope.models.nodes import check_jets
from symscope.models.scoring import take_jets


@runtime_checkable
class SplitLike(Protocol):
    """One split of a samples file: see ``symscope.io.samples.Split``."""

    @property
    def x(self) -> np.ndarray:
        """Four-momenta [GeV], (n_constituents, 4) with offsets or (n_jets, objects, 4) without."""

    @property
    def y(self) -> np.ndarray:
        """Labels 0 (background) or 1 (signal), one for each jet."""

    @property
    def offsets(self) -> np.ndarray | None:
        """First constituent of each jet and the total at the end; None for dense arrays."""


class TaggerJets(NamedTuple):
    """Jets with labels; constituents of a jet by falling pT."""

    momenta: Tensor
    """(n_constituents, 4) E, px, py, pz [GeV]."""
    offsets: Tensor
    """(n_jets + 1,) int64."""
    labels: Tensor
    """(n_jets,) int64: 1 signal, 0 background."""

    def __len__(self) -> int:
        """Jets, not fields."""
        return len(self.labels)

    def take(self, jets: Tensor) -> "TaggerJets":
        """Take some of the jets, in the order asked for."""
        momenta, offsets = take_jets(self.momenta, self.offsets, jets)
        return TaggerJets(momenta, offsets, self.labels[jets])


def tagger_jets(
    split: SplitLike | TaggerJets, *, max_constituents: int | None = None, max_jets: int | None = None
) -> TaggerJets:
    """Jets of a split, cut to its first jets and to the leading constituents of each.

    Parameters
    ----------
    split
        Arrays of a samples file. Rows of zeros in dense arrays are padding and dropped.
    max_constituents, max_jets
        Bounds; None keeps all.

    Raises
    ------
    DataError
        If the arrays are no labelled jets, or a class is missing.
    """
    jets = split if isinstance(split, TaggerJets) else _from_split(split)
    check_jets(jets.momenta, jets.offsets)
    if len(jets) != len(jets.offsets) - 1:
        raise DataError(f"{len(jets)} labels for {len(jets.offsets) - 1} jets; give one label a jet")
    found = set(torch.unique(jets.labels).tolist())
    if not found <= {0, 1}:
        raise DataError(f"labels are {sorted(found)}; a tagger needs 0 (background) and 1 (signal)")
    if max_jets is not None and max_jets < len(jets):
        jets = jets.take(torch.arange(max_jets))
    for label, name in ((1, "signal"), (0, "background")):
        if not bool((jets.labels == label).any()):
            raise DataError(f"no {name} jet (label {label}) among {len(jets)} jets; a tagger needs both classes")
    if max_constituents is None:
        return jets
    counts = jets.offsets.diff()
    rank = torch.arange(len(jets.momenta)) - torch.repeat_interleave(jets.offsets[:-1], counts)
    offsets = torch.cat([counts.new_zeros(1), counts.clamp(max=max_constituents).cumsum(0)])
    return TaggerJets(jets.momenta[rank < max_constituents], offsets, jets.labels)


def _from_split(split: SplitLike) -> TaggerJets:
    x: np.ndarray[Any, Any] = np.asarray(split.x)
    labels = torch.as_tensor(np.asarray(split.y)).reshape(-1).to(torch.int64)
    if split.offsets is not None:
        return TaggerJets(torch.as_tensor(x), torch.as_tensor(split.offsets).to(torch.int64), labels)
    if x.ndim != 3 or x.shape[-1] != 4:
        raise DataError(f"x has shape {x.shape}; without offsets give (n_jets, objects, 4) as E, px, py, pz in GeV")
    used = (x != 0).any(-1)
    offsets = np.concatenate([[0], np.cumsum(used.sum(1))])
    return TaggerJets(torch.as_tensor(x[used]), torch.as_tensor(offsets).to(torch.int64), labels)

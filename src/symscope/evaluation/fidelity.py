"""How close generated jets come to the reference dataset: spectra, and the score of a network that knows it."""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int, Shaped
from numpy import ndarray
from sklearn.metrics import roc_auc_score

from symscope.errors import DataError
from symscope.models.lorentznet import LorentzNet
from symscope.models.scoring import score_jets
from symscope.training.jets import TaggerJets


class JetSpectra(NamedTuple):
    """What is histogrammed of each jet."""

    mass: Float[ndarray, " jet"]
    """Invariant mass of the sum of the constituents [GeV]."""
    pt: Float[ndarray, " jet"]
    """Transverse momentum of that sum [GeV]."""
    multiplicity: Int[ndarray, " jet"]
    """Number of constituents."""
    leading_pt: Float[ndarray, " jet"]
    """Transverse momentum of the first constituent [GeV]; 0 for a jet without any."""


class Fidelity(NamedTuple):
    """Spectra of jets, and how a network trained on the reference dataset scores them."""

    labels: Int[ndarray, " jet"]
    """1 for top, 0 for QCD."""
    spectra: JetSpectra
    """Of the same jets."""
    scores: Float[ndarray, " jet"] | None
    """Probability of top that the network gives; None where there was no network."""
    auc: float | None
    """Area under its ROC curve."""
    auc_std: float | None
    """Standard error of that area from the finite number of jets (Hanley and McNeil 1982)."""
    accuracy: float | None
    """Share of jets on the right side of probability 1/2."""


def jet_spectra(momenta: Float[ndarray, "constituent 4"], offsets: Int[ndarray, " jet_edges"]) -> JetSpectra:
    """Mass, transverse momentum, multiplicity and leading transverse momentum of ragged jets.

    Parameters
    ----------
    momenta
        E, px, py, pz of the constituents [GeV], the leading one of each jet first.
    offsets
        Jet i holds the rows offsets[i] to offsets[i + 1].
    """
    counts = np.diff(offsets)
    jet = np.repeat(np.arange(len(counts)), counts)
    total = np.stack([np.bincount(jet, momenta[:, k].astype(np.float64), len(counts)) for k in range(4)], axis=1)
    mass_squared = total[:, 0] ** 2 - (total[:, 1:] ** 2).sum(axis=1)
    leading = np.zeros(len(counts))
    filled = counts > 0
    first = momenta[offsets[:-1][filled]].astype(np.float64)
    leading[filled] = np.hypot(first[:, 1], first[:, 2])
    return JetSpectra(
        mass=np.sqrt(np.maximum(mass_squared, 0.0)),
        pt=np.hypot(total[:, 1], total[:, 2]),
        multiplicity=counts,
        leading_pt=leading,
    )


def measure_fidelity(jets: TaggerJets, *, network: LorentzNet | None, device: str = "cpu") -> Fidelity:
    """Compute the spectra of jets and score them with a network.

    Parameters
    ----------
    jets
        Ragged jets (E, px, py, pz in GeV) with label 1 for top, 0 for QCD.
    network
        The published LorentzNet; None leaves the scores out.
    device
        Where the network computes.

    Raises
    ------
    DataError
        Where one of the classes has no jets.
    """
    truth = jets.labels.numpy()
    if set(np.unique(truth)) != {0, 1}:
        raise DataError(
            f"fidelity needs top (1) and QCD (0) jets, found labels {np.unique(truth).tolist()}; add the others"
        )
    spectra = jet_spectra(jets.momenta.numpy(), jets.offsets.numpy())
    if network is None:
        return Fidelity(truth, spectra, None, None, None, None)
    logits = score_jets(network, jets.momenta, jets.offsets, device=device)
    scores = torch.softmax(logits.double(), dim=1)[:, 1].cpu().numpy()
    auc = float(roc_auc_score(truth, scores))
    return Fidelity(
        labels=truth,
        spectra=spectra,
        scores=scores,
        auc=auc,
        auc_std=auc_standard_error(auc, n_signal=int(truth.sum()), n_background=int((1 - truth).sum())),
        accuracy=float(((scores > 0.5) == truth).mean()),
    )


def auc_standard_error(auc: float, *, n_signal: int, n_background: int) -> float:
    """Estimate the standard error of an area under the ROC curve from finite samples.

    Source: Hanley and McNeil, Radiology 143 (1982) 29, for scores with exponential tails.
    """
    q1 = auc / (2 - auc)
    q2 = 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (n_signal - 1) * (q1 - auc**2) + (n_background - 1) * (q2 - auc**2)
    return float(np.sqrt(max(spread, 0.0) / (n_signal * n_background)))


def balanced_subset(labels: Shaped[ndarray, " jet"], n_jets: int, rng: np.random.Generator) -> Int[ndarray, " chosen"]:
    """Draw the indices of at most `n_jets` jets, the same number of each class, drawn without repetition and in rising order."""
    classes = [np.flatnonzero(labels == value) for value in (0, 1)]
    each = min(n_jets // 2, *(len(c) for c in classes))
    return np.sort(np.concatenate([rng.choice(c, each, replace=False) for c in classes]))

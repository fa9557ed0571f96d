"""Writing jets as ROOT files in the manner of JetClass."""

import os

import awkward as ak
import numpy as np
import uproot

from symscope.io.atomic import atomic_path
from symscope.io.jets import BACKGROUND, SIGNAL, JetBatch, select_jets

TREE = "tree"
JETS_PER_BASKET = 10_000


def write_jets_root(path: str | os.PathLike[str], batch: JetBatch) -> None:
    """Write jets to one TTree, `tree`, an entry for each jet.

    Branches, with momenta in GeV: ``part_px``, ``part_py``, ``part_pz``, ``part_energy`` (variable length, float32, their
    length in ``npart``); ``jet_pt``, ``jet_eta``, ``jet_phi``, ``jet_energy`` (float32, the sum of the constituents);
    ``jet_nparticles``; ``label_QCD`` and ``label_Tbqq`` (int32, 1 for the class of the jet). Names are those of JetClass
    (H. Qu, C. Li, S. Qian, arXiv:2202.03772).

    Parameters
    ----------
    path
        File to write; it appears whole or not at all.
    batch
        The jets.
    """
    with atomic_path(path) as aside, uproot.recreate(aside) as file:
        for first in range(0, max(batch.n_jets, 1), JETS_PER_BASKET):
            branches = _branches(select_jets(batch, np.arange(first, min(first + JETS_PER_BASKET, batch.n_jets))))
            if first == 0:
                file.mktree(
                    TREE,
                    {name: array.type if hasattr(array, "type") else array.dtype for name, array in branches.items()},
                )
            file[TREE].extend(branches)


def _branches(batch: JetBatch) -> dict[str, ak.Array | np.ndarray]:
    energy, px, py, pz = batch.momenta.T
    parts = ak.zip({"px": px, "py": py, "pz": pz, "energy": energy})
    jet = np.stack([np.add.reduceat(np.append(c, 0.0), batch.offsets[:-1]) for c in batch.momenta.T.astype(np.float64)])
    jet[:, batch.counts == 0] = 0.0
    total_energy, total_px, total_py, total_pz = jet
    pt = np.hypot(total_px, total_py)
    return {
        "part": ak.unflatten(parts, batch.counts),
        "jet_pt": pt.astype(np.float32),
        "jet_eta": np.arcsinh(np.divide(total_pz, pt, out=np.zeros_like(pt), where=pt > 0)).astype(np.float32),
        "jet_phi": np.arctan2(total_py, total_px).astype(np.float32),
        "jet_energy": total_energy.astype(np.float32),
        "jet_nparticles": batch.counts.astype(np.int32),
        "label_QCD": (batch.labels == BACKGROUND).astype(np.int32),
        "label_Tbqq": (batch.labels == SIGNAL).astype(np.int32),
    }

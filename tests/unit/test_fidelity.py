"""Spectra against the vector library, scores against a known separation, and the file round trip."""

from pathlib import Path

import numpy as np
import pytest
import torch
import vector

from symscope.errors import DataError
from symscope.evaluation.fidelity import auc_standard_error, balanced_subset, jet_spectra, measure_fidelity
from symscope.io.fidelity import read_fidelity, write_fidelity
from symscope.models.published import load_published_lorentznet
from symscope.report.fidelity import fidelity_records
from symscope.training.jets import TaggerJets


def massless(rng: np.random.Generator, n: int) -> np.ndarray:
    p = rng.normal(0, 50, (n, 3))
    return np.concatenate([np.linalg.norm(p, axis=1, keepdims=True), p], axis=1).astype(np.float32)


def some_jets(rng: np.random.Generator, counts: list[int], labels: list[int]) -> TaggerJets:
    offsets = np.concatenate([[0], np.cumsum(counts)])
    momenta = massless(rng, int(offsets[-1]))
    return TaggerJets(torch.from_numpy(momenta), torch.from_numpy(offsets), torch.tensor(labels))


def test_spectra_agree_with_vector(rng: np.random.Generator) -> None:
    jets = some_jets(rng, [3, 1, 7], [0, 1, 1])
    momenta, offsets = jets.momenta.numpy(), jets.offsets.numpy()
    spectra = jet_spectra(momenta, offsets)
    for jet in range(3):
        own = momenta[offsets[jet] : offsets[jet + 1]].astype(np.float64)
        total = vector.obj(**dict(zip(("E", "px", "py", "pz"), own.sum(axis=0), strict=True)))
        assert spectra.pt[jet] == pytest.approx(total.pt, rel=1e-6)
        assert spectra.mass[jet] == pytest.approx(max(total.m, 0.0), rel=1e-4, abs=1e-2)
        assert spectra.leading_pt[jet] == pytest.approx(np.hypot(own[0, 1], own[0, 2]))
    assert spectra.multiplicity.tolist() == [3, 1, 7]


def test_a_jet_without_constituents_has_empty_spectra(rng: np.random.Generator) -> None:
    jets = some_jets(rng, [2, 0], [0, 1])
    spectra = jet_spectra(jets.momenta.numpy(), jets.offsets.numpy())
    assert [spectra.mass[1], spectra.pt[1], spectra.multiplicity[1], spectra.leading_pt[1]] == [0, 0, 0, 0]


def test_one_class_alone_is_refused(rng: np.random.Generator) -> None:
    with pytest.raises(DataError, match="needs top"):
        measure_fidelity(some_jets(rng, [2, 2], [1, 1]), network=None)


def test_round_trip_without_scores_says_why(rng: np.random.Generator, tmp_path: Path) -> None:
    fidelity = measure_fidelity(some_jets(rng, [2, 3, 4], [0, 1, 1]), network=None)
    write_fidelity(tmp_path / "f.h5", fidelity)
    back = read_fidelity(tmp_path / "f.h5")
    assert back.scores is None
    np.testing.assert_array_equal(back.labels, fidelity.labels)
    np.testing.assert_array_equal(back.spectra.mass, fidelity.spectra.mass)
    by_id = {r.id: r for r in fidelity_records(back, published={}, scale="test")}
    assert by_id["jets.fidelity.auc"].value is None
    assert "published_weights" in by_id["jets.fidelity.auc"].note


def test_what_is_no_fidelity_file(tmp_path: Path) -> None:
    (tmp_path / "f.h5").write_bytes(b"nothing")
    with pytest.raises(DataError, match="no HDF5 file or is cut off"):
        read_fidelity(tmp_path / "f.h5")


@pytest.mark.reference
def test_the_published_network_scores_the_probe(reference_folder: Path) -> None:
    probe = np.load(reference_folder / "lorentznet_probe.npz", allow_pickle=False)
    jets = TaggerJets(*(torch.from_numpy(probe[k]) for k in ("momenta", "offsets", "label")))
    network = load_published_lorentznet(reference_folder / "lorentznet_official.pt")
    fidelity = measure_fidelity(jets, network=network)
    expected = torch.from_numpy(probe["logits"]).softmax(1)[:, 1].numpy()
    assert fidelity.scores is not None
    np.testing.assert_allclose(fidelity.scores, expected, atol=1e-3)


def test_standard_error_agrees_with_the_bootstrap() -> None:
    rng = np.random.default_rng(4)
    n, shift = 400, 1.0
    areas = []
    for _ in range(300):
        signal, background = rng.exponential(1 + shift, n), rng.exponential(1, n)
        areas.append((signal[:, None] > background[None]).mean())
    assert auc_standard_error(float(np.mean(areas)), n_signal=n, n_background=n) == pytest.approx(
        np.std(areas), rel=0.15
    )


def test_balanced_subset(rng: np.random.Generator) -> None:
    labels = np.array([0] * 30 + [1] * 7)
    chosen = balanced_subset(labels, 20, rng)
    assert len(set(chosen.tolist())) == 14
    assert labels[chosen].sum() == 7
    assert (np.diff(chosen) > 0).all()

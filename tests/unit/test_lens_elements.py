"""SymmetryGAN on signals: orthogonal elements, rows as samples, and their place beside SymmetryLens."""

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from scipy.linalg import expm
from scipy.stats import ortho_group

from symscope.config.methods import method_settings
from symscope.config.sampling import Rows
from symscope.config.signals import SignalsDataset
from symscope.config.symmetrygan import ElementSettings
from symscope.data.hidden_axis import hidden_representation
from symscope.data.samples import build_samples
from symscope.data.signal_files import generate_signals
from symscope.data.signals import make_signals
from symscope.discovery.discover import discover_symmetry
from symscope.discovery.result import Discovery
from symscope.discovery.symmetrygan import ElementMover
from symscope.errors import ConfigError, DataError
from symscope.evaluation.lens_elements import score_elements, view_elements
from symscope.io.generators import write_discovery
from symscope.io.samples import read_split
from symscope.report.lens_elements import element_records, read_element_views

SHIFT = np.eye(7, k=1)


def mover(seeds=range(40), **settings):
    streams = [torch.Generator().manual_seed(seed) for seed in seeds]
    return ElementMover(ElementSettings(**settings), dim=7, streams=streams, dtype=torch.float64, is_complex=False)


@pytest.mark.parametrize("parametrisation", ["exponential", "qr"])
def test_elements_are_orthogonal_and_start_anywhere(parametrisation):
    made = mover(parametrisation=parametrisation)
    elements = made.reported[:, 0].detach().numpy()
    np.testing.assert_allclose(elements @ elements.swapaxes(1, 2), np.broadcast_to(np.eye(7), (40, 7, 7)), atol=1e-12)
    determinants = set(np.linalg.det(elements).round(6).tolist())
    assert determinants == ({1.0} if parametrisation == "exponential" else {1.0, -1.0})
    turned = np.abs(np.trace(elements, axis1=1, axis2=2)).mean() / 7
    assert turned < 0.4


def test_both_parametrisations_are_what_scipy_says():
    made = mover(parametrisation="exponential", initial_std=0.5)
    free = made.learned[3, 0].detach().numpy()
    np.testing.assert_allclose(made.reported[3, 0].detach().numpy(), expm((free - free.T) / 2), atol=1e-12)
    made = mover(parametrisation="qr")
    free = made.learned[3, 0].detach().numpy()
    r = made.reported[3, 0].detach().numpy().T @ free
    np.testing.assert_allclose(np.tril(r, -1), 0, atol=1e-12)
    assert (np.diag(r) > 0).all()


def test_the_sign_convention_leaves_no_jump():
    made = mover([0], parametrisation="qr")
    with torch.no_grad():
        made.leaf[0, 0] = torch.eye(7, dtype=torch.float64)
        made.leaf[0, 0, 3, 3] = -1
        before = made.reported.clone()
        made.leaf += 1e-9 * torch.randn(7, 7, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
        torch.testing.assert_close(made.reported, before, atol=1e-7, rtol=0)
    assert torch.autograd.gradcheck(made._element, (made.leaf.detach().requires_grad_(True),))


def test_impossible_settings_are_refused():
    with pytest.raises(ValidationError, match="parametrisation is 'qr', which fills the matrix"):
        ElementSettings(parametrisation="qr", search_space="2x2")
    with pytest.raises(ValidationError, match="start is 'identity'"):
        ElementSettings(parametrisation="exponential", start="identity")
    streams = [torch.Generator().manual_seed(0)]
    with pytest.raises(ConfigError, match="for real samples"):
        ElementMover(
            ElementSettings(parametrisation="qr"), dim=3, streams=streams, dtype=torch.float32, is_complex=True
        )


def test_rows_are_samples_of_one_vector_without_labels(tmp_path):
    settings = SignalsDataset(length=5, samples={"train": 60, "val": 5, "test": 20})
    generate_signals(settings, tmp_path / "data.h5", seed=1)
    counts = build_samples(tmp_path / "data.h5", tmp_path / "rows.h5", sampling=Rows(n_samples=40), seed=0)
    assert counts == {"train": 40, "val": 5, "test": 20}
    train = read_split(tmp_path / "rows.h5", "train")
    np.testing.assert_array_equal(train.x[:, 0], read_split(tmp_path / "data.h5", "train").x[:40])
    assert train.y.shape == (40, 1)
    with pytest.raises(DataError, match="has 60 training rows, and 70 are wanted"):
        build_samples(tmp_path / "data.h5", tmp_path / "more.h5", sampling=Rows(n_samples=70), seed=0)


def test_an_orthogonal_element_stays_one_while_it_is_trained():
    method = method_settings(
        {
            "name": "symmetrygan",
            "element": {"parametrisation": "qr"},
            "regularizer": {"kind": "cosine", "weight": 0},
            "discriminator": {"hidden": 8, "layers": 2, "slope": 0},
            "optimisation": {"steps": 20, "batch": 32, "average_from": 0.5},
        }
    )
    x = make_signals(SignalsDataset(length=7), 200, rng=np.random.default_rng(0))
    found = discover_symmetry(
        x[:, None],
        np.zeros((200, 1), np.float32),
        x_action="vector",
        y_action="trivial",
        method=method,
        seeds=[0, 1],
        device="cpu",
    )
    elements = found.elements[:, 0]
    np.testing.assert_allclose(elements @ elements.swapaxes(1, 2), np.stack([np.eye(7)] * 2), atol=1e-5)


def test_readings_name_what_an_element_resembles(rng):
    cyclic = np.roll(np.eye(7), 1, axis=1)
    other = np.eye(7)[[0, 2, 1, 4, 3, 6, 5]]
    elements = [
        cyclic,
        -cyclic.T,
        np.eye(7),
        np.eye(7)[::-1],
        cyclic @ cyclic,
        cyclic[::-1],
        other,
        ortho_group.rvs(7, random_state=3),
        np.zeros((7, 7)),
    ]
    score = score_elements(np.stack(elements), SHIFT)
    assert score.readings == (
        "a shift by 1",
        "a shift by 1 back",
        "the identity",
        "the reflection",
        "a shift by 2",
        "a shift by 1 with reflection",
        "another permutation of the components",
        "no permutation",
        "diverged",
    )
    assert score.success.tolist() == [True, True] + [False] * 7
    np.testing.assert_allclose(score.cosine[:2], np.sqrt(6 / 7))
    np.testing.assert_allclose(score.determined_cosine[:2], 1)
    assert np.isnan(score.rmse[-1])
    assert score.rmse[0] == pytest.approx(1 / 7)


def discovery(elements):
    elements = np.asarray(elements)[:, None]
    return Discovery(
        generators=np.zeros_like(elements),
        elements=elements,
        seeds=tuple(range(len(elements))),
        history={},
        history_steps=np.zeros(0, dtype=np.int64),
        history_generators=np.zeros((len(elements), 0, 1, 7, 7)),
        settings={},
        seconds=6.0,
        steps=10,
    )


def test_elements_are_taken_out_of_the_disguise_and_become_records(tmp_path):
    settings = SignalsDataset(length=7, representation="permuted")
    u = hidden_representation(settings)
    elements = [u.T @ np.roll(np.eye(7), 1, axis=1) @ u, np.eye(7)]
    view = view_elements("symmetrygan", discovery(elements), settings)
    assert view.score.success.tolist() == [True, False]
    records = {one.id: one for one in element_records([view])}
    assert set(records) == {
        f"symmetrylens.symmetrygan.{key}"
        for key in ("cosine", "rmse", "determined_cosine", "success_rate", "seconds", "seconds_per_seed")
    }
    assert records["symmetrylens.symmetrygan.success_rate"].value == 0.5
    assert "a shift by 1: 1; the identity: 1" in records["symmetrylens.symmetrygan.success_rate"].note
    assert "at most" in records["symmetrylens.symmetrygan.cosine"].note
    write_discovery(tmp_path / "g.h5", discovery(elements))
    about = {"gaussian_permuted": {}, "symmetrygan": {"dataset": settings.model_dump(mode="json")}}
    (read,) = read_element_views(["lens.h5", tmp_path / "g.h5"], about)
    np.testing.assert_array_equal(read.score.cosine, view.score.cosine)
    with pytest.raises(DataError, match="no group elements of size 5"):
        view_elements("symmetrygan", discovery(elements), SignalsDataset(length=5))

"""Networks that predict properties of molecules: what they see, how molecules are moved, training, resumption, selection."""

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.linalg import expm

from symscope.config.discovery import TruthSettings
from symscope.config.prediction import PredictorTraining
from symscope.config.project import load_project
from symscope.config.properties import MoleculeAugmentation, PropertyEvaluation, PropertyNetwork, PropertyStudy
from symscope.data.molecules.frames import random_frames
from symscope.discovery.result import Discovery
from symscope.errors import ConfigError, DataError
from symscope.evaluation.discovery import score_discovery
from symscope.evaluation.properties import study_row
from symscope.groups import EUCLIDEAN_NAMES, known_algebra
from symscope.io.checkpoints import read_state
from symscope.io.evaluations import read_property_evaluations, write_property_evaluation
from symscope.io.samples import SamplesHeader, Split
from symscope.models.properties import PropertyPerceptron
from symscope.plotting.algebras import plot_algebra
from symscope.plotting.style import save_figure
from symscope.report.discovery import discovery_records
from symscope.report.properties import property_records
from symscope.report.tables import TableLayout
from symscope.training.properties import draw_moves, evaluate_properties, train_properties

OBJECTS = 3


def _perceptron(*, centred: bool = True, quadratic: bool = True) -> PropertyPerceptron:
    return PropertyPerceptron(
        objects=OBJECTS,
        elements=4,
        targets=2,
        hidden=8,
        layers=2,
        activation="swish",
        centred=centred,
        quadratic=quadratic,
        streams=[torch.Generator().manual_seed(k) for k in range(2)],
        dtype=torch.float64,
    )


def _split(n: int, seed: int) -> Split:
    """Triangles in random frames, whose targets are their area and perimeter; the elements tell nothing."""
    rng = np.random.default_rng(seed)
    corners = rng.normal(size=(n, OBJECTS, 3))
    sides = corners - np.roll(corners, 1, axis=1)
    area = np.linalg.norm(np.cross(sides[:, 0], sides[:, 1]), axis=1) / 2
    targets = np.stack([area, np.linalg.norm(sides, axis=2).sum(axis=1) / 3], axis=1)
    framed = random_frames(corners.reshape(-1, 3), np.full(n, OBJECTS), shift=1.0, rng=rng)
    x = np.concatenate([framed, np.ones((len(framed), 1))], axis=1).reshape(n, OBJECTS, 4)
    elements = np.tile(np.eye(4)[:OBJECTS].ravel(), (n, 1))
    return Split(x.astype(np.float32), np.concatenate([targets - 1.5, elements], axis=1).astype(np.float32))


def _train(**changes: Any) -> Any:
    values: dict[str, Any] = {
        "network": PropertyNetwork(hidden=16),
        "augmentation": MoleculeAugmentation(),
        "generators": None,
        "settings": PredictorTraining(steps=200, batch=32, learning_rate=3e-3, checkpoint_seconds=0),
        "seeds": (3, 4),
        "device": "cpu",
    }
    return train_properties(_split(300, 0), _split(60, 1), **{**values, **changes})


def test_shifts_change_nothing_where_coordinates_are_centred() -> None:
    x = torch.as_tensor(_split(5, 2).x, dtype=torch.float64).expand(2, -1, -1, -1).clone()
    x[:, 0, 2] = 0  # a molecule with two atoms
    elements = torch.zeros(2, 5, 12, dtype=torch.float64)
    shift = torch.tensor([1.0, -2.0, 0.5, 0.0], dtype=torch.float64) * (x[..., 3:] != 0)
    turned = x.clone()
    turned[..., 0], turned[..., 1] = -x[..., 1], x[..., 0]
    for centred in (True, False):
        network = _perceptron(centred=centred)
        assert torch.allclose(network(x + shift, elements), network(x, elements)) == centred
        assert not torch.allclose(network(turned, elements), network(x, elements))


def test_products_are_seen_where_they_are_wanted() -> None:
    assert _perceptron(quadratic=True).network.weights[0].shape[1] == 9 + 45 + 12
    assert _perceptron(quadratic=False).network.weights[0].shape[1] == 9 + 12


def test_moves_of_the_true_symmetry_keep_every_distance() -> None:
    generators = torch.as_tensor(known_algebra("se(3)"))[None]
    moves = draw_moves(generators, 50, sigma=2.0, streams=[torch.Generator().manual_seed(0)])[0]
    points = torch.as_tensor(_split(1, 3).x[0], dtype=torch.float64)
    moved = points @ moves.mT
    assert torch.allclose(torch.cdist(moved[..., :3], moved[..., :3]), torch.cdist(points[:, :3], points[:, :3]))
    assert torch.allclose(moved[..., 3], torch.ones(50, OBJECTS, dtype=torch.float64))
    assert torch.allclose(torch.linalg.det(moves), torch.ones(50, dtype=torch.float64))
    weights = 2.0 * torch.randn(50, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    reference = expm(np.einsum("c,cij->ij", weights[7].numpy(), known_algebra("se(3)")))
    assert moves[7].numpy() == pytest.approx(reference, abs=1e-9)


def test_the_symmetry_helps_on_molecules_that_were_not_seen() -> None:
    test = _split(300, 5)
    measured = {}
    generators = np.stack([known_algebra("se(3)")] * 2)
    for name, given in (("none", None), ("se3", generators)):
        trained = _train(generators=given, settings=PredictorTraining(steps=800, batch=32, learning_rate=5e-3))
        measured[name] = evaluate_properties(
            trained,
            test,
            target_std=(2.0, 1.0),
            names=("area", "perimeter"),
            truth=known_algebra("se(3)"),
            augmentation=MoleculeAugmentation(),
            settings=PropertyEvaluation(transformations=3),
        )
    for seed in range(2):
        none, se3 = measured["none"][seed], measured["se3"][seed]
        assert set(none) == {"area", "perimeter", "area_change", "perimeter_change"}
        assert se3["area"] < 0.8 * none["area"]
        assert se3["area_change"] < 0.6 * none["area_change"]


def test_errors_are_in_mev() -> None:
    test, trained = _split(40, 5), _train()
    about: dict[str, Any] = {"names": ("a", "b"), "truth": None, "settings": PropertyEvaluation()}
    one, ten = (
        evaluate_properties(trained, test, target_std=scale, augmentation=MoleculeAugmentation(), **about)
        for scale in ((1.0, 1.0), (10.0, 1.0))
    )
    x, y = (torch.as_tensor(values).expand(2, *values.shape) for values in (test.x, test.y))
    with torch.no_grad():
        reference = 1e3 * (trained.network(x, y[..., 2:]) - y[..., :2]).abs().mean(dim=1)
    assert [one[0]["a"], one[0]["b"]] == pytest.approx(reference[0].tolist(), rel=1e-5)
    assert ten[1]["a"] == pytest.approx(10 * one[1]["a"], rel=1e-5)


def test_the_best_weights_are_kept() -> None:
    settings = PredictorTraining(steps=300, batch=32, learning_rate=1e-2, log_points=30)
    last, best = (_train(settings=settings, select=select) for select in ("last", "validation"))
    assert best.history == last.history
    check = _split(60, 1)
    x, y = (torch.as_tensor(values).expand(2, *values.shape) for values in (check.x, check.y))
    with torch.no_grad():
        errors = {
            name: (trained.network(x, y[..., 2:]) - y[..., :2]).abs().mean(dim=(1, 2)).tolist()
            for name, trained in (("last", last), ("best", best))
        }
    history = np.array(best.history["val"])
    assert errors["last"] == pytest.approx(history[:, -1].tolist(), rel=1e-4)
    assert errors["best"] == pytest.approx(history.min(axis=1).tolist(), rel=1e-4)


def test_a_seed_is_the_same_alone_and_in_an_ensemble() -> None:
    generators = known_algebra("se(3)")
    together = _train(generators=np.stack([generators, generators]))
    alone = _train(generators=generators[None], seeds=(4,))
    for both, one in zip(together.network.parameters(), alone.network.parameters(), strict=True):
        assert torch.allclose(both[1], one[0], atol=1e-5)


def test_a_killed_training_ends_with_the_same_numbers(
    tmp_path: Path, killed_at_first_checkpoint: Callable[..., None]
) -> None:
    generators = np.stack([known_algebra("se(3)")] * 2)
    whole = _train(generators=generators)
    about = {"generators": generators, "checkpoint": tmp_path / "c.pt", "source": "a"}
    killed_at_first_checkpoint(_train, **about)
    assert (tmp_path / "c.pt").is_file()
    again = _train(**about)
    assert read_state(tmp_path / "c.pt")["state"]["step"] == 200, "kept until the result is written"
    assert again.history == whole.history
    for one, other in zip(whole.network.parameters(), again.network.parameters(), strict=True):
        assert torch.equal(one, other)


def test_samples_that_are_no_atoms_are_refused() -> None:
    good = _split(40, 0)
    with pytest.raises(DataError, match=r"samples have shapes \(40, 3, 3\)"):
        train_properties(
            Split(good.x[..., :3], good.y),
            good,
            network=PropertyNetwork(),
            augmentation=MoleculeAugmentation(),
            generators=None,
            settings=PredictorTraining(steps=1),
            seeds=(0,),
        )
    broken = good.x.copy()
    broken[0] = np.nan
    with pytest.raises(DataError, match="not finite"):
        train_properties(
            Split(broken, good.y),
            good,
            network=PropertyNetwork(),
            augmentation=MoleculeAugmentation(),
            generators=None,
            settings=PredictorTraining(steps=1),
            seeds=(0,),
        )


def test_a_row_goes_from_samples_to_records(tmp_path: Path) -> None:
    study = PropertyStudy.model_validate(
        {
            "dataset": "d",
            "truth": {"algebra": "se(3)"},
            "models": {"none": {}, "liegan": {"symmetry": "found"}, "se3": {"symmetry": "truth"}},
            "network": {"hidden": 8},
            "training": {"steps": 20},
            "seeds": [0, 1],
        }
    )
    assert study.experiments == {"liegan": "found"}
    header = SamplesHeader(("x", "y", "z", "1"), "angstrom", "vector", "trivial", {"target_std": [1.0, 2.0]})
    splits = {"train": _split(64, 0), "val": _split(16, 1), "test": _split(16, 2)}
    found = Discovery(
        generators=known_algebra("se(3)")[None],
        seeds=(7,),
        history={},
        history_steps=np.zeros(0, np.int64),
        history_generators=np.zeros((1, 0, 6, 4, 4)),
        settings={},
        seconds=0.0,
        steps=1,
    )
    files = []
    for model in study.models:
        runs = study_row(
            model, study=study, splits=splits, header=header, discovery=found if model == "liegan" else None
        )
        files.append(tmp_path / f"{model}.json")
        write_property_evaluation(files[-1], runs, model=model)
    measured = read_property_evaluations(files)
    assert measured["liegan"][0] == measured["se3"][0]  # the discovery found the truth
    layout = TableLayout.model_validate(
        {
            "prefix": "t",
            "rows": [{"key": "none", "label": "None"}, {"key": "liegan", "label": "LieGAN"}],
            "columns": [{"key": "homo", "label": "HOMO", "unit": "meV"}],
        }
    )
    records = property_records(measured, layout, scale="small")
    assert [record.id for record in records] == ["t.none.homo", "t.liegan.homo"]
    assert records[0].value == pytest.approx(np.mean([run["homo"] for run in measured["none"]]))
    assert records[0].unit == "meV"
    assert TruthSettings(algebra="se(3)").dimension == 4
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(DataError, match="is no evaluation of a property study"):
        read_property_evaluations([tmp_path / "bad.json"])
    with pytest.raises(DataError, match="standard deviation of their targets"):
        study_row(
            "none",
            study=study,
            splits=splits,
            header=SamplesHeader(("x",), "", "vector", "trivial"),
            discovery=None,
        )


BASE: dict[str, Any] = {
    "scale": "test",
    "seed": 1,
    "datasets": {"d": {"source": "molecules"}, "o": {"source": "nbody"}},
    "experiments": {
        "found": {
            "dataset": "d",
            "sampling": {"take": "atoms"},
            "method": {
                "name": "liegan",
                "generator": {"channels": 6, "search_space": "affine"},
                "optimisation": {"steps": 5},
            },
            "seeds": [0],
            "truth": {"algebra": "se(3)"},
        }
    },
    "properties": {"p": {"dataset": "d", "models": {"none": {}, "liegan": {"symmetry": "found"}}, "seeds": [0]}},
    "report": {"targets": {"liegan_table_5": {"properties": "p"}}},
}


def test_a_study_that_fits_is_taken() -> None:
    project = load_project(BASE, source="here")
    assert project.datasets_shown_by("liegan_table_5") == ["d"]
    assert project.scale_of("liegan_table_5") == "test: 2,000 molecules, 5 heavy atoms, 8,000 steps, 1 seeds"
    assert set(project.sampled) == {"found", "p"}


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("dataset",), "x", "properties.p.dataset is 'x', which is not configured; allowed: d, o"),
        (("dataset",), "o", "sampling.take is 'atoms', which is for molecules, and the dataset 'o' holds trajectories"),
        (("models", "liegan", "symmetry"), "lost", "properties.p.models.liegan.symmetry is 'lost'"),
        (("models", "liegan", "symmetry"), "truth", "models.liegan.symmetry is 'truth', and truth is null"),
        (("truth",), {"algebra": "so(3)"}, "truth.algebra is 'so(3)' with 1 copies, which acts on 3 components"),
        (("sampling",), {"take": "atoms", "n_samples": 3000}, "the train split of 'd' has at most 2000 molecules"),
        (("network",), {"features": "cubic"}, "'properties.p.network.features' is 'cubic'"),
    ],
)
def test_a_study_that_does_not_fit_is_refused(place: tuple[str, ...], value: Any, said: str) -> None:
    values = copy.deepcopy(BASE)
    block = values["properties"]["p"]
    for key in place[:-1]:
        block = block[key]
    block[place[-1]] = value
    with pytest.raises(ConfigError, match=re.escape(said)):
        load_project(values, source="here")


def test_a_name_stands_for_one_thing() -> None:
    values = copy.deepcopy(BASE)
    values["properties"]["found"] = values["properties"]["p"]
    with pytest.raises(ConfigError, match="'found' is both an experiment and a property study"):
        load_project(values, source="here")


def test_chunks_have_four_digits() -> None:
    values = copy.deepcopy(BASE)
    values["datasets"]["d"] = {"source": "molecules", "molecules": {"train": 10_000, "val": 1, "test": 1}}
    values["datasets"]["d"]["molecules_per_chunk"] = 1
    with pytest.raises(ConfigError, match=r"datasets\.d\.molecules_per_chunk is 1, which makes more than 10000 chunks"):
        load_project(values, source="here")


def test_the_algebra_is_drawn(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    mix = np.linalg.qr(rng.normal(size=(3, 6, 6)))[0]
    generators = np.einsum("sij,jkl->sikl", mix, known_algebra("se(3)")) + 0.01 * rng.normal(size=(3, 6, 4, 4))
    found = Discovery(
        generators=generators,
        seeds=(1, 2, 3),
        history={},
        history_steps=np.zeros(0, np.int64),
        history_generators=np.zeros((3, 0, 6, 4, 4)),
        settings={},
        seconds=0.0,
        steps=1,
    )
    score = score_discovery(found, TruthSettings(algebra="se(3)"))
    assert score.span_cosine.min() > 0.99
    figure = plot_algebra(generators, score, components=("x", "y", "z", "1"))
    save_figure(figure, tmp_path / "f.svg", tmp_path / "f.pdf")
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles[6:12] == list(EUCLIDEAN_NAMES)
    assert len(titles) == 14
    records = discovery_records("liegan.figure_12", score, published={}, scale="")
    assert {record.id.rpartition(".")[2] for record in records} == {
        "span_cosine",
        "worst_angle_cosine",
        "closure_error",
        "success_rate",
    }

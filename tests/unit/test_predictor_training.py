"""Training of predictors: order of the models, reproducibility, resumption, what is refused, what is measured."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

import symscope.training.predictors as loop
from symscope.config.discovery import TruthSettings
from symscope.config.prediction import (
    Augmentation,
    EmlpModel,
    HnnModel,
    MlpModel,
    PredictorEvaluation,
    PredictorTraining,
)
from symscope.discovery.result import Discovery
from symscope.errors import CheckpointError, ConfigError, DataError
from symscope.evaluation.prediction import evaluate_predictor
from symscope.groups import known_algebra
from symscope.io.evaluations import read_predictor_evaluations, write_predictor_evaluations
from symscope.training.predictor_networks import rebuild_predictor
from symscope.training.predictor_result import TrainedPredictor, read_predictor, write_predictor
from symscope.training.predictors import learning_rate, train_predictor
from symscope.training.symmetry import seed_symmetries, truth_generators

ROTATION = known_algebra("so(2)", copies=4)
SHORT = PredictorTraining(steps=30, batch=32, log_points=3, checkpoint_seconds=0)
AUGMENTED = MlpModel(
    symmetry="truth", use="augmentation", hidden=8, layers=2, augmentation=Augmentation(pool=64, pool_steps=7)
)


def make_windows(n: int, angles: tuple[float, float], seed: int) -> SimpleNamespace:
    """Windows of two bodies on circles about their centre of mass (analytic), with body 1 at these angles at first."""
    rng = np.random.default_rng(seed)
    radius, phase = rng.uniform(1.5, 3, size=n), rng.uniform(*angles, size=n)
    omega = 0.5 * radius**-1.5
    turned = phase[:, None] + 0.4 * omega[:, None] * np.arange(10)
    c, s = np.cos(turned), np.sin(turned)
    speed = (radius * omega)[:, None]
    body = np.stack([radius[:, None] * c, radius[:, None] * s, -speed * s, speed * c], axis=-1)
    states = np.concatenate([body, -body], axis=-1).astype(np.float32)
    return SimpleNamespace(x=states[:, :5], y=states[:, 5:])


TRAIN, VAL, TEST = (
    make_windows(n, angles, seed) for n, angles, seed in ((600, (-2, 1), 0), (100, (-2, 1), 1), (200, (1.5, 4), 2))
)


def stack(n: int = 2) -> np.ndarray:
    return np.stack([ROTATION] * n)


def train(
    model: Any, settings: PredictorTraining = SHORT, *, seeds: tuple[int, ...] = (3, 8), **more: Any
) -> TrainedPredictor:
    if model.use != "none":
        more.setdefault("generators", stack(len(seeds)))
    return train_predictor(TRAIN, VAL, model=model, settings=settings, seeds=seeds, device="cpu", **more)


def assert_same(a: TrainedPredictor, b: TrainedPredictor) -> None:
    assert a.history == b.history
    assert a.state_dict.keys() == b.state_dict.keys()
    for name, value in a.state_dict.items():
        assert torch.equal(value, b.state_dict[name]), name


MODELS = {
    "emlp": EmlpModel(vectors=2, layers=1),
    "augmentation": AUGMENTED,
    "mlp": MlpModel(hidden=8, layers=1),
    "hnn": HnnModel(hidden=6, iterations=2),
}


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """The numbers depend on the number of threads, which another test file in this process may have changed."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_models_come_in_the_published_order() -> None:
    """The protocol of Table 2 at a small scale: training and test windows lie on different parts of the circle."""
    settings = PredictorTraining(steps=400, batch=64)
    wrong = np.stack([np.kron(np.diag([1.0, -1, 1, 1]), ROTATION[0, :2, :2])[None]] * 2)
    rows = {
        "truth": train(EmlpModel(vectors=3, layers=2), settings),
        "wrong": train(EmlpModel(vectors=3, layers=2, symmetry="augerino"), settings, generators=wrong),
        "augmentation": train(MlpModel(symmetry="truth", use="augmentation", hidden=16), settings),
        "mlp": train(MlpModel(hidden=16), settings),
        "hnn": train(HnnModel(hidden=16), settings),
    }
    scores = {
        name: evaluate_predictor(
            row, TEST, train=TRAIN, truth=ROTATION, settings=PredictorEvaluation(windows=50, transformations=3)
        )
        for name, row in rows.items()
    }
    mse = {name: float(np.median(score.mse)) for name, score in scores.items()}
    assert mse["truth"] < 1e-3
    assert mse["augmentation"] < 1e-3
    assert max(mse["truth"], mse["augmentation"]) < 0.1 * min(mse["wrong"], mse["mlp"])
    assert mse["truth"] < mse["hnn"] < mse["mlp"]
    assert max(scores["mlp"].train_mse) < 0.2 * min(scores["mlp"].mse), "without the symmetry it does not generalise"
    assert np.max(scores["truth"].equivariance_error) < 1e-4
    assert np.max(scores["truth"].truth_equivariance_error) < 1e-4
    assert np.max(scores["wrong"].equivariance_error) < 1e-4 < np.min(scores["wrong"].truth_equivariance_error)
    assert np.isnan(scores["mlp"].equivariance_error).all()
    assert rows["truth"].ranks == [8, 8]


@pytest.mark.parametrize("name", MODELS)
def test_same_seed_same_numbers_in_any_ensemble(name: str) -> None:
    model = MODELS[name]
    both = train(model)
    assert_same(train(model), both)
    alone = train(model, seeds=(8,))
    assert both.n_parameters[1] == alone.n_parameters[0]
    torch.testing.assert_close(
        torch.tensor(both.history["val_mse"][1]), torch.tensor(alone.history["val_mse"][0]), rtol=1e-2, atol=0
    )
    assert both.history["val_mse"][0] != both.history["val_mse"][1]
    state = torch.get_rng_state()
    train(model)
    assert torch.equal(torch.get_rng_state(), state)


class Interrupted(Exception):
    pass


@pytest.mark.parametrize("name", MODELS)
def test_interrupted_training_continues_with_the_same_numbers(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, path = MODELS[name], tmp_path / "run.pt"
    expected = train(model)
    rate, calls = loop.learning_rate, []

    def failing(*args: Any) -> float:
        calls.append(args)
        if len(calls) == 18:
            raise Interrupted
        return rate(*args)

    monkeypatch.setattr(loop, "learning_rate", failing)
    with pytest.raises(Interrupted):
        train(model, checkpoint=path)
    assert torch.load(path, weights_only=True)["state"]["step"] == 17
    continued = train(model, checkpoint=path)
    assert len(calls) == 18 + 13
    assert_same(continued, expected)
    assert continued.seconds > 0
    assert_same(train(model, checkpoint=path), expected)
    assert len(calls) == 18 + 13, "a finished training makes no step again"


def test_foreign_and_damaged_checkpoints_start_afresh(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "run.pt"
    model = MODELS["emlp"]
    train(model, checkpoint=path)
    whole = path.read_bytes()
    expected = train(model)

    def words(**more: Any) -> str:
        caplog.clear()
        path.write_bytes(whole)
        train(model, checkpoint=path, **more)
        return caplog.text

    assert words() == ""
    assert "starting afresh" in words(seeds=(3, 9))
    assert "starting afresh" in words(source="new code")
    assert "starting afresh" in words(generators=1.01 * stack())
    whole = whole[:200]
    assert "no readable torch checkpoint" in words()
    assert_same(train(model), expected)


def test_file_of_a_trained_predictor(tmp_path: Path) -> None:
    path = tmp_path / "predictor.pt"
    for model in MODELS.values():
        trained = train(model)
        write_predictor(path, trained)
        again = read_predictor(path)
        assert_same(again, trained)
        x = torch.as_tensor(TEST.x).expand(2, *TEST.x.shape)
        assert torch.equal(rebuild_predictor(again)(x), rebuild_predictor(trained)(x))
    torch.save({"format": "else"}, path)
    with pytest.raises(CheckpointError, match="no trained predictor"):
        read_predictor(path)
    torch.save({"format": "symscope-predictor-1", "seeds": [1]}, path)
    with pytest.raises(CheckpointError, match="incomplete"):
        read_predictor(path)
    with pytest.raises(CheckpointError, match="do not fit its settings"):
        rebuild_predictor(replace(trained, state_dict={}))


def test_evaluations_of_a_study(tmp_path: Path) -> None:
    path = tmp_path / "evaluation.json"
    scores = evaluate_predictor(train(MODELS["mlp"]), TEST, settings=PredictorEvaluation())
    write_predictor_evaluations(path, {"mlp": scores.as_records()})
    runs = read_predictor_evaluations(path)["mlp"]
    assert [run["seed"] for run in runs] == [3, 8]
    assert runs[0]["mse"] == pytest.approx(float(np.mean(runs[0]["mse_by_step"])))
    assert runs[0]["equivariance_error"] is None
    assert runs[0]["train_mse"] is None
    for text in ("[]", "{", json.dumps({"mlp": [{"seed": 1}]}), json.dumps({"mlp": 3})):
        path.write_text(text)
        with pytest.raises(DataError, match="no evaluation of a prediction study"):
            read_predictor_evaluations(path)


def test_errors_are_those_of_the_predictions() -> None:
    trained = train(MODELS["hnn"])
    scores = evaluate_predictor(trained, TEST, settings=PredictorEvaluation())
    out = rebuild_predictor(trained)(torch.as_tensor(TEST.x).expand(2, *TEST.x.shape)).detach().double().numpy()
    np.testing.assert_allclose(scores.mse, ((out - TEST.y) ** 2).mean(axis=(1, 2, 3)), rtol=1e-5)
    with pytest.raises(DataError, match="cut them alike"):
        evaluate_predictor(trained, SimpleNamespace(x=TEST.x[:, 1:], y=TEST.y), settings=PredictorEvaluation())


def test_augmented_predictions_are_averaged_over_the_group() -> None:
    """With quarter turns whose powers fill a group of four, many copies come near to the full average, which commutes."""
    quarter = np.kron(np.eye(4), [[0.0, 1], [-1, 0]])
    model = MlpModel(
        symmetry="truth",
        use="augmentation",
        hidden=8,
        layers=1,
        augmentation=Augmentation(law="elements", powers=3, copies=1000, pool=64, space="all_components"),
    )
    trained = train(model, generators=None, elements=np.stack([quarter[None]] * 2))
    few = SimpleNamespace(x=TEST.x[:20], y=TEST.y[:20])
    averaged = evaluate_predictor(trained, few, settings=PredictorEvaluation())
    network = rebuild_predictor(trained)
    turns = [torch.as_tensor(np.linalg.matrix_power(quarter, k), dtype=torch.float32) for k in range(4)]
    x = torch.as_tensor(few.x).expand(2, *few.x.shape)
    mean = torch.stack([network(x @ g.mT) @ torch.linalg.inv(g).mT for g in turns]).mean(0).detach().numpy()
    np.testing.assert_allclose(averaged.mse, ((mean - few.y) ** 2).mean(axis=(1, 2, 3)), rtol=0.1)
    plain = trained.model | {"augmentation": trained.model["augmentation"] | {"copies": 0}}
    without = evaluate_predictor(replace(trained, model=plain), few, settings=PredictorEvaluation())
    assert (without.mse > averaged.mse).all()


def test_gauge_of_a_generator_does_not_matter_on_the_data_span() -> None:
    """What a generator does where no state lies changes nothing, unless all components are asked for."""
    rng = np.random.default_rng(0)
    unseen = np.kron([[1.0, 1], [1, 1]], np.eye(4)) / 2
    other = stack() + rng.normal(size=(2, 1, 8, 8)) @ unseen
    for model, full in (
        (MODELS["emlp"], MODELS["emlp"].model_copy(update={"space": "all_components"})),
        (AUGMENTED, AUGMENTED.model_copy(update={"augmentation": Augmentation(space="all_components", pool=64)})),
    ):
        once = PredictorTraining(steps=1, learning_rate=1e-9)
        runs = [train(model, once, generators=generators) for generators in (stack(), other)]
        assert runs[0].ranks == runs[1].ranks
        torch.testing.assert_close(*(torch.tensor(run.history["val_mse"]) for run in runs), rtol=1e-4, atol=0)
        torch.testing.assert_close(*(torch.tensor(run.history["train_mse"]) for run in runs), rtol=1e-4, atol=0)
        runs = [train(full, once, generators=generators) for generators in (stack(), other)]
        assert runs[0].ranks is None or runs[0].ranks != runs[1].ranks
        assert not np.allclose(runs[0].history["train_mse"], runs[1].history["train_mse"], rtol=0.1)


def test_float64_is_used_throughout() -> None:
    trained = train(EmlpModel(vectors=2, layers=1), SHORT.model_copy(update={"precision": "float64"}))
    assert {value.dtype for value in trained.state_dict.values()} == {torch.float64}
    score = evaluate_predictor(
        trained, TEST, truth=ROTATION, settings=PredictorEvaluation(windows=20, transformations=2)
    )
    assert np.max(score.equivariance_error) < 1e-12


def test_learning_rate() -> None:
    settings = PredictorTraining(steps=1000, learning_rate=0.1, warmup=0.1)
    rates = np.array([learning_rate(settings, k, 1000) for k in range(1000)])
    assert rates[0] == pytest.approx(0.1 / 101)
    assert rates.max() == rates[100] == pytest.approx(0.1)
    assert rates[550] == pytest.approx(0.05, rel=0.01)
    assert rates[-1] < 1e-6
    assert (np.diff(rates[:100]) > 0).all()
    assert (np.diff(rates[100:]) < 0).all()
    constant = settings.model_copy(update={"schedule": "constant", "warmup": 0.0})
    assert {learning_rate(constant, k, 1000) for k in (0, 1, 999)} == {0.1}
    assert train(MODELS["mlp"], PredictorTraining(epochs=2, batch=100)).steps == 12


def make_discovery(generators: np.ndarray) -> Discovery:
    n = len(generators)
    return Discovery(
        generators=generators,
        seeds=tuple(range(n)),
        history={},
        history_steps=np.zeros(0, np.int64),
        history_generators=np.zeros((n, 0, *generators.shape[1:]), np.float32),
        settings={},
        seconds=0.0,
        steps=0,
    )


def test_each_seed_gets_a_discovery_that_did_not_diverge() -> None:
    generators = np.arange(4.0)[:, None, None, None] * stack(4)
    generators[1] = np.nan
    model = EmlpModel(symmetry="orbits")
    found = seed_symmetries(model, truth=None, discovery=make_discovery(generators), seeds=[5, 6, 7, 8]).generators
    assert found is not None
    assert found[:, 0, 0, 1].tolist() == [0, 2, 3, 0]
    with pytest.raises(ConfigError, match="every seed of the experiment 'orbits' diverged"):
        seed_symmetries(model, truth=None, discovery=make_discovery(np.nan * generators), seeds=[1])
    with pytest.raises(ConfigError, match="no discovery is given"):
        seed_symmetries(model, truth=None, discovery=None, seeds=[1])
    with pytest.raises(ConfigError, match="'truth' of the study is null"):
        seed_symmetries(EmlpModel(), truth=None, discovery=None, seeds=[1])
    truth = TruthSettings(algebra="so(2)", copies=4)
    known = seed_symmetries(EmlpModel(), truth=truth, discovery=None, seeds=[1, 2]).generators
    np.testing.assert_array_equal(known, stack())
    with pytest.raises(ConfigError, match="complex vectors"):
        truth_generators(TruthSettings(algebra="su(2)"))
    assert seed_symmetries(MlpModel(), truth=truth, discovery=None, seeds=[1]).generators is None


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"seeds": ()}, ConfigError, "at least one"),
        ({"seeds": (1, 1)}, ConfigError, "different integers"),
        ({"model": MODELS["emlp"]}, ConfigError, "no generators are given"),
        ({"model": MODELS["emlp"], "generators": stack(3)}, ConfigError, r"need \(2, c, 8, 8\)"),
        ({"model": MODELS["emlp"], "generators": stack() * np.nan}, ConfigError, "not finite"),
        ({"model": AUGMENTED, "elements": stack()}, ConfigError, "has no generators"),
        ({"model": HnnModel(coordinates=3)}, ConfigError, "are no bodies with 3 positions"),
        ({"train": SimpleNamespace(x=TRAIN.x[0], y=TRAIN.y)}, DataError, "training windows have shapes"),
        ({"train": SimpleNamespace(x=TRAIN.x * np.nan, y=TRAIN.y)}, DataError, "not finite"),
        ({"val": SimpleNamespace(x=VAL.x[:, 1:], y=VAL.y)}, DataError, "different numbers of steps"),
    ],
)
def test_arguments_that_cannot_be_used_are_named(changes: dict[str, Any], error: type[Exception], words: str) -> None:
    arguments = {"model": MODELS["mlp"], "settings": SHORT, "seeds": (1, 2), "device": "cpu"} | changes
    windows = arguments.pop("train", TRAIN), arguments.pop("val", VAL)
    with pytest.raises(error, match=words):
        train_predictor(*windows, **arguments)

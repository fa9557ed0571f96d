"""Settings of the prediction studies: what is refused, with words that say how to mend it."""

import re
from typing import Any

import pytest
from pydantic import ValidationError

from symscope.config.prediction import (
    EmlpModel,
    HnnModel,
    MlpModel,
    PredictionStudy,
    PredictorTraining,
    predictor_model,
)
from symscope.config.trajectory_datasets import NBodyDataset
from symscope.errors import ConfigError

DATASET = NBodyDataset(source="nbody")


def study(**changes: Any) -> PredictionStudy:
    values: dict[str, Any] = {
        "dataset": "orbits",
        "truth": {"algebra": "so(2)", "copies": 4},
        "models": {
            "exact": {"network": "emlp"},
            "learned": {"network": "emlp", "symmetry": "found"},
            "mlp": {"network": "mlp"},
        },
        "seeds": [0, 1],
    }
    return PredictionStudy(**(values | changes))


def test_a_study_names_its_experiments_and_its_size() -> None:
    own = {"network": "mlp", "training": {"epochs": 20}}
    settings = study(models={"learned": {"network": "emlp", "symmetry": "found"}, "mlp": own})
    assert settings.experiments == {"learned": "found"}
    assert settings.training_of("mlp").epochs == 20
    assert settings.training_of("learned") == settings.training
    assert settings.words(DATASET) == "all windows of 5 + 5 steps, 3,000 steps or 20 epochs, 2 seeds"
    assert list(study().misfits(DATASET)) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"truth": None}, "models.exact.symmetry is 'truth', and truth is null"),
        ({"truth": {"algebra": "so(2)", "copies": 3}}, "acts on 6 components, and the states of 'orbits' have 8"),
        ({"models": {"hnn": {"network": "hnn", "coordinates": 3}}}, r"models.hnn.coordinates is 3, and the states"),
        ({"sampling": {"past": 900, "future": 5}}, r"sampling.past and sampling.future are 900 \+ 5 states"),
    ],
)
def test_misfits_with_the_dataset(changes: dict[str, Any], words: str) -> None:
    (sentence,) = study(**changes).misfits(DATASET)
    assert re.search(words, sentence)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"network": "emlp", "symmetry": "none"}, "an emlp is built from a symmetry"),
        ({"network": "emlp", "tolerance": 0.3}, "gap_up_to is 0.2, below the tolerance 0.3"),
        ({"network": "mlp", "use": "augmentation"}, "symmetry is 'none' and use is 'augmentation'"),
        ({"network": "mlp", "symmetry": "found"}, "use is 'none'"),
        ({"network": "hnn", "symmetry": "truth"}, "symmetry"),
        ({"network": "cnn"}, "network"),
        ({"network": "mlp", "vectors": 3}, "vectors"),
        ({"network": "mlp", "training": {}}, "give one of them"),
    ],
)
def test_models_that_contradict_themselves(values: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        predictor_model(values)


def test_models_survive_a_round_trip() -> None:
    for model in (EmlpModel(symmetry="found", vectors=2), MlpModel(hidden=7), HnnModel(hidden=9)):
        assert predictor_model(model.model_dump(mode="json")) == model


@pytest.mark.parametrize("values", [{}, {"steps": 3, "epochs": 2}, {"steps": 0}, {"steps": 5, "learning_rate": 2}])
def test_trainings_that_cannot_be(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PredictorTraining(**values)

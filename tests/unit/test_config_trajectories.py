"""Settings of trajectories: what contradicts itself is refused with a way out."""

from typing import Any

import pytest

from symscope.config.datasets import dataset_settings
from symscope.config.trajectory_datasets import NBodyDataset, TrajectoryFiles
from symscope.errors import ConfigError

FILES = {"source": "trajectories", "files": {"all": ["a.csv"]}, "columns": ["x", "y"]}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"source": "nbody", "masses": [1, 2, 3]}, "'masses' has 3 entries, and 'bodies' is 2; give one for each"),
        ({"source": "nbody", "masses": [1, -2]}, "greater than 0"),
        ({"source": "nbody", "bodies": 1}, "greater than or equal to 2"),
        ({"source": "nbody", "gravitation": 0}, "greater than 0"),
        (
            {"source": "nbody", "trajectories": {"train": 10}},
            "'trajectories' has train; give 'train', 'val' and 'test'",
        ),
        ({"source": "nbody", "radius": [3, 1]}, "'radius' goes from 3 to 1; put the smaller one first"),
        ({"source": "nbody", "velocity_nois": 1}, "did you mean 'velocity_noise'"),
        ({**FILES, "columns": ["x", "x"]}, "'columns' names 'x' twice"),
        ({**FILES, "columns": ["x", "time"]}, "'columns' names 'time' twice"),
        ({**FILES, "axes": ["trajectory", "time"]}, "'axes' needs time and feature"),
        ({**FILES, "array_columns": ["y", "z"]}, "'array_columns' lacks 'x'"),
        ({**FILES, "split": "polar_angle"}, "needs 'angle_columns', such as"),
        ({**FILES, "split": "polar_angle", "angle_columns": ["x", "z"]}, "'angle_columns' names 'z'"),
        (
            {**FILES, "files": {s: [s] for s in ("train", "val", "test")}, "split": "polar_angle"},
            "needs the files under 'files.all'",
        ),
    ],
)
def test_contradictions(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        dataset_settings(values)
    assert message in str(error.value)


def test_what_the_workflow_asks() -> None:
    settings = NBodyDataset.hnn_three_bodies()
    assert settings.family == TrajectoryFiles.family == "trajectories"
    assert settings.dimension == len(settings.columns) == 12
    assert settings.columns[:5] == ["x1", "y1", "px1", "py1", "x2"]
    assert settings.most_events("train") == 4000
    assert settings.most_windows("test", past=5, future=5) == 1000 * 11
    assert settings.most_windows("test", past=15, future=6) == 0
    files = TrajectoryFiles(files={"all": ["a.csv"]}, columns=["x", "y"], max_trajectories={"val": 7})
    assert (files.dimension, files.most_events("val"), files.most_events("train")) == (2, 7, None)


def test_published_settings_go_through_yaml() -> None:
    for settings in (NBodyDataset.liegan_two_bodies(), NBodyDataset.hnn_two_bodies(), NBodyDataset.hnn_three_bodies()):
        assert dataset_settings(settings.model_dump(mode="json")) == settings

"""Parts of a configuration that do not fit together are named before any job starts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from symscope.config.project import Project, load_project
from symscope.config.targets import TARGETS
from symscope.errors import ConfigError

Values = dict[str, Any]


@pytest.fixture
def values(repository: Path) -> Values:
    """The default configuration, for a test to spoil."""
    loaded: Values = yaml.safe_load((repository / "config" / "config.yaml").read_text())
    return loaded


def put(path: str, value: object) -> Callable[[Values], None]:
    """Set one key, given as a dotted path."""

    def spoil(values: Values) -> None:
        *parents, last = path.split(".")
        place = values
        for key in parents:
            place = place[key]
        place[last] = value

    return spoil


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (
            "experiments.two_bodies_liegan.sampling",
            {"take": "constituents", "n_samples": 100},
            ["sampling.take is 'constituents'", "for jets", "'two_bodies' holds trajectories", "allowed: windows"],
        ),
        (
            "experiments.two_bodies_liegan.sampling",
            {"take": "windows", "past": 15, "future": 6},
            ["15 + 6 states", "the trajectories of 'two_bodies' have 20", "take fewer"],
        ),
        (
            "experiments.two_bodies_liegan.sampling",
            {"take": "windows", "n_samples": 10**7},
            ["sampling.n_samples is 10000000", "at most 15466 windows", "lower it"],
        ),
        (
            "compute.processes",
            3,
            ["compute.processes is 3", "tagging.top_tagging.training.batch_jets is 64", "a divisor"],
        ),
        (
            "report.targets.symmetrylens_figure_images.experiments",
            {"permuted": "gaussian_permuted"},
            ["shows both translations of images", "'symmetrylens_fast'", "finds one translation"],
        ),
        (
            "report.targets.symmetrylens_figure_found.experiment",
            "images_permuted",
            ["shows one translation", "'symmetrylens_images'", "finds both translations of images"],
        ),
        (
            "experiments.images_permuted.dataset",
            "gaussian_permuted",
            ["method.height is null", "the samples have 33 components", "(source: signals)"],
        ),
        (
            "experiments.two_bodies_liegan.truth.copies",
            3,
            ["'so(2)' on 3 blocks", "size 6", "have 8 components", "'copies'"],
        ),
        (
            "report.targets.liegan_figure_3.experiments",
            {"liegan": "two_bodies_liegan"},
            ["liegan_figure_3.experiments lacks 'augerino'", "give liegan, liegan_es, augerino, symmetrygan"],
        ),
        (
            "report.targets.liegan_figure_3.experiments.mine",
            "two_bodies_liegan",
            ["experiments has 'mine', which the figure does not show", "symmetrygan_free"],
        ),
        (
            "report.targets.liegan_figure_3.experiments.liegan",
            "nothing",
            ["liegan_figure_3.experiments.liegan is 'nothing'", "not configured", "two_bodies_liegan"],
        ),
        (
            "adaptor.gaussian_permuted.dataset",
            "gaussian_permuted",
            ["adaptor.gaussian_permuted.dataset is 'gaussian_permuted'", "no labelled signals", "'classes'"],
        ),
        (
            "adaptor.gaussian_permuted.experiment",
            "gaussian_frequency",
            ["experiment is 'gaussian_frequency'", "have representation 'dst'", "have 'permuted'", "must be the same"],
        ),
        (
            "adaptor.gaussian_permuted.experiment",
            "top_tagging",
            ["is 'top_tagging', which is no configured discovery of a lens", "gaussian_translation"],
        ),
        (
            "adaptor.gaussian_permuted.sizes",
            [100, 30000],
            ["sizes go up to 30000", "has 20000 training signals"],
        ),
        (
            "report.targets.symmetrylens_figure_adaptor.adaptors",
            {"mine": "gaussian_permuted"},
            ["adaptors has 'mine', which the figure does not show", "gaussian_permuted"],
        ),
        (
            "report.targets.symmetrylens_figure_adaptor",
            {"experiment": "gaussian_permuted"},
            ["shows several adaptor studies; give it as 'adaptors: {ROLE: NAME, ...}'"],
        ),
        (
            "experiments.two_bodies_liegan.truth",
            None,
            ["compares 'two_bodies_liegan' with a known algebra", "truth is null"],
        ),
        (
            "report.targets.liegan_table_2",
            {"study": "top_tagging"},
            ["liegan_table_2 shows one prediction study", "give it as 'prediction: NAME'"],
        ),
        (
            "prediction.two_bodies_prediction.models.liegan_emlp.symmetry",
            "three_bodies_liegan",
            ["whose generators act on 12 components", "the states of 'two_bodies' have 8"],
        ),
        (
            "prediction.two_bodies_prediction.models.liegan_emlp.symmetry",
            "nothing",
            ["models.liegan_emlp.symmetry is 'nothing'", "allowed: truth, none"],
        ),
        ("prediction.two_bodies_prediction.truth", None, ["symmetry is 'truth', and truth is null"]),
    ],
)
def test_what_does_not_fit_is_named(
    repository: Path, values: Values, path: str, value: object, words: list[str]
) -> None:
    put(path, value)(values)
    with pytest.raises(ConfigError) as told:
        load_project(values, source="mine.yaml", folder=repository)
    assert all(word in str(told.value) for word in words), str(told.value)


def test_a_study_and_an_experiment_need_different_names(repository: Path, values: Values) -> None:
    values["prediction"]["two_bodies_liegan"] = values["prediction"]["two_bodies_prediction"]
    with pytest.raises(ConfigError, match="'two_bodies_liegan' is both an experiment and a prediction study"):
        load_project(values, source="mine.yaml", folder=repository)


def test_every_target_knows_its_scale_and_datasets(repository: Path, values: Values) -> None:
    project: Project = load_project(values, source="config.yaml", folder=repository)
    assert set(project.report.targets) == set(TARGETS)
    for name in project.report.targets:
        assert project.scale_of(name).startswith("default: ")
        assert set(project.datasets_shown_by(name)) <= set(project.datasets)
    assert project.datasets_shown_by("liegan_table_2") == ["two_bodies"]
    assert project.dataset_seed("two_bodies") != project.dataset_seed("three_bodies")


def test_every_experiment_has_an_answer_or_a_reason(repository: Path, values: Values) -> None:
    project: Project = load_project(values, source="config.yaml", folder=repository)
    asked = [*project.identifiable, *project.identifiable_lenses, *project.unanswered]
    assert sorted(asked) == sorted(project.experiments)
    assert "cyclic_liegan" in project.unanswered
    assert "whole numbers" in project.unanswered["cyclic_liegan"]
    assert "rotated_digits_liegan" in project.identifiable
    # The page opens with answers of discoveries on vectors alone.
    assert project.identified_by("liegan_figure_11") == []
    assert all(why.endswith(".") for why in project.unanswered.values())

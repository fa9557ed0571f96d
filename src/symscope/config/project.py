"""The whole configuration: what to read, what to discover, what to train, what to report.

:func:`load_project` is the one way in. It takes what YAML gave, checks every key, type, range and cross-reference, and
returns a frozen :class:`Project`; whatever is wrong comes back as one :class:`~symscope.errors.ConfigError` that names
the keys. Nothing heavy is imported here: Snakemake loads this module at every start, also in every job.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml
from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from symscope.config.base import Settings
from symscope.config.blocks import Experiment, Fidelity, Folder, Name, TaggingStudy
from symscope.config.datasets import SPLIT_NAMES, DatasetSettings, PythiaDataset
from symscope.config.messages import config_error
from symscope.errors import ConfigError

MAX_CHUNKS = 10_000
"""Chunks that one class of one split may have; chunk numbers in file names have four digits."""


class Target(NamedTuple):
    """What kind of thing a target of the report is."""

    shows: Literal["experiment", "study", "dataset"]
    form: Literal["figure", "table"]
    has_numbers: bool = True
    """Whether it contributes records to the summary."""


TARGETS: Mapping[str, Target] = {
    "liegan_figure_5": Target("experiment", "figure"),
    "liegan_figure_6": Target("experiment", "figure", has_numbers=False),
    "liegan_table_3": Target("study", "table"),
    "jets_fidelity": Target("dataset", "figure"),
}
"""Figures and tables by name; the rule that makes one has the same name."""


class Compute(Settings):
    """Where and how exactly the arithmetic is done; no result of physics depends on it beyond rounding."""

    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Device for training. `auto` takes a GPU that is visible and the CPU otherwise; `cuda` asks the scheduler for one."""


class TargetSettings(Settings):
    """What one figure or table of the report shows."""

    experiment: Name | None = None
    """Name of an entry of `experiments`."""
    study: Name | None = None
    """Name of an entry of `tagging`."""
    dataset: Name | None = None
    """Name of an entry of `datasets`."""


class Report(Settings):
    """The page that a run ends with."""

    title: str = "symscope"
    """Heading of the page."""
    lead: str = ""
    """Sentences below the heading; `{liegan.figure_5.span_cosine}` stands for that number with its spread."""
    targets: dict[Literal["liegan_figure_5", "liegan_figure_6", "liegan_table_3", "jets_fidelity"], TargetSettings] = (
        Field(min_length=1)
    )
    """Figures and tables in their order on the page, and what each shows."""


class Project(Settings):
    """The whole configuration of a run."""

    scale: Name
    """Name of the scale of the run (smoke, default, paper or your own); stands beside every number in the report."""
    results: Folder = "results"
    """Folder for everything that a run writes, relative to where Snakemake runs."""
    seed: int = Field(ge=0, lt=2**31)
    """Root of the random streams of data generation and sampling."""
    compute: Compute = Compute()
    """Device."""
    datasets: dict[Name, DatasetSettings]
    """Datasets by name."""
    experiments: dict[Name, Experiment] = Field(default={})
    """Discoveries by name."""
    tagging: dict[Name, TaggingStudy] = Field(default={})
    """Tagging studies by name."""
    fidelity: Fidelity = Fidelity()
    """Comparison of generated jets with the reference dataset."""
    report: Report
    """What the report shows."""

    @model_validator(mode="after")
    def _parts_fit_together(self) -> "Project":
        sentences = [*self._misfits_of_experiments(), *self._misfits_of_studies(), *self._misfits_of_targets()]
        for name, dataset in self.datasets.items():
            if isinstance(dataset, PythiaDataset) and max(map(dataset.n_chunks, SPLIT_NAMES)) > MAX_CHUNKS:
                sentences.append(
                    f"datasets.{name}.jets_per_chunk is {dataset.jets_per_chunk}, which makes more than {MAX_CHUNKS} chunks "
                    "of a split; raise it"
                )
        if sentences:
            raise ValidationError.from_exception_data(
                "Project",
                [
                    InitErrorDetails(type=PydanticCustomError("misfit", "{told}", {"told": told}), loc=(), input={})
                    for told in sentences
                ],
            )
        return self

    def _misfits_of_experiments(self) -> Iterator[str]:
        for name, experiment in self.experiments.items():
            dataset = self.datasets.get(experiment.dataset)
            if dataset is None:
                yield _not_configured(f"experiments.{name}.dataset", experiment.dataset, self.datasets)
            else:
                yield from (f"experiments.{name}.{sentence}" for sentence in experiment.misfits(dataset))

    def _misfits_of_studies(self) -> Iterator[str]:
        for name, study in self.tagging.items():
            if study.dataset not in self.datasets:
                yield _not_configured(f"tagging.{name}.dataset", study.dataset, self.datasets)
            fitted = [model for model, settings in study.models.items() if settings.metric == "fitted"]
            if fitted and study.metric_from is None:
                yield (
                    f"tagging.{name}.metric_from is null, and model '{fitted[0]}' wants the fitted metric of an experiment; "
                    f"allowed: {', '.join(self.experiments) or 'none is configured'}"
                )
            if study.metric_from is not None and study.metric_from not in self.experiments:
                yield _not_configured(f"tagging.{name}.metric_from", study.metric_from, self.experiments)

    def _misfits_of_targets(self) -> Iterator[str]:
        for name, target in self.report.targets.items():
            kind = TARGETS[name].shows
            found = {k: v for k, v in target.model_dump().items() if v is not None}
            if set(found) != {kind}:
                yield f"report.targets.{name} shows one {kind}; give it as '{kind}: NAME' and nothing else"
                continue
            shown, configured = found[kind], self._configured(kind)
            if shown not in configured:
                yield _not_configured(f"report.targets.{name}.{kind}", shown, configured)
            elif name == "liegan_figure_5":
                truth = self.experiments[shown].truth
                if truth is None or truth.metric is None:
                    missing = f"experiments.{shown}.truth{'' if truth is None else '.metric'}"
                    yield (
                        f"report.targets.{name} compares '{shown}' with a known algebra and its metric, and {missing} is "
                        "null; give both under 'truth', or take the target out of the report"
                    )

    def card_paths(self) -> Iterator[tuple[str, str, str]]:
        """Dataset, key and path of every card that the configuration names."""
        for name, dataset in self.datasets.items():
            if isinstance(dataset, PythiaDataset):
                yield name, "generator_card", dataset.generator_card
                yield name, "detector_card", dataset.detector_card

    def missing_files(self, *folders: Path) -> list[str]:
        """Give a sentence for each card that none of the folders has (without folders: the working folder)."""
        places = folders or (Path(),)
        looked = " and ".join(f"'{place.resolve()}'" for place in places)
        return [
            f"datasets.{name}.{key} is '{path}', and there is no such file; looked in {looked}; mend the path"
            for name, key, path in self.card_paths()
            if not any((place / path).is_file() for place in places)
        ]

    def with_cards_from(self, *folders: Path) -> "Project":
        """Give the same project with each card's path led to the first of the folders that has it.

        A path that the working folder resolves stays as it is; the others become relative to it.
        """
        datasets = dict(self.datasets)
        for name, key, path in self.card_paths():
            found = next((folder / path for folder in folders if (folder / path).is_file()), None)
            if found is not None and found != Path(path):
                datasets[name] = datasets[name].model_copy(update={key: os.path.relpath(found)})
        return self.model_copy(update={"datasets": datasets})

    def notes(self) -> list[str]:
        """Say what is allowed but may not be what was meant; one sentence each."""
        weights = self.fidelity.published_weights
        if weights is None or self.fidelity.existing_weights or "jets_fidelity" not in self.report.targets:
            return []
        told = (
            f"fidelity.published_weights is '{weights}', and there is no such file: jets_fidelity will say so in place of its "
            "score panel, and jets.fidelity.auc has no value; mend the path, or set it to null"
        )
        return [told]

    def _configured(self, kind: Literal["experiment", "study", "dataset"]) -> Mapping[str, object]:
        if kind == "experiment":
            return self.experiments
        return self.tagging if kind == "study" else self.datasets

    def target(self, name: str) -> str:
        """Name of the experiment, study or dataset that a target of the report shows.

        Raises
        ------
        ConfigError
            Where the configuration does not list the target.
        """
        settings = self.report.targets.get(name)  # type: ignore[call-overload]
        if settings is None:
            listed = ", ".join(self.report.targets) or "none"
            raise ConfigError(
                f"target '{name}' is not in this configuration (report.targets lists: {listed}); "
                f"add 'report: targets: {name}: {{{TARGETS[name].shows}: NAME}}'"
            )
        return str(getattr(settings, TARGETS[name].shows))

    def chunk_seed(self, dataset: str, process: str, split: str, chunk: int) -> int:
        """Random seed of one chunk of generated collisions; no two chunks of a dataset share one.

        Returns
        -------
        int
            Between 1 and 900,000,000, the range that Pythia 8 takes.
        """
        if not 0 <= chunk < MAX_CHUNKS:
            raise ConfigError(
                f"datasets.{dataset} needs chunk number {chunk}, and {MAX_CHUNKS} a split are the most; raise 'jets_per_chunk'"
            )
        index = (("top", "qcd").index(process) * 3 + ("train", "val", "test").index(split)) * MAX_CHUNKS + chunk
        start = int.from_bytes(hashlib.sha256(f"{self.seed} {dataset}".encode()).digest()[:8], "big")
        return 1 + start % (900_000_000 - 6 * MAX_CHUNKS) + index

    @property
    def figures(self) -> list[str]:
        """Figures of the report, in its order."""
        return [name for name in self.report.targets if TARGETS[name].form == "figure"]

    @property
    def tables(self) -> list[str]:
        """Tables of the report, in its order."""
        return [name for name in self.report.targets if TARGETS[name].form == "table"]

    @property
    def targets_with_numbers(self) -> list[str]:
        """Targets of the report that contribute records to the summary."""
        return [name for name in self.report.targets if TARGETS[name].has_numbers]

    def used_datasets(self) -> list[str]:
        """Datasets that the targets of the report need, directly or through an experiment or study."""
        used: dict[str, None] = {}
        for name in self.report.targets:
            shown = self.target(name)
            kind = TARGETS[name].shows
            if kind == "experiment":
                shown = self.experiments[shown].dataset
            elif kind == "study":
                shown = self.tagging[shown].dataset
            used[shown] = None
        return list(used)


def load_project(
    values: Mapping[str, Any], *, source: str, folder: Path = Path(), fallback: Path | None = None
) -> Project:
    """Check a configuration, and that the cards that it names are there.

    Parameters
    ----------
    values
        What YAML gave. Strings that spell a number are taken as numbers, because Snakemake passes nested values of
        ``--config`` as strings.
    source
        Where the values come from; it opens each line of a message.
    folder
        Where relative paths of cards are looked for first.
    fallback
        Where they are looked for next, such as the repository that holds the workflow; null looks nowhere else.

    Returns
    -------
    Project
        With paths of cards that are right from the working folder.

    Raises
    ------
    ConfigError
        With one line for each wrong key: its name, what was found, what is allowed.
    """
    try:
        project = Project.model_validate(dict(values))
    except ValidationError as error:
        raise config_error(error, Project, source=source) from None
    folders = (folder,) if fallback is None else (folder, fallback)
    missing = project.missing_files(*folders)
    if missing:
        raise ConfigError("\n".join(f"{source}: {sentence}" for sentence in missing))
    return project.with_cards_from(*folders)


def read_project(text: str, *, source: str, folder: Path = Path(), fallback: Path | None = None) -> Project:
    """Check a configuration given as YAML text; see :func:`load_project`."""
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"{source} is no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(values, dict):
        raise ConfigError(f"{source} holds {type(values).__name__}, and a mapping of settings is needed")
    return load_project(values, source=source, folder=folder, fallback=fallback)


def _not_configured(key: str, name: str, places: Mapping[str, object]) -> str:
    return f"{key} is '{name}', which is not configured; allowed: {', '.join(places) or 'none'}"

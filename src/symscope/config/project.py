"""The whole configuration: what to read, what to discover, what to train, what to report.

:func:`load_project` is the one way in. It takes what YAML gave, checks every key, type, range and cross-reference, and
returns a frozen :class:`Project`; whatever is wrong comes back as one :class:`~symscope.errors.ConfigError` that names
the keys. Nothing heavy is imported here: Snakemake loads this module at every start, also in every job.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import yaml
from pydantic import Field, StringConstraints, ValidationError, model_validator

from symscope.config.base import Settings
from symscope.config.datasets import DatasetSettings
from symscope.config.discovery import MethodSettings, MetricFit, TruthSettings
from symscope.config.messages import config_error
from symscope.config.taggers import TaggerEvaluation, TaggerModel, TaggerNetwork, TaggerTraining
from symscope.errors import ConfigError

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""Names of datasets, experiments and models become file names: small letters, digits and underscores."""


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


class Sampling(Settings):
    """Which objects of an event a discovery sees."""

    objects: int = Field(default=2, ge=1, le=200)
    """Leading constituents of a jet, by falling transverse momentum; the paper uses 2. Jets with fewer are left out."""
    n_samples: int = Field(gt=0)
    """Events drawn from the training split, at random without repetition; at most what the split holds."""


class Experiment(Settings):
    """One discovery: a dataset, a method, its seeds, and the truth where one is known."""

    dataset: Name
    """Name of an entry of `datasets`."""
    sampling: Sampling
    """Which events and objects the method sees."""
    method: MethodSettings
    """The method of discovery and its settings."""
    seeds: list[int] = Field(min_length=1, max_length=1024)
    """Random seeds of the ensemble; one is trained for each, independently, in one batched computation."""
    metric: MetricFit = MetricFit()
    """How the invariant metric is fitted to the generators."""
    truth: TruthSettings | None = None
    """What the discovery is compared with; null where nothing is known."""


class TaggingStudy(Settings):
    """Several taggers trained on the same jets with several seeds."""

    dataset: Name
    """Name of an entry of `datasets`."""
    metric_from: Name | None = None
    """Name of the experiment whose fitted metric the models with `metric: fitted` use."""
    models: dict[Name, TaggerModel]
    """The networks that are compared, by name."""
    network: TaggerNetwork
    """Size of the network that all models share."""
    training: TaggerTraining
    """How all models are trained."""
    evaluation: TaggerEvaluation = TaggerEvaluation()
    """How trained models are measured."""
    seeds: list[int] = Field(min_length=1, max_length=100)
    """Random seeds; each model is trained once for each."""


class Fidelity(Settings):
    """How generated jets are compared with the reference dataset."""

    published_weights: str | None = None
    """Path of the published LorentzNet checkpoint (`.pt`), which is GPL and not part of symscope. Where it is null or
    the file is absent, the score panel of `jets_fidelity` says so and `jets.fidelity.auc` has no value."""
    n_jets: int = Field(default=4000, ge=100)
    """Test jets that are scored, half of each class; at most what the test split holds."""

    @property
    def existing_weights(self) -> list[str]:
        """The checkpoint as a list of at most one file, for a rule's input."""
        return [self.published_weights] if self.published_weights and Path(self.published_weights).is_file() else []


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
    targets: dict[Literal["liegan_figure_5", "liegan_figure_6", "liegan_table_3", "jets_fidelity"], TargetSettings]
    """Figures and tables in their order on the page, and what each shows."""


class Project(Settings):
    """The whole configuration of a run."""

    scale: Name
    """Name of the scale of the run (smoke, default, paper or your own); stands beside every number in the report."""
    results: str = "results"
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
    def _references_exist(self) -> "Project":
        for name, experiment in self.experiments.items():
            _known(f"experiments.{name}.dataset", experiment.dataset, self.datasets)
        for name, study in self.tagging.items():
            _known(f"tagging.{name}.dataset", study.dataset, self.datasets)
            fitted = [model for model, settings in study.models.items() if settings.metric == "fitted"]
            if fitted and study.metric_from is None:
                raise ValueError(
                    f"tagging.{name}: model '{fitted[0]}' wants the fitted metric, but 'metric_from' names no experiment; "
                    f"allowed: {', '.join(self.experiments) or 'none is configured'}"
                )
            if study.metric_from is not None:
                _known(f"tagging.{name}.metric_from", study.metric_from, self.experiments)
        for name, target in self.report.targets.items():
            kind = TARGETS[name].shows
            found = {k: v for k, v in target.model_dump().items() if v is not None}
            if set(found) != {kind}:
                raise ValueError(f"report.targets.{name} shows one {kind}; give it as '{kind}: NAME' and nothing else")
            _known(f"report.targets.{name}.{kind}", found[kind], self._configured(kind))
        return self

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


def load_project(values: Mapping[str, Any], *, source: str) -> Project:
    """Check a configuration.

    Parameters
    ----------
    values
        What YAML gave. Strings that spell a number are taken as numbers, because Snakemake passes nested values of
        ``--config`` as strings.
    source
        Where the values come from; it opens each line of a message.

    Raises
    ------
    ConfigError
        With one line for each wrong key: its name, what was found, what is allowed.
    """
    try:
        return Project.model_validate(dict(values))
    except ValidationError as error:
        raise config_error(error, Project, source=source) from None


def read_project(text: str, *, source: str) -> Project:
    """Check a configuration given as YAML text; see :func:`load_project`."""
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"{source} is no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(values, dict):
        raise ConfigError(f"{source} holds {type(values).__name__}, and a mapping of settings is needed")
    return load_project(values, source=source)


def _known(key: str, name: str, places: Mapping[str, object]) -> None:
    if name not in places:
        raise ValueError(f"{key} is '{name}', which is not configured; allowed: {', '.join(places) or 'none'}")

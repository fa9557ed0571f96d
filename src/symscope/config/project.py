"""The whole configuration: what to read, what to discover, what to train, what to report.

:func:`load_project` is the one way in. It takes what YAML gave, checks every key, type, range and cross-reference, and
returns a frozen :class:`Project`; whatever is wrong comes back as one :class:`~symscope.errors.ConfigError` that names
the keys. Nothing heavy is imported here: Snakemake loads this module at every start, also in every job.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BeforeValidator, Field, PrivateAttr, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from symscope.config.adaptor import AdaptorStudy
from symscope.config.base import Settings
from symscope.config.blocks import Experiment, Fidelity, TaggingStudy
from symscope.config.calibration import Calibration
from symscope.config.consistency import MAX_CHUNKS, project_misfits
from symscope.config.datasets import DatasetSettings
from symscope.config.discrete import DiscreteStudy
from symscope.config.identification import Identification
from symscope.config.jet_datasets import PythiaDataset
from symscope.config.messages import config_error
from symscope.config.names import Folder, Name
from symscope.config.own_data import OwnExperiment, expand
from symscope.config.prediction import PredictionStudy
from symscope.config.properties import PropertyStudy
from symscope.config.questions import asked, why_no_answer
from symscope.config.rule_names import name_misfits
from symscope.config.speed import SpeedStudy
from symscope.config.targets import DATALESS, KINDS_WITH_ROLES, TARGETS, Kind, Report
from symscope.config.zoo import ZooStudy
from symscope.errors import ConfigError
from symscope.yaml_files import UNREADABLE


class Compute(Settings):
    """Where and how exactly the arithmetic is done; no result of physics depends on it beyond rounding."""

    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Device for training. `auto` takes a GPU that is visible and the CPU otherwise; `cuda` asks the scheduler for one."""
    processes: Annotated[int, Field(ge=1, le=64)] = 1
    """Processes that train one jet tagger together, on one GPU each where there are GPUs and on one core each otherwise,
    1 to 64; `batch_jets` must be a multiple of it. The numbers are those of one process but for rounding."""


_Experiment = Annotated[
    Experiment, BeforeValidator(lambda block: block, json_schema_input_type=Experiment | OwnExperiment)
]
"""An experiment; the schema for editors knows its short form too, which :func:`load_project` writes out before the check."""


class Project(Settings):
    """The whole configuration of a run."""

    scale: Name = "own"
    """Name of the scale of the run (smoke, default, paper or your own); stands beside every number in the report."""
    results: Folder = "results"
    """Folder for everything that a run writes, relative to where Snakemake runs."""
    seed: int = Field(default=2026, ge=0, lt=2**31)
    """Root of the random streams of data generation and sampling."""
    compute: Compute = Compute()
    """Device."""
    datasets: dict[Name, DatasetSettings] = Field(default={})
    """Datasets by name."""
    experiments: dict[Name, _Experiment] = Field(default={})
    """Discoveries by name. An entry may hold its dataset itself, under `data`, and name several methods; see `OwnExperiment`."""
    tagging: dict[Name, TaggingStudy] = Field(default={})
    """Tagging studies by name."""
    prediction: dict[Name, PredictionStudy] = Field(default={})
    """Prediction studies by name."""
    properties: dict[Name, PropertyStudy] = Field(default={})
    """Property studies of molecules by name."""
    adaptor: dict[Name, AdaptorStudy] = Field(default={})
    """Adaptor studies by name."""
    zoo: dict[Name, ZooStudy] = Field(default={})
    """Trials of names: known algebras in random bases under noise, by name."""
    calibration: dict[Name, Calibration] = Field(default={})
    """Calibration studies of the tests of symmetry by name."""
    discrete: dict[Name, DiscreteStudy] = Field(default={})
    """Trials of discrete symmetries: known ones, found again, by name."""
    speed: dict[Name, SpeedStudy] = Field(default={})
    """Benchmarks by name."""
    identification: Identification = Identification()
    """Tests that say of which statement about the data a discovery is a symmetry."""
    fidelity: Fidelity = Fidelity()
    """Comparison of generated jets with the reference dataset."""
    report: Report = Report()
    """What the report shows."""
    _families: dict[str, list[str]] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _parts_fit_together(self) -> "Project":
        sentences = list(project_misfits(self))
        if sentences:
            raise ValidationError.from_exception_data(
                "Project",
                [
                    InitErrorDetails(type=PydanticCustomError("misfit", "{told}", {"told": told}), loc=(), input={})
                    for told in sentences
                ],
            )
        return self

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

    @property
    def families(self) -> dict[str, list[str]]:
        """Experiments by the name that the user gave: several where one entry names several methods, otherwise itself."""
        members = {member for names in self._families.values() for member in names}
        alone = {name: [name] for name in self.experiments if name not in members}
        return {**alone, **self._families}

    def configured(self, kind: Kind) -> Mapping[str, object]:
        """Entries of the configuration that a target of this kind can show."""
        places: Mapping[Kind, Mapping[str, object]] = {
            "experiment": self.experiments,
            "experiments": self.experiments,
            "study": self.tagging,
            "prediction": self.prediction,
            "properties": self.properties,
            "adaptors": self.adaptor,
            "dataset": self.datasets,
            "zoo": self.zoo,
            "calibration": self.calibration,
            "discrete": self.discrete,
            "speed": self.speed,
        }
        return places[kind]

    def shown_by(self, name: str) -> dict[str, str]:
        """Names of the experiments, the study or the dataset that a target of the report shows, by role.

        Raises
        ------
        ConfigError
            Where the configuration does not list the target.
        """
        settings = self.report.targets.get(name)  # type: ignore[call-overload]
        kind = TARGETS[name].shows  # type: ignore[index]
        if settings is None:
            listed = ", ".join(self.report.targets) or "none"
            form = "{ROLE: NAME, ...}" if kind in KINDS_WITH_ROLES else "NAME"
            raise ConfigError(
                f"target '{name}' is not in this configuration (report.targets lists: {listed}); "
                f"add 'report: targets: {name}: {{{kind}: {form}}}'"
            )
        return dict(settings.shown(kind))

    def datasets_shown_by(self, name: str) -> list[str]:
        """Datasets that a target needs, directly or through what it shows; each once."""
        kind = TARGETS[name].shows  # type: ignore[index]
        shown = self.shown_by(name).values()
        if kind == "dataset":
            return list(shown)
        if kind in DATALESS:
            return []
        places: Mapping[str, Any] = self.configured(kind)
        return list(dict.fromkeys(places[one].dataset for one in shown))

    def scale_of(self, name: str) -> str:
        """Size of the run behind a target, in words that stand beside its numbers."""
        kind = TARGETS[name].shows  # type: ignore[index]
        if kind == "dataset":
            words = f"up to {self.fidelity.n_jets:,} test jets"
        else:
            places: Mapping[str, Any] = self.configured(kind)
            shown = [places[one] for one in self.shown_by(name).values()]
            words = "; ".join(
                dict.fromkeys(one.words if kind in DATALESS else one.words(self.datasets[one.dataset]) for one in shown)
            )
        return f"{self.scale}: {words}"

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
        return 1 + self._stream(dataset) % (900_000_000 - 6 * MAX_CHUNKS) + index

    def dataset_seed(self, dataset: str) -> int:
        """Random seed of a generated dataset: another one for each name, 0 to below 2^31."""
        return self._stream(dataset) % 2**31

    def _stream(self, dataset: str) -> int:
        return int.from_bytes(hashlib.sha256(f"{self.seed} {dataset}".encode()).digest()[:8], "big")

    @property
    def sampled(self) -> dict[str, Experiment | PredictionStudy | PropertyStudy]:
        """What has a samples file of its own, by name: discoveries of generators, prediction and property studies."""
        experiments = {name: one for name, one in self.experiments.items() if one.has_selection}
        return {**experiments, **self.prediction, **self.properties}

    @property
    def identifiable(self) -> list[str]:
        """Experiments that can be asked of which statement their discovery is a symmetry.

        These are the ones that find generators of a continuous group.
        """
        return list(asked(self.experiments, self.datasets, "generators"))

    @property
    def identifiable_lenses(self) -> list[str]:
        """Experiments whose translation can be tested on samples that they have not seen."""
        return list(asked(self.experiments, self.datasets, "lens"))

    @property
    def answered(self) -> list[str]:
        """Experiments of which something can be asked: these two together."""
        return [*self.identifiable, *self.identifiable_lenses]

    @property
    def unanswered(self) -> dict[str, str]:
        """Experiments of which nothing can be asked, each with the reason in one sentence."""
        silent = asked(self.experiments, self.datasets, "none")
        return {name: why_no_answer(one, self.datasets[one.dataset]) for name, one in silent.items()}

    def identified_by(self, target: str) -> list[str]:
        """Experiments of a target of the report that are asked so; each once."""
        registered = TARGETS[target]  # type: ignore[index]
        if registered.shows not in ("experiment", "experiments") or not registered.opens_with_answers:
            return []
        shown = dict.fromkeys(self.shown_by(target).values())
        on_vectors = {
            name for name in self.identifiable if self.datasets[self.experiments[name].dataset].family != "images"
        }
        return [name for name in shown if name in on_vectors]

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
        """Datasets that the targets of the report need; each once."""
        return list(dict.fromkeys(name for target in self.report.targets for name in self.datasets_shown_by(target)))


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
        written = expand(values)
    except ConfigError as error:
        raise ConfigError(f"{source}: {error}") from None
    try:
        project = Project.model_validate(written.values)
    except ValidationError as error:
        raise written.in_the_users_words(config_error(error, Project, source=source)) from None
    project._families.update(written.families)  # known only here, and no key of the long form
    taken = list(name_misfits(project.experiments, written.families, project.experiments))
    if taken:
        raise ConfigError("\n".join(f"{source}: {sentence}" for sentence in taken))
    folders = (folder,) if fallback is None else (folder, fallback)
    missing = project.missing_files(*folders)
    if missing:
        raise written.in_the_users_words(ConfigError("\n".join(f"{source}: {sentence}" for sentence in missing)))
    return project.with_cards_from(*folders)


def read_project(text: str, *, source: str, folder: Path = Path(), fallback: Path | None = None) -> Project:
    """Check a configuration given as YAML text; see :func:`load_project`."""
    try:
        values = yaml.safe_load(text)
    except UNREADABLE as error:
        raise ConfigError(f"{source} is no YAML: {' '.join(str(error).split())[:500]}") from None
    if not isinstance(values, dict):
        raise ConfigError(f"{source} holds {type(values).__name__}, and a mapping of settings is needed")
    return load_project(values, source=source, folder=folder, fallback=fallback)

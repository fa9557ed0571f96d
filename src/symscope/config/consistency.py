"""Whether the parts of a configuration fit together: names that are used are configured, and sizes agree."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from symscope.config.blocks import Experiment
from symscope.config.functions import FunctionsDataset
from symscope.config.jet_datasets import PythiaDataset
from symscope.config.messages import listed
from symscope.config.molecules import MoleculesDataset
from symscope.config.prediction import PredictionStudy
from symscope.config.properties import PropertyStudy
from symscope.config.splits import SPLIT_NAMES
from symscope.config.targets import KINDS_WITH_ROLES, TARGETS, Kind, Target, TargetSettings

if TYPE_CHECKING:
    from symscope.config.project import Project

MAX_CHUNKS = 10_000
"""Chunks that one class of one split may have; chunk numbers in file names have four digits."""


def project_misfits(project: "Project") -> Iterator[str]:
    """Say what does not fit together, one sentence each, beginning with the key to change."""
    yield from _misfits_of_datasets(project)
    yield from _misfits_of_experiments(project)
    yield from _misfits_of_studies(project)
    yield from _misfits_of_predictions(project)
    yield from _misfits_of_adaptors(project)
    yield from _misfits_of_targets(project)


def _misfits_of_datasets(project: "Project") -> Iterator[str]:
    for name, dataset in project.datasets.items():
        if isinstance(dataset, PythiaDataset) and max(map(dataset.n_chunks, SPLIT_NAMES)) > MAX_CHUNKS:
            yield (
                f"datasets.{name}.jets_per_chunk is {dataset.jets_per_chunk}, which makes more than {MAX_CHUNKS} chunks "
                "of a split; raise it"
            )
        if isinstance(dataset, MoleculesDataset) and dataset.n_chunks > MAX_CHUNKS:
            yield (
                f"datasets.{name}.molecules_per_chunk is {dataset.molecules_per_chunk}, which makes more than {MAX_CHUNKS} "
                "chunks; raise it"
            )


def _misfits_of_experiments(project: "Project") -> Iterator[str]:
    for name, experiment in project.experiments.items():
        dataset = project.datasets.get(experiment.dataset)
        if dataset is None:
            yield _not_configured(f"experiments.{name}.dataset", experiment.dataset, project.datasets)
        else:
            yield from (f"experiments.{name}.{sentence}" for sentence in experiment.misfits(dataset))


def _misfits_of_predictions(project: "Project") -> Iterator[str]:
    studies: list[tuple[Kind, str, PredictionStudy | PropertyStudy]] = [
        *(("prediction", name, study) for name, study in project.prediction.items()),
        *(("properties", name, study) for name, study in project.properties.items()),
    ]
    for kind, name, study in studies:
        key = f"{kind}.{name}"
        if name in project.experiments:
            study_words = _ARTICLE[kind].replace("one", "a", 1)
            yield f"'{name}' is both an experiment and {study_words}, and each has samples of its name; rename one"
        if kind == "properties" and name in project.prediction:
            yield f"'{name}' is both a prediction and a property study, and each has samples of its name; rename one"
        if study.dataset not in project.datasets:
            yield _not_configured(f"{key}.dataset", study.dataset, project.datasets)
            continue
        yield from (f"{key}.{sentence}" for sentence in study.misfits(project.datasets[study.dataset]))
        for model, experiment in study.experiments.items():
            if experiment not in project.experiments:
                allowed = ["truth", "none", *project.experiments]
                yield _not_configured(f"{key}.models.{model}.symmetry", experiment, allowed)
            elif (found := project.datasets.get(project.experiments[experiment].dataset)) is not None:
                wanted = project.datasets[study.dataset].dimension
                if found.dimension != wanted:
                    yield (
                        f"{key}.models.{model}.symmetry is '{experiment}', whose generators act on {found.dimension} "
                        f"components, and the states of '{study.dataset}' have {wanted}; name an experiment on such states"
                    )


def _misfits_of_studies(project: "Project") -> Iterator[str]:
    for name, study in project.tagging.items():
        if study.dataset not in project.datasets:
            yield _not_configured(f"tagging.{name}.dataset", study.dataset, project.datasets)
        if study.training.batch_jets % project.compute.processes:
            yield (
                f"compute.processes is {project.compute.processes}, and tagging.{name}.training.batch_jets is "
                f"{study.training.batch_jets}, which they cannot share evenly; give a divisor of it"
            )
        fits = [name for name, experiment in project.experiments.items() if _acts_on_momenta(project, experiment)]
        fitted = [model for model, settings in study.models.items() if settings.metric == "fitted"]
        if fitted and study.metric_from is None:
            yield (
                f"tagging.{name}.metric_from is null, and model '{fitted[0]}' wants the fitted metric of an experiment; "
                f"allowed: {', '.join(fits) or 'none is configured'}"
            )
        if study.metric_from is not None and study.metric_from not in project.experiments:
            yield _not_configured(f"tagging.{name}.metric_from", study.metric_from, fits)
        elif study.metric_from is not None and study.metric_from not in fits:
            yield (
                f"tagging.{name}.metric_from is '{study.metric_from}', which finds no generators that act on four-momenta; "
                f"allowed: {', '.join(fits) or 'none is configured'}"
            )


def _acts_on_momenta(project: "Project", experiment: Experiment) -> bool:
    """Whether an experiment finds generators of matrices of size four, which leave a metric of momenta invariant."""
    dataset = project.datasets.get(experiment.dataset)
    return experiment.finds == "generators" and (dataset is None or dataset.dimension == 4)


def _misfits_of_adaptors(project: "Project") -> Iterator[str]:
    lenses = [name for name, experiment in project.experiments.items() if experiment.finds == "lens"]
    for name, study in project.adaptor.items():
        key = f"adaptor.{name}"
        if study.experiment not in lenses:
            yield _not_configured(
                f"{key}.experiment", study.experiment, lenses, what="no configured discovery of a lens"
            )
        if study.dataset not in project.datasets:
            yield _not_configured(f"{key}.dataset", study.dataset, project.datasets)
            continue
        found = project.experiments[study.experiment].dataset if study.experiment in lenses else ""
        misfits = study.misfits(project.datasets[study.dataset], project.datasets.get(found))
        yield from (f"{key}.{sentence}" for sentence in misfits)


def _misfits_of_targets(project: "Project") -> Iterator[str]:
    for name, target in project.report.targets.items():
        registered, key = TARGETS[name], f"report.targets.{name}"
        kind = registered.shows
        found = {field for field, value in target.model_dump().items() if value is not None}
        if found != {kind}:
            form = "{ROLE: NAME, ...}" if kind in KINDS_WITH_ROLES else "NAME"
            yield f"{key} shows {_ARTICLE[kind]}; give it as '{kind}: {form}' and nothing else"
            continue
        yield from _misfits_of_roles(key, registered, target)
        for role, shown in target.shown(kind).items():
            place = f"{key}.{kind}.{role}" if kind in KINDS_WITH_ROLES else f"{key}.{kind}"
            configured = project.configured(kind)
            if shown not in configured:
                yield _not_configured(place, shown, configured)
            elif kind in ("experiment", "experiments"):
                yield from _misfits_of_knowledge(project, key, registered, role, shown)


def _misfits_of_knowledge(project: "Project", key: str, registered: Target, role: str, shown: str) -> Iterator[str]:
    """Say where an experiment finds something else than a target shows, or too little is known of it."""
    experiment = project.experiments[shown]
    finds = registered.found_by(role)
    if finds not in (None, experiment.finds):
        words = {"generators": "generators of an algebra", "lens": "one step of a hidden translation"}
        yield (
            f"{key} shows {words[str(finds)]}, and '{shown}', whose method is '{experiment.method.name}', finds "
            f"{words[experiment.finds]}; name another experiment"
        )
        return
    method = role.split("_", maxsplit=1)[0]
    if registered.roles_name_methods and experiment.method.name != method:
        yield (
            f"{key}.experiments.{role} is '{shown}', whose method is '{experiment.method.name}', and this role stands for "
            f"'{method}'; name an experiment of that method"
        )
    if registered.functions:
        dataset = project.datasets.get(experiment.dataset)
        kind = dataset.function.kind if isinstance(dataset, FunctionsDataset) else None
        if dataset is not None and kind not in registered.functions:
            yield (
                f"{key} shows the symmetry of functions of kind {' or '.join(registered.functions)}, and '{shown}' sees the "
                f"dataset '{experiment.dataset}' (source: {dataset.source}); name another experiment"
            )
    if registered.finds == "lens":
        yield from _misfits_of_disguise(project, key, registered, shown)
        return
    truth = experiment.truth
    if registered.needs == "nothing" or (truth is not None and (registered.needs == "truth" or truth.metric)):
        return
    missing = f"experiments.{shown}.truth{'' if truth is None else '.metric'}"
    wanted = "a known algebra" + (" and its metric" if registered.needs == "metric" else "")
    yield (
        f"{key} compares '{shown}' with {wanted}, and {missing} is null; give it, or take the target out of the report"
    )


def _misfits_of_disguise(project: "Project", key: str, registered: Target, shown: str) -> Iterator[str]:
    """Say where translations are more or fewer than a target shows, or nobody knows what hides them."""
    experiment = project.experiments[shown]
    pair, wants_pair = experiment.method.name == "symmetrylens_images", registered.needs == "images"
    if pair != wants_pair:
        words = {True: "both translations of images", False: "one translation"}
        yield (
            f"{key} shows {words[wants_pair]}, and '{shown}', whose method is '{experiment.method.name}', finds "
            f"{words[pair]}; name another experiment"
        )
        return
    dataset = project.datasets.get(experiment.dataset)
    if dataset is None or registered.needs not in ("disguise", "images"):
        return
    wanted = "images" if wants_pair else "signals"
    if dataset.source != wanted:
        advice = (
            "name one with the source images" if wants_pair else "symmetrylens_figure_found shows it without a truth"
        )
        hidden = "translations in its images" if wants_pair else "translation in its signals"
        yield (
            f"{key} compares '{shown}' with what hides the {hidden}, which nobody knows of the dataset "
            f"'{experiment.dataset}' (source: {dataset.source}); {advice}"
        )


_ARTICLE: Mapping[Kind, str] = {
    "experiment": "one experiment",
    "experiments": "several experiments",
    "study": "one study",
    "prediction": "one prediction study",
    "properties": "one property study",
    "adaptors": "several adaptor studies",
    "dataset": "one dataset",
    "zoo": "one trial of names",
    "calibration": "one calibration study",
    "discrete": "one trial of discrete symmetries",
    "speed": "one set of benchmarks",
}


def _not_configured(key: str, name: str, places: Iterable[str], *, what: str = "not configured") -> str:
    return f"{key} is '{name}', which is {what}; allowed: {listed(places)}"


def _misfits_of_roles(key: str, registered: Target, target: TargetSettings) -> Iterator[str]:
    """Say which experiments or studies of a target are missing, and which it does not know."""
    kind = registered.shows
    if kind not in KINDS_WITH_ROLES:
        return
    given, allowed = target.shown(kind), dict.fromkeys([*registered.roles, *registered.optional_roles])
    for role in registered.roles:
        if role not in given:
            yield f"{key}.{kind} lacks '{role}'; give {', '.join(registered.roles)}"
    for role in given:
        if role not in allowed:
            yield f"{key}.{kind} has '{role}', which the figure does not show; allowed: {', '.join(allowed)}"

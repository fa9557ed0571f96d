"""What the rules share: the validated configuration, the digest of the science, and functions that list files."""

import os
import shlex
import shutil
import sys
import time
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

from symscope import cluster
from symscope.config.methods import AlgebraMethod
from symscope.config.null_space import NullSpaceEngine
from symscope.config.project import load_project
from symscope.config.targets import TARGETS
from symscope.digest import source_digest
from symscope.errors import SymscopeError
from symscope.io.atomic import require_writable
from symscope.io.dates import bring_to_present, dated_in_future
from symscope.io.runs import register_run, release_stale_locks

# `shell:` commands use this environment's programs, also where it is not activated; prefix() replaces strict mode.
shell.prefix(
    f"set -euo pipefail; export PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH; "
)

try:
    PROJECT = load_project(config, source="config", fallback=HERE.parent)
except SymscopeError as error:
    raise WorkflowError(str(error)) from None

for note in PROJECT.notes():
    logger.warning(f"symscope: {note}")

# Where to compute is no part of a result, so adapters read it here and not from params, which would rerun the job.
config["compute"] = PROJECT.compute.model_dump(mode="json")

# A profile for a cluster asks for time and memory by expressions, which see the configuration through this.
cluster.declare(PROJECT)


def data_files():
    """Files of the user's own that the run reads."""
    for settings in PROJECT.datasets.values():
        if hasattr(settings, "files_of"):
            for split in ("train", "val", "test"):
                try:
                    yield from settings.files_of(split)
                except SymscopeError:
                    continue  # the rule that needs the files says what is wrong with them


def look_around():
    """See to what an earlier run that was killed, or a clock that was wrong, has left; tell of runs that are at work.

    Snakemake's own lock outlives a killed run, and then wants `--unlock`; here the kernel knows who is alive.
    """
    now = time.time()
    try:
        runs = register_run(
            Path(".snakemake/symscope"), command=shlex.join(sys.argv[1:])
        )
        if release_stale_locks(runs, Path(".snakemake/locks")):
            logger.warning(
                "symscope: an earlier run was killed; its lock is removed, and its work goes on"
            )
        for other in runs.alive:
            logger.warning(
                f"symscope: another run is at work in this folder: {other}; what both would make is refused"
            )
        changed = (
            [] if runs.alive else bring_to_present([Path(PROJECT.results)], now=now)
        )
        if changed:
            logger.warning(
                f"symscope: the clock was changed: {changed[-1]} and {len(changed) - 1} other results were dated in the future, "
                "and are dated now"
            )
    except OSError as error:
        logger.debug(f"symscope: no register of runs ({error})")
    read = [*data_files(), HERE / "scripts", HERE.parent / "resources"]
    for date, path in dated_in_future(read, now=now)[-1:]:
        raise WorkflowError(
            f"symscope: {path} is dated {time.ctime(date)}, and this machine's clock says {time.ctime(now)}; results would "
            f"always look too old, so set the clock, or date the file: touch '{path}'"
        )


def check_results():
    """Stop before any job where no result can be written."""
    try:
        require_writable(Path(PROJECT.results))
    except SymscopeError as error:
        raise WorkflowError(f"symscope: {error}") from None


if workflow.is_main_process:
    look_around()


def any_of(names):
    """Pattern of a wildcard that is one of these names, and nothing where there is none."""
    return "|".join(names) or "none"


def datasets_of(family):
    """Pattern of the datasets of one family: jets, trajectories, ..."""
    return any_of(
        name for name, settings in PROJECT.datasets.items() if settings.family == family
    )


def datasets_from(*sources):
    """Pattern of the datasets of some sources: pythia, signals, matrix, ..."""
    return any_of(
        name
        for name, settings in PROJECT.datasets.items()
        if settings.source in sources
    )


def experiments_by(method):
    """Pattern of the experiments of some methods, given as a type."""
    return any_of(
        name
        for name, settings in PROJECT.experiments.items()
        if isinstance(settings.method, method)
    )


wildcard_constraints:
    dataset=any_of(PROJECT.datasets),
    experiment=any_of(PROJECT.experiments),
    identified=any_of(PROJECT.identifiable),
    tested_lens=any_of(PROJECT.identifiable_lenses),
    unanswered=any_of(PROJECT.unanswered),
    study=any_of(PROJECT.tagging),
    prediction=any_of(PROJECT.prediction),
    properties=any_of(PROJECT.properties),
    adaptor=any_of(PROJECT.adaptor),
    zoo=any_of(PROJECT.zoo),
    calibration=any_of(PROJECT.calibration),
    discrete=any_of(PROJECT.discrete),
    speed=any_of(PROJECT.speed),
    benchmarked="[a-z_]+",
    model="[a-z0-9_]+",
    process="top|qcd",
    split="train|val|test",
    chunk=r"\d{4}",
    seed=r"\d+",


def plain(settings):
    """A block of settings as plain values, or None: one dict, because params are compared without their names."""
    return None if settings is None else settings.model_dump(mode="json")


def source_of(rule_name):
    """Digest of the adapter of a rule and of all package modules that it imports; editing the science reruns the rule.

    It is a function, so that a job's own process takes the digest of its rule only.
    """
    return lambda wildcards: source_digest(HERE / "scripts" / f"{rule_name}.py")


def resource_file(name):
    """Path of a file under resources/ that comes with the workflow, also when it runs in another folder."""
    return repository_file(f"resources/{name}")


def repository_file(name):
    """Path of a file that comes with the workflow, also when it runs in another folder."""
    return os.path.relpath(HERE.parent / name)


def speeds_shown_by(target):
    """Measurements of all benchmarks that a figure or table shows."""
    name = only_shown_by(target)
    return [
        f"<results>/speed/{name}/{one}.json" for one in PROJECT.speed[name].benchmarks
    ]


def gpus(wildcards):
    """GPUs to ask for: one where it is wanted, or where `device: auto` will find one, so that jobs take turns on it."""
    device = PROJECT.compute.device
    # The login node of a cluster need not have one itself.
    found = shutil.which("nvidia-smi") or os.environ.get("SYMSCOPE_GPU_PARTITION")
    return int(device == "cuda" or (device == "auto" and bool(found)))


def chunk_files(dataset, split):
    """Files of generated collisions that make up one split of a dataset."""
    settings = PROJECT.datasets[dataset]
    return [
        f"<results>/data/{dataset}/chunks/{process}-{split}-{chunk:04d}.root"
        for process in ("top", "qcd")
        for chunk in range(settings.n_chunks(split))
    ]


def source_files(dataset, split):
    """Files that one split of a dataset is read from: generated, downloaded, or the user's own."""
    settings = PROJECT.datasets[dataset]
    if settings.source == "pythia":
        return chunk_files(dataset, split)
    if settings.source == "nbody":
        return [f"<results>/data/{dataset}/orbits.h5"]
    try:
        return [str(path) for path in settings.files_of(split)]
    except SymscopeError as error:
        raise WorkflowError(f"dataset '{dataset}': {error}") from None


def molecule_files(dataset):
    """Files that a dataset of molecules is read from; of QM9 those that are there, because the job says how to get others."""
    settings = PROJECT.datasets[dataset]
    if settings.source == "qm9":
        return [str(path) for path in settings.raw_files if path.is_file()]
    return [
        f"<results>/data/{dataset}/chunks/molecules-{chunk:04d}.h5"
        for chunk in range(settings.n_chunks)
    ]


def idx_files(dataset):
    """Files of images and labels that a dataset of digits is read from; none where the digits come with scikit-learn."""
    files = PROJECT.datasets[dataset].files
    return [] if files is None else files.paths


def images_sliced(dataset):
    """The file of images that signals are slices of; nothing where they are made of pulses or of scikit-learn's digits."""
    basis = getattr(PROJECT.datasets[dataset], "basis", None)
    return getattr(basis, "images", None) or []


def shown_by(target):
    """Names of what a figure or table of the report shows, by role."""
    try:
        return PROJECT.shown_by(target)
    except SymscopeError as error:
        raise WorkflowError(str(error)) from None


def only_shown_by(target):
    """Name of the one experiment, study or dataset that a figure or table of the report shows."""
    (name,) = shown_by(target).values()
    return name


def about_experiment(name):
    """What a figure is told of a discovery: the truth, the method and what it saw."""
    experiment = PROJECT.experiments[name]
    return dict(
        truth=plain(experiment.truth),
        method=plain(experiment.method),
        sampling=plain(experiment.sampling),
        dataset=plain(PROJECT.datasets[experiment.dataset]),
    )


def target_settings(target):
    """What a figure's or table's adapter is told: its name, what it shows, the scale that stands beside its numbers."""
    kind, shown = TARGETS[target].shows, shown_by(target)
    about = dict(target=target, shows=shown, scale=PROJECT.scale_of(target))
    if kind == "experiment":
        about["experiment"] = about_experiment(only_shown_by(target))
    if kind == "experiments":
        about["experiments"] = {
            role: about_experiment(name) for role, name in shown.items()
        }
    return about


def scale_of_experiment(name):
    """Size of the run behind a discovery, in words that stand beside its numbers."""
    experiment = PROJECT.experiments[name]
    words = experiment.words(PROJECT.datasets[experiment.dataset])
    return f"{PROJECT.scale}: {words}"


def told_to(target):
    """The same, not before it is wanted: a rule whose target is not in the report must not fail."""
    return lambda wc: target_settings(target)


def discovery_file(name, suffix="h5"):
    """What a discovery found: generators of an algebra, or one step of a translation and its lens."""
    found = PROJECT.experiments[name].finds
    return f"<results>/discovery/{name}/{found}.{suffix}"


def generators_shown_by(target):
    """Files of the discoveries that a figure shows, in the order of their roles."""
    return [discovery_file(name) for name in shown_by(target).values()]


def datasets_of_experiments(target):
    """Datasets of the discoveries that a figure shows, in the order of their roles."""
    return [
        dataset_file(PROJECT.experiments[name].dataset)
        for name in shown_by(target).values()
    ]


def dataset_of_role(target, role):
    """Dataset of the discovery that plays a role in a figure."""
    return dataset_file(PROJECT.experiments[shown_by(target)[role]].dataset)


def made_by(target, *, metric=False):
    """Records of how the steps behind a figure or table were made, in their order."""
    kind, shown = TARGETS[target].shows, shown_by(target).values()
    steps = [
        f"<results>/data/{name}/dataset.provenance.json"
        for name in PROJECT.datasets_shown_by(target)
    ]
    if kind == "dataset":
        steps += [f"<results>/fidelity/{name}.provenance.json" for name in shown]
    if kind == "zoo":
        steps += [f"<results>/zoo/{name}.provenance.json" for name in shown]
    if kind == "discrete":
        steps += [f"<results>/discrete/{name}.provenance.json" for name in shown]
    if kind == "speed":
        steps += [
            f"<results>/speed/{name}/{one}.provenance.json"
            for name in shown
            for one in PROJECT.speed[name].benchmarks
        ]
    if kind in ("experiment", "experiments"):
        steps += [discovery_file(name, "provenance.json") for name in shown]
        if metric:
            steps += [
                f"<results>/metric/{name}/metrics.provenance.json" for name in shown
            ]
    if kind == "study":
        steps += [
            f"<results>/training/{name}/{model}/seed-{PROJECT.tagging[name].seeds[0]}/network.provenance.json"
            for name in shown
            for model in PROJECT.tagging[name].models
        ]
    studies = dict(prediction=PROJECT.prediction, properties=PROJECT.properties)
    if kind in studies:
        found = dict.fromkeys(
            experiment
            for name in shown
            for experiment in studies[kind][name].experiments.values()
        )
        steps += [discovery_file(name, "provenance.json") for name in found]
    if kind == "prediction":
        steps += [
            f"<results>/prediction/{name}/{model}/network.provenance.json"
            for name in shown
            for model in PROJECT.prediction[name].models
        ]
    if kind == "properties":
        steps += [
            f"<results>/properties/{name}/{model}.provenance.json"
            for name in shown
            for model in PROJECT.properties[name].models
        ]
    if kind == "adaptors":
        steps += [
            discovery_file(PROJECT.adaptor[name].experiment, "provenance.json")
            for name in shown
        ]
        steps += [f"<results>/adaptor/{name}/result.provenance.json" for name in shown]
    if kind == "calibration":
        steps += [
            f"<results>/calibration/{name}/result.provenance.json" for name in shown
        ]
    return steps


def lens_inputs(target):
    """Inputs of a target that shows discoveries in signals, by name."""
    return dict(
        lenses=lambda wc: generators_shown_by(target),
        datasets=lambda wc: datasets_of_experiments(target),
        provenance=lambda wc: made_by(target),
        text=resource_file(f"targets/{target}.yaml"),
        published=resource_file("published.yaml"),
    )


def dataset_file(name):
    """The one file of a dataset in the common form of samples."""
    return f"<results>/data/{name}/dataset.h5"


def samples_file(name):
    """Samples that a discovery of generators sees: its own selection, or all points of a dataset of functions."""
    experiment = PROJECT.experiments[name]
    if experiment.sampling.take == "points":
        return dataset_file(experiment.dataset)
    return f"<results>/samples/{name}.h5"


def tasks_of(name):
    """How many tasks the samples of a discovery hold, where they are several."""
    dataset = PROJECT.datasets[PROJECT.experiments[name].dataset]
    tasks = dataset.tasks if dataset.family == "functions" else 1
    return dict(tasks=tasks) if tasks > 1 else {}


def identities():
    """What is said of the discoveries that the report shows, each file once."""
    names = dict.fromkeys(
        name
        for target in PROJECT.report.targets
        for name in PROJECT.identified_by(target)
    )
    return [f"<results>/identify/{name}.json" for name in names]


def study_dataset(wildcards):
    """Jets of the dataset that a tagging study works on."""
    return dataset_file(PROJECT.tagging[wildcards.study].dataset)


def fitted_metric(wildcards):
    """The metric that a network is built on where it was fitted and not given; otherwise nothing."""
    study = PROJECT.tagging[wildcards.study]
    if study.models[wildcards.model].metric != "fitted":
        return []
    return f"<results>/metric/{study.metric_from}/metrics.h5"


def evaluations(study):
    """One evaluation for each model and seed of a tagging study."""
    settings = PROJECT.tagging[study]
    return [
        f"<results>/evaluation/{study}/{model}/seed-{seed}.json"
        for model in settings.models
        for seed in settings.seeds
    ]


def used_generators(wildcards):
    """The discovery whose symmetry a predictor uses; nothing where it uses the truth or none."""
    experiment = PROJECT.prediction[wildcards.prediction].experiments.get(
        wildcards.model
    )
    return f"<results>/discovery/{experiment}/generators.h5" if experiment else []


def generators_of_row(wildcards):
    """The discovery whose symmetry moves the molecules of a property study; nothing for the truth or none."""
    study = PROJECT.properties[wildcards.properties]
    experiment = study.experiments.get(wildcards.model)
    return f"<results>/discovery/{experiment}/generators.h5" if experiment else []


def samples_of_experiment(name):
    """Samples that an experiment saw: those of a discovery of generators, or the whole dataset of signals or images."""
    experiment = PROJECT.experiments[name]
    return (
        dataset_file(experiment.dataset)
        if experiment.finds == "lens"
        else samples_file(name)
    )


def identity_of_experiment(name):
    """What the tests of statements say of a discovery; nothing where none applies."""
    return f"<results>/identify/{name}.json" if name in PROJECT.answered else []


def ingestion_summary(dataset):
    """What was counted when a dataset was read; nothing where its rule counts nothing."""
    counted = ("jets", "trajectories", "molecules", "events")
    return (
        f"<results>/data/{dataset}/dataset.json"
        if PROJECT.datasets[dataset].family in counted
        else []
    )


def steps_of_experiment(name):
    """Records of how the data, the discovery and what is said of it were made."""
    steps = [
        f"<results>/data/{PROJECT.experiments[name].dataset}/dataset.provenance.json",
        discovery_file(name, "provenance.json"),
    ]
    if name in PROJECT.answered:
        steps.append(f"<results>/identify/{name}.provenance.json")
    return steps


def remake_command(target):
    """What a user types to make a target again, with the configuration files that were given on the command line."""
    files = [os.path.relpath(path) for path in workflow.overwrite_configfiles or []]
    given = " --configfile " + " ".join(map(shlex.quote, files)) if files else ""
    return f"snakemake --cores 4 {target}{given}"


def task_names(name):
    """What the tasks of an experiment are called, where several are learned together, each with a generator of its own."""
    experiment = PROJECT.experiments[name]
    tasks = tasks_of(name).get("tasks", 1)
    if tasks == 1 or experiment.method.name == "msr":
        return []
    function = PROJECT.datasets[experiment.dataset].function
    for key in ("order", "half_width"):
        if values := getattr(function, f"{key}s", None):
            return [f"{key} {value:g}".replace("_", " ") for value in values]
    return [f"task {number + 1}" for number in range(tasks)]


def experiment_settings(name):
    """What the page of an experiment is told."""
    experiment = PROJECT.experiments[name]
    words = experiment.words(PROJECT.datasets[experiment.dataset])
    return dict(
        name=name,
        dataset=experiment.dataset,
        about=about_experiment(name),
        metric=plain(experiment.metric),
        agreement=PROJECT.identification.agreement,
        finds=experiment.finds,
        tasks=task_names(name),
        words=words,
        scale=f"{PROJECT.scale}: {words}",
        command=remake_command(name),
    )


def experiment_pages():
    """The page of each experiment by its name, and of each entry that names several methods."""
    pages = {
        name: f"<results>/experiments/{name}/report.html"
        for name in PROJECT.experiments
    }
    several = {
        name: f"<results>/experiments/{name}/methods.html"
        for name, members in PROJECT.families.items()
        if name not in PROJECT.experiments
    }
    return pages | several


def pieces_of_family(family, file):
    """A file of each experiment of an entry that names several methods."""
    return [f"<results>/experiments/{name}/{file}" for name in PROJECT.families[family]]


def family_settings(family):
    """What the page of several methods is told."""
    members = PROJECT.families[family]
    experiments = [PROJECT.experiments[name] for name in members]
    return dict(
        name=family,
        members=members,
        methods=[one.method.name for one in experiments],
        dataset=experiments[0].dataset,
        scales={
            name: f"{PROJECT.scale}: {one.words(PROJECT.datasets[one.dataset])}"
            for name, one in zip(members, experiments)
        },
        command=remake_command(family),
    )

"""What the rules share: the validated configuration, the digest of the science, and functions that list files."""

import os
import shlex
import shutil
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

from symscope.config.project import load_project
from symscope.digest import source_digest
from symscope.errors import SymscopeError

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


wildcard_constraints:
    dataset="|".join(PROJECT.datasets),
    experiment="|".join(PROJECT.experiments) or "none",
    study="|".join(PROJECT.tagging) or "none",
    model="[a-z0-9_]+",
    process="top|qcd",
    split="train|val|test",
    chunk=r"\d{4}",
    seed=r"\d+",


def plain(settings):
    """A block of settings as plain values, or None: one dict, because params are compared without their names."""
    return None if settings is None else settings.model_dump(mode="json")


def source_of(rule_name):
    """Digest of the adapter of a rule and of all package modules that it imports; editing the science reruns the rule."""
    return source_digest(HERE / "scripts" / f"{rule_name}.py")


def resource_file(name):
    """Path of a file under resources/ that comes with the workflow, also when it runs in another folder."""
    return os.path.relpath(HERE.parent / "resources" / name)


def gpus(wildcards):
    """GPUs to ask for: one where it is wanted, or where `device: auto` will find one, so that jobs take turns on it."""
    device = PROJECT.compute.device
    return int(
        device == "cuda"
        or (device == "auto" and shutil.which("nvidia-smi") is not None)
    )


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
    return [str(path) for path in settings.files_of(split)]


def shown_by(target):
    """Name of the experiment, study or dataset that a figure or table of the report shows."""
    try:
        return PROJECT.target(target)
    except SymscopeError as error:
        raise WorkflowError(str(error)) from None


def scale_of(target):
    """Size of the run behind a figure or table, in words that stand beside its numbers."""
    shown = shown_by(target)
    if target == "jets_fidelity":
        return f"{PROJECT.scale}: up to {PROJECT.fidelity.n_jets:,} test jets"
    if target == "liegan_table_3":
        study = PROJECT.tagging[shown]
        network, training = study.network, study.training
        jets = getattr(PROJECT.datasets[study.dataset], "jets", {}).get("train")
        return (
            f"{PROJECT.scale}: {f'{jets:,}' if jets else 'all'} training jets, {training.max_constituents or 'all'} "
            f"constituents, {training.epochs} epochs, {network.layers} layers of width {network.hidden}"
        )
    experiment = PROJECT.experiments[shown]
    length = experiment.method.optimisation
    amount = f"{length.steps:,} steps" if length.steps else f"{length.epochs:g} epochs"
    return f"{PROJECT.scale}: {experiment.sampling.n_samples:,} jets, {amount}, {len(experiment.seeds)} seeds"


def target_settings(target):
    """What a figure's or table's adapter is told: its name, what it shows, the scale that stands beside its numbers."""
    return dict(target=target, shows=shown_by(target), scale=scale_of(target))


def made_by(target):
    """Records of how the steps behind a figure or table were made, in their order."""
    shown = shown_by(target)
    if target == "jets_fidelity":
        return [
            f"<results>/data/{shown}/jets.provenance.json",
            f"<results>/fidelity/{shown}.provenance.json",
        ]
    if target == "liegan_table_3":
        study = PROJECT.tagging[shown]
        return [f"<results>/data/{study.dataset}/jets.provenance.json"] + [
            f"<results>/training/{shown}/{model}/seed-{study.seeds[0]}/network.provenance.json"
            for model in study.models
        ]
    steps = [
        f"<results>/data/{PROJECT.experiments[shown].dataset}/jets.provenance.json",
        f"<results>/discovery/{shown}/generators.provenance.json",
        f"<results>/metric/{shown}/metrics.provenance.json",
    ]
    return steps if target == "liegan_figure_5" else steps[:2]


def experiment_dataset(wildcards):
    """Jets of the dataset that an experiment or study works on."""
    return f"<results>/data/{PROJECT.experiments[wildcards.experiment].dataset}/jets.h5"


def study_dataset(wildcards):
    """Jets of the dataset that a tagging study works on."""
    return f"<results>/data/{PROJECT.tagging[wildcards.study].dataset}/jets.h5"


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

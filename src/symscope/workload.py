"""How much work a job of the workflow is, from the sizes in the configuration; seconds and memory follow from rates."""

from collections.abc import Callable, Mapping
from typing import Any

from symscope.config.project import Project
from symscope.config.sampling import Windows
from symscope.config.splits import SplitName
from symscope.config.trajectory_datasets import NBodyDataset

ASSUMED_EVENTS: dict[SplitName, int] = {"train": 1_200_000, "val": 400_000, "test": 400_000}
"""Events of a split of which only the files know the size: those of the Top Quark Tagging Reference Dataset."""

ASSUMED_CONSTITUENTS = 50
"""Constituents of a jet of which all are kept."""

Names = Mapping[str, str]


def events(project: Project, dataset: str, split: SplitName) -> int:
    """Events of a split, at most; as many as the reference dataset has where only the files know."""
    settings = project.datasets[dataset]
    known = settings.most_events(split)
    return ASSUMED_EVENTS[split] if known is None else known


def samples(project: Project, dataset: str, sampling: Any) -> int:
    """Count the samples that a step sees, at most: those it asks for, all windows of all trajectories, or all events."""
    settings = project.datasets[dataset]
    wanted: int | None = sampling.n_samples
    there = events(project, dataset, "train")
    if isinstance(settings, NBodyDataset) and isinstance(sampling, Windows):
        there = settings.most_windows("train", past=sampling.past, future=sampling.future)
    return there if wanted is None else min(there, wanted)


def _chunk_jets(project: Project, names: Names) -> float:
    dataset = project.datasets[names["dataset"]]
    return float(getattr(dataset, "jets_per_chunk", 0))


def _all_events(project: Project, names: Names) -> float:
    return float(sum(events(project, names["dataset"], split) for split in ASSUMED_EVENTS))


def _chunk_molecules(project: Project, names: Names) -> float:
    return float(getattr(project.datasets[names["dataset"]], "molecules_per_chunk", 0))


def _seed_steps(project: Project, names: Names) -> float:
    experiment = project.experiments[names["experiment"]]
    dataset = project.datasets[experiment.dataset]
    optimisation = getattr(experiment.method, "optimisation", None)
    seen = samples(project, experiment.dataset, experiment.sampling)
    steps = seen if optimisation is None else optimisation.count_steps(seen)
    tasks = getattr(dataset, "tasks", 1)
    return float(len(experiment.seeds) * steps * tasks)


def _seed_components(project: Project, names: Names) -> float:
    experiment = project.experiments[names["experiment"]]
    optimisation = getattr(experiment.method, "optimisation", None)
    if optimisation is not None:
        seen = events(project, experiment.dataset, "train")
        # A step of the published losses costs as much as a hundredth of a component of the fast way, at its batch of 504.
        return float(len(experiment.seeds) * optimisation.count_steps(seen) * optimisation.batch / 504 / 100)
    dimension = getattr(project.datasets[experiment.dataset], "length", 49)
    return float(len(experiment.seeds) * dimension)


def _jet_edges(project: Project, names: Names) -> float:
    study = project.tagging[names["study"]]
    training, network = study.training, study.network
    jets = min(events(project, study.dataset, "train"), training.max_train_jets or ASSUMED_EVENTS["train"])
    nodes = (training.max_constituents or ASSUMED_CONSTITUENTS) + 2 * network.beams
    return float(jets * training.epochs * network.layers * network.hidden * nodes**2)


def _scored_edges(project: Project, names: Names) -> float:
    study = project.tagging[names["study"]]
    network = study.network
    nodes = (study.training.max_constituents or ASSUMED_CONSTITUENTS) + 2 * network.beams
    return float(events(project, study.dataset, "test") * network.layers * network.hidden * nodes**2)


def _predictor_steps(project: Project, names: Names) -> float:
    study = project.prediction[names["prediction"]]
    training = study.training_of(names["model"])
    return float(len(study.seeds) * training.count_steps(samples(project, study.dataset, study.sampling)))


def _property_steps(project: Project, names: Names) -> float:
    study = project.properties[names["properties"]]
    return float(len(study.seeds) * study.training.count_steps(samples(project, study.dataset, study.sampling)))


def _published_jets(project: Project, _names: Names) -> float:
    return float(project.fidelity.n_jets)


def _calibrated_events(project: Project, names: Names) -> float:
    study = project.calibration[names["calibration"]]
    return float(study.sets * study.events)


WORK: dict[str, Callable[[Project, Names], float]] = {
    "generate_jets": _chunk_jets,
    "ingest_jets": _all_events,
    "generate_molecules": _chunk_molecules,
    "discover_symmetry": _seed_steps,
    "discover_lens": _seed_components,
    "train_tagger": _jet_edges,
    "evaluate_tagger": _scored_edges,
    "train_predictor": _predictor_steps,
    "predict_properties": _property_steps,
    "measure_fidelity": _published_jets,
    "calibrate": _calibrated_events,
}
"""For each rule whose time depends on the configuration, the work of a job: jets, seed-steps, edges times features."""


def work(project: Project, rule: str, names: Names) -> float:
    """Work of one job of a rule.

    Parameters
    ----------
    project
        The configuration.
    rule
        Name of the rule.
    names
        Its wildcards.

    Returns
    -------
    float
        In the rule's own unit, such as jets or seed-steps; 0 for a rule that takes the same time at every scale.
    """
    of_rule = WORK.get(rule)
    return 0.0 if of_rule is None else of_rule(project, names)

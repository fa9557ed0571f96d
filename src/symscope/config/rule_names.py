"""Names that an experiment cannot have: each experiment is a target of its own, beside the targets of the workflow."""

from collections.abc import Collection, Iterator

from symscope.config.targets import TARGETS

RULES = (
    "all",
    "build_samples",
    "calibrate",
    "collect_summary",
    "data",
    "default",
    "discover_lens",
    "discover_null_space",
    "discover_symmetry",
    "download_reference",
    "enumerate_molecules",
    "evaluate_predictors",
    "evaluate_tagger",
    "experiment_family",
    "experiment_report",
    "experiments",
    "figures",
    "fit_metric",
    "generate_functions",
    "generate_jets",
    "generate_molecules",
    "generate_orbits",
    "generate_signals",
    "identify",
    "identify_lens",
    "identify_unanswered",
    "ingest_columns",
    "ingest_jets",
    "ingest_matrix",
    "ingest_molecules",
    "ingest_trajectories",
    "make_digits",
    "measure_fidelity",
    "measure_speed",
    "name_zoo",
    "predict_properties",
    "render_report",
    "tables",
    "train_adaptor",
    "train_predictor",
    "train_tagger",
    "try_discrete",
)
"""Rules of the workflow besides those that make the targets of the report; a test compares them with the workflow."""


def name_misfits(experiments: Collection[str], families: Collection[str], asked: Collection[str]) -> Iterator[str]:
    """Say which names of experiments are those of other targets; each sentence begins with the key."""
    answers = {f"identify_{name}" for name in asked}
    for name in dict.fromkeys([*experiments, *families]):
        what = (
            "a rule of the workflow"
            if name in RULES
            else "a target of the report"
            if name in TARGETS
            else "the target with the answer of another experiment"
            if name in answers
            else ""
        )
        if what:
            yield (
                f"experiments.{name} has the name of {what}, and `snakemake {name}` could mean either; rename the experiment, for "
                f"instance to 'my_{name}'"
            )

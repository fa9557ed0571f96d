"""What can be asked of a discovery when it is over: a test of its generators, a test of its translation, or why neither."""

from collections.abc import Mapping
from typing import Literal

from symscope.config.blocks import Experiment
from symscope.config.datasets import AnyDataset
from symscope.config.discovery import IntegerGridLaw

Question = Literal["generators", "lens", "none"]
"""Which rule says what a discovery found: that for generators of a continuous group, that for one step of a translation, or the
one that says why there is no answer."""


def question_of(experiment: Experiment, dataset: AnyDataset) -> Question:
    """Choose what is asked of an experiment."""
    if why_no_answer(experiment, dataset):
        return "none"
    return "lens" if experiment.finds == "lens" else "generators"


def why_no_answer(experiment: Experiment, dataset: AnyDataset) -> str:
    """Say why no question fits an experiment, in one sentence; empty where one does."""
    method = experiment.method
    if experiment.finds == "lens":
        return ""
    if method.name == "msr":
        return (
            "MSR learns which weights of a layer are shared and the one element that shares them, and no generator of a "
            "continuous group, of which these statements are; see liegan_table_1."
        )
    if isinstance(getattr(method, "coefficients", None), IntegerGridLaw):
        return (
            "The coefficients are whole numbers, so that an element of a finite group was sought, and these statements are about "
            "continuous groups; see liegan_figure_4 for the order that was found, or give a continuous law of coefficients."
        )
    tasks = getattr(dataset, "tasks", 1)
    if tasks > 1:
        return (
            f"The dataset holds {tasks} functions, each with a symmetry of its own, and one discovery can have one answer; give "
            "the experiment a dataset of one function."
        )
    if dataset.family == "signals":
        return (
            f"{method.name} on signals moves all {dataset.dimension} components at once, and no statement here has a test for so "
            "many motions; symmetrylens on the same signals has one."
        )
    return ""


def asked(
    experiments: Mapping[str, Experiment], datasets: Mapping[str, AnyDataset], question: Question
) -> dict[str, Experiment]:
    """Choose the experiments of which one thing is asked."""
    return {
        name: one
        for name, one in experiments.items()
        if one.dataset in datasets and question_of(one, datasets[one.dataset]) == question
    }

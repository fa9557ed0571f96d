"""Blocks of the configuration that put datasets, methods and networks to work: experiments, tagging studies, fidelity."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from symscope.config.algebra_names import algebra_dimension
from symscope.config.base import Settings
from symscope.config.checks import method_misfits
from symscope.config.datasets import DatasetSettings
from symscope.config.discovery import MethodSettings, MetricFit, TruthSettings
from symscope.config.taggers import TaggerEvaluation, TaggerModel, TaggerNetwork, TaggerTraining

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""Names of datasets, experiments and models become file names: small letters, digits and underscores."""


def _each_once(seeds: list[int]) -> list[int]:
    repeated = sorted({seed for seed in seeds if seeds.count(seed) > 1})
    if repeated:
        raise ValueError(f"seed {repeated[0]} is there twice; the runs of one seed are the same, so give each once")
    return seeds


Seeds = Annotated[list[Annotated[int, Field(ge=0, lt=2**31)]], AfterValidator(_each_once)]
"""Random seeds of repeated trainings: different whole numbers from 0 to below 2^31."""


def _usable_folder(folder: str) -> str:
    if not re.fullmatch(r"/?[\w.+-]+(/[\w.+-]+)*", folder):
        raise ValueError(
            "a folder is needed whose names have letters, digits, '.', '_', '-' and '+', such as results/mine"
        )
    return folder


Folder = Annotated[str, AfterValidator(_usable_folder)]
"""A folder that can be part of commands and of patterns of file names."""


class Sampling(Settings):
    """Which objects of an event a discovery sees."""

    objects: int = Field(default=2, ge=1, le=200)
    """Leading constituents of a jet, by falling transverse momentum; the paper uses 2. Jets with fewer are left out."""
    n_samples: int = Field(gt=0)
    """Events drawn from the training split, at random without repetition; more than the split holds is an error."""


class Experiment(Settings):
    """One discovery: a dataset, a method, its seeds, and the truth where one is known."""

    dataset: Name
    """Name of an entry of `datasets`."""
    sampling: Sampling
    """Which events and objects the method sees."""
    method: MethodSettings
    """The method of discovery and its settings."""
    seeds: Seeds = Field(min_length=1, max_length=1024)
    """Random seeds of the ensemble; one is trained for each, independently, in one batched computation."""
    metric: MetricFit = MetricFit()
    """How the invariant metric is fitted to the generators."""
    truth: TruthSettings | None = None
    """What the discovery is compared with; null where nothing is known."""

    def misfits(self, dataset: DatasetSettings) -> Iterator[str]:
        """Say what does not fit the dataset or contradicts itself; each sentence begins with its key."""
        n_samples, batch = self.sampling.n_samples, self.method.optimisation.batch
        if n_samples < batch:
            yield (
                f"sampling.n_samples is {n_samples}, fewer than one batch of {batch}; "
                "raise it, or lower method.optimisation.batch"
            )
        available = dataset.most_jets("train")
        if available is not None and n_samples > available:
            yield (
                f"sampling.n_samples is {n_samples}, and the train split of '{self.dataset}' has at most {available} jets; "
                "lower it, or give the dataset more jets"
            )
        yield from (f"method.{sentence}" for sentence in method_misfits(self.method, dataset.dimension))
        if self.truth is not None and algebra_dimension(self.truth.algebra) != dataset.dimension:
            yield (
                f"truth.algebra is '{self.truth.algebra}', with matrices of size {algebra_dimension(self.truth.algebra)}, "
                f"and the samples have {dataset.dimension} components; name an algebra of that size, such as so(1,3)"
            )


class TaggingStudy(Settings):
    """Several taggers trained on the same jets with several seeds."""

    dataset: Name
    """Name of an entry of `datasets`."""
    metric_from: Name | None = None
    """Name of the experiment whose fitted metric the models with `metric: fitted` use."""
    models: dict[Name, TaggerModel] = Field(min_length=1)
    """The networks that are compared, by name."""
    network: TaggerNetwork
    """Size of the network that all models share."""
    training: TaggerTraining
    """How all models are trained."""
    evaluation: TaggerEvaluation = TaggerEvaluation()
    """How trained models are measured."""
    seeds: Seeds = Field(min_length=1, max_length=100)
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

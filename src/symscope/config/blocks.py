"""Blocks of the configuration that put datasets, methods and networks to work: experiments, tagging studies, fidelity."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field

from symscope.config.base import Settings
from symscope.config.checks import method_misfits
from symscope.config.columns import ColumnFiles
from symscope.config.datasets import AnyDataset
from symscope.config.discovery import LieGan, MetricFit, TruthSettings
from symscope.config.functions import FunctionsDataset, SharedWeights
from symscope.config.methods import AlgebraMethod, LensMethod, MethodSettings
from symscope.config.msr import Msr
from symscope.config.names import Name, Seeds
from symscope.config.null_space import NullSpaceEngine
from symscope.config.sampling import Sampling, sampling_misfits
from symscope.config.symmetrygan import SymmetryGan
from symscope.config.taggers import TaggerEvaluation, TaggerModel, TaggerNetwork, TaggerTraining


class Experiment(Settings):
    """One discovery: a dataset, a method, its seeds, and the truth where one is known."""

    dataset: Name
    """Name of an entry of `datasets`."""
    sampling: Sampling
    """Which events and objects the method sees."""
    method: MethodSettings
    """The method of discovery and its settings."""
    seeds: Seeds = Field(min_length=1, max_length=1024)
    """Random seeds of the ensemble; one is trained for each, independently, in one batched computation. The null-space engine
    has no randomness: each seed stands for one of as many parts of the events."""
    threads: int = Field(default=1, ge=1, le=256)
    """CPU threads of the discovery, as far as Snakemake has cores. More pay for discriminators from about 256 neurons on;
    for smaller ones it is faster to run two experiments side by side."""
    metric: MetricFit = MetricFit()
    """How the invariant metric is fitted to the generators."""
    truth: TruthSettings | None = None
    """What the discovery is compared with; null where nothing is known."""

    @property
    def finds(self) -> Literal["generators", "lens"]:
        """What is found: generators of an algebra, or one step of a translation with its resolving filter."""
        return "lens" if isinstance(self.method, LensMethod) else "generators"

    def words(self, dataset: AnyDataset) -> str:  # noqa: ARG002 - every block that a target shows has this method
        """Size of the discovery, for captions."""
        return f"{self.sampling.words}, {self.method.amount}, {len(self.seeds)} seeds"

    @property
    def has_selection(self) -> bool:
        """Whether its samples are selected from the dataset and stand in a file of their own."""
        return self.finds == "generators" and self.sampling.take != "points"

    def misfits(self, dataset: AnyDataset) -> Iterator[str]:
        """Say what does not fit the dataset or contradicts itself; each sentence begins with its key."""
        yield from sampling_misfits(self.sampling, dataset, self.dataset)
        yield from self._misfits_of_method(dataset)
        if isinstance(dataset, FunctionsDataset):
            yield from self._misfits_of_functions(dataset)
        if isinstance(dataset, ColumnFiles):
            yield from dataset.method_misfits(self.method)
        n_samples = self.sampling.n_samples
        least, remedy = self._least_samples()
        if n_samples is not None and n_samples < least:
            yield f"sampling.n_samples is {n_samples}, fewer than the {least} that {remedy}"
        yield from (
            f"method.{sentence}"
            for sentence in method_misfits(self.method, dataset.dimension, images=dataset.family == "images")
        )
        if self.truth is not None and self.truth.dimension != dataset.dimension:
            copies = f" on {self.truth.copies} blocks" if self.truth.copies > 1 else ""
            yield (
                f"truth.algebra is '{self.truth.algebra}'{copies}, with matrices of size {self.truth.dimension}, and the "
                f"samples have {dataset.dimension} components; name an algebra of that size, such as so({dataset.dimension}), "
                "or let it act on several blocks with 'copies'"
            )

    def _least_samples(self) -> tuple[int, str]:
        """Count the samples that the method needs, and say what asks for them."""
        if isinstance(self.method, NullSpaceEngine):
            parts = len(self.seeds)
            words = f"a block of method.block ({self.method.block}) events for each of {parts} parts needs"
            return self.method.least_for(parts), f"{words}; raise it, or lower method.block, or name fewer seeds"
        return self.method.least_samples, "one batch has; raise it, or lower method.optimisation.batch"

    def _misfits_of_functions(self, dataset: FunctionsDataset) -> Iterator[str]:
        most = dataset.most_events("train")
        least, remedy = self._least_samples()
        if most < least:
            yield (
                f"dataset is '{self.dataset}', whose train split has {most} samples for each function, fewer than the {least} "
                f"that {remedy}; or raise the dataset's 'samples'"
            )
        layers = isinstance(dataset.function, SharedWeights)
        if layers != isinstance(self.method, Msr):
            holds = "layers that share weights" if layers else f"functions of kind '{dataset.function.kind}'"
            allowed = "msr" if layers else "liegan, symmetrygan, augerino, liegg, null_space"
            yield f"method.name is '{self.method.name}', and the dataset '{self.dataset}' holds {holds}; allowed: {allowed}"
            return
        if isinstance(self.method, Msr):
            if self.method.optimisation.batch > dataset.tasks:
                yield (
                    f"method.optimisation.batch asks for {self.method.optimisation.batch} tasks in each update, and the dataset "
                    f"'{self.dataset}' has {dataset.tasks}; lower it, or raise the dataset's 'layers'"
                )
            return
        if dataset.tasks > 1 and self.method.name in ("augerino", "liegg", "null_space"):
            yield (
                f"method.name is '{self.method.name}', which learns one task at a time, and the dataset '{self.dataset}' holds "
                f"{dataset.tasks}; allowed: liegan, symmetrygan"
            )

    def _misfits_of_method(self, dataset: AnyDataset) -> Iterator[str]:
        """Refuse a method that finds a lens without signals, one with nothing to predict, and one for layers without layers."""
        if isinstance(self.method, Msr) and not isinstance(dataset, FunctionsDataset):
            yield (
                f"method.name is 'msr', which is for layers that share weights, and the dataset '{self.dataset}' holds "
                f"{dataset.family}; allowed: liegan, symmetrygan, augerino, liegg, null_space"
            )
            return
        on_signals = dataset.family == "signals"
        allowed = [*get_args(LensMethod), LieGan, SymmetryGan] if on_signals else list(get_args(AlgebraMethod))
        if dataset.family not in ("signals", "images"):
            allowed.append(NullSpaceEngine)
        if not isinstance(self.method, tuple(allowed)):
            names = [kind.model_fields["name"].default for kind in allowed]
            yield (
                f"method.name is '{self.method.name}', and the dataset '{self.dataset}' holds {dataset.family}; "
                f"allowed: {', '.join(names)}"
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

    def words(self, dataset: AnyDataset) -> str:
        """Size of the study, for captions."""
        network, training = self.network, self.training
        jets = getattr(dataset, "jets", {}).get("train")
        return (
            f"{f'{jets:,}' if jets else 'all'} training jets, {training.max_constituents or 'all'} "
            f"constituents, {training.epochs} epochs, {network.layers} layers of width {network.hidden}"
        )


class Fidelity(Settings):
    """How generated jets are compared with the reference dataset."""

    published_weights: str | None = None
    """Path of the published LorentzNet checkpoint (`.pt`), which is GPL and not part of symscope. Where it is null or
    the file is absent, the score panel of `jets_fidelity` says so and `jets.fidelity.auc` has no value."""
    n_jets: int = Field(default=4000, ge=100)
    """Test jets that are scored, half of each class; at most what the test split holds."""
    threads: int = Field(default=8, ge=1, le=256)
    """Threads of the job, at most; Snakemake gives no more than `--cores`."""

    @property
    def existing_weights(self) -> list[str]:
        """The checkpoint as a list of at most one file, for a rule's input."""
        return [self.published_weights] if self.published_weights and Path(self.published_weights).is_file() else []

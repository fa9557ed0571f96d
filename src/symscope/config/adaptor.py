"""Settings of the adaptor studies: small networks that classify signals in the representation that a discovery found."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from symscope.config.base import FiniteSettings
from symscope.config.datasets import AnyDataset
from symscope.config.names import Name, Seeds
from symscope.config.signals import SignalsDataset

AdaptorModel = Literal["true", "learned", "raw", "mlp"]
"""What is compared: a convolutional network on the hidden signals, on the learned representation and on the data as they
are given, and a perceptron on the data as they are given."""
ADAPTOR_MODELS: tuple[AdaptorModel, ...] = ("true", "learned", "raw", "mlp")


def _rising(sizes: list[int]) -> list[int]:
    if sorted(set(sizes)) != sizes:
        raise ValueError(f"the sizes are {', '.join(map(str, sizes))}; give each once, the smallest first")
    return sizes


def _odd(width: int) -> int:
    if width % 2 == 0:
        raise ValueError(f"{width} is even; give an odd width, which has a middle")
    return width


class ConvolutionNetwork(FiniteSettings):
    """A small network along the axis: convolutions with rectifiers, the mean over all places, one linear layer."""

    channels: Annotated[int, Field(ge=1, le=256)] = 16
    """Features at each place, 1 to 256."""
    width: Annotated[int, Field(ge=1, le=63), AfterValidator(_odd)] = 5
    """Places that one convolution sees, odd, 1 to 63; beyond the ends of the signal it sees zeros."""
    layers: Annotated[int, Field(ge=1, le=8)] = 2
    """Convolutions, 1 to 8."""


class PerceptronNetwork(FiniteSettings):
    """A perceptron on all components, which knows no axis."""

    hidden: Annotated[int, Field(ge=1, le=4096)] = 64
    """Width of the hidden layers, 1 to 4096."""
    layers: Annotated[int, Field(ge=1, le=8)] = 2
    """Hidden layers, 1 to 8."""


class ClassifierTraining(FiniteSettings):
    """How a classifier is trained: cross-entropy, AdamW, a short warm-up, cosine decay to zero; the last state counts."""

    steps: Annotated[int, Field(ge=1)] = 300
    """Updates of each seed, 1 or more, whatever the number of training samples."""
    batch: Annotated[int, Field(ge=1)] = 32
    """Samples in each update of each seed, 1 or more; all where there are fewer."""
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 1e-2
    """Peak learning rate of AdamW [per step], above 0 to 1."""
    weight_decay: Annotated[float, Field(ge=0, le=1)] = 1e-2
    """Decay of all weights [per learning rate and step], 0 to 1."""
    warmup: Annotated[float, Field(ge=0, lt=1)] = 0.1
    """Share of the steps in which the learning rate rises linearly from zero, 0 to below 1."""


class AdaptorStudy(FiniteSettings):
    """Labelled signals classified with the representation of an earlier discovery in unlabelled ones (SymmetryLens)."""

    dataset: Name
    """Name of an entry of `datasets`: labelled signals, that is with `classes`."""
    experiment: Name
    """Name of the entry of `experiments` whose group convolution is the learned representation. Its signals must have the
    same length, boundary and disguise, and need no labels; each seed of the study takes the next of its seeds, in turn."""
    sizes: Annotated[list[Annotated[int, Field(ge=2)]], AfterValidator(_rising)] = Field(
        default=[100, 300, 1000, 3000], min_length=1
    )
    """Numbers of labelled training samples, rising. Each seed draws its own; a larger number contains the smaller one."""
    convolution: ConvolutionNetwork = ConvolutionNetwork()
    """The network on the hidden signals, on the learned representation and on the data as they are given."""
    perceptron: PerceptronNetwork = PerceptronNetwork()
    """The network `mlp`, on the data as they are given."""
    training: ClassifierTraining = ClassifierTraining()
    """How the convolutional networks are trained, all three alike."""
    perceptron_training: ClassifierTraining = ClassifierTraining(steps=1200)
    """How the perceptron is trained; it gains more from a longer training, and its steps are fast."""
    seeds: Seeds = Field(min_length=1, max_length=1024)
    """Random seeds of training samples, starting weights and batches; all are trained in one batched computation."""

    def training_of(self, model: AdaptorModel) -> ClassifierTraining:
        """How one of the models is trained."""
        return self.perceptron_training if model == "mlp" else self.training

    def words(self, dataset: AnyDataset) -> str:  # noqa: ARG002 - every block that a target shows has this method
        """Size of the study, for captions."""
        return f"{self.sizes[0]:,} to {self.sizes[-1]:,} labelled samples, {self.training.steps:,} steps, {len(self.seeds)} seeds"

    def misfits(self, dataset: AnyDataset, discovered_in: AnyDataset | None) -> Iterator[str]:
        """Say what does not fit the datasets; each sentence begins with its key.

        Parameters
        ----------
        dataset
            The labelled signals.
        discovered_in
            The dataset of the experiment; None where it is not configured.
        """
        if not isinstance(dataset, SignalsDataset) or dataset.classes is None:
            yield f"dataset is '{self.dataset}', which has no labelled signals; name one with source 'signals' and 'classes'"
            return
        if self.sizes[-1] > dataset.samples["train"]:
            yield (
                f"sizes go up to {self.sizes[-1]}, and '{self.dataset}' has {dataset.samples['train']} training signals; "
                "lower them, or raise its 'samples.train'"
            )
        if discovered_in is None:
            return
        if not isinstance(discovered_in, SignalsDataset):
            yield f"experiment is '{self.experiment}', whose data are no signals made here; name one on such signals"
            return
        for key in ("length", "boundary", "representation", "permutation_seed"):
            here, there = getattr(dataset, key), getattr(discovered_in, key)
            if here != there and (key != "permutation_seed" or dataset.representation == "permuted"):
                yield (
                    f"experiment is '{self.experiment}', whose signals have {key} '{there}', and those of '{self.dataset}' "
                    f"have '{here}'; the disguise must be the same"
                )

"""Settings of the property studies: networks that predict numbers of molecules, with and without augmentation."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from symscope.config.base import FiniteSettings
from symscope.config.datasets import AnyDataset
from symscope.config.discovery import TruthSettings
from symscope.config.names import Name, Seeds
from symscope.config.prediction import NO_SYMMETRY, TRUTH, PredictorTraining
from symscope.config.sampling import Atoms, sampling_misfits


class PropertyNetwork(FiniteSettings):
    """A perceptron that sees coordinates and elements of a molecule's atoms, and knows nothing of rotations."""

    hidden: Annotated[int, Field(ge=1, le=4096)] = 128
    """Width of the hidden layers, 1 to 4096."""
    layers: Annotated[int, Field(ge=1, le=16)] = 2
    """Hidden layers, 1 to 16."""
    origin: Literal["centroid", "frame"] = "centroid"
    """Where coordinates are measured from: `centroid` of the atoms that it sees, so that shifts are left to no one to learn
    and only rotations are; or the origin of the `frame`, so that it has to learn both."""
    features: Literal["linear", "quadratic"] = "quadratic"
    """What it sees of the coordinates: each of them, or each of them and all products of two. Distances are sums of such
    products, so that a network can learn the symmetry from the products; it is not built in."""
    activation: Literal["swish", "relu", "tanh"] = "swish"
    """Activation of the hidden layers."""


class PropertyModel(FiniteSettings):
    """One row of a property study: which symmetry augments the data."""

    symmetry: Name = NO_SYMMETRY
    """`none`, `truth`, or the name of the experiment whose generators move the training molecules."""


class MoleculeAugmentation(FiniteSettings):
    """How a symmetry moves the training molecules: by exp(sum w_i L_i) with normal w, another one in every step."""

    sigma: Annotated[float, Field(gt=0)] = 1.0
    """Standard deviation of w, above 0. The generators are first made orthogonal to each other and of Frobenius norm 2, in
    angstrom: at 1 a rotation turns by about 1.4 rad about each axis, and a shift moves by about 2
    angstrom along each."""


class PropertyEvaluation(FiniteSettings):
    """What is measured on the test molecules."""

    transformations: Annotated[int, Field(ge=1, le=1000)] = 8
    """Random elements of the true symmetry by which the change of a prediction is measured, 1 to 1000."""


class PropertyStudy(FiniteSettings):
    """One network trained on the same molecules with several symmetries as augmentation (LieGAN, Table 5)."""

    dataset: Name
    """Name of an entry of `datasets`, of molecules."""
    sampling: Atoms = Atoms()
    """Which atoms the network sees."""
    truth: TruthSettings | None = None
    """The symmetry of `symmetry: truth`, under which predictions should not change; null where there is none to compare
    with."""
    models: dict[Name, PropertyModel] = Field(min_length=1)
    """The rows of the study, by name."""
    network: PropertyNetwork = PropertyNetwork()
    """The network that all rows share."""
    augmentation: MoleculeAugmentation = MoleculeAugmentation()
    """How the data are augmented, for rows with a symmetry."""
    training: PredictorTraining = PredictorTraining(steps=8000, batch=64, learning_rate=3e-3)
    """How all rows are trained, on the mean absolute error in units of each target's standard deviation; a batch is of
    molecules."""
    select: Literal["validation", "last"] = "validation"
    """Which weights are tested: those with the smallest error on the val split among the noted steps, for each seed, so that
    a row that overfits is stopped in time; or those of the last step."""
    evaluation: PropertyEvaluation = PropertyEvaluation()
    """How trained networks are measured."""
    seeds: Seeds = Field(min_length=1, max_length=1024)
    """Random seeds; all seeds of a row are trained in one batched computation."""

    @property
    def experiments(self) -> dict[str, str]:
        """Experiments whose symmetry is used, by the name of the row that uses it."""
        own = (NO_SYMMETRY, TRUTH)
        return {name: model.symmetry for name, model in self.models.items() if model.symmetry not in own}

    def words(self, dataset: AnyDataset) -> str:
        """Size of the study, for captions."""
        most = dataset.most_events("train") if self.sampling.n_samples is None else None
        sample = self.sampling.words if most is None else self.sampling.words.replace("all", f"{most:,}", 1)
        return f"{sample}, {self.training.amount}, {len(self.seeds)} seeds"

    def misfits(self, dataset: AnyDataset) -> Iterator[str]:
        """Say what does not fit the dataset or contradicts itself; each sentence begins with its key."""
        yield from sampling_misfits(self.sampling, dataset, self.dataset)
        if self.truth is not None and self.truth.dimension != dataset.dimension:
            yield (
                f"truth.algebra is '{self.truth.algebra}' with {self.truth.copies} copies, which acts on "
                f"{self.truth.dimension} components, and the atoms of '{self.dataset}' have {dataset.dimension}"
            )
        for name, model in self.models.items():
            if model.symmetry == TRUTH and self.truth is None:
                yield f"models.{name}.symmetry is 'truth', and truth is null; give the algebra under 'truth'"

"""Settings of the prediction studies: networks that continue a trajectory, the symmetry they use, how they are trained."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from symscope.config.base import FiniteSettings
from symscope.config.datasets import AnyDataset
from symscope.config.discovery import TruthSettings
from symscope.config.messages import SettingsReader
from symscope.config.names import Name, Seeds
from symscope.config.sampling import Windows, sampling_misfits
from symscope.config.training import TrainingLength

NO_SYMMETRY: Literal["none"] = "none"
TRUTH: Literal["truth"] = "truth"
"""Names of a symmetry that are no experiments."""


class PredictorTraining(TrainingLength):
    """How a predictor is trained, all its seeds at once: Adam, a short warm-up, cosine decay to zero.

    Published lengths are 5000 epochs for the EMLP and 2000 for the augmented perceptron.
    """

    batch: int = Field(default=128, ge=1)
    """Windows in each update of each seed, 1 or more; published: 1000 for the EMLP, 512 for the augmented perceptron."""
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 2e-2
    """Peak learning rate of Adam [per step], above 0 to 1; published: 1e-4."""
    schedule: Literal["cosine", "constant"] = "cosine"
    """Course of the learning rate: `cosine` falls to zero at the end; `constant` as published."""
    warmup: Annotated[float, Field(ge=0, lt=1)] = 0.1
    """Share of the steps in which the learning rate rises linearly from zero, 0 to below 1."""
    betas: tuple[Annotated[float, Field(ge=0, lt=1)], Annotated[float, Field(ge=0, lt=1)]] = (0.9, 0.95)
    """Decay rates of Adam's averages of the gradient and of its square, 0 to below 1; published (0.9, 0.999)."""
    precision: Literal["float32", "float64"] = "float32"
    """Arithmetic."""
    log_points: Annotated[int, Field(ge=1, le=10_000)] = 50
    """Times at which the training and validation errors are noted, evenly spread, 1 to 10000."""
    checkpoint_seconds: Annotated[float, Field(ge=0)] = 30.0
    """Shortest time between two checkpoints [s], 0 or more."""


class Augmentation(FiniteSettings):
    """How a symmetry augments the data, equation (11): y = rho(g^-1) f(rho(g) x) with random g."""

    law: Literal["generators", "elements"] = "generators"
    """Which g: `generators` draws exp(sum w_i L_i) with normal w; `elements` draws one of the powers 0 to `powers` of a
    learned element, for methods that learn no generator (SymmetryGAN)."""
    sigma: Annotated[float, Field(gt=0)] = 3.0
    """Standard deviation of w, above 0; published: 3. Where `unit_generators` is true, w is an angle in radians for a
    rotation."""
    unit_generators: bool = True
    """Whether generators are first made orthogonal to each other and brought to the size of a unit rotation (Frobenius
    norm sqrt(d), over what the data visit), because their scale is not identified. False takes them as they are, as
    published."""
    space: Literal["data_span", "all_components"] = "data_span"
    """Where g acts: `data_span`, only on the directions that the training states visit, in which alone it is determined;
    `all_components` as published, by which a transformed state may leave them."""
    span_tolerance: Annotated[float, Field(gt=0, lt=1)] = 1e-4
    """Directions in which the training states are smaller than this share of the largest direction (root mean square)
    count as not visited, above 0 to below 1."""
    powers: Annotated[int, Field(ge=1, le=64)] = 1
    """Largest power of a learned element, 1 to 64; published: 1, that is the identity or the element."""
    frame: Literal["original", "transformed"] = "original"
    """Where the error is measured: `original` compares rho(g^-1) f(rho(g) x) with y, as in equation (11); `transformed`
    compares f(rho(g) x) with rho(g) y, the same for rotations."""
    copies: Annotated[int, Field(ge=0, le=10_000)] = 4
    """Predictions with different g that are averaged for a test window, 0 to 10000; published: 4. 0 predicts without g."""
    pool: Annotated[int, Field(ge=1)] = 2048
    """Group elements of each seed that are drawn at a time; each window of a batch takes one of them at random, and the
    pool is drawn anew after `pool_steps` steps. 1 or more."""
    pool_steps: Annotated[int, Field(ge=1)] = 100
    """Steps for which a pool is kept, 1 or more."""


class _Model(FiniteSettings):
    """What every model of a study has."""

    training: PredictorTraining | None = None
    """How this model is trained; null takes the study's settings."""


class EmlpModel(_Model):
    """A perceptron whose layers commute with the symmetry (EMLP)."""

    network: Literal["emlp"] = "emlp"
    """Kind of network."""
    symmetry: Name = TRUTH
    """`truth`, or the name of the experiment whose generators are used, one discovery for each seed."""
    use: Literal["architecture"] = "architecture"
    """What the symmetry is used for."""
    vectors: Annotated[int, Field(ge=1, le=1000)] = 5
    """Copies of the vector V in each hidden layer, 1 to 1000; published: 5."""
    scalars: Annotated[int, Field(ge=0, le=1000)] = 0
    """Scalars in each hidden layer besides the gates, 0 to 1000; published: 0."""
    layers: Annotated[int, Field(ge=1, le=16)] = 3
    """Hidden layers, 1 to 16; published: 3."""
    bilinear: bool = True
    """Whether each hidden layer has products of its own features (norms, scalar products, scalars times vectors)."""
    tolerance: Annotated[float, Field(gt=0, lt=1)] = 5e-3
    """Singular values of the constraints up to this share of the largest count as zero, above 0 to below 1; published:
    1e-5 for exact groups, 5e-3 for learned ones (as absolute values)."""
    gap_up_to: Annotated[float, Field(gt=0, lt=1)] | None = 0.2
    """Singular values up to this share of the largest count as zero as well, if the widest gap of the spectrum lies above
    them, above 0 to below 1: a generator with |cosine| 0.999 is 4 % off, and so are the singular values that should
    vanish. null keeps to `tolerance`, as published."""
    space: Literal["data_span", "all_components"] = "data_span"
    """Space in which the symmetry acts: `data_span`, the directions that the training states visit, in which alone a
    learned generator is determined (two bodies about their centre of mass visit 4 of 8); `all_components` as published,
    where the undetermined rest of the generator decides which layers are allowed."""
    span_tolerance: Annotated[float, Field(gt=0, lt=1)] = 1e-4
    """Directions in which the training states are smaller than this share of the largest direction (root mean square)
    count as not visited, above 0 to below 1."""

    @model_validator(mode="after")
    def _has_symmetry(self) -> "EmlpModel":
        if self.symmetry == NO_SYMMETRY:
            raise ValueError("symmetry is 'none', and an emlp is built from a symmetry; give 'truth' or an experiment")
        if self.gap_up_to is not None and self.gap_up_to < self.tolerance:
            raise ValueError(f"gap_up_to is {self.gap_up_to}, below the tolerance {self.tolerance}; raise it")
        return self


class MlpModel(_Model):
    """A plain perceptron, with or without augmentation by a symmetry."""

    network: Literal["mlp"] = "mlp"
    """Kind of network."""
    symmetry: Name = NO_SYMMETRY
    """`none`, `truth`, or the name of the experiment whose symmetry augments the data."""
    use: Literal["none", "augmentation"] = "none"
    """What the symmetry is used for."""
    hidden: Annotated[int, Field(ge=1, le=4096)] = 40
    """Width of the hidden layers, 1 to 4096; published: 40 without augmentation, 32 with."""
    layers: Annotated[int, Field(ge=1, le=16)] = 3
    """Hidden layers, 1 to 16; published: 3."""
    activation: Literal["swish", "relu", "tanh"] = "swish"
    """Activation; published: swish without augmentation, relu with."""
    augmentation: Augmentation = Augmentation()
    """How the data are augmented; of no effect where `use` is `none`."""

    @model_validator(mode="after")
    def _use_fits(self) -> "MlpModel":
        if (self.symmetry == NO_SYMMETRY) != (self.use == "none"):
            raise ValueError(
                f"symmetry is '{self.symmetry}' and use is '{self.use}'; give a symmetry with 'use: augmentation', or neither"
            )
        return self


class HnnModel(_Model):
    """A Hamiltonian network: it learns an energy, and predicts by following Hamilton's equations."""

    network: Literal["hnn"] = "hnn"
    """Kind of network."""
    symmetry: Literal["none"] = NO_SYMMETRY
    """It uses none."""
    use: Literal["none"] = "none"
    """It uses none."""
    hidden: Annotated[int, Field(ge=1, le=4096)] = 50
    """Width of the two hidden layers of the energy, 1 to 4096; published (Greydanus et al. 2019): 200."""
    activation: Literal["tanh", "swish"] = "swish"
    """Activation; published: tanh."""
    coordinates: Annotated[int, Field(ge=1, le=3)] = 2
    """Coordinates of a body, 1 to 3: the components of a state are, body after body, so many positions and then as many
    momenta."""
    iterations: Annotated[int, Field(ge=1, le=100)] = 5
    """Fixed-point iterations of the implicit midpoint rule in each predicted step, 1 to 100."""


PredictorModel = EmlpModel | MlpModel | HnnModel
"""One model of a study, as a type."""

AnyPredictorModel = Annotated[PredictorModel, Field(discriminator="network")]
"""One model of a study, as it stands in a configuration; `network` says which kind it is."""

predictor_model: SettingsReader[PredictorModel] = SettingsReader(AnyPredictorModel, source="the settings of the model")
"""The settings of one model from plain values."""


class PredictorEvaluation(FiniteSettings):
    """What is measured on the test windows."""

    transformations: Annotated[int, Field(ge=1, le=1000)] = 8
    """Random group elements with which the equivariance error is measured, 1 to 1000."""
    windows: Annotated[int, Field(ge=1)] = 512
    """Test windows with which it is measured, the first ones, 1 or more."""
    sigma: Annotated[float, Field(gt=0)] = 3.0
    """Standard deviation of the coefficients of those elements, above 0; an angle in radians for rotations."""


class PredictionStudy(FiniteSettings):
    """Several predictors trained on the same windows of trajectories, each with several seeds (LieGAN, Table 2)."""

    dataset: Name
    """Name of an entry of `datasets`."""
    sampling: Windows = Windows(past=5, future=5)
    """Past states that a predictor sees and future states that it predicts; the paper uses 5 and 5."""
    truth: TruthSettings | None = None
    """The symmetry that models with `symmetry: truth` use, and with respect to which all are tested."""
    models: dict[Name, AnyPredictorModel] = Field(min_length=1)
    """The predictors that are compared, by name."""
    training: PredictorTraining = PredictorTraining(steps=3000)
    """How the models are trained that do not say it themselves."""
    evaluation: PredictorEvaluation = PredictorEvaluation()
    """How trained models are measured."""
    seeds: Seeds = Field(min_length=1, max_length=1024)
    """Random seeds; all seeds of a model are trained in one batched computation."""

    @property
    def experiments(self) -> dict[str, str]:
        """Experiments whose symmetry is used, by the name of the model that uses it."""
        own = (NO_SYMMETRY, TRUTH)
        return {name: model.symmetry for name, model in self.models.items() if model.symmetry not in own}

    def training_of(self, model: str) -> PredictorTraining:
        """How one of the models is trained."""
        return self.models[model].training or self.training

    def words(self, dataset: AnyDataset) -> str:  # noqa: ARG002 - every block that a target shows has this method
        """Size of the study, for captions."""
        lengths = dict.fromkeys(self.training_of(name).amount for name in self.models)
        return f"{self.sampling.words}, {' or '.join(lengths)}, {len(self.seeds)} seeds"

    def misfits(self, dataset: AnyDataset) -> Iterator[str]:
        """Say what does not fit the dataset or contradicts itself; each sentence begins with its key."""
        yield from sampling_misfits(self.sampling, dataset, self.dataset)
        if self.truth is not None and self.truth.dimension != dataset.dimension:
            yield (
                f"truth.algebra is '{self.truth.algebra}' with {self.truth.copies} copies, which acts on "
                f"{self.truth.dimension} components, and the states of '{self.dataset}' have {dataset.dimension}"
            )
        for name, model in self.models.items():
            if model.symmetry == TRUTH and self.truth is None:
                yield f"models.{name}.symmetry is 'truth', and truth is null; give the algebra under 'truth'"
            if isinstance(model, HnnModel) and dataset.dimension % (2 * model.coordinates):
                yield (
                    f"models.{name}.coordinates is {model.coordinates}, and the states of '{self.dataset}' have "
                    f"{dataset.dimension} components, which are no bodies with as many positions and momenta"
                )

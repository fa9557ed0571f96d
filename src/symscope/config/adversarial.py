"""Settings of an adversarial game over symmetries, whatever it is that moves the samples.

LieGAN draws group elements from a learned algebra, SymmetryGAN learns one element; the terms against the identity, the
discriminator and the loop are the same.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from symscope.config.base import FiniteSettings
from symscope.config.training import TrainingLength


class CosineRegularizer(FiniteSettings):
    """Penalises the cosine between x and its transform, against the trivial symmetry."""

    kind: Literal["cosine"] = "cosine"
    """Kind of similarity."""
    weight: float = Field(default=1.0, ge=0)
    """Weight lambda of the term in the generator's loss (dimensionless)."""
    compares: Literal["x", "pair"] = "pair"
    """Compare x only (published code) or x and y, where y transforms too (paper, eq. 7)."""
    reduction: Literal["mean", "mean_of_abs", "abs_of_mean"] = "abs_of_mean"
    """How the cosines of a batch become one number; the published code takes the absolute value of their mean."""


class FourierRegularizer(FiniteSettings):
    """For images: penalises the cosine between the magnitudes of the two-dimensional spectra.

    The zero frequency is left out. Blind to translations, which leave the magnitudes as they are.
    """

    kind: Literal["fourier"] = "fourier"
    """Kind of similarity."""
    weight: float = Field(default=0.1, ge=0)
    """Weight lambda of the term in the generator's loss (dimensionless)."""


class RelativeDifferenceRegularizer(FiniteSettings):
    """Rewards |g x - x| / |x| up to a cap."""

    kind: Literal["relative_difference"] = "relative_difference"
    """Kind of similarity."""
    weight: float = Field(default=1.0, ge=0)
    """Weight lambda of the term in the generator's loss (dimensionless)."""
    cap: float = Field(default=1.0, gt=0)
    """Relative difference beyond which nothing more is rewarded, so that the scale does not run away."""


Regularizer = Annotated[
    CosineRegularizer | FourierRegularizer | RelativeDifferenceRegularizer, Field(discriminator="kind")
]


class FourierFeatures(FiniteSettings):
    """Cosines of random combinations of the entries of a sample (Rahimi and Recht 2007)."""

    count: int = Field(default=256, ge=1, le=4096)
    """Number of features."""
    lowest: float = Field(default=0.5, gt=0)
    """Smallest standard deviation of a frequency [radians per unit of a sample]; each entry of each has one of its own,
    uniform in its logarithm, so that some features are fine in some entries and coarse in the others."""
    highest: float = Field(default=8.0, gt=0)
    """Largest one."""

    @model_validator(mode="after")
    def _rises(self) -> "FourierFeatures":
        if self.lowest > self.highest:
            raise ValueError(f"lowest is {self.lowest:g}, above highest, {self.highest:g}")
        return self


class Discriminator(FiniteSettings):
    """The network that tells transformed from original samples; one for each seed."""

    kind: Literal["mlp", "conv"] = "mlp"
    """Multilayer perceptron on the flattened sample, or a convolutional network on images."""
    hidden: int = Field(default=512, ge=1)
    """Neurons of each hidden layer (mlp)."""
    layers: int = Field(default=2, ge=1, le=8)
    """Number of hidden layers (mlp)."""
    filters: list[int] = Field(default=[128, 256], min_length=1)
    """Filters of each convolution, 5 x 5 with stride 2 (conv)."""
    slope: float = Field(default=0.2, ge=0, lt=1)
    """Negative slope of the leaky rectifier."""
    label_embedding: int = Field(default=32, ge=1)
    """Length of the learned vector for each class, where the labels are integers; other y enter as they are."""
    features: Literal["linear", "quadratic", "fourier"] = "linear"
    """What the perceptron sees of a sample: its entries; these and all products of two of them; or these and cosines of
    random combinations, which also take in a real y that does not transform. The last show fine structure, such as the twelve
    equal sectors of a function, that a perceptron learns from the entries only after very many steps."""
    fourier: FourierFeatures = FourierFeatures()
    """The cosines (features: fourier)."""
    gradient_penalty: float = Field(default=0.0, ge=0)
    """Weight of the squared gradient of the logit at real samples (R1; Mescheder et al. 2018); 0 turns it off. mlp only."""

    @model_validator(mode="after")
    def _penalty_fits(self) -> "Discriminator":
        if self.features == "fourier" and self.gradient_penalty > 0:
            raise ValueError("gradient_penalty is available for features: linear or quadratic")
        if self.kind == "conv" and self.gradient_penalty > 0:
            raise ValueError("gradient_penalty is available for kind: mlp only")
        return self


class Optimisation(TrainingLength):
    """The adversarial loop."""

    lr_generator: float = Field(default=1e-3, gt=0)
    """Learning rate of the generator (Adam)."""
    lr_discriminator: float = Field(default=2e-4, gt=0)
    """Learning rate of the discriminator (Adam)."""
    betas_generator: tuple[float, float] = (0.5, 0.999)
    """Adam's decay rates of the generator."""
    betas_discriminator: tuple[float, float] = (0.9, 0.999)
    """Adam's decay rates of the discriminator."""
    generator_loss: Literal["non_saturating", "saturating"] = "non_saturating"
    """-log D(fake) as in the published code, or log(1 - D(fake)) as in the paper (eq. 9). Derivatives by the logit are -(1 - D) and
    -D: the first learns most from the samples that are rejected, the second from those that pass."""
    decay_start: float = Field(default=1.0, ge=0, le=1)
    """Share of the training after which both learning rates fall linearly; 1 keeps them constant (published)."""
    decay_to: float = Field(default=0.0, ge=0, le=1)
    """Share of the learning rates that is left at the end of the fall."""
    average_from: float = Field(default=1.0, ge=0, le=1)
    """Share of the training after which the generators are averaged over all steps; 1 takes the last ones (published)."""
    log_every: int = Field(default=100, ge=1)
    """Steps between two entries of the history."""

"""Settings of Augerino+: a predictor and the law of the group elements over which it is averaged, trained end to end."""

from typing import Literal

from pydantic import Field, model_validator

from symscope.config.base import FiniteSettings
from symscope.config.discovery import CoefficientLaw, GeneratorSettings, NormalLaw, check_reported_basis, check_scale
from symscope.config.training import TrainedMethod, TrainingLength


class SpreadReward(FiniteSettings):
    """Rewards a wide law of the group elements, since a predictor by itself prefers the identity."""

    weight: float = Field(default=0.05, ge=0)
    """Weight of the reward in the loss, which is the mean squared error in units of the variance of y (or a cross entropy);
    0 turns it off."""
    cap: float = Field(default=2.0, gt=0)
    """Root mean square, over the law, of the Frobenius norm of sum w_i L_i beyond which nothing more is rewarded."""


class AugerinoNetwork(FiniteSettings):
    """The predictor f, a multilayer perceptron; one for each seed."""

    hidden: int = Field(default=64, ge=1)
    """Neurons of each hidden layer."""
    layers: int = Field(default=2, ge=1, le=8)
    """Number of hidden layers."""


class AugerinoOptimisation(TrainingLength):
    """The loop in which predictor and generators are trained together."""

    lr_generator: float = Field(default=1e-3, gt=0)
    """Learning rate of the generators and of what is learned of the law (Adam)."""
    lr_network: float = Field(default=1e-3, gt=0)
    """Learning rate of the predictor (Adam)."""
    decay_start: float = Field(default=1.0, ge=0, le=1)
    """Share of the training after which both learning rates fall linearly; 1 keeps them constant."""
    decay_to: float = Field(default=0.0, ge=0, le=1)
    """Share of the learning rates that is left at the end of the fall."""
    average_from: float = Field(default=1.0, ge=0, le=1)
    """Share of the training after which the generators are averaged over all steps; 1 takes the last ones."""
    log_every: int = Field(default=100, ge=1)
    """Steps between two entries of the history."""


class Augerino(TrainedMethod):
    """Augerino+ (Benton et al. 2020, over gl(n) as in the LieGAN paper).

    The prediction is averaged over transformed copies: of f(g x) where y does not transform, of rho_Y(g^-1) f(rho_X(g) x)
    where it does.
    """

    name: Literal["augerino"] = "augerino"
    """The method."""
    generator: GeneratorSettings = GeneratorSettings()
    """The learned algebra; the search space masks it."""
    coefficients: CoefficientLaw = NormalLaw()
    """Law of the coefficients w_i in exp(sum w_i L_i)."""
    spread: SpreadReward = SpreadReward()
    """Reward of a wide law."""
    network: AugerinoNetwork = AugerinoNetwork()
    """The predictor."""
    copies: int = Field(default=4, ge=1, le=64)
    """Transformed copies of a sample over which the prediction is averaged."""
    optimisation: AugerinoOptimisation
    """The training loop."""
    input_rms: float | None = Field(default=1.0, gt=0)
    """Scale vectors by one number so that the root mean square of all entries becomes this; null leaves them in their unit.
    Homogeneous coordinates must not be scaled."""
    precision: Literal["float32", "float64"] = "float32"
    """Arithmetic."""

    @model_validator(mode="after")
    def _consistent(self) -> "Augerino":
        check_scale(self.generator.search_space, self.input_rms)
        check_reported_basis(self.generator, self.coefficients)
        if self.generator.incremental:
            raise ValueError("generator.incremental is for liegan; set it to false")
        return self

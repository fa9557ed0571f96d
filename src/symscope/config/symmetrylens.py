"""Settings of SymmetryLens as its paper describes it (Efe and Ozakin 2024, arXiv:2410.05232).

The defaults are the paper's method at the paper's scale, without the published code's accidents.
``SymmetryLensPublished.published()`` is what that code does, ``SymmetryLensPublished.laptop()`` finds short generators in
about a minute. All three are plain settings, so a configuration file can say any of them.
"""

from typing import Any, Literal

from pydantic import Field, model_validator

from symscope.config.base import FiniteSettings
from symscope.config.training import TrainedMethod, TrainingLength


class LensGroup(FiniteSettings):
    """The generator G = exp((A - A^T) / 2) and the resolving filter psi."""

    padding: int | None = Field(default=None, ge=0, le=512)
    """Components by which G and psi are longer than the data at each end, before the crop; null means the length of the
    data (published). 0 fits symmetries that wrap around."""
    initial_std: float = Field(default=1e-3, gt=0)
    """Standard deviation of the normal starting values of A (dimensionless); large ones may end at a power of the
    generator."""
    filter_noise: float = Field(default=0.1, ge=0)
    """Standard deviation sigma_0 of the noise that is added to the filter at the start (dimensionless); the filter itself
    starts at zero, so 0 is refused."""
    filter_noise_steps: float = Field(default=1000.0, gt=0)
    """Time constant of the noise's exponential decay [steps]; 10 epochs of 100 steps in the paper."""
    squarings: int = Field(default=4, ge=2, le=10)
    """Squarings of the matrix exponential; the relative error of its series is below 1e-8 for |A - A^T| up to 2^squarings."""

    @model_validator(mode="after")
    def _noise(self) -> "LensGroup":
        if self.filter_noise == 0:
            raise ValueError(
                "filter_noise is 0, but the filter starts at zero and has no direction then; give it a value"
            )
        return self


class LensWeights(FiniteSettings):
    """Weights of the terms of the loss, equation (13) of the paper; its own values are those of the published code."""

    alignment: float = Field(default=1.0, ge=0)
    """Weight alpha of minus the mean correlation of neighbouring components."""
    uniformity: float = Field(default=2.0, ge=0)
    """Weight beta of the divergences between densities one step apart."""
    resolution: float = Field(default=1.0, ge=0)
    """Weight gamma of mean marginal entropy minus joint entropy for each rank."""
    information: float = Field(default=0.75, ge=0)
    """Weight delta of minus the joint entropy for each rank."""
    marginal_share: float = Field(default=0.5, ge=0)
    """Weight of the divergences of single components inside the uniformity term; 1 in version 0.1 of the published code."""
    conditional_share: float = Field(default=0.5, ge=0)
    """Weight of the divergences of components given another one; 1 in version 0.1 of the published code."""


class LensRank(FiniteSettings):
    """The entropy whose rank grows with training time."""

    gain: float = Field(default=50.0, gt=0)
    """Steepness g of the soft threshold in the rank (dimensionless); 100 in version 0.1 of the published code."""
    exponent_bound: float = Field(default=50.0, gt=0)
    """Bound on the threshold's exponent (dimensionless)."""
    variance_floor: float = Field(default=1e-7, ge=0)
    """Added to 2 pi times each variance inside the logarithm, so that directions without variance stay finite (in units of
    the data's mean variance)."""


class LensMarginal(FiniteSettings):
    """Mixture of Gaussians for the density of each component."""

    kernels: int = Field(default=4, ge=1, le=64)
    """Gaussians for each component."""
    bound: float = Field(default=4.5, gt=0)
    """Logits of the weights and logarithms of the variances stay between minus this and plus this."""
    bound_gradient: Literal["projected", "dead"] = "projected"
    """What happens beyond the bound: the parameter is put back (`projected`), or it gets no gradient any more and stays
    lost (`dead`, published)."""


class LensConditional(FiniteSettings):
    """Perceptrons that give a Gaussian mixture for every component, given one component."""

    kernels: int = Field(default=4, ge=1, le=64)
    """Gaussians for each pair of components."""
    hidden_per_component: int = Field(default=16, ge=1, le=256)
    """Neurons of the hidden layer for each component; 16 as published, 8 in its ablations."""
    slope: float = Field(default=0.2, ge=0, lt=1)
    """Negative slope of the leaky rectifiers."""
    mean_output: Literal["linear", "leaky"] = "linear"
    """Output of the means' network: as it is (paper), or through a leaky rectifier (published code)."""
    gain: float = Field(default=3.5, gt=0)
    """Logits of the weights and logarithms of the variances are this times a hyperbolic tangent."""
    shrinkage: float = Field(default=1e-5, ge=0)
    """Weight of the Frobenius norms of the networks' matrices in the estimators' loss."""
    neighbour_samples: Literal["same", "shifted"] = "same"
    """Samples on which the neighbour's estimator is evaluated: those on which the estimator itself is (`same`), or those that
    the mask gives to the neighbour (`shifted`, published), which makes the divergences noisier."""


class LensOptimisation(TrainingLength):
    """The loop that trains both subsystems at once; the paper makes 10,000 passes of 100 batches each."""

    batch: int = Field(default=16_500, ge=2)
    """Samples in each update, for each seed; rounded down to a multiple of the data's length, because every component is
    given in equally many samples."""
    lr_group: float = Field(default=1e-4, gt=0)
    """Learning rate of generator and filter at the start (Adam)."""
    lr_estimators: float = Field(default=1e-3, gt=0)
    """Learning rate of the density estimators at the start (Adam); 2.5e-3 in the published runs."""
    decay_to: float = Field(default=0.1, gt=0, le=1)
    """Share of both learning rates that is left at the end of their geometric fall."""
    betas: tuple[float, float] = (0.9, 0.999)
    """Adam's decay rates."""
    epsilon: float = Field(default=1e-7, gt=0)
    """Adam's epsilon."""
    log_every: int = Field(default=100, ge=1)
    """Steps between two entries of the history."""
    snapshots: int = Field(default=12, ge=0, le=1000)
    """Number of snapshots of generator and convolution matrix, the last one at the end; more of them early, where more
    happens. The state at the start is kept besides them."""


class SymmetryLensPublished(TrainedMethod):
    """SymmetryLens with the paper's own losses and estimators."""

    name: Literal["symmetrylens_published"] = "symmetrylens_published"
    """The method."""
    group: LensGroup = LensGroup()
    """Generator and filter."""
    weights: LensWeights = LensWeights()
    """Terms of the loss."""
    rank: LensRank = LensRank()
    """Time-dependent rank of the joint entropy."""
    marginal: LensMarginal = LensMarginal()
    """Estimator of single components."""
    conditional: LensConditional = LensConditional()
    """Estimator of pairs of components."""
    optimisation: LensOptimisation
    """The training loop."""
    standardise: Literal["all", "batch"] = "all"
    """Whether one mean and one standard deviation are taken out of all samples before the training, or of each batch
    (published)."""
    precision: Literal["float32", "float64"] = "float32"
    """Arithmetic."""

    @classmethod
    def laptop(cls, *, steps: int = 3000, **changes: Any) -> "SymmetryLensPublished":
        """Spell out settings for generators of 7 components in about a minute; `changes` replace blocks.

        The losses and estimators are the paper's. Learning rates are larger and batches smaller in return for fewer steps,
        and the noise of the filter fades within the same share of the training as in the paper's schedule or sooner: with
        noise for longer, the filter settles beside the middle of the window.
        """
        values: dict[str, Any] = {
            "group": {"filter_noise_steps": 0.01 * steps},
            "optimisation": {"steps": steps, "batch": 504, "lr_group": 2e-2, "lr_estimators": 5e-3},
        }
        return cls.model_validate({**values, **changes})

    @classmethod
    def published(cls, *, epochs: float = 10_000.0, batch: int = 16_500, **changes: Any) -> "SymmetryLensPublished":
        """Spell out the published code's behaviour at its own scale; `changes` replace blocks."""
        values: dict[str, Any] = {
            "marginal": {"bound_gradient": "dead"},
            "conditional": {"mean_output": "leaky", "neighbour_samples": "shifted"},
            "optimisation": {"epochs": epochs, "batch": batch, "lr_estimators": 2.5e-3},
            "standardise": "batch",
        }
        return cls.model_validate({**values, **changes})

"""Settings of symmetry discovery: methods, the metric fit, and the truth to score against.

The defaults of :class:`LieGan` are the paper's method without the published code's defects. ``LieGan.published(...)`` is
what the published code does, ``LieGan.recommended(...)`` is what finds continuous symmetries best here. All three are
plain settings, so a configuration file can say any of them.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from symscope.config.adversarial import CosineRegularizer, Discriminator, Optimisation, Regularizer
from symscope.config.algebra_names import AlgebraName, algebra_dimension
from symscope.config.base import FiniteSettings
from symscope.config.scale_search import ScaleSearch
from symscope.config.training import TrainedMethod


class NormalLaw(FiniteSettings):
    """Normal coefficients."""

    law: Literal["normal"] = "normal"
    """Kind of law."""
    sigma: float = Field(default=1.0, gt=0)
    """Standard deviation of each coefficient (dimensionless); the starting value where the covariance is learned."""
    covariance: Literal["fixed", "learned"] = "fixed"
    """Whether mean and full covariance of the coefficients are trained; the published code keeps both fixed."""


class UniformLaw(FiniteSettings):
    """Uniform coefficients."""

    law: Literal["uniform"] = "uniform"
    """Kind of law."""
    half_width: float = Field(default=1.0, gt=0)
    """Coefficients are uniform between minus this and plus this (dimensionless); the starting value where it is learned."""
    width: Literal["fixed", "learned"] = "fixed"
    """Whether the half width of each channel is trained."""


class IntegerGridLaw(FiniteSettings):
    """Integer coefficients, for finite cyclic groups."""

    law: Literal["integer_grid"] = "integer_grid"
    """Kind of law."""
    maximum: int = Field(default=10, ge=1)
    """Largest integer m; each of -m, ..., m is equally likely."""
    half_open: bool = False
    """True draws from -m, ..., m - 1 as the published code does, which is not symmetric."""


class MixtureLaw(FiniteSettings):
    """A Gaussian mixture whose weights, means and widths are learned."""

    law: Literal["mixture"] = "mixture"
    """Kind of law."""
    components: int = Field(default=16, ge=2)
    """Number of Gaussians, shared by all channels as independent mixtures."""
    spread: float = Field(default=3.0, gt=0)
    """The means start evenly between minus this and plus this (dimensionless)."""
    sigma: float = Field(default=0.3, gt=0)
    """Starting width of each Gaussian (dimensionless)."""
    temperature: float = Field(default=0.5, gt=0)
    """Temperature of the relaxed choice of a component through which the weights are trained (Gumbel softmax)."""


CoefficientLaw = Annotated[NormalLaw | UniformLaw | IntegerGridLaw | MixtureLaw, Field(discriminator="law")]


SearchSpace = Literal["full", "2x2", "4x4", "affine"] | list[list[Literal[0, 1]]]
"""Entries of a matrix that may differ from zero."""


class GeneratorSettings(FiniteSettings):
    """The learned Lie algebra basis."""

    channels: int = Field(default=1, ge=1, le=64)
    """Number of generators L_i that are learned together."""
    search_space: SearchSpace = "full"
    """Entries of L that may differ from zero: all; blocks of 2 on the diagonal (coordinates of one body in the plane);
    the two-body space of 8 dimensions that couples positions to positions and momenta to momenta; all but the last row
    (homogeneous coordinates); or a matrix of zeros and ones."""
    unseen: Literal["as_drawn", "zero"] = "as_drawn"
    """What the generators do to directions that the data never visit, which no sample can tell: it stays as it was drawn
    (published), or is zero, so that `constraint` counts only what is learned."""
    initial_std: float | None = Field(default=None, gt=0)
    """Standard deviation of the normal starting values; null means sqrt(2) / d (Kaiming)."""
    initial_algebra: AlgebraName | None = None
    """Start from a known algebra, such as `so(2)`, instead of random values."""
    frozen: bool = False
    """Keep the generators as they start, and learn the law of the coefficients only."""
    constraint: Literal["free", "unit", "orthonormal"] = "free"
    """What holds after every step: nothing (published); each L_i has Frobenius norm 1; the L_i are orthonormal, so that
    neither can the span collapse nor the scale drift, and the regularisers are not needed."""
    report: Literal["as_trained", "sparse"] = "as_trained"
    """Which basis of the learned span is reported: the trained one, or the orthonormal one with the fewest large entries,
    which is easier to read and found without a truth. `sparse` needs orthonormal channels and normal coefficients of fixed
    width, whose law no rotation of the channels changes."""
    incremental: bool = False
    """Train channel after channel in equal shares of the steps; earlier channels stay as they are, later ones are off."""
    squarings: int = Field(default=4, ge=0, le=12)
    """Halvings before the Taylor series of the exponential; the error is below 1e-5 for |sum w_i L_i| up to 2^squarings."""

    @model_validator(mode="after")
    def _start_is_known(self) -> "GeneratorSettings":
        if self.frozen and self.initial_algebra is None:
            raise ValueError("frozen needs initial_algebra, the algebra that stays as it is")
        return self


def check_scale(search_space: SearchSpace, input_rms: float | None) -> None:
    """Raise ``ValueError`` where homogeneous coordinates would be scaled."""
    if search_space == "affine" and input_rms is not None:
        raise ValueError("search_space 'affine' acts on homogeneous coordinates; set input_rms: null")


def check_reported_basis(generator: GeneratorSettings, coefficients: CoefficientLaw) -> None:
    """Raise ``ValueError`` where the reported basis would have another law of coefficients than the trained one."""
    isotropic = isinstance(coefficients, NormalLaw) and coefficients.covariance == "fixed"
    if generator.report == "sparse" and not (isotropic and generator.constraint == "orthonormal"):
        raise ValueError(
            "generator.report 'sparse' mixes the channels; it needs generator.constraint: orthonormal and coefficients "
            "of law normal with covariance: fixed"
        )


class ChannelCorrelation(FiniteSettings):
    """Penalises similar channels: sum over i < j of |R(L_i, L_j)|."""

    kind: Literal["cosine", "killing"] = "cosine"
    """R: the cosine in the Frobenius product, or the Killing form of gl(d), 2 d tr(XY) - 2 tr X tr Y, over its scale
    2 d |X| |Y|."""
    weight: float = Field(default=0.1, ge=0)
    """Weight eta of the term in the generator's loss (dimensionless)."""
    masked: bool = True
    """Whether the search space applies to the generators that are compared; the published code leaves it out."""
    times_dimension: bool = False
    """True multiplies the cosine by d as the published code does, where the normalisation divides the norm by d."""


class LieGan(TrainedMethod):
    """LieGAN (Yang et al. 2023): generators of a Lie algebra against a discriminator."""

    name: Literal["liegan"] = "liegan"
    """The method."""
    generator: GeneratorSettings = GeneratorSettings()
    """The learned algebra."""
    coefficients: CoefficientLaw = NormalLaw()
    """Law of the coefficients w_i in exp(sum w_i L_i)."""
    regularizer: Regularizer = CosineRegularizer()
    """Term against the identity."""
    channel_correlation: ChannelCorrelation = ChannelCorrelation()
    """Term against equal channels."""
    norm_weight: float = Field(default=0.0, ge=0)
    """Weight of the sum of the generators' entrywise L_p norms (published default 0)."""
    norm_p: float = Field(default=2.0, ge=1)
    """Exponent p of that norm."""
    entropy_weight: float = Field(default=0.0, ge=0)
    """Weight of the entropy of the learned law of the coefficients in the generator's loss, as a reward (dimensionless). The
    game alone prefers the identity; this holds the law open and does not prefer any unit of the coefficients. For samples on
    a stretch of an orbit, uniform between -A and A, the saturating loss and a perfect discriminator, a uniform law comes to
    the half width A at the weight 0.199, and to less in proportion below that."""
    scale_search: ScaleSearch | None = None
    """Look for the scale of one generator with integer coefficients; null trains direction and scale together (published)."""
    discriminator: Discriminator = Discriminator()
    """The adversary."""
    optimisation: Optimisation
    """The training loop."""
    input_rms: float | None = Field(default=None, gt=0)
    """Scale vectors by one number so that the root mean square of all entries becomes this; null leaves them in their unit
    (published). One number for all commutes with every linear action; homogeneous coordinates must not be scaled. The
    discriminator resolves finer structure in larger inputs."""
    precision: Literal["float32", "bfloat16", "float64"] = "float32"
    """Arithmetic; bfloat16 applies to the products of the discriminator's hidden layers only."""

    @model_validator(mode="after")
    def _consistent(self) -> "LieGan":
        check_scale(self.generator.search_space, self.input_rms)
        check_reported_basis(self.generator, self.coefficients)
        law = self.coefficients
        has_width = (isinstance(law, NormalLaw) and law.covariance == "learned") or (
            isinstance(law, UniformLaw) and law.width == "learned"
        )
        if self.generator.frozen and not (has_width or isinstance(law, MixtureLaw)):
            raise ValueError(
                "generator.frozen leaves nothing to learn; use a mixture, a normal law with covariance: learned or a uniform "
                "one with width: learned"
            )
        if self.entropy_weight > 0 and not has_width:
            raise ValueError(
                "entropy_weight needs coefficients of law normal with covariance: learned, or uniform with width: learned"
            )
        if self.scale_search is not None:
            self._check_search()
        return self

    def _check_search(self) -> None:
        basis = self.generator
        if not isinstance(self.coefficients, IntegerGridLaw) or basis.channels != 1 or basis.constraint != "free":
            raise ValueError(
                "scale_search is for coefficients of law integer_grid, one channel and generator.constraint: free"
            )
        if self.discriminator.kind != "mlp":
            raise ValueError("scale_search needs discriminator.kind: mlp")

    @classmethod
    def published(cls, *, channels: int, epochs: float, **changes: Any) -> "LieGan":
        """Spell out the published behaviour with the settings of its top-tagging command; `changes` replace blocks."""
        values: dict[str, Any] = {
            "generator": {"channels": channels},
            "regularizer": {"kind": "cosine", "weight": 1.0, "compares": "x", "reduction": "abs_of_mean"},
            "channel_correlation": {"kind": "cosine", "weight": 0.1, "masked": False, "times_dimension": True},
            "optimisation": {"epochs": epochs},
            "input_rms": None,
        }
        return cls.model_validate({**values, **changes})

    @classmethod
    def recommended(cls, *, channels: int, steps: int = 5000, **changes: Any) -> "LieGan":
        """Spell out the recommended settings for continuous groups; `changes` replace blocks.

        Against the published settings: orthonormal generators instead of two regularisers, smaller transformations, and
        a training that ends before the discriminator turns from the support of the data to their density, with falling
        learning rates and averaged generators.
        """
        values: dict[str, Any] = {
            "generator": {"channels": channels, "constraint": "orthonormal", "report": "sparse", "squarings": 3},
            "coefficients": {"law": "normal", "sigma": 0.5},
            "regularizer": {"kind": "cosine", "weight": 0.0},
            "channel_correlation": {"weight": 0.0},
            "discriminator": {"hidden": 256},
            "optimisation": {"steps": steps, "decay_start": 0.3, "decay_to": 0.0, "average_from": 0.6},
            "input_rms": 200.0,
            "precision": "bfloat16",
        }
        return cls.model_validate({**values, **changes})


class MetricFit(FiniteSettings):
    """The symmetric form J with L^T J + J L = 0 for all discovered generators L."""

    method: Literal["svd", "gradient"] = "svd"
    """Closed form by one singular value decomposition, or the paper's gradient descent (eq. 14)."""
    remove_trace: bool = True
    """Take the dilatation out of each generator before the fit, because no form is invariant under it. False is the
    published behaviour."""
    orthonormalize: bool = True
    """Replace the generators by an orthonormal basis of their span first, so that the result does not depend on their
    arbitrary scales. False is the published behaviour."""
    max_norm_weight: float = Field(default=1.0, gt=0)
    """Weight a of max|J| in the paper's objective; it sets the scale of J only (gradient)."""
    step_size: float = Field(default=0.5, gt=0, lt=2)
    """Step of the descent in units of the inverse of the largest curvature (gradient)."""
    steps: int = Field(default=5000, ge=1)
    """Steps of the descent (gradient)."""
    seed: int = Field(default=0, ge=0)
    """Seed of the small random form from which the descent starts (gradient)."""


class TruthSettings(FiniteSettings):
    """What a discovery is compared with."""

    algebra: AlgebraName
    """Known algebra by name: terms such as `so(1,3)`, `so(3)`, `su(2)`, `dilatation` joined by `+`."""
    copies: int = Field(default=1, ge=1, le=1000)
    """Blocks of components on which the algebra acts in the same way, one after the other: so(2) with 4 copies turns
    positions and momenta of two bodies in the plane."""
    compare: Literal["all_components", "data_span"] = "all_components"
    """What counts of a generator: all of it, or only what it does to directions that the data visit. Samples cannot tell
    the rest."""
    metric: list[list[float]] | None = None
    """Form that the algebra leaves invariant up to scale, as rows; null where there is none to compare with."""
    success_cosine: float = Field(default=0.98, gt=0, le=1)
    """A seed succeeds where the mean cosine of the principal angles with the algebra reaches this."""

    @field_validator("metric")
    @classmethod
    def _metric_is_a_form(cls, metric: list[list[float]] | None) -> list[list[float]] | None:
        if metric is None:
            return None
        size = len(metric)
        if size == 0 or any(len(row) != size for row in metric):
            raise ValueError(
                f"{size} rows of {', '.join(str(len(row)) for row in metric) or 'no'} numbers are no square"
            )
        if any(metric[i][j] != metric[j][i] for i in range(size) for j in range(i)):
            raise ValueError("it is not symmetric; row i, column j must equal row j, column i")
        if not any(any(row) for row in metric):
            raise ValueError("all entries are zero; give the invariant form, or null where there is none")
        return metric

    @model_validator(mode="after")
    def _sizes_agree(self) -> "TruthSettings":
        size = self.dimension
        if self.metric is not None and len(self.metric) != size:
            times = f" {self.copies} times" if self.copies > 1 else ""
            raise ValueError(
                f"metric has {len(self.metric)} rows, and algebra '{self.algebra}'{times} acts on {size} components; "
                f"give {size} rows of {size} numbers"
            )
        return self

    @property
    def dimension(self) -> int:
        """Number of components on which the algebra acts, with all its copies."""
        return algebra_dimension(self.algebra) * self.copies

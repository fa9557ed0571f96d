"""Settings of SymmetryGAN: one group element against a discriminator."""

from typing import Any, Literal

from pydantic import Field, model_validator

from symscope.config.adversarial import CosineRegularizer, Discriminator, Optimisation, Regularizer
from symscope.config.base import FiniteSettings
from symscope.config.discovery import SearchSpace, check_scale
from symscope.config.training import TrainedMethod


class ElementSettings(FiniteSettings):
    """The learned group element."""

    search_space: SearchSpace = "full"
    """Entries of the matrix that may differ from zero, as for a generator."""
    parametrisation: Literal["free", "exponential", "qr"] = "free"
    """How the element follows from a matrix A of free numbers: `free` is A itself; `exponential`, exp((A - A^T) / 2), is a
    rotation; `qr` is the factor Q of A = Q R with a positive diagonal of R, a rotation or a reflection. The last two keep
    the element orthogonal, and need the full search space and real samples."""
    start: Literal["zero", "identity"] = "zero"
    """What the random starting values of A are added to."""
    initial_std: float | None = Field(default=None, gt=0)
    """Standard deviation of the normal starting values of A; null means sqrt(2) / d (Kaiming) where A is free, and 1 where the
    element is orthogonal, which then starts anywhere in its group (`qr`: uniformly)."""

    @model_validator(mode="after")
    def _orthogonal_is_full(self) -> "ElementSettings":
        if self.parametrisation != "free" and self.search_space != "full":
            raise ValueError(
                f"parametrisation is '{self.parametrisation}', which fills the matrix, and search_space is "
                f"{self.search_space!r}; use 'full', or parametrisation: free"
            )
        if self.parametrisation == "exponential" and self.start == "identity":
            raise ValueError("start is 'identity', which changes no exponential; use 'zero'")
        return self


class SymmetryGan(TrainedMethod):
    """SymmetryGAN (Desai, Nachman and Thaler 2021): a single group element against a discriminator.

    The generators that are reported are the principal logarithms of the learned elements. Without a regulariser any
    element that leaves the law of the samples as it is is a solution, the identity among them; the cosine regulariser
    singles out those that turn every sample by 90 degrees. Samples that do not fill all directions, though their law of
    motion has the symmetry, leave fewer solutions.
    """

    name: Literal["symmetrygan"] = "symmetrygan"
    """The method."""
    element: ElementSettings = ElementSettings()
    """The matrix that is learned."""
    regularizer: Regularizer = CosineRegularizer()
    """Term against the identity."""
    discriminator: Discriminator = Discriminator()
    """The adversary."""
    optimisation: Optimisation
    """The training loop."""
    input_rms: float | None = Field(default=None, gt=0)
    """Scale vectors by one number so that the root mean square of all entries becomes this; null leaves them in their unit.
    Homogeneous coordinates must not be scaled."""
    precision: Literal["float32", "bfloat16", "float64"] = "float32"
    """Arithmetic; bfloat16 applies to the products of the discriminator's hidden layers only."""

    @model_validator(mode="after")
    def _consistent(self) -> "SymmetryGan":
        check_scale(self.element.search_space, self.input_rms)
        return self

    @classmethod
    def recommended(cls, *, steps: int = 3000, **changes: Any) -> "SymmetryGan":
        """Spell out the recommended settings for motion in the plane; `changes` replace blocks.

        The weight of the regulariser is large, because the density of the samples is rarely as symmetric as their support:
        a quarter turn leaves the support in part, and the discriminator would rather have the identity.
        """
        values: dict[str, Any] = {
            "element": {"search_space": "2x2"},
            "regularizer": {"kind": "cosine", "weight": 10.0},
            "discriminator": {"hidden": 128, "layers": 2},
            "optimisation": {
                "steps": steps,
                "lr_generator": 1e-2,
                "lr_discriminator": 1e-3,
                "decay_start": 0.3,
                "average_from": 0.9,
            },
            "input_rms": 10.0,
        }
        return cls.model_validate({**values, **changes})

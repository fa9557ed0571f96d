"""Settings of small images with two hidden translations, along their rows and along their columns."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from symscope.config.base import FiniteSettings
from symscope.config.disguise import Disguised

Positive = Annotated[float, Field(gt=0)]
Range = tuple[Positive, Positive]
Side = Annotated[int, Field(ge=3)]


class GaussianBlobs(FiniteSettings):
    """Round Gaussian blobs a / (2 pi w^2) exp(-r^2 / 2 w^2), so that the amplitude a is what a blob holds in all."""

    kind: Literal["gaussian"] = "gaussian"
    """Shape of the blobs."""
    amplitude: Range = (0.5, 1.5)
    """Ends of the uniform law of the amplitude a (dimensionless)."""
    width: Range = (0.6, 1.2)
    """Ends of the uniform law of the standard deviation w [pixels]."""
    blobs: int = Field(default=16, ge=1)
    """Number of trials of the binomial law of the number of blobs in and around an image."""
    probability: float = Field(default=0.5, gt=0, le=1)
    """Success probability of that law (dimensionless)."""
    margin: float | None = Field(default=None, ge=0)
    """Centres are uniform over the image and this far beyond each of its sides [pixels]; null: four times the largest
    width, beyond which a blob is not seen. With less the images are not stationary at their sides."""

    @model_validator(mode="after")
    def _ranges_rise(self) -> "GaussianBlobs":
        for name, (low, high) in (("amplitude", self.amplitude), ("width", self.width)):
            if low > high:
                raise ValueError(f"'{name}' runs from {low:g} to {high:g}; give the smaller end first")
        return self

    @property
    def reach(self) -> float:
        """How far beyond a side centres lie [pixels]."""
        return 4 * self.width[1] if self.margin is None else self.margin


class ImagesDataset(Disguised):
    """Images whose law does not change under translations along either axis, flattened row by row, in a disguise."""

    source: Literal["images"] = "images"
    """Where the images come from: they are made here."""
    height: Side = 7
    """Rows of an image, odd or even."""
    width: Side = 7
    """Columns of an image, odd or even."""
    basis: GaussianBlobs = GaussianBlobs()
    """What the images are made of."""

    @property
    def dimension(self) -> int:
        """Pixels of an image."""
        return self.height * self.width

"""Settings of the fast way of SymmetryLens for images: two commuting translations."""

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from symscope.config.base import FiniteSettings

Count = Annotated[int, Field(ge=1)]
Floor = Annotated[float, Field(gt=0)]


class SymmetryLensImages(FiniteSettings):
    """Local components of the whitened data, their places on a grid, then a descent on the stationarity of pairs."""

    name: Literal["symmetrylens_images"] = "symmetrylens_images"
    """Name of the method."""
    height: Annotated[int, Field(ge=3)] | None = None
    """Rows of the hidden image; null where the image is square."""
    width: Annotated[int, Field(ge=3)] | None = None
    """Columns of the hidden image; null: what the height leaves of the components, or where the image is square."""
    samples: Annotated[int, Field(ge=100)] = 20_000
    """Largest number of samples of the fixed-point search and of the final descent; the covariance uses all that are given."""
    search_samples: Annotated[int, Field(ge=100)] = 5_000
    """Samples for the descents on the negentropy."""
    draft_samples: Annotated[int, Field(ge=100)] = 5_000
    """Samples for the descent on the stationarity that follows each start."""
    fixed_point_iterations: Count = 60
    """Largest number of steps of the fixed-point search for independent components, which begins at random."""
    floors: list[Floor] = Field(default=[0.01, 0.03, 0.1], min_length=1)
    """Powers added to every eigenvalue before the data are whitened for the descents on the negentropy, one after the other
    [mean variance of a component]: directions with less are treated as noise."""
    search_iterations: Count = 30
    """Steps of each of these descents."""
    draft_floor: Floor = 0.1
    """Smallest power of a wave that weighs the covariance in the descent after each start [mean power]."""
    draft_iterations: Count = 25
    """Steps of that descent."""
    final_floors: list[Floor] = Field(default=[0.001], min_length=1)
    """The same smallest power in the final descents, one after the other [mean power]."""
    iterations: Count = 40
    """Steps of each final descent."""
    whitening: list[Annotated[int, Field(ge=0, le=16)]] = Field(default=[0, 1], min_length=1)
    """Orders of the filters behind which stationarity is asked for: each pixel less its prediction from the square of this
    many further pixels above and to the left; 0 is the image itself."""
    starts: Count = 3
    """Largest number of random starts, until one is stationary."""
    stationary: float = Field(default=3.0, gt=1)
    """Loss per condition (dimensionless, about 1 for an exact symmetry) after the draft below which a start counts as found
    and no other is followed."""

    least_negentropy: float = Field(default=0.05, ge=0)
    """Mean negentropy of the placed pixels, as the search ends [nats], below which a result carries a warning: components
    that are Gaussian have no places, whatever their covariance."""

    @model_validator(mode="after")
    def _drafts_are_smaller(self) -> "SymmetryLensImages":
        for name in ("search_samples", "draft_samples"):
            if getattr(self, name) > self.samples:
                raise ValueError(
                    f"'{name}' is {getattr(self, name)} and 'samples' is {self.samples}; it uses at most as many"
                )
        return self

    def sides(self, dimension: int) -> tuple[int, int] | None:
        """Height and width of images with this many pixels; None where they do not fit."""
        if self.height is None and self.width is None:
            height = width = math.isqrt(dimension)
        elif self.height is None or self.width is None:
            given = self.height or self.width or 1
            other = dimension // given
            height, width = (given, other) if self.width is None else (other, given)
        else:
            height, width = self.height, self.width
        return (height, width) if height * width == dimension and min(height, width) >= 3 else None

    def size_misfit(self, dimension: int) -> str | None:
        """Say why vectors with this many components are no images of the given sides; begins with the key to change."""
        if self.sides(dimension) is not None:
            return None
        found = f"height is {_or_null(self.height)} and width is {_or_null(self.width)}"
        return (
            f"{found}, and the samples have {dimension} components; give two sides of at least 3 whose product is "
            f"{dimension}, or leave both null for a square image"
        )

    @property
    def least_samples(self) -> int:
        """Samples without which the method cannot run; it also needs more samples than dimensions."""
        return 100

    @property
    def amount(self) -> str:
        """What the method spends, for captions."""
        return f"{self.samples:,} samples, {len(self.final_floors) * self.iterations} steps"


def _or_null(value: int | None) -> str:
    return "null" if value is None else str(value)

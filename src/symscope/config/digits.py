"""Settings of images of handwritten digits, each turned by a random angle."""

import math
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from symscope.config.actions import ActionName
from symscope.config.base import FiniteSettings
from symscope.config.splits import SPLIT_NAMES, SplitName

BUNDLED_DIGITS = 1797
"""Images of scikit-learn's handwritten digits."""


class IdxFiles(FiniteSettings):
    """Images and labels in IDX files, the format of MNIST; gzip or not."""

    images: list[str] = Field(min_length=1)
    """Paths of the files of images, relative to where Snakemake runs."""
    labels: list[str] = Field(min_length=1)
    """Paths of the files of labels, one for each file of images and in the same order."""
    sha256: dict[str, Annotated[str, Field(pattern="^[0-9a-f]{64}$")]] = Field(default={})
    """SHA-256 sums (64 hexadecimal digits) of files by path; a file with another sum is refused, a file that is not named is
    taken as it is."""

    @model_validator(mode="after")
    def _files_are_pairs(self) -> "IdxFiles":
        if len(self.images) != len(self.labels):
            raise ValueError(
                f"'images' names {len(self.images)} files and 'labels' {len(self.labels)}; give one file of labels for each "
                "file of images"
            )
        named = [*self.images, *self.labels]
        repeated = sorted({path for path in named if named.count(path) > 1})
        if repeated:
            raise ValueError(f"'{repeated[0]}' is named twice; give each file once")
        strange = sorted(set(self.sha256) - set(named))
        if strange:
            raise ValueError(f"'sha256' has '{strange[0]}', which is no file of images or labels; mend the path")
        return self

    @property
    def paths(self) -> list[str]:
        """All files."""
        return [*self.images, *self.labels]


class DigitsDataset(FiniteSettings):
    """Handwritten digits on a black square, each turned once about its middle by a random angle."""

    source: Literal["digits"] = "digits"
    """Where the images come from: scikit-learn's 1,797 digits of 8 x 8 pixels, or IDX files."""
    files: IdxFiles | None = None
    """IDX files such as MNIST's; null takes scikit-learn's digits, which need no download."""
    size: int = Field(default=16, ge=8, le=128)
    """Height and width of an image [pixels]."""
    digit_size: float = Field(default=11.0, gt=0, le=128)
    """Height and width of the square that an original image fills [pixels]. Up to `size` / sqrt(2) no rotation moves any of it
    over the border; beyond, corners are lost, which tells a turned image from another."""
    interpolation: Literal["linear", "cubic"] = "cubic"
    """How the original image is read between its pixels: bilinear, or by cubic splines cut to the range 0 to 1. Where it is
    made smaller, it is smoothed by a Gaussian first, of standard deviation (1 / scale - 1) / 2 original pixels."""
    moved_by: Literal["bicubic", "bilinear"] = "bicubic"
    """How a discovery reads an image between its pixels when it moves it. Bilinear interpolation (published) blurs, so that a
    discriminator can tell a moved image from another, however true the symmetry; bicubic interpolation leaves far less of a
    trace."""
    max_angle: float = Field(default=45.0, ge=0, le=180)
    """Each image is turned by an angle uniform between minus and plus this [degrees]; 0 leaves all upright."""
    copies: int = Field(default=1, ge=1, le=1000)
    """Images of each original, turned independently. All of them are in one split."""
    fractions: dict[SplitName, Annotated[float, Field(gt=0, lt=1)]] = Field(
        default={"train": 0.8, "val": 0.1, "test": 0.1}
    )
    """Shares of the originals (dimensionless, together at most 1) that go to each split; which, is drawn with the seed."""

    family: ClassVar[str] = "images"
    dimension: ClassVar[int] = 3
    """Size of the matrices that act: homogeneous coordinates (x, y, 1) of the image plane."""

    @model_validator(mode="after")
    def _fits_together(self) -> "DigitsDataset":
        if set(self.fractions) != set(SPLIT_NAMES):
            raise ValueError(f"'fractions' has {', '.join(self.fractions)}; give 'train', 'val' and 'test'")
        if sum(self.fractions.values()) > 1 + 1e-9:
            raise ValueError(f"'fractions' sum to {sum(self.fractions.values()):g}; at most 1 is allowed")
        if self.digit_size > self.size:
            raise ValueError(
                f"'digit_size' is {self.digit_size:g} and 'size' {self.size}; a digit must not be larger than its image"
            )
        return self

    @property
    def action(self) -> ActionName:
        """How a discovery moves the images."""
        return "image_grid_cubic" if self.moved_by == "bicubic" else "image_grid"

    def most_events(self, split: SplitName) -> int | None:
        """Images that a split has at most; None where only the files know."""
        return None if self.files is not None else math.ceil(self.fractions[split] * BUNDLED_DIGITS) * self.copies

"""Settings of one-dimensional signals with a hidden translation, and of the user's own matrices."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from symscope.config.base import FiniteSettings
from symscope.config.disguise import Disguised
from symscope.config.names import Name
from symscope.config.splits import FileSplits, SplitName

Positive = Annotated[float, Field(gt=0)]
Range = tuple[Positive, Positive]
Count = Annotated[int, Field(ge=1)]
Pattern = Annotated[list[tuple[float, float]], Field(min_length=1)]
"""What stands where a pulse would: copies of it, each with a distance from its centre [steps] and a factor on its
amplitude (dimensionless)."""


MOST_CLASSES = 255
"""Classes that labels of one byte can tell apart."""


class Pulses(FiniteSettings):
    """What all signals made of pulses share; positions and widths are in steps of the hidden axis."""

    amplitude: Range = (0.5, 1.5)
    """Ends of the uniform law of a pulse's amplitude (dimensionless; see the shape for what it multiplies)."""
    pulses: Count = 5
    """Number of trials of the binomial law of the number of pulses in one signal, for each shape."""
    probability: float = Field(default=0.5, gt=0, le=1)
    """Success probability of that law (dimensionless), shared equally between the shapes."""
    half_range: Positive | None = None
    """Centres are uniform in +-`half_range` around the middle of the window [steps]; null: the length of the window, so
    that half of the centres lie outside. A circular signal has its centres all round the circle instead."""

    @model_validator(mode="after")
    def _ranges_rise(self) -> "Pulses":
        for name in ("amplitude", "width"):
            low, high = getattr(self, name, (1.0, 1.0))
            if low > high:
                raise ValueError(f"'{name}' runs from {low:g} to {high:g}; give the smaller end first")
        return self


class GaussianPulses(Pulses):
    """Gaussian pulses, equation (24): a / (sqrt(2 pi) w) exp(-(t - c)^2 / 2 w^2), so that a is the area."""

    kind: Literal["gaussian"] = "gaussian"
    """Shape of the pulses."""
    width: Range = (0.2, 1.0)
    """Ends of the uniform law of the standard deviation w [steps]. The published code has 0.2 to 1.0 in its last version
    and 0.5 to 2.5 in the version of the paper's first draft."""


class LegendrePulses(Pulses):
    """Associated Legendre functions, equation (25): a P_l^m(sin(pi u / 2)) with u = 2 (t - c) / w, zero for |u| > 1."""

    kind: Literal["legendre"] = "legendre"
    """Shape of the pulses."""
    degrees: list[Annotated[int, Field(ge=1, le=8)]] = Field(default=[2, 3], min_length=1)
    """Degrees l, one shape each."""
    order: int = Field(default=1, ge=0, le=8)
    """Order m, at most the smallest degree."""
    width: Range = (6.0, 15.0)
    """Ends of the uniform law of the full width w [steps]."""
    factors: Literal["textbook", "published"] = "textbook"
    """The function of the textbooks without the sign (-1)^m, or divided by 2^l as the published code has it."""

    @model_validator(mode="after")
    def _order_fits(self) -> "LegendrePulses":
        if self.order > min(self.degrees):
            raise ValueError(f"'order' is {self.order}; at most the smallest degree, {min(self.degrees)}, is allowed")
        return self


class DispersedPulses(Pulses):
    """Gaussian pulses that come from a distance c through a medium in which each frequency has its own velocity."""

    kind: Literal["dispersion"] = "dispersion"
    """Shape of the pulses."""
    width: Range = (0.2, 1.0)
    """Ends of the uniform law of the standard deviation of a pulse at its source [steps]."""
    velocity: tuple[float, float, float] = (1.0, 0.3, -0.2)
    """c0, c1, c2 of the phase velocity c0 + c1 q + c2 q^2 with q = |f| / f_Nyquist [steps of the signal per step of
    distance]; it must stay positive."""
    frequencies: Annotated[int, Field(ge=64)] = 512
    """Frequencies between zero and the Nyquist frequency at which the wave is summed."""

    @model_validator(mode="after")
    def _velocity_is_positive(self) -> "DispersedPulses":
        c0, c1, c2 = self.velocity
        slowest = min(c0 + c1 * q + c2 * q * q for q in (k / 256 for k in range(257)))
        if slowest <= 0:
            raise ValueError(f"'velocity' falls to {slowest:g} below the Nyquist frequency; it must stay positive")
        return self


class DigitSlices(FiniteSettings):
    """Pieces of horizontal lines through handwritten digits, interpolated."""

    kind: Literal["digit_slices"] = "digit_slices"
    """Shape of the signals."""
    images: str | None = None
    """IDX file of images such as MNIST's, gzip or not, relative to where Snakemake runs; null takes the 1,797 images of 8 x 8
    pixels that come with scikit-learn."""
    zoom: Positive = 3.5
    """Steps of the signal per pixel of the image; 3.5 gives the 8 pixels of scikit-learn's images the width of an MNIST digit,
    for which 1 is the natural choice."""


SignalBasis = Annotated[GaussianPulses | LegendrePulses | DispersedPulses | DigitSlices, Field(discriminator="kind")]
"""What a signal is made of; `kind` says which."""


class SignalsDataset(Disguised):
    """Signals on a line or a circle whose law does not change under translations, behind an orthogonal disguise."""

    source: Literal["signals"] = "signals"
    """Where the signals come from: they are made here."""
    length: Annotated[int, Field(ge=3)] = 33
    """Components of a signal, odd or even."""
    basis: SignalBasis = GaussianPulses()
    """What the signals are made of."""
    boundary: Literal["line", "circle"] = "line"
    """The signal is a window of a longer one, or it is closed to a circle."""
    classes: dict[Name, Pattern] | None = None
    """Makes labelled signals, for classification: for each class the pattern that stands where a pulse of `basis` would,
    such as `{rising: [[-1, 0.5], [1, 1]], falling: [[-1, 1], [1, 0.5]]}`, two classes with equal power spectra. A signal
    has one class, each as likely, and the classes have equal mean power. null: single pulses, without labels."""

    @model_validator(mode="after")
    def _fits_together(self) -> "SignalsDataset":
        if self.boundary == "circle" and isinstance(self.basis, DispersedPulses | DigitSlices):
            raise ValueError(
                f"'boundary' is 'circle' and the basis '{self.basis.kind}' has no circular form; use 'line'"
            )
        self._check_classes()
        return self

    def _check_classes(self) -> None:
        if self.classes is None:
            return
        if self.basis.kind == "digit_slices":
            raise ValueError(
                "'classes' are patterns of pulses, and 'digit_slices' has none; allowed: null, or another basis"
            )
        if not 2 <= len(self.classes) <= MOST_CLASSES:
            raise ValueError(f"'classes' has {len(self.classes)} of them; give 2 to {MOST_CLASSES}")
        for name, pattern in self.classes.items():
            if not any(factor for _, factor in pattern):
                raise ValueError(f"'classes.{name}' has no factor but zero, which makes no signal; give another one")
            widest = max(abs(distance) for distance, _ in pattern)
            if widest >= self.length / 2:
                raise ValueError(
                    f"'classes.{name}' reaches {widest:g} steps from its centre; less than half the length, "
                    f"{self.length / 2:g}, is allowed"
                )

    @property
    def dimension(self) -> int:
        """Components of a signal."""
        return self.length


class MatrixFiles(FileSplits):
    """The user's own matrix: one sample a row, in npz, HDF5, Parquet or CSV files."""

    source: Literal["matrix"] = "matrix"
    """Where the samples come from."""
    components: Annotated[int, Field(ge=3)] | None = None
    """Components of a sample, 3 or more; null where `columns` names them. A file with another number is refused."""
    array: str = "x"
    """Name of the array in an npz file or of the dataset in an HDF5 file, of shape (sample, component)."""
    columns: list[str] | None = Field(default=None, min_length=3)
    """Columns of a Parquet or CSV file in the order of the components; null takes all of them."""
    units: str = ""
    """Unit of the samples, for captions."""
    max_samples: dict[SplitName, Count] = Field(default={})
    """Largest number of samples of a split, drawn at random from all of it; a split that is not named takes all."""

    family: ClassVar[str] = "signals"

    @model_validator(mode="after")
    def _size_is_known(self) -> "MatrixFiles":
        if self.components is None and self.columns is None:
            raise ValueError("give 'components', the number of columns of the matrix, or 'columns', their names")
        if self.columns is not None and self.components not in (None, len(self.columns)):
            raise ValueError(
                f"'components' is {self.components}, and 'columns' names {len(self.columns)}; leave 'components' out"
            )
        return self

    @property
    def dimension(self) -> int:
        """Components of a sample."""
        return self.components or len(self.columns or ())

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the components."""
        return tuple(self.columns or (f"x{component + 1}" for component in range(self.dimension)))

    def most_events(self, split: SplitName) -> int | None:
        """Give the most samples that a split can have; None where only the files know."""
        return self.max_samples.get(split)

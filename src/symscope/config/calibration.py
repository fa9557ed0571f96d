"""Settings of the study that applies the tests of symmetry to data of which the answer is known."""

from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field

from symscope.config.base import FiniteSettings
from symscope.config.density import Boosting, DensityTests, ObservableSettings, PolynomialSettings, TwoSample

T = TypeVar("T")

NullLaw = Literal["round", "axial", "distinct_axes", "laplace", "mixture", "shuffled_labels"]
"""Laws of the calibration: two with a symmetry, and four with none."""
NULL_LAWS: tuple[NullLaw, ...] = ("round", "axial", "distinct_axes", "laplace", "mixture", "shuffled_labels")


def _each_once(values: list[T]) -> list[T]:
    if len(set(values)) != len(values):
        raise ValueError(f"found {', '.join(map(str, values))}; give each once")
    return values


class PowerScan(FiniteSettings):
    """Data whose symmetry is broken by a known amount: how often it is noticed, beside what theory predicts."""

    breakings: Annotated[list[Annotated[float, Field(gt=0, lt=1)]], AfterValidator(_each_once)] = Field(
        default=[0.1, 0.03, 0.01, 0.001], min_length=1
    )
    """Relative differences of the variances of two components, each above 0 to below 1; this is the defect per radian."""
    expected: list[Annotated[float, Field(gt=0)]] = Field(default=[10.0, 30.0], min_length=1)
    """Numbers of events times the square of the breaking at which it is measured (dimensionless), each above 0."""
    observables: ObservableSettings = PolynomialSettings(degree=2, envelope=None)
    """Functions whose means the rotation leaves alone."""
    sets: Annotated[int, Field(ge=1)] = 400
    """Data sets for each point, 1 or more, unless `budget` allows fewer."""
    budget: Annotated[float, Field(ge=1e3)] = 6e7
    """Events for each point, 1000 or more; at least one data set is always made."""


class Calibration(DensityTests):
    """Study that applies the tests to many data sets of which the answer is known.

    These are points of three components, searched within the rotations so(3).
    """

    laws: Annotated[list[NullLaw], AfterValidator(_each_once)] = Field(default=list(NULL_LAWS), min_length=1)
    """Laws of the data sets, all in three dimensions."""
    breakings: Annotated[list[Annotated[float, Field(gt=0, lt=1)]], AfterValidator(_each_once)] = Field(
        default=[0.1, 0.01, 0.001, 0.0001]
    )
    """Further data sets: Gaussians whose variances are 1 - b, 1 and 1 + b for each of these b, above 0 to below 1."""
    sets: Annotated[int, Field(ge=2)] = 1000
    """Data sets of each law, 2 or more."""
    events: Annotated[int, Field(ge=200)] = 4000
    """Events in each data set, 200 or more."""
    reference_events: Annotated[int, Field(ge=1000)] = 1_000_000
    """Events from which the true defects of a law are computed, 1000 or more; those of Gaussians are integrals."""
    power: PowerScan = PowerScan()
    """How small a breaking is noticed."""
    two_sample: TwoSample = TwoSample(classifier=Boosting(trees=30, leaves=8))
    """Classifier of the held-out test."""
    two_sample_sets: Annotated[int, Field(ge=2)] = 200
    """Data sets on which the held-out test is tried, 2 or more."""
    two_sample_events: Annotated[int, Field(ge=50)] = 2000
    """Events in each of them, 50 or more."""
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    """Random seed of all data sets."""

    @property
    def words(self) -> str:
        """Size of the study, for captions."""
        return f"{self.sets:,} data sets of {self.events:,} events for each law"

"""What a calibration study found; in a module of its own, so that figures and tables need not load the study."""

from dataclasses import dataclass
from typing import NamedTuple

from jaxtyping import Float, Int
from numpy import ndarray
from scipy.stats import norm

FIVE_SIGMA = 2.866515719e-7
"""One-sided probability beyond five standard deviations."""


def optimum(level: float) -> float:
    """N b^2 at which a test that knows the law, but not the sign of b, notices one half of the data sets at a level."""
    return 4.0 * float(norm.isf(level / 2.0)) ** 2


class PowerScanResult(NamedTuple):
    """Measured and predicted power, one entry for each point of the scan."""

    breaking: Float[ndarray, "point"]
    """Breaking b that was injected."""
    events: Int[ndarray, "point"]
    """Events N of each data set."""
    sets: Int[ndarray, "point"]
    """Data sets."""
    detected: Int[ndarray, "point"]
    """Data sets in which the exact symmetry was rejected at the level."""
    predicted: Float[ndarray, "point"]
    """Share that theory predicts."""
    defect: Float[ndarray, "point"]
    """True defect per radian, as the observables see it."""
    squared: Float[ndarray, "point"]
    """Squared defect as measured, without the bias of the noise, mean over data sets."""
    squared_error: Float[ndarray, "point"]
    """Its standard error."""
    curve_events: Float[ndarray, "curve"]
    """N b^2 of the predicted curve."""
    curve: Float[ndarray, "curve"]
    """Predicted power at these."""
    half: float
    """N b^2 at which one half of the data sets are noticed at the level."""
    five_sigma: float
    """N b^2 at which one half are noticed at five standard deviations."""


@dataclass(frozen=True, kw_only=True)
class LawResult:
    """What the tests said about the data sets of one law."""

    key: str
    """Short name of the law."""
    label: str
    """Name for a reader."""
    dimension: int
    """True dimension of its algebra within the search space."""
    smallest_defect: float
    """Smallest true defect of any generator of unit length [1 / unit of flow]."""
    exact: Float[ndarray, "set"]
    """p-values of "at least k generators", k the true dimension or 1."""
    certificate: Float[ndarray, "set"]
    """p-values of "a defect of delta or more", with delta the true defect of the generator that was found."""
    undercut: Float[ndarray, "set"]
    """The same with delta the smallest defect of all."""
    bound: Float[ndarray, "set"]
    """Upper bound of the defect of the generator that was found [1 / unit of flow]."""
    defect: Float[ndarray, "set"]
    """Its true defect [1 / unit of flow]."""
    region: Float[ndarray, "some"]
    """p-values of the true generators in the region of confidence; empty where the algebra is all or nothing."""


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """Held-out two-sample tests of one law: of rotations about its axis, which are right or wrong."""

    key: str
    """Short name of the law."""
    label: str
    """Name for a reader."""
    auc: Float[ndarray, "set"]
    """Area under the curve."""
    error: Float[ndarray, "set"]
    """Its error."""
    p_value: Float[ndarray, "set"]
    """p-value of one law for data and moved data."""


@dataclass(frozen=True, kw_only=True)
class CalibrationResult:
    """All that the study found."""

    laws: tuple[LawResult, ...]
    """Laws without a symmetry, and with one."""
    power: PowerScanResult
    """How small a breaking is noticed."""
    held_out: tuple[HeldOut, ...]
    """The two-sample test where the symmetry is right, and where it is wrong."""
    level: float
    """Probability of a wrong statement that was asked for."""
    events: int
    """Events of a data set."""
    seconds: float
    """Processor time of the study [s]."""

"""Settings of the fast way of SymmetryLens."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from symscope.config.base import FiniteSettings

Count = Annotated[int, Field(ge=1)]


class SymmetryLensFast(FiniteSettings):
    """Standing waves of the covariance, their signs, then a descent on the stationarity of pairs."""

    name: Literal["symmetrylens_fast"] = "symmetrylens_fast"
    """Name of the method."""
    samples: Annotated[int, Field(ge=100)] = 50_000
    """Largest number of samples that the final descent uses; the covariance uses all that are given."""
    draft_samples: Annotated[int, Field(ge=100)] = 20_000
    """Samples for the descents from each start."""
    search_samples: Annotated[int, Field(ge=100)] = 1_000
    """Samples for the search of the signs of the waves."""
    wave_iterations: Count = 100
    """Alternating projections between matrices of the measured spectrum and Toeplitz matrices."""
    peak_range: float = Field(default=0.4, gt=0, le=1)
    """Part of the frequencies, from zero upwards (dimensionless), among which the peak of the spectrum is sought."""
    peaks: Count = 32
    """Largest number of places of the peak that are tried, for each bend; they lie at least half a step apart."""
    bends: list[Annotated[float, Field(ge=1, le=2)]] = Field(default=[1.0, 1.2, 1.4, 1.6], min_length=1)
    """Powers of the frequency in which the spectrum is taken to fall alike on both sides of its peak; 1 to 2."""
    sweeps: Count = 3
    """Rounds of single flips in the search of the signs."""
    orders: Count = 20
    """Best orders whose signs are searched again with care."""
    restarts: Annotated[int, Field(ge=0)] = 3
    """Searches of the signs of the best orders that are repeated with disturbed beginnings."""
    disturbance: float = Field(default=0.15, ge=0, lt=0.5)
    """Probability that a wave enters a repeated search with the worse sign."""
    starts: Count = 8
    """Best orders of the waves that are followed by a descent, until one is stationary."""
    whitening: list[Annotated[int, Field(ge=0, le=64)]] = Field(default=[0, 8], min_length=1)
    """Orders of the autoregressive filters behind which stationarity is asked for; 0 is the signal itself."""
    escape_samples: Annotated[int, Field(ge=100)] = 2_000
    """Samples for trying exchanges and signs of the standing waves by the stationarity they bring."""
    escape_rounds: Count = 6
    """Rounds of such trials before each descent of a start."""
    escapes: Count = 4
    """Largest number of trials and descents of each start; they end where they do not gain."""
    hopeless: float = Field(default=12.0, gt=1)
    """Loss per condition after the first descent of a start above which the next start is taken at once."""
    draft_iterations: Count = 40
    """Steps of each descent of a start."""
    iterations: Count = 60
    """Steps of a final descent."""
    rounds: Count = 1
    """Final descents; each adapts the filters anew."""
    stationary: float = Field(default=3.0, gt=1)
    """Loss per condition (dimensionless, about 1 for an exact symmetry and samples that are not heavy-tailed) below
    which a start counts as found and no other is followed."""

    @model_validator(mode="after")
    def _drafts_are_smaller(self) -> "SymmetryLensFast":
        if self.draft_samples > self.samples:
            raise ValueError(
                f"'draft_samples' is {self.draft_samples} and 'samples' is {self.samples}; drafts use at most as many"
            )
        return self

    @property
    def least_samples(self) -> int:
        """Samples without which the method cannot run; it also needs more samples than dimensions."""
        return 100

    @property
    def amount(self) -> str:
        """What the method spends, for captions."""
        return f"{self.samples:,} samples, {self.rounds * self.iterations} steps"

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
    """Samples for the descent that tells whether a start is stationary."""
    search_samples: Annotated[int, Field(ge=100)] = 1_000
    """Samples for the search of the signs of the waves."""
    places: Annotated[int, Field(ge=2)] = 33
    """Largest number of components, evenly spaced, whose negentropy is looked at in that search."""
    wave_iterations: Count = 40
    """Alternating projections between matrices of the measured spectrum and Toeplitz matrices."""
    peak_range: float = Field(default=0.4, gt=0, le=1)
    """Part of the frequencies, from zero upwards (dimensionless), among which the peak of the spectrum is sought."""
    peaks: Count = 12
    """Largest number of places of the peak that are tried, for each bend; they lie at least half a step apart."""
    bends: list[Annotated[float, Field(ge=1, le=2)]] = Field(default=[1.0, 1.4], min_length=1)
    """Powers of the frequency in which the spectrum is taken to fall alike on both sides of its peak; 1 to 2."""
    leaders: Count = 3
    """Shapes of the spectrum around which the search is refined, in each of its rounds."""
    candidates: Count = 2
    """Orders of the waves whose signs are searched with care, for each start that is wanted; some give the same start."""
    middles: list[Annotated[float, Field(ge=0, le=1)]] = Field(default=[0.25, 0.5], min_length=1)
    """Frequencies (dimensionless: 0 is the lowest and 1 the highest) from which outwards the waves get their signs."""
    sweeps: Count = 1
    """Rounds of single flips in the search of the signs."""
    starts: Count = 8
    """Largest number of representations that are followed from the best orders of the waves."""
    learned: Count = 3
    """Number of those, the best ones, whose waves of low frequency are learned anew from the energy of the high ones; what
    comes of it is followed first."""
    place_floor: float = Field(default=0.3, ge=0)
    """Power added to all waves, in units of the mean power, before the components of those are sharpened by their skewness."""
    place_iterations: Count = 8
    """Largest number of steps of that; the more stationary of the two, with and without it, is followed first."""
    heat: Count = 2
    """Starts that are followed at a time; when one of them is stationary, the others are left."""
    alike: float = Field(default=0.05, ge=0, lt=1)
    """Relative difference of their powers up to which two neighbouring waves are turned among each other at a start, where the
    first heat fails (dimensionless)."""
    turned_pairs: Count = 16
    """Largest number of such pairs, the most alike ones; long signals have many."""
    turn_gain: float = Field(default=0.97, gt=0, lt=1)
    """Part of the loss that a turn of two waves may leave to be accepted (dimensionless)."""
    qualifying: Count = 2
    """Short descents after which all but the finalists of a heat are left."""
    finalists: Count = 1
    """Starts of a heat that are followed after its first short descents."""
    race_samples: Annotated[int, Field(ge=100)] = 5_000
    """Samples for the short descents, at most `samples`."""
    burst_iterations: Count = 10
    """Steps of a short descent; each adapts the filters anew."""
    bursts: Count = 6
    """Short descents of a finalist."""
    pull: float = Field(default=0.05, ge=0)
    """Weight of the negentropy in the short descents of a finalist, next to the loss of stationarity per sample
    (dimensionless). It tells the signal from others with the same power, which are as stationary."""
    whitening: list[Annotated[int, Field(ge=0, le=64)]] = Field(default=[0, 8], min_length=1)
    """Orders of the autoregressive filters behind which stationarity is asked for; 0 is the signal itself."""
    sign_trials: Annotated[int, Field(ge=0)] = 3
    """Largest number of times that flips of the waves of a heat's winner are tried, each with a descent of its own."""
    sign_gain: float = Field(default=1e-3, gt=0)
    """Least part of the negentropy by which such a flip must raise it (dimensionless)."""
    reach: Count = 3
    """Largest distance of two components that are exchanged after a descent [steps]."""
    draft_iterations: Count = 20
    """Steps of the descent that tells whether a start is stationary."""
    progress: float = Field(default=0.95, gt=0, lt=1)
    """Part of its loss that such a descent may leave for another one to follow (dimensionless), while the loss is not that
    of an exact symmetry."""
    iterations: Count = 40
    """Steps of a final descent."""
    rounds: Count = 1
    """Final descents; each adapts the filters anew."""
    stationary: float = Field(default=2.0, gt=1)
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
        return f"{self.samples:,} of them in the descent, {self.rounds * self.iterations} steps"

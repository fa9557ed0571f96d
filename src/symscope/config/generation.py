"""Settings of jet generation: the collisions, the jets that are kept, and the detector that sees them."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from symscope.config.base import Settings

Process = Literal["top", "qcd"]
"""Hard processes: top-quark pairs (signal) and QCD dijets (background)."""

Fraction = Annotated[float, Field(ge=0, le=1)]


class HardProcess(Settings):
    """One hard process and the part of its phase space that is generated."""

    pythia: list[str] = Field(min_length=1)
    """Settings of Pythia 8 that switch the process on and choose its decays, each as `Key = value`."""
    pt_hat_min: float = Field(gt=0)
    """Lower edge of the hard process's transverse momentum [GeV], above 0; low enough that no jet of the window is lost."""
    pt_hat_max: float = Field(gt=0)
    """Upper edge of the hard process's transverse momentum [GeV], above `pt_hat_min`."""
    matched_to_top: bool
    """Whether a jet must hold a top quark and its three decay quarks (`matching`)."""

    @model_validator(mode="after")
    def _ordered(self) -> "HardProcess":
        _require_ordered(self, "pt_hat_min", "pt_hat_max")
        return self


class JetSelection(Settings):
    """Which jets are kept: the leading one of an event, if it is in this window."""

    radius: float = Field(gt=0, le=3)
    """Radius parameter R of the anti-kT algorithm [dimensionless], above 0 to 3."""
    pt_min: float = Field(gt=0)
    """Lower edge of the jet's transverse momentum [GeV], above 0."""
    pt_max: float = Field(gt=0)
    """Upper edge of the jet's transverse momentum [GeV], above `pt_min`."""
    abs_eta_max: float = Field(gt=0, le=5)
    """Largest absolute pseudorapidity of the jet [dimensionless], above 0 to 5."""
    max_constituents: int = Field(ge=1, le=1000)
    """Constituents kept of each jet, those of largest transverse momentum, 1 to 1000."""

    @model_validator(mode="after")
    def _ordered(self) -> "JetSelection":
        _require_ordered(self, "pt_min", "pt_max")
        return self


class TopMatching(Settings):
    """How near the partons of a top decay must be to the jet axis, in sqrt(d eta^2 + d phi^2)."""

    top_distance: float = Field(gt=0)
    """Largest distance of the top quark from the jet axis [dimensionless], above 0."""
    quark_distance: float = Field(gt=0)
    """Largest distance of each of the three decay quarks from the jet axis [dimensionless], above 0."""


class PartonMargins(Settings):
    """How far a parton jet may be from the window and the matching for its collision to be kept."""

    pt_below: float = Field(ge=0)
    """How far the parton jet may be below `jet.pt_min` [GeV], 0 or more."""
    pt_above: float = Field(ge=0)
    """How far the parton jet may be above `jet.pt_max` [GeV], 0 or more."""
    eta: float = Field(ge=0)
    """How far the parton jet may be outside `jet.abs_eta_max` [dimensionless], 0 or more."""
    quark_distance: float = Field(ge=0)
    """How far outside `matching.quark_distance` the quarks of a top may be [dimensionless], 0 or more."""


class Preselection(Settings):
    """Collisions that are given up early, because none of their three hardest parton jets can become a wanted jet.

    The margins are so wide that few wanted jets are lost; tests/benchmarks/bench_generation.py measures how many.
    """

    shower_scale: float = Field(gt=0)
    """Transverse momentum to which the parton shower has come down at the first check [GeV], above 0."""
    during_shower: PartonMargins
    """Margins of the first check, amid the parton shower; it saves most of the time."""
    after_shower: PartonMargins
    """Margins of the second check, before hadronisation."""


class GenerationCard(Settings):
    """Everything about the collisions and the selection of jets; the number of jets and the seed are arguments."""

    collision_energy: float = Field(gt=0)
    """Energy of the proton-proton collision in its centre of mass [GeV], above 0."""
    pythia: list[str] = Field(default_factory=list)
    """Settings of Pythia 8 that hold for all processes, each as `Key = value`."""
    processes: dict[Process, HardProcess]
    """The hard processes by name: `top`, `qcd`."""
    jet: JetSelection
    """Clustering and the window of the jets."""
    matching: TopMatching
    """What makes a jet a top jet."""
    preselection: Preselection | None = None
    """Early rejection of collisions that saves time; null generates every collision to the end."""
    events_per_batch: int = Field(default=250, ge=1, le=10_000)
    """Collisions that are in work at once, 1 to 10000; memory grows by 0.1 MB each. Part of the random stream."""
    max_collisions_per_jet: int = Field(default=2000, ge=1)
    """Collisions for each accepted jet, averaged over the run so far, at which generation stops with an error, 1 or more."""


class EtaPtBin(Settings):
    """A rectangle in absolute pseudorapidity and transverse momentum, lower edges excluded, upper ones included."""

    abs_eta: tuple[float, float]
    """Edges in absolute pseudorapidity [dimensionless]; 0 itself belongs to a bin that starts at 0."""
    pt: tuple[float, float] = (0.0, float("inf"))
    """Edges in transverse momentum [GeV]."""


class EfficiencyBin(EtaPtBin):
    """Probability in a rectangle."""

    efficiency: Fraction
    """Probability that a charged particle leaves a track [dimensionless], 0 to 1."""


class TrackResolutionBin(EtaPtBin):
    """Relative resolution of the transverse momentum: sqrt(constant^2 + (slope pT)^2)."""

    constant: float = Field(ge=0)
    """Part that does not depend on the momentum [dimensionless], 0 or more."""
    slope: float = Field(ge=0)
    """Part that grows with the momentum [1/GeV], 0 or more."""


class Tracking(Settings):
    """Tracks of one kind of charged particle. Outside all bins there is none."""

    efficiency: list[EfficiencyBin]
    """Efficiency in rectangles of |eta| and pT; the first that holds the particle counts."""
    resolution: list[TrackResolutionBin]
    """Momentum resolution in rectangles; a track outside all of them is not smeared."""


class Solenoid(Settings):
    """The magnetic field and the cylinder at whose surface the calorimeters begin."""

    field: float = Field(ge=0)
    """Magnetic field along the beam [T], 0 or more."""
    radius: float = Field(gt=0)
    """Radius of the cylinder [m], above 0."""
    half_length: float = Field(gt=0)
    """Half of the length of the cylinder [m], above 0."""


class TowerRegion(Settings):
    """Towers of equal size in a range of absolute pseudorapidity, the same on both sides."""

    abs_eta: list[float] = Field(min_length=2)
    """Edges in absolute pseudorapidity [dimensionless], rising."""
    divisions: int = Field(default=1, ge=1)
    """Equal parts into which each interval of `abs_eta` is divided, 1 or more."""
    phi_bins: int = Field(ge=1, le=3600)
    """Towers around the beam, 1 to 3600; the first begins at -pi."""

    @model_validator(mode="after")
    def _rising(self) -> "TowerRegion":
        if any(a >= b for a, b in zip(self.abs_eta, self.abs_eta[1:], strict=False)):
            raise ValueError(f"the edges {self.abs_eta} do not rise; list them from small to large, each once")
        return self


class EnergyResolution(Settings):
    """Energy resolution sigma = sqrt((constant E)^2 + stochastic^2 E + noise^2) up to an absolute pseudorapidity."""

    abs_eta_max: float = Field(gt=0)
    """Upper edge of the range, included [dimensionless]; the lower one is the previous entry's."""
    constant: float = Field(ge=0)
    """Constant term [dimensionless], 0 or more."""
    stochastic: float = Field(ge=0)
    """Stochastic term [sqrt(GeV)], 0 or more."""
    noise: float = Field(default=0.0, ge=0)
    """Noise term [GeV], 0 or more."""


class Calorimeter(Settings):
    """Towers that sum energy, smear it log-normally, and drop what is below threshold."""

    regions: list[TowerRegion] = Field(min_length=1)
    """Granularity from the centre outwards; neighbours share an edge."""
    resolution: list[EnergyResolution] = Field(min_length=1)
    """Energy resolution from the centre outwards; there is no smearing outside."""
    energy_min: float = Field(ge=0)
    """Smallest energy of a tower [GeV], 0 or more."""
    significance_min: float = Field(ge=0)
    """Smallest energy of a tower in units of its resolution [dimensionless], 0 or more."""
    fractions: dict[int, Fraction] = Field(default_factory=dict)
    """Part of its energy that a particle leaves, by absolute particle number of the PDG."""
    default_fraction: Fraction
    """Part of its energy that any other particle leaves [dimensionless], 0 to 1."""

    @model_validator(mode="after")
    def _adjacent(self) -> "Calorimeter":
        for inner, outer in zip(self.regions, self.regions[1:], strict=False):
            if inner.abs_eta[-1] != outer.abs_eta[0]:
                raise ValueError(
                    f"a region ends at |eta| {inner.abs_eta[-1]} and the next begins at {outer.abs_eta[0]}"
                )
        if self.regions[0].abs_eta[0] != 0:
            raise ValueError(f"the first region begins at |eta| {self.regions[0].abs_eta[0]}; it must begin at 0")
        return self


class DetectorCard(Settings):
    """A fast parametric detector: tracker, two calorimeters and energy flow, in the manner of Delphes 3."""

    solenoid: Solenoid
    """Magnetic field and its volume."""
    hadron_tracks: Tracking
    """Tracks of charged hadrons."""
    electron_tracks: Tracking
    """Tracks of electrons."""
    muon_tracks: Tracking
    """Tracks of muons."""
    electromagnetic: Calorimeter
    """The electromagnetic calorimeter, which is read first."""
    hadronic: Calorimeter
    """The hadronic calorimeter."""
    smear_tower_position: bool = True
    """Whether a tower's direction is drawn evenly within its edges; otherwise it is its centre."""
    energy_flow: Literal["combine", "subtract"] = "combine"
    """What becomes of tracks in a tower without a significant neutral excess: `combine` rescales them to the weighted mean
    of track and calorimeter energy (Delphes from 3.4 on), `subtract` leaves them as they are (before)."""


def _require_ordered(settings: Settings, lower: str, upper: str) -> None:
    low, high = getattr(settings, lower), getattr(settings, upper)
    if low >= high:
        raise ValueError(f"'{lower}' is {low} and '{upper}' is {high}; the first must be smaller")

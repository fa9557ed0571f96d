"""Settings of datasets of trajectories: n bodies under gravity, computed here, or files of the user's own."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from symscope.config.base import FiniteSettings
from symscope.config.splits import SPLIT_NAMES, FileSplits, SplitName

Count = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0)]
AxisName = Literal["trajectory", "time", "feature"]


class TrajectoryReading(FiniteSettings):
    """How trajectories stand in a file (HDF5, npz, npy or CSV, by its suffix), and what is asked of them."""

    columns: list[str] = Field(min_length=1)
    """Names of the features of a state, in the order that the samples get; the order in the file may be another one."""
    trajectory_column: str | None = "trajectory"
    """CSV: column that says to which trajectory a row belongs (number or text); null where each file is one trajectory."""
    time_column: str | None = "time"
    """CSV: column with the time, by which the rows of each trajectory are sorted and which must advance evenly; null
    where the file has none and the rows are in order."""
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    """CSV: character between two columns."""
    array: str | None = "states"
    """HDF5 and npz: name of the array with all features; null where each feature is an array with the name of its column."""
    axes: list[AxisName] = Field(default=["trajectory", "time", "feature"], min_length=2, max_length=3)
    """HDF5, npz and npy: what the axes of the array are, in order. Without `trajectory`, each file is one trajectory."""
    array_columns: list[str] | None = None
    """HDF5, npz and npy: names along the feature axis, where they are not `columns` in that order. Null takes the names
    that an HDF5 array has in its attribute `feature_names`, or `columns` where it has none."""
    time_array: str | None = "times"
    """HDF5 and npz: name of the array with the times, one for each step (and trajectory); checked where the file has it."""
    time_tolerance: float = Field(default=1e-4, ge=0, lt=1)
    """Largest deviation of a time step from the mean time step (relative) that counts as even."""
    timesteps: int | None = Field(default=None, ge=2)
    """States kept of each trajectory, from its start; null keeps all, and then all must have the same number."""
    incomplete: Literal["error", "drop"] = "error"
    """Trajectories with NaN or infinite values: an error, or left out, counted and reported."""
    units: str = "arbitrary"
    """Unit of the features, for captions."""

    family: ClassVar[Literal["trajectories"]] = "trajectories"
    """What its events are."""

    @property
    def dimension(self) -> int:
        """Number of components of a state."""
        return len(self.columns)

    @model_validator(mode="after")
    def _names_differ(self) -> "TrajectoryReading":
        special = [name for name in (self.trajectory_column, self.time_column) if name is not None]
        for key, names in (("columns", [*self.columns, *special]), ("array_columns", self.array_columns or [])):
            repeated = sorted({name for name in names if names.count(name) > 1})
            if repeated:
                raise ValueError(f"'{key}' names '{repeated[0]}' twice; each column has one meaning")
        missing = sorted(set(self.columns) - set(self.array_columns or self.columns))
        if missing:
            raise ValueError(f"'array_columns' lacks '{missing[0]}', which 'columns' asks for; add it, in its place")
        if len(set(self.axes)) != len(self.axes) or not {"time", "feature"} <= set(self.axes):
            raise ValueError("'axes' needs time and feature, and trajectory where there are several, each once")
        return self


class TrajectoryFiles(TrajectoryReading, FileSplits):
    """Trajectories of the user's own, with their splits; a trajectory is never cut into two splits."""

    source: Literal["trajectories"] = "trajectories"
    """Where the trajectories come from."""
    split: Literal["random", "polar_angle"] = "random"
    """How trajectories go to the splits where `files` has `all`: at random, or by the polar angle at their start: the
    largest angles are test, the smallest train and val, which share them at random. What `fractions` leaves over lies
    between the two."""
    angle_columns: tuple[str, str] | None = None
    """Columns with the x and y whose polar angle splits; needed for `split: polar_angle`."""
    max_trajectories: dict[SplitName, Count] = Field(default={})
    """Largest number of trajectories of a split, drawn at random from all of it; a split that is not named takes all."""

    @model_validator(mode="after")
    def _angle_is_known(self) -> "TrajectoryFiles":
        if self.split == "polar_angle":
            if not self.split_by_fractions:
                raise ValueError("'split' is polar_angle, which needs the files under 'files.all'; leave it out here")
            if self.angle_columns is None:
                raise ValueError("'split' is polar_angle, which needs 'angle_columns', such as [x1, y1]")
        unknown = sorted(set(self.angle_columns or ()) - set(self.columns))
        if unknown:
            raise ValueError(f"'angle_columns' names '{unknown[0]}', which is not in 'columns'; name two of them")
        return self

    def most_events(self, split: SplitName) -> int | None:
        """Trajectories that a split has at most, as far as the settings say; None where only the files know."""
        return self.max_trajectories.get(split)


class NBodyDataset(FiniteSettings):
    """Bodies that attract each other in the plane by Newton's law, on nearly circular orbits.

    The bodies start on the corners of a regular polygon, each with the speed that a circle needs. For two and three
    bodies of any masses, and for more of equal masses, that is an exact circular solution; for more bodies of different
    masses it is only near one. Units are arbitrary; H = sum p_i^2 / (2 m_i) - G sum_{i<j} m_i m_j / r_ij. A state is
    (x1, y1, px1, py1, x2, ...), body by body. The defaults are the two-body data of the LieGAN paper, as measured in
    its published files, with a val split besides.
    """

    source: Literal["nbody"] = "nbody"
    """Where the trajectories come from."""
    bodies: int = Field(default=2, ge=2, le=64)
    """Number of bodies."""
    masses: list[Positive] | None = None
    """Mass of each body; null means 1 for all."""
    gravitation: float = Field(default=1.0, gt=0)
    """Constant of gravitation G, in the units of masses, lengths and times."""
    trajectories: dict[SplitName, Count] = Field(default={"train": 814, "val": 100, "test": 790})
    """Trajectories of each split."""
    timesteps: int = Field(default=20, ge=2)
    """States of each trajectory, the start included."""
    duration: float = Field(default=20 * 19 / 49, gt=0)
    """Time from the first to the last state; the time step is duration / (timesteps - 1)."""
    radius: tuple[Positive, Positive] = (1.5, 3.0)
    """Smallest and largest radius of the polygon at the start: the distance of each body from the centre of mass where
    the masses are equal. With `start: box` the range of each component instead."""
    start: Literal["area", "radius", "square", "box"] = "area"
    """Law of the position of body 1: even over the area of the ring; even in radius and angle; even in radius with the
    direction of a random point of a square (published for 3 bodies); or x and y each even in the range of `radius`,
    which fills the first quadrant only (published for 2 bodies)."""
    direction: Literal["counterclockwise", "random"] = "counterclockwise"
    """Sense of rotation: one for all, or either with equal chance."""
    velocity_noise: float = Field(default=7e-4, ge=0)
    """Relative change of the circular velocities; 0 gives circles."""
    noise_law: Literal["normal", "uniform"] = "normal"
    """Law of the change: normal with standard deviation `velocity_noise`, or even between minus and plus that."""
    noise_acts_on: Literal["all", "component"] = "all"
    """One factor for all velocities of a trajectory (published for 2 bodies), or one for each component of each body
    (published for 3 bodies)."""
    centre: Literal["at_rest", "free"] = "at_rest"
    """Whether the velocity of the centre of mass is taken away where the noise gave it one (not published)."""
    split: Literal["polar_angle", "random"] = "polar_angle"
    """How trajectories go to the splits: by the polar angle of body 1 at the start, with the largest angles as test and
    the smallest as train and val, which share them at random, so that test is out of distribution; or at random."""
    tolerance: float = Field(default=1e-10, ge=1e-13, le=1e-3)
    """Local error allowed in a step: of positions over the smallest distance of two bodies, of velocities over the
    largest speed. The step of each trajectory follows from it."""
    max_energy_drift: float = Field(default=1e-6, gt=0)
    """Trajectories whose relative energy error exceeds this are rejected, counted, and replaced by others."""
    min_separation: float = Field(default=0.0, ge=0)
    """Trajectories in which two bodies come closer than this are rejected likewise; 0 allows every encounter that the
    accuracy control masters."""
    max_steps: int = Field(default=100_000, ge=100)
    """Most integration steps of one trajectory; one that needs more is rejected likewise."""

    family: ClassVar[Literal["trajectories"]] = "trajectories"
    """What its events are."""

    @model_validator(mode="after")
    def _consistent(self) -> "NBodyDataset":
        if self.masses is not None and len(self.masses) != self.bodies:
            raise ValueError(
                f"'masses' has {len(self.masses)} entries, and 'bodies' is {self.bodies}; give one for each"
            )
        if set(self.trajectories) != set(SPLIT_NAMES):
            found = ", ".join(self.trajectories) or "no entry"
            raise ValueError(f"'trajectories' has {found}; give 'train', 'val' and 'test'")
        if self.radius[0] > self.radius[1]:
            raise ValueError(f"'radius' goes from {self.radius[0]:g} to {self.radius[1]:g}; put the smaller one first")
        return self

    @property
    def dimension(self) -> int:
        """Number of components of a state."""
        return 4 * self.bodies

    @property
    def columns(self) -> list[str]:
        """Names of the components of a state."""
        return [f"{name}{body + 1}" for body in range(self.bodies) for name in ("x", "y", "px", "py")]

    @property
    def units(self) -> str:
        """Units of the features, for captions."""
        return f"arbitrary (G = {self.gravitation:g})"

    @property
    def total(self) -> int:
        """Trajectories of all splits together."""
        return sum(self.trajectories.values())

    @property
    def time_step(self) -> float:
        """Time between two states."""
        return self.duration / (self.timesteps - 1)

    @property
    def reading(self) -> TrajectoryReading:
        """How the file that these settings produce is read."""
        return TrajectoryReading(columns=self.columns, units=self.units, time_tolerance=1e-9)

    def most_events(self, split: SplitName) -> int:
        """Trajectories that a split has at most; it has exactly these."""
        return self.trajectories[split]

    def most_windows(self, split: SplitName, *, past: int, future: int) -> int:
        """Windows of `past` and `future` states that a split has; 0 where the trajectories are too short."""
        return self.trajectories[split] * max(0, self.timesteps - past - future + 1)

    @classmethod
    def liegan_two_bodies(cls, **changes: Any) -> "NBodyDataset":
        """Spell out the two-body data of the LieGAN paper's published files, which are the defaults; `changes` replace fields.

        The val split is ours; its trajectories lie among those of train, so that test begins at a polar angle of about
        13 degrees instead of the published 0.7.
        """
        return cls.model_validate(changes)

    @classmethod
    def hnn_two_bodies(cls, **changes: Any) -> "NBodyDataset":
        """Spell out the two-body defaults of Hamiltonian Neural Networks (Greydanus et al. 2019), with a val split."""
        values: dict[str, Any] = {
            "trajectories": {"train": 800, "val": 100, "test": 200},
            "timesteps": 50,
            "duration": 20.0,
            "radius": (0.5, 1.5),
            "start": "box",
            "velocity_noise": 5e-2,
            "split": "random",
        }
        return cls.model_validate({**values, **changes})

    @classmethod
    def hnn_three_bodies(cls, **changes: Any) -> "NBodyDataset":
        """Spell out the three-body defaults of Hamiltonian Neural Networks (Greydanus et al. 2019), with a val split."""
        values: dict[str, Any] = {
            "bodies": 3,
            "trajectories": {"train": 4000, "val": 500, "test": 1000},
            "timesteps": 20,
            "duration": 5.0,
            "radius": (0.9, 1.2),
            "start": "square",
            "velocity_noise": 0.2,
            "noise_law": "uniform",
            "noise_acts_on": "component",
            "centre": "free",
            "split": "random",
        }
        return cls.model_validate({**values, **changes})


TrajectoryDataset = NBodyDataset | TrajectoryFiles
"""A dataset of trajectories, of any source."""

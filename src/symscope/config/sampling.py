"""What a discovery or a network sees: constituents of jets, windows of trajectories, events, rows, atoms, images."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from symscope.config.base import Settings
from symscope.config.datasets import AnyDataset
from symscope.config.messages import SettingsReader
from symscope.config.trajectory_datasets import NBodyDataset, TrajectoryFiles


class Drawn(Settings):
    """Samples of which a part may be drawn."""

    independent: ClassVar[bool] = True
    """Whether one sample says nothing about another, so that tests that count samples apply."""
    n_samples: int | None = Field(default=None, gt=0)
    """Samples drawn from the training split, at random without repetition; null takes all of them."""

    @property
    def amount(self) -> str:
        """How many there are, in words."""
        return "all" if self.n_samples is None else f"{self.n_samples:,}"


class Constituents(Settings):
    """The leading constituents of jets."""

    take: Literal["constituents"] = "constituents"
    """What is taken of an event."""
    objects: int = Field(default=2, ge=1, le=200)
    """Leading constituents of a jet, by falling transverse momentum; the paper uses 2. Jets with fewer are left out."""
    n_samples: int = Field(gt=0)
    """Jets drawn from the training split, at random without repetition; more than the split holds is an error."""

    family: ClassVar[str] = "jets"
    independent: ClassVar[bool] = True
    """Datasets that it can be taken of."""

    @property
    def words(self) -> str:
        """What a sample is and how many there are, for captions."""
        return f"{self.n_samples:,} jets"


class Windows(Drawn):
    """Stretches of trajectories: past states as x, the states that follow as y."""

    take: Literal["windows"] = "windows"
    """What is taken of an event."""
    past: int = Field(default=1, ge=1)
    """Time steps of x."""
    future: int = Field(default=1, ge=1)
    """Time steps of y, which follow directly."""

    family: ClassVar[str] = "trajectories"
    independent: ClassVar[bool] = False
    """Datasets that it can be taken of."""

    @property
    def words(self) -> str:
        """What a sample is and how many there are, for captions."""
        return f"{self.amount} windows of {self.past} + {self.future} steps"


class Events(Settings):
    """Events of the user's own, with their vectors as they were read."""

    take: Literal["events"] = "events"
    """What is taken of an event."""
    n_samples: int | None = Field(default=100_000, gt=0)
    """Largest number of events of the training split, and of each other split; a split that has fewer gives all it has. null
    takes all of them, which methods that train hold in memory."""

    family: ClassVar[str] = "events"
    independent: ClassVar[bool] = True
    """Datasets that it can be taken of."""

    @property
    def words(self) -> str:
        """What a sample is and how many there are, for captions."""
        return "all events" if self.n_samples is None else f"up to {self.n_samples:,} events"


class Rows(Drawn):
    """Rows of a matrix as they are."""

    take: Literal["rows"] = "rows"
    """What is taken of an event."""

    family: ClassVar[str] = "signals"
    """Datasets that it can be taken of."""

    @property
    def words(self) -> str:
        """What a sample is and how many there are, for captions."""
        return f"{self.amount} samples"


class Atoms(Drawn):
    """The first atoms of molecules, with the elements and the orbital energies beside them."""

    take: Literal["atoms"] = "atoms"
    """What is taken of an event."""
    objects: int = Field(default=5, ge=1, le=64)
    """Atoms of a molecule, the first ones, heavy ones before hydrogen; molecules with fewer are filled up with zero rows,
    which no matrix moves."""
    hydrogens: bool = False
    """Whether hydrogen atoms count too."""

    family: ClassVar[str] = "molecules"
    """Datasets that it can be taken of."""

    @property
    def words(self) -> str:
        """What a sample is and how many there are, for captions."""
        return f"{self.amount} molecules, {self.objects} {'atoms' if self.hydrogens else 'heavy atoms'}"


class Images(Drawn):
    """Images as they are, with their classes."""

    take: Literal["images"] = "images"
    """What is taken of an event."""

    family: ClassVar[str] = "images"
    """Datasets that it can be taken of."""

    @property
    def words(self) -> str:
        """What a sample is and how many there are, for captions."""
        return f"{self.amount} images"


class Points(Settings):
    """All points at which functions were evaluated."""

    take: Literal["points"] = "points"
    """What is taken of an event."""

    family: ClassVar[str] = "functions"
    independent: ClassVar[bool] = True
    """Datasets that it can be taken of."""
    n_samples: ClassVar[int | None] = None
    words: ClassVar[str] = "all points"


AnySampling = Constituents | Windows | Rows | Atoms | Images | Points | Events
"""A way to take samples, as a type."""

Sampling = Annotated[AnySampling, Field(discriminator="take")]
"""What is taken of each event; `take` says which."""

sampling_settings: SettingsReader[AnySampling] = SettingsReader(Sampling, source="the settings of the sampling")
"""How samples are taken, from plain values."""


def sampling_misfits(sampling: AnySampling, dataset: AnyDataset, name: str) -> Iterator[str]:
    """Say what does not fit a dataset of this name; each sentence begins with its key."""
    if sampling.family != dataset.family:
        allowed = next(
            kind
            for kind in (Constituents, Windows, Rows, Atoms, Images, Points, Events)
            if kind.family == dataset.family
        )
        yield (
            f"sampling.take is '{sampling.take}', which is for {sampling.family}, and the dataset '{name}' holds "
            f"{dataset.family}; allowed: {allowed.model_fields['take'].default}"
        )
        return
    if isinstance(sampling, Events):
        return  # takes what there is
    most, what = dataset.most_events("train"), str(dataset.family)
    length = dataset.timesteps if isinstance(dataset, NBodyDataset | TrajectoryFiles) else None
    if isinstance(sampling, Windows) and length is not None:
        states = sampling.past + sampling.future
        if states > length:
            yield (
                f"sampling.past and sampling.future are {sampling.past} + {sampling.future} states, and the trajectories "
                f"of '{name}' have {length}; take fewer, or raise the dataset's 'timesteps'"
            )
            return
        most, what = (None if most is None else most * (length - states + 1)), "windows"
    if most is not None and sampling.n_samples is not None and sampling.n_samples > most:
        yield (
            f"sampling.n_samples is {sampling.n_samples}, and the train split of '{name}' has at most {most} {what}; "
            "lower it, or give the dataset more"
        )

"""Settings of events of the user's own: which columns of a file form the vectors, which events count, and what belongs to them."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, get_args

from pydantic import Discriminator, Field, Tag, model_validator

from symscope.config.base import FiniteSettings
from symscope.config.expressions import parse_expression
from symscope.config.splits import FileSplits, SplitName
from symscope.errors import ConfigError

Count = Annotated[int, Field(ge=1)]
Column = Annotated[str, Field(min_length=1)] | float
"""Name of a column, an expression over columns such as `Muon_pt / 1000`, or one number for all objects."""
FileFormat = Literal["root", "hdf5", "parquet", "npz", "csv"]

MOMENTUM = ("E", "px", "py", "pz")
"""Components into which momenta are turned, in this order."""


class Coordinates(NamedTuple):
    """One way to give a vector."""

    keys: tuple[str, ...]
    """Keys that give it."""
    components: tuple[str, ...]
    """Components of the vector that the samples get."""


SYSTEMS = (
    Coordinates(("E", "px", "py", "pz"), MOMENTUM),
    Coordinates(("px", "py", "pz", "mass"), MOMENTUM),
    Coordinates(("pt", "eta", "phi", "mass"), MOMENTUM),
    Coordinates(("pt", "eta", "phi", "E"), MOMENTUM),
    Coordinates(("pt", "rapidity", "phi", "mass"), MOMENTUM),
    Coordinates(("px", "py", "pz"), ("px", "py", "pz")),
    Coordinates(("pt", "phi"), ("px", "py")),
)
"""Coordinates that are known, besides Cartesian components of any names."""


class VectorColumns(FiniteSettings):
    """Which columns form a vector, or several vectors of one kind for each event.

    Give `columns` for Cartesian components, or the keys of one system of coordinates: `E, px, py, pz`;
    `px, py, pz, mass`; `pt, eta, phi, mass`; `pt, eta, phi, E`; `pt, rapidity, phi, mass`; `pt, phi`; `px, py, pz`. Four-momenta become
    (E, px, py, pz) whatever they are given in. Each value is the name of a column, an expression over columns, or a number.
    """

    columns: list[Column] | None = Field(default=None, min_length=2)
    """Cartesian components, two or more, of any meaning."""
    E: Column | None = None
    """Energy."""
    px: Column | None = None
    """Component x of the momentum."""
    py: Column | None = None
    """Component y of the momentum."""
    pz: Column | None = None
    """Component of the momentum along the beam."""
    pt: Column | None = None
    """Transverse momentum, 0 or more."""
    eta: Column | None = None
    """Pseudorapidity."""
    rapidity: Column | None = None
    """Rapidity along the beam."""
    phi: Column | None = None
    """Azimuth, in the unit of `angles`."""
    mass: Column | None = None
    """Mass; a number where it is the same for all, such as 0.10566 for muons in GeV or 0 for massless ones."""
    angles: Literal["radian", "degree"] = "radian"
    """Unit of `phi`. Values beyond a whole turn are refused."""
    objects: int | None = Field(default=None, ge=1, le=1000)
    """Objects of an event, the first ones in the order of `order_by`, where the columns hold a list for each event. null is for
    columns with one number for each event, which make one object."""
    where: str | None = None
    """Which objects of a list count: an expression with one value for each object, such as `Muon_pt > 20 & abs(Muon_eta) < 2.4`;
    null takes all."""
    order_by: str | None = None
    """Objects by falling values of this column or expression, such as `Muon_pt`; `-Muon_pt` puts the smallest first; null
    leaves them as they come."""
    fewer: Literal["drop", "pad"] = "drop"
    """Events with fewer objects: left out and counted, or filled up with zeros, which no matrix moves."""

    @model_validator(mode="after")
    def _one_system(self) -> "VectorColumns":
        given = self._given
        if self.columns is not None and given:
            raise ValueError(
                f"'columns' and '{given[0]}' are both given; give Cartesian 'columns' or coordinates by name"
            )
        if self.columns is None and self._system is None:
            allowed = "; ".join(", ".join(system.keys) for system in SYSTEMS)
            raise ValueError(
                f"the keys {', '.join(given) or 'of no coordinate'} form no vector; allowed are 'columns: [...]' for Cartesian "
                f"components, or one of: {allowed}"
            )
        if self.objects is None:
            for key in ("where", "order_by"):
                if getattr(self, key) is not None:
                    raise ValueError(
                        f"'{key}' is given without 'objects'; say how many objects of the list an event gets"
                    )
        for key in ("where", "order_by"):
            check_expression(key, getattr(self, key))
        return self

    @property
    def _given(self) -> list[str]:
        keys = dict.fromkeys(key for system in SYSTEMS for key in system.keys)
        return [key for key in keys if getattr(self, key) is not None]

    @property
    def _system(self) -> Coordinates | None:
        return next((system for system in SYSTEMS if set(system.keys) == set(self._given)), None)

    @property
    def coordinates(self) -> tuple[str, ...]:
        """Keys that give the vector; empty where it is given by Cartesian `columns`."""
        return () if self._system is None else self._system.keys

    @property
    def sources(self) -> list[str | float]:
        """What stands in the file for each coordinate, in their order."""
        return [getattr(self, key) for key in self.coordinates] if self.columns is None else list(self.columns)

    @property
    def components(self) -> tuple[str, ...]:
        """Names of the components of the vector."""
        if self._system is not None:
            return self._system.components
        return tuple(str(column) for column in self.columns or ())

    @property
    def count(self) -> int:
        """Objects of an event."""
        return self.objects or 1


def _how_many(vectors: Any) -> str:
    return "several" if isinstance(vectors, list | tuple) else "one"


Vectors = Annotated[
    Annotated[VectorColumns, Tag("one")] | Annotated[list[VectorColumns], Tag("several"), Field(min_length=1)],
    Discriminator(_how_many),
]
"""One block of vectors, or a list of blocks."""


class ColumnFiles(FileSplits):
    """Events of the user's own: ROOT trees, HDF5, Parquet, npz and CSV files, one event an entry or row."""

    source: Literal["columns"] = "columns"
    """Where the events come from."""
    format: FileFormat | Literal["auto"] = "auto"
    """Form of the files; `auto` goes by the suffix: .root; .h5, .hdf5, .hdf; .parquet, .pq; .npz, .npy; .csv, .tsv, .txt."""
    tree: str | None = None
    """ROOT: name of the tree; null takes the only one. HDF5: group or table below which names are looked up."""
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    """CSV: character between two columns; a .tsv file has tabs whatever stands here."""
    unpack: dict[Annotated[str, Field(min_length=1)], list[Annotated[str, Field(min_length=1)]]] = Field(default={})
    """Names for the entries of the last axis of an array, such as `{Pmu: [E, px, py, pz]}`; each becomes a column of that name. For
    HDF5, npz, and lists of a fixed length in ROOT and Parquet."""
    vectors: Vectors
    """The vectors of an event: one block, or several whose objects follow each other and have the same components."""
    selection: str | None = None
    """Which events count: an expression over columns with one value for each event, such as
    `nMuon >= 2 & Muon_pt[0] > 20 & abs(Muon_eta[0]) < 2.4`; null takes all. `&`, `|`, `!` (also `and`, `or`, `not`) bind weaker than
    comparisons; `[i]` takes object i of a list; a comparison with an object that is not there is false; `sum`, `min`, `max`,
    `any`, `all`, `count` go over the objects of an event; names with other characters stand in backquotes."""
    label: str | None = None
    """Class of an event: a column with whole numbers from 0 to 255, or an expression such as `is_top == 1`."""
    target: list[Column] | VectorColumns | None = None
    """What belongs to an event besides: a list of columns, which no group element moves, or a block like `vectors`, which moves
    as they do."""
    weight: str | None = None
    """No method uses weights of events, so this must be null; events with weights can be drawn by weight beforehand."""
    invalid: Literal["error", "drop"] = "error"
    """Events with NaN or infinite values, or with values that no vector has (`pt` below 0, `phi` beyond 2 pi, an energy below
    0): an error that names the first, or left out and counted."""
    units: str = "arbitrary"
    """Unit of the components of the vectors, for captions."""
    max_events: dict[SplitName, Count] = Field(default={})
    """Largest number of events of a split, drawn at random from all of it; a split that is not named takes all."""
    max_read: int | None = Field(default=None, ge=1)
    """Entries read of each list of files, from the start: for a first look at large files. null reads all."""
    precision: Literal["float32", "float64"] = "float32"
    """Precision in which vectors and targets are stored; they are computed in double precision."""
    step_events: int = Field(default=20_000, ge=1)
    """Entries in memory at once while reading, fewer where events are large; enters the random choices."""

    family: ClassVar[Literal["events"]] = "events"
    """What its events are."""

    @model_validator(mode="after")
    def _consistent(self) -> "ColumnFiles":
        first, *others = [block.components for block in self.blocks]
        named = [components for components in others if len(components) != len(first)]
        if named:
            raise ValueError(
                f"'vectors' has vectors of {len(first)} and of {len(named[0])} components; all must have the same number"
            )
        if self.label is not None and self.target is not None:
            raise ValueError("'label' and 'target' are both given; an event has one or the other")
        if isinstance(self.target, list) and not self.target:
            raise ValueError("'target' is an empty list; name at least one column, or leave it out")
        if isinstance(self.target, VectorColumns) and len(self.target.components) != len(first):
            raise ValueError(
                f"'target' has {len(self.target.components)} components and 'vectors' {len(first)}; what moves as the vectors "
                "do has as many, so give 'target' as a list of columns if it does not move"
            )
        if self.weight is not None:
            raise ValueError(
                "'weight' is given, and no method of discovery uses weights; keep each event with a probability in proportion "
                "to its weight, write those to a file, and leave 'weight' out"
            )
        check_expression("selection", self.selection)
        repeated = [name for names in self.unpack.values() for name in names if names.count(name) > 1]
        if repeated:
            raise ValueError(f"'unpack' names '{repeated[0]}' twice in one array; each entry has one name")
        return self

    @property
    def blocks(self) -> list[VectorColumns]:
        """The blocks of vectors, also where there is only one."""
        return self.vectors if isinstance(self.vectors, list) else [self.vectors]

    @property
    def objects(self) -> int:
        """Objects of an event, of all blocks together."""
        return sum(block.count for block in self.blocks)

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return len(self.blocks[0].components)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the components; of momenta always E, px, py, pz."""
        return self.blocks[0].components

    @property
    def belongs(self) -> Literal["nothing", "label", "target"]:
        """What belongs to an event."""
        if self.label is not None:
            return "label"
        return "nothing" if self.target is None else "target"

    def most_events(self, split: SplitName) -> int | None:
        """Events that a split has at most, as far as the settings say; None where only the files know."""
        return self.max_events.get(split)

    def method_misfits(self, method: Any) -> Iterator[str]:
        """Say where a method asks for something that does not belong to the events; each sentence begins with its key."""
        name, statement = method.name, getattr(method, "statement", None)
        needs = {"function": "target", "label": "label"}
        has = {"nothing": "neither 'label' nor 'target'", "label": "a 'label'", "target": "a 'target'"}[self.belongs]
        if statement in needs and self.belongs != needs[statement]:
            allowed = {"nothing": "support", "label": "label, support", "target": "function, support"}[self.belongs]
            yield f"method.statement is '{statement}', which needs a '{needs[statement]}', and the data have {has}; allowed: {allowed}"
        if name in ("augerino", "liegg") and self.belongs == "nothing":
            yield (
                f"method.name is '{name}', which predicts what belongs to an event, and the data have {has}; give one of them, "
                "or another method: liegan, symmetrygan, null_space"
            )


def check_expression(key: str, text: str | None) -> None:
    """Raise ``ValueError`` where an expression cannot be read."""
    if text is None:
        return
    try:
        parse_expression(text)
    except ConfigError as error:
        raise ValueError(f"'{key}' cannot be read: {error}") from None


FORMATS: tuple[FileFormat, ...] = get_args(FileFormat)

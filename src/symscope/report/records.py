"""Numbers with their spread, the published value beside them and where both come from."""

import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Literal, SupportsFloat

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from symscope.errors import DataError
from symscope.io.atomic import atomic_path
from symscope.io.json_files import own_json
from symscope.yaml_files import yaml_values

PathLike = str | os.PathLike[str]
RECORD_ID = r"^[a-z0-9_]+(\.[a-z0-9_]+)+$"


def _finite(value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        message = "is not finite; give null and say why in `note`"
        raise ValueError(message)
    return value


Statistic = Literal["mean", "median", "share", "single"]
Finite = Annotated[float | None, AfterValidator(_finite)]


class PublishedValue(BaseModel):
    """A number as a paper prints it."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    value: Finite
    """The number, in `unit`; null where the paper prints none."""
    std: Finite = None
    """Its printed uncertainty, in `unit`."""
    unit: str = ""
    """Unit of the value; empty for a dimensionless one."""
    source: str
    """Paper and table, figure or file."""
    label: str = "published"
    """What stands before the number, in a few words; where we ran or measured what was published, it says so."""


class Record(BaseModel):
    """One quoted number.

    A value of None means that it was not measured, and `note` must then say why; or that the answer is `text`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    id: str = Field(pattern=RECORD_ID)
    """Dotted lower-case path, such as ``liegan.table_3.lorentznet.auc``."""
    value: Finite
    """Our number, in `unit`; null where it was not measured, or where `text` stands in its place."""
    text: str = ""
    """What was found where that is no number, such as the name of an algebra; then `value` is null."""
    std: Finite = Field(default=None, ge=0)
    """Standard deviation over the seeds, in `unit`; null for a single seed."""
    lowest: Finite = None
    """Lowest value of a seed, in `unit`; null where `value` is no summary of seeds."""
    highest: Finite = None
    """Highest value of a seed, in `unit`."""
    n_seeds: int | None = Field(default=None, ge=0)
    """How many independent seeds the value summarises; null where seeds have no meaning."""
    published: Finite = None
    """The published number, in `unit`."""
    published_std: Finite = None
    """Its printed uncertainty, in `unit`."""
    published_label: str = "published"
    """What stands before the published number; see :class:`PublishedValue`."""
    is_bound: bool = False
    """Whether `value` is only a lower bound; `note` says why."""
    applies: bool = True
    """Whether there is such a quantity at all; where not, `value` is null and `note` says why."""
    scale: str = ""
    """The size of the run in words, such as "20,000 jets, 100 epochs"."""
    source: str = ""
    """Where the published number is from."""
    unit: str = ""
    """Unit; empty for a dimensionless number."""
    label: str = ""
    """What the number is, in words for a reader."""
    statistic: Statistic = "single"
    """How `value` summarises the seeds; ``share`` is that of the seeds of which something holds."""
    note: str = ""
    """What a reader must know to judge the number, above all why it is missing."""

    @property
    def ends(self) -> tuple[float, float] | None:
        """The range that the seeds tell: the lowest and the highest around a median, else a standard deviation each way.

        None where there is no value. A number without spread is a range of its own.
        """
        if self.value is None:
            return None
        if self.statistic == "median":
            return (
                self.value if self.lowest is None else self.lowest,
                self.value if self.highest is None else self.highest,
            )
        return self.value - (self.std or 0.0), self.value + (self.std or 0.0)

    def agrees(self, other: "Record") -> bool:
        """Tell whether two numbers are alike: each lies in the range of the other, so that a huge spread wins nothing."""
        return self._holds(other) and other._holds(self)

    def _holds(self, other: "Record") -> bool:
        ends = self.ends
        return ends is not None and other.value is not None and ends[0] <= other.value <= ends[1]

    @model_validator(mode="after")
    def _explain_missing(self) -> "Record":
        if self.value is None and not self.note and not self.text:
            message = f"record {self.id} has no value; say why in `note`"
            raise ValueError(message)
        if self.text and (self.value is not None or not self.applies):
            message = f"record {self.id} has the text '{self.text}'; it cannot have a value besides, or not apply"
            raise ValueError(message)
        if self.value is not None and not self.applies:
            message = f"record {self.id} has a value; it cannot be that it does not apply"
            raise ValueError(message)
        return self


def summarise_seeds(
    identifier: str,
    values: Sequence[SupportsFloat | None],
    *,
    statistic: Statistic = "mean",
    published: Mapping[str, PublishedValue] | None = None,
    scale: str = "",
    unit: str = "",
    label: str = "",
    note: str = "",
) -> Record:
    """Make the record of one quantity from its values, one for each seed.

    Parameters
    ----------
    identifier
        The record's id.
    values
        One value for each seed, in `unit`. None and non-finite values count as failed seeds: they are left out of
        value and spread, and the note says how many.
    statistic
        ``mean`` or ``median``; ``share`` for values of 0 and 1, which have a mean and no spread; ``single`` for a number
        that is not a summary of seeds (then `values` has length one).
    published
        Published values by id, as :func:`load_published` gives them.
    scale, unit, label, note
        As in :class:`Record`.

    Returns
    -------
    Record
        Its `std` is the sample standard deviation (n - 1) over the finite values, None below two of them; `lowest` and
        `highest` are their ends. A share has neither.
    """
    if statistic == "single" and len(values) != 1:
        raise DataError(
            f"record {identifier}: {len(values)} values for a single number; use statistic 'mean' or 'median'"
        )
    finite = np.array([float(v) for v in values if v is not None and math.isfinite(float(v))], dtype=np.float64)
    notes = [note] if note else []
    if len(finite) < len(values):
        notes.append(f"{len(values) - len(finite)} of {len(values)} seeds gave no finite value and are left out.")
    if not len(values):
        notes.append("No seed was run.")
    summary = np.median if statistic == "median" else np.mean
    spreads = statistic in {"mean", "median"}
    reference = (published or {}).get(identifier)
    return Record(
        id=identifier,
        value=float(summary(finite)) if len(finite) else None,
        std=float(finite.std(ddof=1)) if spreads and len(finite) > 1 else None,
        lowest=float(finite.min()) if spreads and len(finite) else None,
        highest=float(finite.max()) if spreads and len(finite) else None,
        n_seeds=None if statistic == "single" else len(finite),
        published=reference.value if reference else None,
        published_std=reference.std if reference else None,
        published_label=reference.label if reference else "published",
        scale=scale,
        source=reference.source if reference else "",
        unit=unit or (reference.unit if reference else ""),
        label=label,
        statistic=statistic,
        note=" ".join(notes),
    )


def missing_record(
    identifier: str,
    note: str,
    *,
    published: Mapping[str, PublishedValue] | None = None,
    label: str = "",
    applies: bool = True,
) -> Record:
    """Make the record of a number that was not measured, or that cannot be where it does not apply; `note` says why."""
    return summarise_seeds(
        identifier, [None], statistic="single", published=published, label=label, note=note
    ).model_copy(update={"note": note, "applies": applies})


def text_record(identifier: str, text: str, *, label: str = "", note: str = "", scale: str = "") -> Record:
    """Make the record of an answer in words, such as the name of an algebra."""
    return Record(id=identifier, value=None, text=text, label=label, note=note, scale=scale)


def load_published(path: PathLike) -> dict[str, PublishedValue]:
    """Read the published numbers, a YAML mapping of record id to value, unit and source.

    Raises
    ------
    DataError
        The file is not such a mapping; the message names the entry.
    """
    content = yaml_values(path, "the list of published numbers", DataError)
    if not isinstance(content, dict):
        raise DataError(f"{path}: expected a mapping of record id to published value, found {type(content).__name__}")
    result = {}
    for key, entry in content.items():
        try:
            result[str(key)] = PublishedValue.model_validate(entry)
        except ValidationError as error:
            raise DataError(f"{path}, entry {key}: {_first_error(error)}") from error
    return result


def write_records(records: Iterable[Record], path: PathLike) -> None:
    """Write records as JSON, sorted by id; a repeated id is refused."""
    content = {"format": "symscope-records", "records": [r.model_dump() for r in _sorted_unique(records, str(path))]}
    with atomic_path(path) as aside:
        aside.write_text(json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False) + "\n", encoding="utf-8")


def read_records(path: PathLike) -> list[Record]:
    """Read records from a JSON file of :func:`write_records` or :func:`collect_summary`.

    Raises
    ------
    DataError
        The file is no such JSON, or a record in it is impossible; the message names file and record.
    """
    with own_json(path, "file of records") as content:
        return _records(content, path)


def _records(content: object, path: PathLike) -> list[Record]:
    if not isinstance(content, dict) or not isinstance(content.get("records"), list):
        raise DataError(
            f"{path} is no file of records: it has no list `records`; remake it with the rule that wrote it"
        )
    records = []
    for position, entry in enumerate(content["records"]):
        try:
            records.append(Record.model_validate(entry))
        except ValidationError as error:
            name = entry.get("id", position) if isinstance(entry, dict) else position
            raise DataError(f"{path}, record {name}: {_first_error(error)}") from error
    return records


def collect_summary(paths: Iterable[PathLike], output: PathLike) -> list[Record]:
    """Gather the records of many files into one machine-readable summary.

    Parameters
    ----------
    paths
        Files of :func:`write_records`.
    output
        The summary, JSON of the same form, sorted by id. Only a note stands where a number is missing: never NaN.

    Raises
    ------
    DataError
        The same id comes from two files.
    """
    seen: dict[str, str] = {}
    records: list[Record] = []
    for path in paths:
        for record in read_records(path):
            if record.id in seen:
                raise DataError(
                    f"record {record.id} is in both {seen[record.id]} and {path}; an id stands for one number"
                )
            seen[record.id] = str(path)
            records.append(record)
    write_records(records, output)
    return sorted(records, key=lambda record: record.id)


def _sorted_unique(records: Iterable[Record], where: str) -> list[Record]:
    result = sorted(records, key=lambda record: record.id)
    for first, second in pairwise(result):
        if first.id == second.id:
            raise DataError(f"{where}: record {first.id} is there twice; an id stands for one number")
    return result


def _first_error(error: ValidationError) -> str:
    details = error.errors()[0]
    place = ".".join(str(part) for part in details["loc"])
    return f"{place}: {details['msg']}" if place else str(details["msg"])

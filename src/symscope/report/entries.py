"""What the report knows of a target: its text, its files, its numbers and how it was made."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from symscope.errors import DataError
from symscope.io.atomic import atomic_path
from symscope.io.json_files import DELETE_IT, own_json
from symscope.report.records import RECORD_ID
from symscope.report.tables import TableLayout
from symscope.yaml_files import yaml_values

PathLike = str | os.PathLike[str]


class Highlight(BaseModel):
    """A number that is set large at the top of the page."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    record: str = Field(pattern=RECORD_ID)
    """Id of the number."""
    label: str
    """What it is, in a few words."""


class TargetText(BaseModel):
    """What a person wrote about a target, kept as YAML under ``resources/targets``.

    In `finding` and `caption`, ``{liegan.figure_5.span_cosine}`` stands for that record's value with its spread;
    ``{id:brief}`` for the value alone with two significant digits; ``{id:published}``, ``{id:published_label}``, ``{id:n_seeds}``, ``{id:scale}`` and ``{id:note}`` for its other fields.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    name: str = Field(pattern=r"^[a-z0-9_]+$")
    """Name of the target, as typed after ``snakemake``."""
    title: str
    """Heading."""
    kind: Literal["figure", "table"]
    """What is shown: a figure needs the file ``svg``, a table the file ``json``."""
    category: str = "Results"
    """Heading in the table of contents under which the target stands."""
    order: int = 100
    """Place on the page; smaller comes first."""
    finding: str = ""
    """One or two sentences for the page's opening."""
    caption: str
    """What is seen, how to read it, and what to beware of."""
    alt: str = ""
    """What a reader who cannot see the figure should be told."""
    animation: str = ""
    """The same for the animation, where there is one among the files (``gif``)."""
    highlights: tuple[Highlight, ...] = ()
    """Numbers for the top of the page."""
    records: tuple[str, ...] = ()
    """Ids of the target's numbers, or first parts of ids that stand for all below them."""
    table: TableLayout | None = None
    """Rows and columns, for a table."""


class ReportEntry(TargetText):
    """A target that has been made."""

    files: dict[str, str]
    """What was written, by a short name (``svg``, ``pdf``, ``csv``, ...); paths relative to the working directory."""
    steps: tuple[dict[str, Any], ...] = ()
    """Provenance of the steps that led here, in order."""
    command: str = ""
    """The command that remakes it."""

    def owns(self, identifier: str) -> bool:
        """Tell whether a record belongs to this target."""
        return any(identifier == part or identifier.startswith(f"{part}.") for part in self.records)


def read_target(path: PathLike) -> TargetText:
    """Read the text of a target from YAML.

    Raises
    ------
    DataError
        A key is missing, misspelt or impossible; the message names it.
    """
    try:
        return TargetText.model_validate(yaml_values(path, "the description of a target", DataError))
    except ValidationError as error:
        raise DataError(f"{path} does not describe a target: {_lines(error)}") from error


def write_entry(
    path: PathLike,
    target: TargetText,
    *,
    files: Mapping[str, PathLike],
    provenance: Iterable[Mapping[str, Any] | PathLike] = (),
    command: str | None = None,
) -> ReportEntry:
    """Write the report's entry of a target that has been made, as JSON; see :func:`make_entry`."""
    entry = make_entry(target, files=files, provenance=provenance, command=command)
    with atomic_path(path) as aside:
        aside.write_text(entry.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return entry


def make_entry(
    target: TargetText,
    *,
    files: Mapping[str, PathLike],
    provenance: Iterable[Mapping[str, Any] | PathLike] = (),
    command: str | None = None,
) -> ReportEntry:
    """Put together the report's entry of a target that has been made.

    Parameters
    ----------
    target
        Its text, from :func:`read_target`.
    files
        Its files by short name. ``svg`` (figure) or ``json`` (table) is shown on the page, ``gif`` where the reader asks for
        it, the others are linked.
    provenance
        How each step that led here was made: mappings, or JSON files that hold one. The keys ``step``, ``command``,
        ``version``, ``python``, ``seconds``, ``seeds``, ``settings`` and ``packages`` have a place of their own on the
        page; any other key is shown too.
    command
        What remakes it; by default ``snakemake --cores 4 <name>``.

    Raises
    ------
    DataError
        The file to be shown is not among `files`, or a provenance file is no JSON object.
    """
    shown = "svg" if target.kind == "figure" else "json"
    if shown not in files:
        raise DataError(
            f"target {target.name}: a {target.kind} needs the file `{shown}`, found {', '.join(files) or 'none'}"
        )
    return ReportEntry(
        **target.model_dump(),
        files={name: Path(file).as_posix() for name, file in files.items()},
        steps=tuple(_read_step(step) for step in provenance),
        command=command if command is not None else f"snakemake --cores 4 {target.name}",
    )


def read_entries(paths: Iterable[PathLike]) -> list[ReportEntry]:
    """Read entries and put them in the page's order: those of a category together, the category with the first one first.

    Raises
    ------
    DataError
        A file is no entry, or two have the same name.
    """
    entries: dict[str, ReportEntry] = {}
    for path in paths:
        try:
            entry = ReportEntry.model_validate_json(Path(path).read_bytes())
        except (OSError, ValidationError) as error:
            raise DataError(f"{path} is no entry of the report: {_lines(error)}; {DELETE_IT}") from error
        if entry.name in entries:
            raise DataError(f"{path}: the report already has an entry {entry.name}")
        entries[entry.name] = entry
    first: dict[str, int] = {}
    for entry in entries.values():
        first[entry.category] = min(entry.order, first.get(entry.category, entry.order))
    return sorted(entries.values(), key=lambda entry: (first[entry.category], entry.category, entry.order, entry.name))


def _read_step(step: Mapping[str, Any] | PathLike) -> dict[str, Any]:
    content: Any
    if isinstance(step, Mapping):
        content = dict(step)
        name = None
    else:
        name = Path(step).name.partition(".")[0]
        with own_json(step, "provenance") as content:
            pass
    if not isinstance(content, dict):
        raise DataError(f"provenance {step} is a {type(content).__name__}; expected a mapping of names to values")
    if name is not None:
        content.setdefault("step", name)
    result: dict[str, Any] = json.loads(json.dumps(content, default=str))
    return result


def _lines(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5])
    return " ".join(str(error).split())

"""One self-contained HTML page for people: what was found, the figures and tables, how each was made."""

import base64
import os
import re
from collections.abc import Mapping, Sequence
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from symscope.errors import DataError
from symscope.io.atomic import atomic_path
from symscope.report.display import record_text
from symscope.report.entries import ReportEntry
from symscope.report.environment import template_environment
from symscope.report.format import format_brief, format_published, format_seconds
from symscope.report.identity import Identity
from symscope.report.records import Record
from symscope.report.tables import Table, read_table

PathLike = str | os.PathLike[str]

PLACEHOLDER = re.compile(r"\{([a-z0-9_]+(?:\.[a-z0-9_]+)+)(?::([a-z_]+))?\}")
FILE_LABELS = {
    "svg": "SVG",
    "pdf": "PDF",
    "csv": "CSV",
    "tex": "LaTeX",
    "html": "HTML",
    "json": "JSON",
    "png": "PNG",
    "gif": "GIF",
    "hdf5": "HDF5",
}


class FileLink(NamedTuple):
    """A link to a file beside the page."""

    label: str
    url: str
    name: str
    size: str


class Step(NamedTuple):
    """One step of how a target was made."""

    name: str
    facts: list[tuple[str, str]]
    settings: list[tuple[str, str]]
    packages: list[tuple[str, str]]


class Section(NamedTuple):
    """All that the template needs of one entry."""

    entry: ReportEntry
    finding: str
    caption: str
    image: str
    animation: str
    table: Table | None
    records: list[Record]
    scales: list[str]
    files: list[FileLink]
    steps: list[Step]
    identities: list[Identity]


def render_report(
    entries: Sequence[ReportEntry],
    records: Sequence[Record],
    provenance: Mapping[str, Any],
    output: PathLike,
    *,
    title: str = "symscope",
    lead: str = "",
    base: PathLike = ".",
    links: Mapping[str, PathLike] | None = None,
    identities: Mapping[str, Sequence[Identity]] | None = None,
    template: str = "page.html.jinja",
    more: Mapping[str, Any] | None = None,
) -> None:
    """Write the report.

    The page needs no network and no script. Figures are embedded as images, in which no script runs; every text from a
    file is escaped.

    Parameters
    ----------
    entries
        What to show, in order (:func:`symscope.report.read_entries`).
    records
        The numbers that the texts, tables and boxes quote.
    provenance
        How the whole run was made.
    output
        The HTML file.
    title, lead
        Heading of the page and the sentences below it; the latter may quote records like an entry's texts.
    base
        The folder to which the entries' file paths are relative.
    links
        Further files for the foot of the page, by label, such as the summary.
    identities
        What is said of the discoveries that an entry shows, by the entry's name; its section opens with them.
    template, more
        Another template, which extends ``page.html.jinja``, and what it needs besides.

    Raises
    ------
    DataError
        A linked file does not exist, a text quotes an unknown record, a figure is no SVG, or an animation no GIF.
    """
    by_id = {record.id: record for record in records}
    target = Path(output)
    sections = [
        _section(entry, by_id, Path(base), target.parent)._replace(
            identities=list((identities or {}).get(entry.name, []))
        )
        for entry in entries
    ]
    highlights = [(h.label, _record(h.record, by_id, e.name), e.name) for e in entries for h in e.highlights]
    environment = template_environment()
    html = environment.get_template(template).render(
        title=title,
        lead=fill_text(lead, by_id, "the lead"),
        css=Markup(resources.files("symscope.report").joinpath("templates/report.css").read_text("utf-8")),
        sections=sections,
        contents=[(category, list(group)) for category, group in groupby(sections, key=lambda s: s.entry.category)],
        highlights=highlights,
        records=sorted(records, key=lambda record: record.id),
        run=_step(provenance),
        links=[file_link(label, Path(base) / path, target.parent) for label, path in (links or {}).items()],
        **(more or {}),
    )
    with atomic_path(target) as aside:
        aside.write_text(html, encoding="utf-8")


def fill_text(text: str, records: Mapping[str, Record], where: str = "text") -> str:
    """Put numbers into a text; see :class:`symscope.report.TargetText` for the placeholders.

    Raises
    ------
    DataError
        A placeholder names a record or a field that does not exist.
    """

    def replace(match: re.Match[str]) -> str:
        record = _record(match[1], records, where)
        field = match[2] or "value"
        if field in {"value", "brief"}:
            if record.value is None:
                return record_text(record)
            number = record_text(record) if field == "value" else format_brief(record.value)
            number = f"{number} {record.unit}".rstrip().replace(" ", "\N{NO-BREAK SPACE}")
            return number.replace("\N{NO-BREAK SPACE}[", " [")
        if field == "published":
            return format_published(record.published, record.published_std)
        if field == "n_seeds":
            return "an unknown number of" if record.n_seeds is None else str(record.n_seeds)
        if field in {"published_label", "scale", "note", "source", "label", "unit"}:
            return str(getattr(record, field))
        allowed = "brief, published, published_label, n_seeds, scale, note, source, label, unit"
        raise DataError(f"{where}: {{{match[1]}:{field}}} asks for an unknown field; allowed: {allowed}")

    return PLACEHOLDER.sub(replace, text)


def _section(entry: ReportEntry, records: Mapping[str, Record], base: Path, folder: Path) -> Section:
    own = [record for identifier, record in sorted(records.items()) if entry.owns(identifier)]
    return Section(
        entry=entry,
        finding=fill_text(entry.finding, records, entry.name),
        caption=fill_text(entry.caption, records, entry.name),
        image=_embed_svg(base / entry.files["svg"]) if entry.kind == "figure" else "",
        animation=_embed_gif(base / entry.files["gif"]) if "gif" in entry.files else "",
        table=read_table(base / entry.files["json"]) if entry.kind == "table" else None,
        records=own,
        scales=sorted({record.scale for record in own if record.scale}),
        files=[file_link(FILE_LABELS.get(name, name), base / path, folder) for name, path in entry.files.items()],
        steps=_steps(entry.steps),
        identities=[],
    )


def _record(identifier: str, records: Mapping[str, Record], where: str) -> Record:
    if identifier not in records:
        near = sorted(known for known in records if known.rpartition(".")[0] == identifier.rpartition(".")[0])
        raise DataError(
            f"{where} quotes the record {identifier}, which does not exist; there are: {', '.join(near) or 'none'}"
        )
    return records[identifier]


def _embed_svg(path: Path) -> str:
    if not path.is_file():
        raise DataError(f"the figure {path} does not exist; remake it")
    content = path.read_bytes()
    if b"<svg" not in content[:2000]:
        raise DataError(f"{path} is no SVG file; remake it")
    return f"data:image/svg+xml;base64,{base64.b64encode(content).decode('ascii')}"


def _embed_gif(path: Path) -> str:
    if not path.is_file():
        raise DataError(f"the animation {path} does not exist; remake it")
    content = path.read_bytes()
    if not content.startswith((b"GIF87a", b"GIF89a")):
        raise DataError(f"{path} is no GIF file; remake it")
    return f"data:image/gif;base64,{base64.b64encode(content).decode('ascii')}"


def file_link(label: str, path: Path, folder: Path) -> FileLink:
    """Describe a link from a page in a folder to a file; raises a DataError where there is no such file."""
    if not path.is_file():
        raise DataError(f"the report links to {path}, which does not exist; remake it")
    size = path.stat().st_size
    text = f"{size} B" if size < 1000 else f"{size / 1e3:.0f} kB" if size < 1e6 else f"{size / 1e6:.1f} MB"
    url = quote(Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix())
    return FileLink(label=label, url=url, name=path.name, size=text)


def _steps(contents: Sequence[Mapping[str, Any]]) -> list[Step]:
    """Describe steps; those of one name are told apart by their seeds and by what differs in ``settings.model``."""
    steps = [_step(content) for content in contents]
    marks = [_marks(content) for content in contents]
    for name in {step.name for step in steps}:
        alike = [index for index, step in enumerate(steps) if step.name == name]
        keys = {key for index in alike for key in marks[index]}
        differing = {key for key in keys if len({marks[index].get(key) for index in alike}) > 1}
        for index in alike:
            words = [f"{key} {value}".strip() for key, value in marks[index].items() if key in differing]
            steps[index] = steps[index]._replace(name=", ".join([name, *words]))
    return steps


def _marks(content: Mapping[str, Any]) -> dict[str, str]:
    settings = content.get("settings")
    model = settings.get("model", {}) if isinstance(settings, Mapping) else {}
    marks = (
        {key.replace("_", " "): text for key, text in _flatten(model)}
        if isinstance(model, Mapping)
        else {"": str(model)}
    )
    seeds = content.get("seeds")
    return marks | ({"seed": _plain(seeds)} if seeds else {})


def _step(content: Mapping[str, Any]) -> Step:
    rest = dict(content)
    name = str(rest.pop("step", rest.pop("rule", "")))
    settings = rest.pop("settings", {})
    packages = rest.pop("packages", {})
    facts = []
    labels = {"command": "Command", "seconds": "Run time", "seeds": "Seeds", "version": "symscope", "python": "Python"}
    for key, label in labels.items():
        value = rest.pop(key, None)
        if value not in (None, [], ()):
            facts.append((label, format_seconds(float(value)) if key == "seconds" else _plain(value)))
    facts += [(key.replace("_", " ").capitalize(), text) for key, text in _flatten(rest)]
    return Step(name, facts, _flatten(settings), _flatten(packages))


def _flatten(value: object, prefix: str = "") -> list[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        lines = []
        for key, item in value.items():
            lines += _flatten(item, f"{prefix}.{key}" if prefix else str(key))
        return lines
    return [(prefix, _plain(value))] if prefix else []


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value:.8g}"
    if isinstance(value, list | tuple):
        return ", ".join(_plain(item) for item in value) or "none"
    return str(value)

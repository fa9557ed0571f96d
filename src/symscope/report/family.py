"""One page for several methods on the same data: a table of them side by side, then what each found."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from symscope.io.files import PathLike, path_list
from symscope.provenance import provenance
from symscope.report.entries import ReportEntry, TargetText, make_entry
from symscope.report.experiment_methods import method_title
from symscope.report.identity import Identity, read_identity
from symscope.report.page import file_link, render_report
from symscope.report.records import Record, read_records
from symscope.report.tables import TableColumn, TableLayout, TableRow, make_table, write_table

COLUMNS = (
    TableColumn(key="dimension", label="Generators"),
    TableColumn(key="algebra", label="Algebra"),
    TableColumn(key="holds", label="Symmetric are"),
    TableColumn(key="agreement", label="Agree"),
    TableColumn(key="auc", label="Held-out AUC"),
    TableColumn(key="cosine", label="|cosine| with the truth", better="higher"),
    TableColumn(key="span_cosine", label="Cosine with the truth", better="higher"),
    TableColumn(key="metric_cosine", label="|cosine| of the metric", better="higher"),
    TableColumn(key="found", label="Not stationary"),
    TableColumn(key="seconds", label="Time", unit="s"),
)
"""Quantities of the table; those that no method has are left out."""


def report_family(inputs: Mapping[str, Any], outputs: Mapping[str, PathLike], settings: Mapping[str, Any]) -> None:
    """Write the page.

    Parameters
    ----------
    inputs
        Paths in the order of the members: `numbers`, `pictures`, `pages`; and `identities` of those that have one.
    outputs
        Paths of `page`, `csv`, `tex`, `html` and `json`.
    settings
        Plain values: `name`; `members`, their names; `methods`, their methods; `dataset`, its name; `scales`, the size of each run;
        and `command`.
    """
    members, page = settings["members"], Path(outputs["page"])
    titles = {
        member: method_title(method, member.removeprefix(f"{settings['name']}_"))
        for member, method in zip(members, settings["methods"], strict=True)
    }
    records = [record for path in path_list(inputs["numbers"]) for record in read_records(path)]
    layout = _layout(records, titles)
    files = {name: outputs[name] for name in ("csv", "tex", "html", "json")}
    write_table(make_table(records, layout, "Methods side by side"), **files)
    identities = {identity.experiment: identity for identity in map(read_identity, path_list(inputs["identities"]))}
    table = TargetText(
        name="methods",
        title="Methods side by side",
        kind="table",
        category="Together",
        order=1,
        caption="What each method found in the same data. For methods that train, the number of generators is a setting and no "
        "result; what differs between methods may be their settings.",
        records=tuple(f"{layout.prefix}.{member}" for member in members),
        table=layout,
    )
    entries = [make_entry(table, files=files, command=settings["command"])]
    for member, picture, order in zip(members, path_list(inputs["pictures"]), range(2, 2 + len(members)), strict=True):
        entries.append(_entry(member, titles[member], picture, settings, order))
    render_report(
        entries,
        records,
        provenance(step="this page", settings={}) | {"scales": settings["scales"]},
        page,
        title=settings["name"].replace("_", " "),
        lead=f"What {len(members)} methods find in {settings['dataset'].replace('_', ' ')}.",
        identities={member: [identities[member]] for member in members if member in identities},
        template="family.html.jinja",
        more={
            "answers": _answers(members, identities, titles),
            "pages": [
                file_link(titles[member], Path(path), page.parent)
                for member, path in zip(members, path_list(inputs["pages"]), strict=True)
            ],
            "command": settings["command"],
        },
    )


def _layout(records: Sequence[Record], titles: Mapping[str, str]) -> TableLayout:
    there = {record.id.rpartition(".")[2] for record in records}
    return TableLayout(
        prefix="experiment",
        row_heading="Method",
        rows=tuple(TableRow(key=member, label=title) for member, title in titles.items()),
        columns=tuple(column for column in COLUMNS if column.key in there),
        statistic="median",
    )


def _entry(member: str, title: str, picture: PathLike, settings: Mapping[str, Any], order: int) -> ReportEntry:
    text = TargetText(
        name=member,
        title=title,
        kind="figure",
        category="Each method",
        order=order,
        caption="What it found; its own page says how to read it, and has the files.",
        alt=f"Pictures of what {title} found.",
    )
    return make_entry(
        text, files={"svg": picture}, command=f"{settings['command'].replace(settings['name'], member, 1)}"
    )


def _answers(
    members: Sequence[str], identities: Mapping[str, Identity], titles: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """Name of the section, title and sentence of each method that has one."""
    return [(member, titles[member], identities[member].sentence) for member in members if member in identities]

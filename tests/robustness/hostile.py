"""A report of results whose every name, unit and text tries to be markup."""

from pathlib import Path

from matplotlib.figure import Figure

from symscope.plotting.style import save_figure
from symscope.report.entries import TargetText, read_entries, write_entry
from symscope.report.page import render_report
from symscope.report.records import Record
from symscope.report.tables import TableColumn, TableLayout, TableRow, make_table, write_table

SCRIPT = "<script>window.sprung = true; document.title = 'sprung'</script>"
IMAGE = '<img src=x onerror="window.sprung = true">'
BAD = f"{SCRIPT}{IMAGE}\"'>&{{{{ 7 * 7 }}}}"


def hostile_page(folder: Path) -> Path:
    """Write the page."""
    figure = Figure()
    figure.subplots().set_title(BAD)
    save_figure(figure, folder / "f.svg", folder / "f.pdf")
    record = Record(id="a.b.c", value=1.5, std=0.5, n_seeds=2, label=BAD, unit=BAD, note=BAD, source=BAD, scale=BAD)
    layout = TableLayout(
        prefix="a",
        row_heading=BAD,
        rows=(TableRow(key="b", label=BAD),),
        columns=(TableColumn(key="c", label=BAD, unit=BAD),),
    )
    kinds = {"figure": {"svg": folder / "f.svg"}, "table": {}}
    kinds["table"] = {name: folder / f"t.{name}" for name in ("csv", "tex", "html", "json")}
    write_table(make_table([record], layout, BAD), **kinds["table"])
    entries = []
    for kind, files in kinds.items():
        target = TargetText(
            name=f"hostile_{kind}", kind=kind, title=BAD, caption=f"{BAD} {{a.b.c}}", finding=BAD, category=BAD, records=("a",),
            table=layout if kind == "table" else None, order=1, alt=BAD,
        )  # fmt: skip
        step = {"step": BAD, "settings": {BAD: BAD}, "seeds": [1], "packages": {BAD: BAD}, BAD: BAD}
        entries.append(folder / f"{kind}.json")
        write_entry(entries[-1], target, files=files, provenance=[step], command=BAD)
    page = folder / "index.html"
    (folder / "summary.json").write_text("{}")
    render_report(
        read_entries(entries),
        [record],
        {"step": BAD, "settings": {BAD: BAD}},
        page,
        title=BAD,
        lead=BAD,
        links={BAD: folder / "summary.json"},
    )
    return page

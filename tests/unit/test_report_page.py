"""The page: self-contained, complete, escaped; errors name what is missing."""

import re

import pytest

from symscope.errors import DataError
from symscope.report.entries import TargetText, read_entries, read_target, write_entry
from symscope.report.page import fill_text, render_report
from symscope.report.records import Record

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>'
EVIL = "<script>alert(1)</script>\"'&{{ 7*7 }}"


@pytest.fixture
def entry(tmp_path):
    for name in ("a b.svg", "a.pdf"):
        (tmp_path / name).write_text(SVG)
    target = TargetText(
        name="fig",
        title=EVIL,
        kind="figure",
        caption=f"{EVIL} {{x.auc}}",
        alt=EVIL,
        finding="AUC {x.auc}.",
        records=("x",),
    )
    provenance = [
        {"step": EVIL, "seconds": 61, "settings": {EVIL: {"deep": EVIL}}, "packages": {"torch": EVIL}, EVIL: EVIL}
    ]
    files = {"svg": "a b.svg", "pdf": "a.pdf"}
    return write_entry(tmp_path / "fig.json", target, files=files, provenance=provenance)


def render(entry, tmp_path, **more):
    records = [
        Record(
            id="x.auc",
            value=0.5,
            std=0.01,
            n_seeds=3,
            note=EVIL,
            label=EVIL,
            scale=EVIL,
            source=EVIL,
            published=0.4,
            unit=EVIL,
        )
    ]
    render_report(
        [entry],
        records,
        {"version": EVIL},
        tmp_path / "report" / "index.html",
        title=EVIL,
        lead=EVIL,
        base=tmp_path,
        **more,
    )
    return (tmp_path / "report" / "index.html").read_text(encoding="utf-8")


def test_what_comes_from_files_is_escaped(entry, tmp_path):
    html = render(entry, tmp_path)
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 10
    assert "{{ 7*7 }}" in html  # shown, not evaluated


def test_the_page_asks_the_network_for_nothing(entry, tmp_path):
    html = render(entry, tmp_path)
    assert not re.search(r"""(src|href)=["'](https?:)?//""", html)
    assert not re.search(r"url\(|@import", html)
    assert "default-src 'none'" in html


def test_links_are_relative_and_quoted(entry, tmp_path):
    html = render(entry, tmp_path, links={"summary": "a.pdf"})
    assert html.count('href="../a.pdf"') == 2
    assert 'href="../a%20b.svg"' in html
    assert "snakemake --cores 4 fig" in html


def test_the_same_input_gives_the_same_page(entry, tmp_path):
    assert render(entry, tmp_path) == render(entry, tmp_path)


@pytest.mark.parametrize(("name", "message"), [("a b.svg", "does not exist"), ("a.pdf", "links to .*a.pdf")])
def test_a_missing_file_is_named(entry, tmp_path, name, message):
    (tmp_path / name).unlink()
    with pytest.raises(DataError, match=message):
        render(entry, tmp_path)


def test_a_figure_that_is_no_svg_is_refused(entry, tmp_path):
    (tmp_path / "a b.svg").write_text("%PDF")
    with pytest.raises(DataError, match="no SVG"):
        render(entry, tmp_path)


def test_texts_quote_records():
    records = {
        "x.auc": Record(id="x.auc", value=0.91, std=0.02, n_seeds=4, published=0.94, scale="small", unit="GeV"),
        "x.none": Record(id="x.none", value=None, note="no weights"),
    }
    text = "{x.auc}, {x.auc:n_seeds} seeds, {x.auc:published}, {x.auc:scale}; {x.none}: {x.none:note}; {not this} {x}"
    filled = fill_text(text, records)
    assert "0.910\N{NO-BREAK SPACE}±" in filled
    assert (
        filled.replace("\N{NO-BREAK SPACE}", " ")
        == "0.910 ± 0.020 GeV, 4 seeds, 0.94, small; not measured: no weights; {not this} {x}"
    )
    assert fill_text("{x.auc:brief}", records) == "0.91\N{NO-BREAK SPACE}GeV"
    with pytest.raises(DataError, match=r"here quotes the record x\.acu.*there are: x\.auc, x\.none"):
        fill_text("{x.acu}", records, "here")
    with pytest.raises(DataError, match="unknown field"):
        fill_text("{x.auc:colour}", records)


def test_entries_are_ordered_and_unique(tmp_path):
    for order, name in ((2, "b"), (1, "c"), (2, "a")):
        target = TargetText(name=name, title=name, kind="figure", caption="", order=order)
        write_entry(tmp_path / f"{name}.json", target, files={"svg": "x.svg"})
    paths = [tmp_path / f"{name}.json" for name in "abc"]
    assert [entry.name for entry in read_entries(paths)] == ["c", "a", "b"]
    with pytest.raises(DataError, match="already has an entry a"):
        read_entries([paths[0], *paths])


def test_a_category_stands_together(tmp_path):
    """A heading of the contents must not come twice because another category's places lie between."""
    for order, name, category in ((1, "a", "X"), (2, "b", "Y"), (3, "c", "X"), (0, "d", "Y")):
        target = TargetText(name=name, title=name, kind="figure", caption="", order=order, category=category)
        write_entry(tmp_path / f"{name}.json", target, files={"svg": "x.svg"})
    entries = read_entries([tmp_path / f"{name}.json" for name in "abcd"])
    assert [entry.name for entry in entries] == ["d", "b", "a", "c"]


def test_an_entry_needs_the_file_that_it_shows(tmp_path):
    target = TargetText(name="t", title="t", kind="table", caption="")
    with pytest.raises(DataError, match="needs the file `json`, found csv"):
        write_entry(tmp_path / "t.json", target, files={"csv": "t.csv"})


def test_provenance_comes_from_files_too(tmp_path):
    (tmp_path / "fit_metric.provenance.json").write_text('{"seconds": 2}')
    target = TargetText(name="t", title="t", kind="figure", caption="")
    entry = write_entry(
        tmp_path / "t.json", target, files={"svg": "t.svg"}, provenance=[tmp_path / "fit_metric.provenance.json"]
    )
    assert entry.steps == ({"seconds": 2, "step": "fit_metric"},)
    (tmp_path / "bad.json").write_text("[1]")
    with pytest.raises(DataError, match="expected a mapping"):
        write_entry(tmp_path / "t.json", target, files={"svg": "t.svg"}, provenance=[tmp_path / "bad.json"])


def test_steps_of_one_name_show_what_distinguishes_them(entry, tmp_path):
    steps = [
        {"step": "train", "settings": {"model": {"metric": metric, "include_momenta": False}}, "seeds": [seed]}
        for metric in ("minkowski", "euclidean")
        for seed in (0, 1)
    ]
    html = render(entry.model_copy(update={"steps": (*steps, {"step": "once", "seeds": [3]})}), tmp_path)
    assert re.findall("<h4>(.*)</h4>", html)[:5] == [
        "train, metric minkowski, seed 0",
        "train, metric minkowski, seed 1",
        "train, metric euclidean, seed 0",
        "train, metric euclidean, seed 1",
        "once",
    ]


def test_what_we_ran_ourselves_is_not_called_published():
    record = Record(id="x.auc", value=3000.0, is_bound=True, note="n", published=0.978, published_label="run by us")
    assert fill_text("{x.auc}; {x.auc:published_label}", {"x.auc": record}) == "≥\N{NO-BREAK SPACE}3,000; run by us"


def test_every_target_of_the_repository_can_be_read(repository):
    paths = sorted((repository / "resources" / "targets").glob("*.yaml"))
    targets = [read_target(path) for path in paths]
    assert [target.name for target in targets] == [path.stem for path in paths]
    assert {"liegan_figure_5", "liegan_figure_6", "liegan_table_3", "jets_fidelity"} <= {
        target.name for target in targets
    }
    assert all(target.alt for target in targets if target.kind == "figure")
    assert all((repository / "workflow" / "report" / f"{target.name}.rst").is_file() for target in targets)


def test_a_misspelt_key_of_a_target_is_named(tmp_path):
    (tmp_path / "t.yaml").write_text("name: t\ntitle: t\nkind: figure\ncaption: c\ncolour: red\n")
    with pytest.raises(DataError, match=r"t\.yaml does not describe a target: colour"):
        read_target(tmp_path / "t.yaml")

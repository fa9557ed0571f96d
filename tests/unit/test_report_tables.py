"""Numbers and tables as text, LaTeX, HTML and CSV."""

import csv
import io
import shutil
import subprocess

import pytest

from symscope.errors import DataError
from symscope.report.format import format_measured, format_number, format_range, format_seconds
from symscope.report.records import PublishedValue
from symscope.report.tables import (
    TableColumn,
    TableLayout,
    TableRow,
    make_table,
    read_table,
    summarise_runs,
    table_csv,
    table_html,
    table_latex,
    write_table,
)
from symscope.report.tagging import tagging_records

LAYOUT = TableLayout(
    prefix="x.table_1",
    rows=(
        TableRow(key="one", label="One & <b>_1"),
        TableRow(key="two", label="Two"),
        TableRow(key="three", label="Three"),
    ),
    columns=(
        TableColumn(key="auc", label="AUC", better="higher"),
        TableColumn(key="speed", label="Speed", unit="jets/s"),
    ),
)
RUNS = {
    "one": [{"auc": 0.90, "speed": 1000.0}, {"auc": 0.92, "speed": 1200.0}],
    "two": [{"auc": 0.80, "speed": None}, {"auc": 0.81, "speed": None}],
}
PUBLISHED = {"x.table_1.one.auc": PublishedValue(value=0.94, source="paper")}


@pytest.fixture
def table():
    return make_table(summarise_runs(RUNS, LAYOUT, published=PUBLISHED, scale="small"), LAYOUT, "Title <i>")


@pytest.mark.parametrize(
    ("value", "std", "text"),
    [
        (0.93124, 0.0021, "0.9312 ± 0.0021"),
        (0.93124, 0.0062, "0.931 ± 0.006"),
        (2192.75, 173.0, "2,193 ± 173"),
        (0.5, None, "0.5"),
        (1 / 3, None, "0.3333"),
        (224_000.0, 0.0, "224,000"),
        (2.43e-6, 0.22e-6, "(2.43 ± 0.22) \N{MULTIPLICATION SIGN} 10⁻⁶"),
        (3.2e-7, None, "3.2 \N{MULTIPLICATION SIGN} 10⁻⁷"),
        (0.0, 0.0, "0"),
        (None, None, "not measured"),
        (-0.25, 0.01, "\N{MINUS SIGN}0.250 ± 0.010"),
        (-0.0004, 0.02, "0.000 ± 0.020"),
        (12.3, 3.8e12, "12.3 ± 3.80 \N{MULTIPLICATION SIGN} 10¹²"),
    ],
)
def test_the_spread_decides_the_digits(value, std, text):
    assert format_measured(value, std) == text


@pytest.mark.parametrize(
    ("value", "low", "high", "text"),
    [
        (1.92e-5, 1.44e-5, 2.54e-5, "1.9 [1.4 to 2.5] x 10⁻⁵"),
        (12.3, 1.408, 6.55e12, "12.3 [1.41 to 6.55 x 10¹²]"),
        (1.3034e-3, 3.3e-5, 1.3675e-3, "0.00130 [0.00003 to 0.00137]"),
        (0.2281, 1.04e-5, 0.607, "0.23 [0.00 to 0.61]"),
        (0.999942, 0.999941, 0.9999546, "0.999942 [0.999941 to 0.999955]"),
        (16.0, 8.0, 24.0, "16 [8 to 24]"),
        (1.0, 0.0, 900.0, "1 [0 to 900]"),
        (0.25, 0.25, 0.25, "0.25"),
        (0.0, 0.0, 0.0, "0"),
    ],
)
def test_the_nearer_end_of_a_range_stays_apart(value, low, high, text):
    assert format_range(value, low, high) == text.replace("x", "\N{MULTIPLICATION SIGN}")


def test_durations_have_a_human_unit():
    assert [format_seconds(s) for s in (0.04, 47.31, 184.0, 30000.0)] == ["40 ms", "47.3 s", "3 min 4 s", "8 h 20 min"]
    assert format_number(12_345_678.0) == "1.235 \N{MULTIPLICATION SIGN} 10⁷"


def test_runs_become_records(table):
    cell = table.cells[0][0]
    assert (cell.id, cell.published, cell.n_seeds, cell.scale) == ("x.table_1.one.auc", 0.94, 2, "small")
    assert cell.value == pytest.approx(0.91)
    assert "2 of 2 seeds" in table.cells[1][1].note
    assert table.cells[2][0].note == "This row was not run."


def test_an_unknown_row_is_named():
    with pytest.raises(DataError, match="no row four; rows: one, two, three"):
        summarise_runs({"four": [{"auc": 1.0}]}, LAYOUT)


def test_bold_marks_the_best_and_what_is_within_the_spread(table):
    assert table.best(0) == {0}
    assert table.best(1) == set()
    close = {"one": [{"auc": 0.90}, {"auc": 0.92}], "two": [{"auc": 0.89}, {"auc": 0.91}], "three": [{"auc": 0.5}]}
    assert make_table(summarise_runs(close, LAYOUT), LAYOUT, "t").best(0) == {0, 1}


def test_a_seed_that_diverges_neither_hides_the_median_nor_is_best():
    """Such are the errors of a method that fails: with a standard deviation every row would lie within its spread."""
    layout = LAYOUT.model_copy(update={"columns": (LAYOUT.columns[1].model_copy(update={"better": "lower"}),)})
    layout = layout.model_copy(update={"statistic": "median"})
    runs = {"one": [{"speed": v} for v in (1.4, 12.3, 6.55e12)], "two": [{"speed": v} for v in (2e-6, 3e-6, 4e-6)]}
    table = make_table(summarise_runs(runs, layout), layout, "t")
    assert table.best(0) == {1}
    assert table.text(0, 0) == "12.3 [1.40 to 6.55 \N{MULTIPLICATION SIGN} 10¹²]"
    assert r"$12.3\ [1.40\mbox{ to }6.55 \times 10^{12}]$" in table_latex(table)
    assert "brackets hold the lowest and the highest seed. Bold: the best value of a column and" in table_html(table)
    (failed, *_) = csv.DictReader(io.StringIO(table_csv(table)))
    assert (failed["speed_lowest"], failed["speed_highest"]) == ("1.4", "6550000000000.0")


def test_a_column_may_set_the_decimals_of_numbers_without_spread():
    column = TableColumn(key="c", label="C", decimals=2)
    layout = TableLayout(prefix="a.b", rows=(TableRow(key="r", label="R"),), columns=(column,))
    for values, text in (([-0.0123456], "\N{MINUS SIGN}0.01"), ([83.69], "83.69"), ([0.5, 0.7], "0.60 ± 0.14")):
        table = make_table(summarise_runs({"r": [{"c": value} for value in values]}, layout), layout, "t")
        assert table.text(0, 0) == text


def test_csv_keeps_all_digits(table):
    rows = list(csv.DictReader(io.StringIO(table_csv(table))))
    assert float(rows[0]["auc"]) == table.cells[0][0].value
    assert rows[0]["auc_published"] == "0.94"
    assert rows[1]["speed [jets/s]"] == ""
    assert rows[0]["Model"] == "One & <b>_1"


def test_html_escapes_and_marks(table):
    html = table_html(table)
    assert "One &amp; &lt;b&gt;_1" in html
    assert "<b>" not in html
    assert "<i>" not in html
    assert '<span class="ours best">0.910 ± 0.014</span>' in html
    assert html.count("not measured") == 3


def test_latex_escapes_and_typesets(table):
    text = table_latex(table)
    assert r"One \& <b>\_1 & \boldmath$0.910 \pm 0.014$\unboldmath{} & $1{,}100 \pm 141$ \\" in text
    assert r"\quad published & $0.94$ &  \\" in text
    assert "Three & -- & -- \\\\" in text


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_latex_compiles(table, tmp_path):
    source = (
        "\\documentclass{article}\\usepackage{booktabs}\\begin{document}\n" + table_latex(table) + "\\end{document}\n"
    )
    (tmp_path / "t.tex").write_text(source, encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]


def test_a_table_survives_its_json(table, tmp_path):
    write_table(table, **{kind: tmp_path / f"t.{kind}" for kind in ("csv", "tex", "html", "json")})
    assert read_table(tmp_path / "t.json") == table
    assert (tmp_path / "t.html").read_text(encoding="utf-8") == table_html(table)
    (tmp_path / "t.json").write_text("{}")
    with pytest.raises(DataError, match="is no table of symscope"):
        read_table(tmp_path / "t.json")


def an_evaluation(rejection: float, *, bound: bool) -> dict:
    error = {"median_logit": 0.02, "max_logit": 6.0, "logit_spread": 4.0}
    return {
        "accuracy": 0.9,
        "auc": 0.95,
        "rejection_30": rejection,
        "rejection_50": 300.0,
        "bound_30": bound,
        "bound_50": False,
        "n_background": 3000,
        "n_parameters": 10,
        "jets_per_second": 100.0,
        "invariance": {
            "rotation_with_beams": {**error, "max_logit": 1.0},
            "boost_with_beams": {**error, "median_logit": 0.01},
            "boost_beams_fixed": {**error, "median_logit": 9.0},
        },
    }


def test_a_rejection_without_passing_background_is_a_bound():
    keys = ("rejection_30", "rejection_50", "parameters", "invariance_error", "invariance_max")
    columns = [TableColumn(key=key, label=key, shown=key != "parameters") for key in keys]
    layout = TableLayout(prefix="x.t", rows=(TableRow(key="one", label="One"),), columns=columns)
    runs = {"one": [an_evaluation(3000.0, bound=True), an_evaluation(750.0, bound=False)]}
    records = {record.id.rpartition(".")[2]: record for record in tagging_records(runs, layout, scale="small")}
    assert records["rejection_30"].is_bound
    assert records["rejection_30"].note == (
        "At least: in 1 of 2 seeds no background jet passed. On average 2.0 of 3,000 background jets pass the cut; the "
        "binomial error of one seed, about 71 %, is not in the spread."
    )
    assert not records["rejection_50"].is_bound
    assert records["rejection_50"].note.startswith("On average 10.0 of 3,000 background jets")
    assert (records["invariance_error"].value, records["invariance_max"].value) == (0.005, 1.5)
    table = make_table(records.values(), layout, "t")
    assert "≥ 1,875 ± 1,591" in table_html(table)
    assert r"$\geq 1{,}875 \pm 1{,}591$" in table_latex(table)
    assert "parameters" not in table_html(table)
    assert "parameters" not in table_latex(table)
    (row,) = csv.DictReader(io.StringIO(table_csv(table)))
    assert (row["parameters"], row["rejection_30_is_bound"], row["rejection_50_is_bound"]) == ("10.0", "true", "false")

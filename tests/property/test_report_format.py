"""Numbers as text, for any number."""

import re
from html.parser import HTMLParser

from hypothesis import assume, given
from hypothesis import strategies as st

from symscope.report.format import format_measured, format_number, format_range
from symscope.report.latex import escape_latex
from symscope.report.records import Record
from symscope.report.tables import Table, TableColumn, TableLayout, TableRow, make_table, summarise_runs, table_html

MINUS = "\N{MINUS SIGN}"
TIMES = " \N{MULTIPLICATION SIGN} 10"
DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
finite = st.floats(min_value=-1e12, max_value=1e12, allow_subnormal=False)
spreads = st.floats(min_value=1e-7, max_value=1e9)


def parse(text: str) -> float:
    mantissa, _, power = text.replace(",", "").replace(MINUS, "-").partition(TIMES)
    return float(f"{mantissa}e{power.translate(DIGITS) or 0}")


def parse_together(text: str, separators: str) -> list[float]:
    """Read numbers that share a power of ten, or have one each."""
    bare, power, exponent = text.partition(TIMES)
    shared = power + exponent if text.count(TIMES) == 1 and bare.endswith((")", "]")) else ""
    parts = re.split(separators, (bare if shared else text).strip("()]"))
    return [parse(part + shared) for part in parts]


@given(finite)
def test_a_printed_number_is_the_number_to_three_digits(value):
    text = format_number(value)
    assert abs(parse(text) - value) <= 1e-3 * abs(value)
    assert "-" not in text


@given(finite, spreads, st.booleans())
def test_rounding_loses_less_than_half_the_spread_or_a_thousandth(value, std, scientific):
    text = format_measured(value, std, scientific=scientific)
    printed, spread = parse_together(text, " ± ")
    assert abs(printed - value) <= max(0.5 * std, 1e-3 * abs(value))
    assert abs(spread - std) <= max(0.2 * std, 1e-3 * abs(value))
    assert not re.search(rf"{MINUS}0(\.0+)?(?![.\d])", text)


@given(finite, st.floats(min_value=1e2, max_value=1e12), st.booleans())
def test_a_huge_spread_takes_no_digit_of_the_value(value, factor, scientific):
    assume(abs(value) > 1e-100)
    printed, spread = parse_together(format_measured(value, factor * abs(value), scientific=scientific), " ± ")
    assert abs(printed - value) <= 1e-2 * abs(value)
    assert abs(spread - factor * abs(value)) <= 1e-2 * spread


@given(st.lists(finite, min_size=3, max_size=3).map(sorted), st.booleans())
def test_a_range_keeps_its_order_and_rounds_by_less_than_it_is_wide(ends, scientific):
    low, value, high = ends
    assume(low < high)
    text = format_range(value, low, high, scientific=scientific)
    numbers = parse_together(text, r" \[| to ")
    printed, bottom, top = numbers
    assert bottom <= printed <= top
    assert not re.search(rf"{MINUS}0(\.0+)?(?![.\d])", text)
    for number, true in zip(numbers, (value, low, high), strict=True):
        assert abs(number - true) <= max(0.5 * (high - low), 5e-3 * abs(true)) + 1e-8
        if scientific:
            assert abs(number - true) <= 0.5 * abs(true)


@given(st.lists(finite, min_size=2, max_size=2).map(sorted), st.integers(min_value=4, max_value=12))
def test_one_far_seed_does_not_hide_how_close_the_others_are(pair, decades):
    low, value = pair
    gap = value - low
    assume(gap > 1e-6 * max(abs(low), abs(value)))
    high = value + gap * 10.0**decades
    printed, bottom, _ = parse_together(format_range(value, low, high), r" \[| to ")
    assert abs(printed - value) <= max(gap, 1e-2 * abs(value)) + 1e-8
    assert abs(bottom - low) <= max(gap, 1e-2 * abs(low)) + 1e-8


positive = st.floats(min_value=1e-6, max_value=1e6)


def column_of(seeds: list[list[float]], statistic: str, better: str) -> Table:
    column = TableColumn(key="c", label="C", better=better)
    rows = tuple(TableRow(key=f"r{index}", label="R") for index in range(len(seeds)))
    layout = TableLayout(prefix="a.b", rows=rows, columns=(column,), statistic=statistic)
    runs = {f"r{index}": [{"c": value} for value in values] for index, values in enumerate(seeds)}
    return make_table(summarise_runs(runs, layout), layout, "t")


@given(
    st.lists(st.lists(positive, min_size=3, max_size=3), min_size=2, max_size=4),
    st.sampled_from(["mean", "median"]),
    st.sampled_from(["higher", "lower"]),
)
def test_the_best_is_bold_and_only_what_lies_in_its_range(seeds, statistic, better):
    table = column_of(seeds, statistic, better)
    bold = table.best(0)
    values = {index: row[0].value for index, row in enumerate(table.cells)}
    best = (max if better == "higher" else min)(values.values())
    winners = {index for index, value in values.items() if value == best}
    assert not bold or bold & winners
    low, high = table.cells[min(winners)][0].ends
    assert all(low <= values[index] <= high for index in bold - winners)


@given(positive, st.floats(min_value=1e-3, max_value=0.4), st.floats(min_value=2, max_value=1e9))
def test_a_seed_that_diverges_wins_nothing(best, width, factor):
    """Neither the row that fails is bold nor one that is worse than the best, by however much a seed of it diverges."""
    good = [best * (1 - width), best, best * (1 + width)]
    bad = [2 * best, 2.5 * best, 2.5 * best * factor]
    for statistic in ("mean", "median"):
        assert column_of([good, bad], statistic, "lower").best(0) == {0}


class Outline(HTMLParser):
    """Tags and text of a fragment."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(f"{tag} {' '.join(name for name, _ in attrs)}")

    def handle_data(self, data):
        self.texts.append(data)


def table_of(text: str) -> Outline:
    column = TableColumn(key="c", label=text, unit=text)
    layout = TableLayout(prefix="a.b", row_heading=text, rows=(TableRow(key="r", label=text),), columns=(column,))
    return Outline(table_html(make_table([Record(id="a.b.r.c", value=None, note=text)], layout, text)))


@given(st.text(min_size=1, max_size=40) | st.sampled_from(["<b>", '"><script>', "&lt;", "' onload='x"]))
def test_no_text_changes_the_structure_of_a_table(text):
    outline = table_of(text)
    assert outline.tags == table_of("plain").tags
    assert text in outline.texts


@given(st.text(alphabet="ab 1&%$#_{}~^\\"))
def test_latex_escapes_can_be_undone(text):
    escaped = escape_latex(text)
    back = {r"\textbackslash{}": "\\", r"\textasciitilde{}": "~", r"\textasciicircum{}": "^"}
    tokens = re.findall(r"\\text\w+\{\}|\\[&%$#_{}]|[^\\]", escaped)
    assert "".join(tokens) == escaped
    assert "".join(back.get(token, token[-1]) for token in tokens) == text

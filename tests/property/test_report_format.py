"""Numbers as text, for any number."""

import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from symscope.report import (
    Record,
    TableColumn,
    TableLayout,
    TableRow,
    format_measured,
    format_number,
    make_table,
    table_html,
)
from symscope.report.tables import escape_latex

DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
finite = st.floats(min_value=-1e12, max_value=1e12, allow_subnormal=False)
spreads = st.floats(min_value=1e-7, max_value=1e9)


def parse(text: str) -> float:
    mantissa, _, power = text.replace(",", "").partition(" \N{MULTIPLICATION SIGN} 10")
    return float(f"{mantissa}e{power.translate(DIGITS) or 0}")


@given(finite)
def test_a_printed_number_is_the_number_to_three_digits(value):
    assert abs(parse(format_number(value)) - value) <= 1e-3 * abs(value)


@given(finite, spreads)
def test_rounding_loses_less_than_half_the_spread_or_a_thousandth(value, std):
    text = format_measured(value, std)
    power = text[text.index(")") + 1 :] if text.startswith("(") else ""
    printed, spread = (parse(part.strip("(") + power) for part in text.removesuffix(power).strip("()").split(" ± "))
    assert abs(printed - value) <= max(0.5 * std, 1e-3 * abs(value))
    assert abs(spread - std) <= max(0.2 * std, 1e-3 * abs(value))


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

"""Random texts are read as expressions or refused with our own error, and random expressions have the value that Python gives."""

import math
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from symscope.config.expressions import parse_expression
from symscope.data.expressions import evaluate, needed_names
from symscope.errors import ConfigError, DataError

COLUMNS = {"x": np.array([1.5, -2.0, 0.0]), "n": np.array([3, 0, -1])}
WORDS = [
    *(
        "x",
        "n",
        "y",
        "1",
        "2.5",
        "1e3",
        "(",
        ")",
        "[",
        "]",
        "[0]",
        "&",
        "&&",
        "|",
        "||",
        "!",
        "~",
        "and",
        "or",
        "not",
        "<",
    ),
    *(
        "<=",
        "==",
        "!=",
        "=",
        "+",
        "-",
        "*",
        "**",
        "/",
        "%",
        ",",
        ".",
        "`",
        "`x`",
        "abs",
        "abs(",
        "sum(",
        "max(",
        "pi",
        "'",
        '"',
    ),
    *(
        "__import__('os').system('true')",
        "eval",
        "exec(",
        "open(",
        "lambda",
        ":",
        ";",
        "{",
        "}",
        "\\",
        "\n",
        "\0",
        "é",
        "λ",
        "∧",
    ),
]


def outcome(text: str) -> None:
    """Read a text and compute it; nothing but our own errors may come."""
    told = ""
    try:
        node = parse_expression(text)
        if set(needed_names(node, COLUMNS)) <= set(COLUMNS):
            evaluate(node, COLUMNS)
    except (ConfigError, DataError) as error:
        told = str(error)
    assert "\n" not in told


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    outcome(text)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(WORDS), max_size=14), st.sampled_from(["", " "]))
def test_any_row_of_words_is_read_or_refused(words: list[str], between: str) -> None:
    outcome(between.join(words))


def test_no_code_runs(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    for text in (
        f"__import__('pathlib').Path('{trap}').touch()",
        f"open('{trap}', 'w')",
        f"exec(`open('{trap}', 'w')`)",
        f"`__import__('pathlib').Path('{trap}').touch()` > 0",
        f"(lambda: open('{trap}', 'w'))()",
        f"x.__class__.__base__.__subclasses__()[0]('{trap}')",
    ):
        outcome(text)
    assert not trap.exists()


NUMBERS = st.sampled_from(["x", "n", "0.5", "2", "3"])


def _deeper(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        inner.map(lambda p: f"abs({p})"),
        inner.map(lambda p: f"(-{p})"),
    )


ARITHMETIC = st.recursive(NUMBERS, _deeper, max_leaves=8)
COMPARISON = st.tuples(ARITHMETIC, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), ARITHMETIC).map(" ".join)
LOGIC = st.recursive(
    COMPARISON,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join), inner.map(lambda p: f"not ({p})")
    ),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(LOGIC)
def test_logic_binds_as_it_does_in_python(text: str) -> None:
    """`and`, `or`, `not` have the same precedence in both; Python itself is the reference, one event at a time."""
    signs = text.replace(" and ", " & ").replace(" or ", " | ").replace("not (", "!(")
    found, by_signs = (np.broadcast_to(evaluate(parse_expression(one), COLUMNS), (3,)) for one in (text, signs))
    for i in range(3):
        row = {name: values[i].item() for name, values in COLUMNS.items()}
        expected = eval(text, {"__builtins__": {}, "abs": abs}, row)  # our own text
        assert bool(found[i]) is bool(expected) is bool(by_signs[i])
    assert not math.isnan(float(found.sum()))

"""Selections: read with the precedence in which they are written, computed as a plain loop would, refused in one sentence."""

import math
from collections.abc import Callable
from typing import Any

import awkward as ak
import numpy as np
import pytest

from symscope.config.expressions import FUNCTIONS, parse_expression
from symscope.data.expressions import evaluate
from symscope.errors import ConfigError, DataError

LISTS = [[30.0, 12.0], [], [25.0], [8.0, 40.0, 3.0]]
OTHER = [[0.5, -1.0], [], [2.6], [0.1, 0.2, -0.3]]
COLUMNS = {
    "n": np.array([2, 0, 1, 3]),
    "met": np.array([10.0, np.nan, 50.0, 0.0]),
    "flag": np.array([True, False, True, True]),
    "pt": ak.Array(LISTS),
    "eta": ak.Array(OTHER),
    "Jet.PT": np.array([1.0, 2.0, 3.0, 4.0]),
    "a b/c": np.array([4.0, 3.0, 2.0, 1.0]),
}


def at(values: list[float], place: int) -> float:
    return values[place] if place < len(values) else math.nan


# What each expression means for event i, written out by hand.
MEANINGS: dict[str, Callable[[int], Any]] = {
    "n >= 2 & pt[0] > 20 & abs(eta[0]) < 2.4": lambda i: (
        len(LISTS[i]) >= 2 and at(LISTS[i], 0) > 20 and abs(at(OTHER[i], 0)) < 2.4
    ),
    "n >= 2 && !(pt[0] > 20) || met == 50": lambda i: (
        (len(LISTS[i]) >= 2 and not at(LISTS[i], 0) > 20) or COLUMNS["met"][i] == 50
    ),
    "flag and not n == 3": lambda i: bool(COLUMNS["flag"][i]) and len(LISTS[i]) != 3,
    "pt[0] != pt[1]": lambda i: len(LISTS[i]) > 1 and LISTS[i][0] != LISTS[i][1],
    "met != 10": lambda i: COLUMNS["met"][i] in (50.0, 0.0),
    "5 < met <= 50": lambda i: 5 < COLUMNS["met"][i] <= 50,
    "sum(pt) > 36": lambda i: sum(LISTS[i]) > 36,
    "max(pt) - min(pt) > 10": lambda i: len(LISTS[i]) > 1 and max(LISTS[i]) - min(LISTS[i]) > 10,
    "any(pt > 20 & abs(eta) < 2)": lambda i: any(
        p > 20 and abs(e) < 2 for p, e in zip(LISTS[i], OTHER[i], strict=True)
    ),
    "all(pt > 5)": lambda i: all(p > 5 for p in LISTS[i]),
    "count(pt) == n": lambda _: True,
    "sum(pt > 10) == 1": lambda i: sum(p > 10 for p in LISTS[i]) == 1,
    "n - 3 < -2": lambda i: len(LISTS[i]) - 3 < -2,
    "2 ** n == 8 | -n ** 2 == -4": lambda i: len(LISTS[i]) in (3, 2),
    "n % 2 == 1": lambda i: len(LISTS[i]) % 2 == 1,
    "n / 2 == 1.5": lambda i: len(LISTS[i]) == 3,
    "Jet.PT > 2 | `a b/c` > 3.5": lambda i: i in (2, 3, 0),
    "TMath::Abs(met - 30) < 20 + 1e0": lambda i: COLUMNS["met"][i] in (10.0, 50.0),
    "sqrt(-1 - n) > 0": lambda _: False,
    "true & hypot(3, 4) == 5 & pi > 3": lambda _: True,
    "1 / (n - n) > 1e300": lambda _: True,
}


@pytest.mark.parametrize("text", MEANINGS)
def test_an_expression_is_what_a_loop_over_events_gives(text: str) -> None:
    found = np.broadcast_to(np.asarray(evaluate(parse_expression(text), COLUMNS)), (4,))
    assert [bool(value) for value in found] == [bool(MEANINGS[text](i)) for i in range(4)]


def test_unsigned_counts_do_not_wrap() -> None:
    """In unsigned arithmetic 0 - 1 would be a large number."""
    from pathlib import Path

    from symscope.io.columns.base import as_column

    counts = as_column(np.array([0, 1, 2], np.uint32), Path("f"), "n")
    assert evaluate(parse_expression("n - 1 < 0"), {"n": counts}).tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["it is empty", "leave the key out"]),
        ("n = 2", ["'=' cannot stand at character 3", "for 'is equal' write =="]),
        ("n ^ 2 > 1", ["'^' cannot stand at character 3", "write **"]),
        ("name == 'top'", ["text cannot be compared"]),
        ("(n > 2", ["ends too early", "closing bracket"]),
        ("n >", ["ends too early"]),
        ("n > 2)", ["')' cannot stand at character 6"]),
        ("a b", ["'b' cannot stand at character 3"]),
        ("open(n)", ["'open' is no function that is known", "abs, sqrt"]),
        ("os.system(n)", ["'os.system' is no function"]),
        ("n.__class__()", ["'n.__class__' is no function"]),
        ("hypot(n)", ["hypot takes 2 arguments, and 1 are given"]),
        ("sum()", ["sum takes 1 argument, and 0 are given"]),
        ("lambda n: n", ["cannot stand at character 8"]),
        ("n; import os", ["';' cannot stand at character 2"]),
        ("a[-1] > 2", ["cannot stand at character 3"]),
        ("(" * 1999 + "n" + ")" * 1999 + " ", None),
        ("-" * 500 + "n", ["more than 150 levels"]),
        ("n" * 4001, ["4001 characters", "at most 4000"]),
    ],
)
def test_what_is_no_expression_is_refused_in_one_sentence(text: str, words: list[str] | None) -> None:
    if words is None:
        assert parse_expression(text).names == ["n"]
        return
    with pytest.raises(ConfigError) as caught:
        parse_expression(text)
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("n[0] > 1", ["[0] at character 1", "'n' has one value for each event"]),
        ("sum(met)", ["sum(...) at character 1", "'met' has one value"]),
    ],
)
def test_lists_and_numbers_are_told_apart(text: str, words: list[str]) -> None:
    with pytest.raises(DataError) as caught:
        evaluate(parse_expression(text), COLUMNS)
    for word in words:
        assert word in str(caught.value)


def test_lists_of_different_lengths_are_named() -> None:
    columns = {"pt": ak.Array([[1.0], [1.0, 2.0]]), "jets": ak.Array([[1.0], [1.0]])}
    with pytest.raises(DataError, match="'pt' has 2 objects and 'jets' has 1 in the same event"):
        evaluate(parse_expression("pt > jets"), columns)


def test_every_function_can_be_called() -> None:
    for name, (arguments, acts) in FUNCTIONS.items():
        values = ["pt", "eta"][:arguments]
        found = evaluate(parse_expression(f"{name}({', '.join(values)})"), COLUMNS)
        assert len(found) == 4
        assert isinstance(found, ak.Array) is acts.startswith("of each"), name

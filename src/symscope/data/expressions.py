"""The value of an expression over columns, computed step by step with numpy and awkward; nothing of the text is run.

Comparisons with a value that is missing or NaN are false, also with ``!=``: ``Muon_charge[0] != Muon_charge[1]`` holds for no
event with a single muon.
"""

from collections.abc import Callable, Mapping
from typing import Any

import awkward as ak
import numpy as np

from symscope.config.expressions import Node
from symscope.errors import DataError
from symscope.io.columns.base import Values

_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}
_ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "remainder": np.remainder,
}
_ELEMENTWISE: Mapping[str, Callable[..., Any]] = {
    "round": np.rint,
    **{
        name: getattr(np, name)
        for name in (
            *("abs", "sqrt", "exp", "log", "log10", "sign", "floor", "ceil", "sin", "cos", "tan", "arcsin", "arccos"),
            *("arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "isnan", "isfinite"),
            *("arctan2", "hypot", "minimum", "maximum"),
        )
    },
}
_CONSTANTS = {"true": True, "false": False, "True": True, "False": False, "pi": np.pi}


def needed_names(node: Node, available: Mapping[str, Any] | set[str]) -> list[str]:
    """Columns that an expression needs; words such as `true` and `pi` are none unless the file has them."""
    return [name for name in node.names if name in available or name not in _CONSTANTS]


def evaluate(node: Node, columns: Mapping[str, Values]) -> Any:
    """Compute an expression.

    Parameters
    ----------
    node
        The expression.
    columns
        Its columns, of some events.

    Returns
    -------
    ndarray or ak.Array or number
        One value for each event, a list of values for each, or one number where no column enters.

    Raises
    ------
    DataError
        Where lists of different lengths meet, or an object is taken of something that is no list.
    """
    with np.errstate(all="ignore"):
        return _value(node, columns)


def _value(node: Node, columns: Mapping[str, Values]) -> Any:
    if node.kind == "number":
        value = float(node.word)
        return np.int64(node.word) if node.word.isdecimal() and value < 2**63 else np.float64(value)
    if node.kind == "name":
        return columns[node.word] if node.word in columns else _CONSTANTS[node.word]
    parts = [_value(part, columns) for part in node.parts]
    if node.kind == "index":
        return _object(parts[0], int(node.word), node)
    _same_lengths(parts, node)
    if node.kind == "compare":
        return _compared(node.word.split(), parts)
    if node.kind == "call":
        return _called(node.word, parts, node)
    return _operated(node.word, parts)


def _operated(word: str, parts: list[Any]) -> Any:
    if word == "and":
        return np.logical_and(_truth(parts[0]), _truth(parts[1]))
    if word == "or":
        return np.logical_or(_truth(parts[0]), _truth(parts[1]))
    if word == "not":
        return np.logical_not(_truth(parts[0]))
    numbers = [_number(part) for part in parts]
    if word == "negative":
        return np.negative(numbers[0])
    if word == "power":
        return np.power(_double(numbers[0]), _double(numbers[1]))
    return _ARITHMETIC[word](*numbers)


def _compared(words: list[str], parts: list[Any]) -> Any:
    """Compare neighbours; a chain such as 20 < pt < 50 means both."""
    result: Any = None
    for word, left, right in zip(words, parts[:-1], parts[1:], strict=True):
        holds = _COMPARE[word](left, right)
        if word == "!=":
            holds = np.logical_and(holds, np.logical_and(np.equal(left, left), np.equal(right, right)))
        result = holds if result is None else np.logical_and(result, holds)
    return result


def _called(word: str, parts: list[Any], node: Node) -> Any:
    if word in _ELEMENTWISE:
        return _ELEMENTWISE[word](*(_number(part) for part in parts))
    (values,) = parts
    if not isinstance(values, ak.Array):
        raise DataError(
            f"{word}(...) at character {node.column} goes over the objects of an event, and {_named(node)} has one value for each event; "
            "leave it out, or take a column of lists"
        )
    if word == "count":
        return np.asarray(ak.num(values, axis=1), np.int64)
    if word in ("any", "all"):
        return ak.to_numpy((ak.any if word == "any" else ak.all)(_truth(values), axis=1))
    if word == "sum":
        return ak.to_numpy(ak.sum(_number(values), axis=1))
    over = ak.min if word == "min" else ak.max
    return np.asarray(ak.to_numpy(ak.fill_none(over(_double(_number(values)), axis=1), np.nan)))


def _object(values: Any, place: int, node: Node) -> Any:
    """Take object number `place` of each list; NaN where a list is too short."""
    if not isinstance(values, ak.Array):
        raise DataError(
            f"[{place}] at character {node.column} takes an object of a list, and {_named(node)} has one value for each event; leave it out"
        )
    counts = ak.to_numpy(ak.num(values, axis=1))
    found = np.full(len(counts), np.nan)
    found[counts > place] = ak.to_numpy(values[counts > place, place])
    return found


def _same_lengths(parts: list[Any], node: Node) -> None:
    lists = [(part, below) for part, below in zip(parts, node.parts, strict=True) if isinstance(part, ak.Array)]
    for other, below in lists[1:]:
        mine, theirs = ak.to_numpy(ak.num(lists[0][0], axis=1)), ak.to_numpy(ak.num(other, axis=1))
        wrong = np.flatnonzero(mine != theirs)
        if len(wrong):
            raise DataError(
                f"{_named(lists[0][1])} has {mine[wrong[0]]} objects and {_named(below)} has {theirs[wrong[0]]} in the same event, and they "
                f"meet at character {node.column}; take columns of one collection, or one object of each with [0]"
            )


def _named(node: Node) -> str:
    names = node.names
    return "'" + "', '".join(names) + "'" if names else "a number"


def _truth(values: Any) -> Any:
    """Whether values are true: booleans as they are, numbers where they are neither 0 nor NaN."""
    return np.logical_and(np.not_equal(values, 0), np.equal(values, values))


def _number(values: Any) -> Any:
    """Take true and false for 1 and 0."""
    return values * np.int64(1)


def _double(values: Any) -> Any:
    return values * np.float64(1)

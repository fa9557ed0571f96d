"""Expressions over columns, such as selections: read into a tree, never run as code.

The parser is lark's. Formulate, which reads ROOT's selections, knows no single ``&`` with the precedence that selections
are written in and no names in backquotes; numexpr and simpleeval hand the text to Python, and Python binds ``&``
stronger than ``>``, so that ``a > 1 & b > 2`` would quietly mean something else.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import lark

from symscope.errors import ConfigError

MAX_LENGTH = 4000
"""Characters of an expression at most."""
MAX_DEPTH = 150
"""Levels of an expression at most, so that no text can exhaust the stack."""

FUNCTIONS: dict[str, tuple[int, str]] = {
    **dict.fromkeys(("abs", "sqrt", "exp", "log", "log10", "sign", "floor", "ceil", "round"), (1, "of each value")),
    **dict.fromkeys(("sin", "cos", "tan", "arcsin", "arccos", "arctan"), (1, "of each value")),
    **dict.fromkeys(("sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh"), (1, "of each value")),
    **dict.fromkeys(("isnan", "isfinite"), (1, "of each value")),
    **dict.fromkeys(("arctan2", "hypot", "minimum", "maximum"), (2, "of each pair of values")),
    **dict.fromkeys(("sum", "min", "max", "any", "all", "count"), (1, "over the objects of an event")),
}
"""Functions that an expression may call: number of arguments, and what they act on."""

_ALIASES = {
    **{f"a{name}": f"arc{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "atan2": "arctan2",
    "fabs": "abs",
    "len": "count",
    "length": "count",
    "ceiling": "ceil",
}

_GRAMMAR = r"""
?start: either
?either: both | either ("|" | "||" | "or") both -> or_
?both: negated | both ("&" | "&&" | "and") negated -> and_
?negated: comparison | "not" negated -> not_
?comparison: sum | sum (COMPARE sum)+ -> compare
?sum: term | sum "+" term -> add | sum "-" term -> subtract
?term: factor | term "*" factor -> multiply | term "/" factor -> divide | term "%" factor -> remainder
?factor: power | "-" factor -> negative | "+" factor | ("!" | "~") factor -> not_
?power: indexed | indexed "**" factor -> power
?indexed: atom | indexed "[" INDEX "]" -> index
?atom: "(" either ")" | NUMBER -> number | NAME -> name | QUOTED -> quoted
     | NAME "(" [either ("," either)*] ")" -> call
COMPARE: "<=" | ">=" | "==" | "!=" | "<" | ">"
INDEX: /[0-9]{1,6}/
NUMBER: /(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?/
NAME: /(?!(and|or|not)\b)[^\W\d]\w*((\.|::)\w+)*/
QUOTED: /`[^`]+`/
%ignore /\s+/
"""


@dataclass(frozen=True)
class Node:
    """One step of an expression."""

    kind: Literal["number", "name", "call", "index", "operator", "compare"]
    """What it is."""
    word: str
    """The number, name, function, index, operator, or operators of a comparison, parted by blanks."""
    parts: tuple["Node", ...] = ()
    """What it acts on."""
    column: int = 0
    """Where it stands in the text, counted from 1."""

    def walk(self) -> Iterator["Node"]:
        """Give this step and all below it."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.parts))

    @property
    def names(self) -> list[str]:
        """Columns that the expression needs, each once, in the order of the text."""
        return list(dict.fromkeys(node.word for node in self.walk() if node.kind == "name"))


def parse_expression(text: str) -> Node:
    """Read an expression into a tree.

    Parameters
    ----------
    text
        Names of columns, numbers, comparisons, arithmetic, `&`, `|`, `!` (also `and`, `or`, `not`, `&&`, `||`), `[i]`, and the
        functions in :data:`FUNCTIONS`; names with other characters stand in backquotes.

    Raises
    ------
    ConfigError
        In one sentence that says what stands where and what is allowed.
    """
    if len(text) > MAX_LENGTH:
        raise ConfigError(f"it has {len(text)} characters, and at most {MAX_LENGTH} are allowed; make it shorter")
    if not text.strip():
        raise ConfigError("it is empty; write an expression over columns such as 'pt > 20', or leave the key out")
    try:
        tree = _parser().parse(text)
    except lark.UnexpectedInput as error:
        raise ConfigError(_told(text, error)) from None
    return _converted(tree)


@functools.cache
def _parser() -> lark.Lark:
    return lark.Lark(_GRAMMAR, parser="lalr", propagate_positions=True)


def _told(text: str, error: lark.UnexpectedInput) -> str:
    token, place = getattr(error, "token", None), getattr(error, "pos_in_stream", None)
    if place is None or (token is not None and token.type == "$END"):
        return f"'{_shortened(text)}' ends too early; something must follow, such as a value or a closing bracket"
    rest = text[place:].lstrip()
    found = rest[: max(1, next((i for i, c in enumerate(rest) if c.isspace()), len(rest)))]
    hint = ""
    if rest.startswith("=") and not rest.startswith("=="):
        hint = " (for 'is equal' write ==)"
    elif rest[:1] in "'\"":
        hint = " (text cannot be compared; compare with a number)"
    elif rest.startswith("^"):
        hint = " (for a power write **)"
    elif rest[:1] in "{}@$#?;\\":
        hint = " (a name with such a character stands in backquotes)"
    return (
        f"'{_shortened(found, 30)}' cannot stand at character {place + 1} of '{_shortened(text)}'{hint}; write an expression over "
        "columns such as 'nMuon >= 2 & abs(Muon_eta[0]) < 2.4'"
    )


def _shortened(text: str, limit: int = 80) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _converted(tree: lark.Tree[lark.Token] | lark.Token) -> Node:
    """Turn lark's tree into ours, without recursion, and check functions and depth."""
    done: dict[int, tuple[Node, int]] = {}
    waiting: list[tuple[lark.Tree[lark.Token], bool]] = [(tree, False)] if isinstance(tree, lark.Tree) else []
    while waiting:
        branch, ready = waiting.pop()
        below = [child for child in branch.children if isinstance(child, lark.Tree)]
        if not ready:
            waiting.append((branch, True))
            waiting.extend((child, False) for child in below)
            continue
        parts = tuple(done[id(child)][0] for child in below)
        depth = 1 + max((done[id(child)][1] for child in below), default=0)
        if depth > MAX_DEPTH:
            raise ConfigError(f"it has more than {MAX_DEPTH} levels; write it with fewer terms, or as several columns")
        words = [str(child) for child in branch.children if isinstance(child, lark.Token)]
        done[id(branch)] = (_node(branch, words, parts), depth)
    return done[id(tree)][0]


def _node(branch: lark.Tree[lark.Token], words: list[str], parts: tuple[Node, ...]) -> Node:
    column = getattr(branch.meta, "start_pos", 0) + 1
    kind = str(branch.data)
    if kind in ("number", "name", "quoted"):
        return Node("number" if kind == "number" else "name", words[0].strip("`"), (), column)
    if kind == "index":
        return Node("index", words[0], parts, column)
    if kind == "compare":
        return Node("compare", " ".join(words), parts, column)
    if kind == "call":
        return Node("call", _function(words[0], len(parts)), parts, column)
    return Node("operator", kind.strip("_"), parts, column)


def _function(name: str, n_arguments: int) -> str:
    found = name.rsplit("::", 1)[-1].lower()
    found = _ALIASES.get(found, found)
    if found not in FUNCTIONS:
        raise ConfigError(f"'{_shortened(name, 30)}' is no function that is known; allowed: {', '.join(FUNCTIONS)}")
    wanted = FUNCTIONS[found][0]
    if n_arguments != wanted:
        raise ConfigError(f"{found} takes {wanted} argument{'s' * (wanted > 1)}, and {n_arguments} are given")
    return found

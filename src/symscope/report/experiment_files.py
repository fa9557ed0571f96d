"""What was found, for other programs and for papers: JSON, and LaTeX that is a document and a part of one."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from symscope.io.atomic import atomic_path
from symscope.io.files import PathLike
from symscope.report.display import record_text
from symscope.report.latex import escape_latex, latex_number
from symscope.report.records import Record
from symscope.report.told import KINDS, SYMBOLS, NamedMatrix, Told

FORMAT = "symscope-generators"
TYPESET = 16
"""Largest matrix that is set in LaTeX; larger ones would not fit a page."""
_PREAMBLE = r"""% Compile it as it is, or \input{{{name}}} in a document with the packages amsmath and booktabs.
\expandafter\ifx\csname @nodocument\endcsname\relax\def\symscopeend{{}}\else
\documentclass{{article}}
\usepackage[T1]{{fontenc}}
\usepackage{{amsmath,booktabs}}
\begin{{document}}
\def\symscopeend{{\end{{document}}}}\fi
"""


def write_generators_json(path: PathLike, told: Told, *, experiment: str, sentence: str, method: str) -> None:
    """Write matrices and what is known of them as JSON; a complex matrix has the keys `real` and `imag`.

    Parameters
    ----------
    path
        The file; it appears whole or not at all.
    told
        What was found.
    experiment, sentence, method
        Name of the experiment, the answer in words, and the method.
    """
    content: dict[str, Any] = {
        "format": FORMAT,
        "experiment": experiment,
        "method": method,
        "sentence": sentence,
        "components": list(told.components),
        **told.facts,
        "matrices": [
            {"kind": one.kind, "name": one.name, "matrix": _plain_matrix(one.values)} for one in told.matrices
        ],
    }
    with atomic_path(path) as aside:
        aside.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def write_generators_latex(
    path: PathLike, told: Told, records: Sequence[Record], *, experiment: str, sentence: str, name: str
) -> None:
    r"""Write matrices and numbers as LaTeX.

    The file compiles on its own, and may be read by ``\input`` into a document with amsmath and booktabs.

    Parameters
    ----------
    path
        The file; it appears whole or not at all.
    told
        What was found.
    records
        Numbers for the table.
    experiment, sentence
        Name of the experiment and the answer in words.
    name
        Name of the file, for the comment at its top.
    """
    lines = [
        _PREAMBLE.format(name=name),
        rf"\noindent\textbf{{{escape_text(experiment)}.}} {escape_text(sentence)}",
        "",
    ]
    for kind, title in KINDS.items():
        group = [one for one in told.matrices if one.kind == kind]
        if not group:
            continue
        lines += [rf"\medskip\noindent {title}"]
        if told.components and len(told.components) == len(group[0].values):
            lines[-1] += f", on the components {escape_text(', '.join(told.components))}"
        lines[-1] += ":"
        if len(group[0].values) > TYPESET:
            size = len(group[0].values)
            lines += [f"matrices of size {size}, which do not fit a page; they are in the files beside this one.", ""]
            continue
        lines += [_equation(one, number, len(group)) for number, one in enumerate(group)]
    lines += [_table(records), r"\symscopeend"]
    with atomic_path(path) as aside:
        aside.write_text("\n".join(lines) + "\n", encoding="utf-8")


def escape_text(text: str) -> str:
    """Return a sentence that LaTeX prints as it stands, with the signs that our sentences have."""
    signs = {
        "\N{MULTIPLICATION SIGN}": r"$\times$",
        "\N{MINUS SIGN}": "$-$",
        "\N{GREEK SMALL LETTER SIGMA}": r"$\sigma$",
        "\N{NO-BREAK SPACE}": "~",
        "\N{GREATER-THAN OR EQUAL TO}": r"$\geq$",
        "|": r"$|$",
        "<": "$<$",
        ">": "$>$",
        "\N{DEGREE SIGN}": r"$^\circ$",
        "\N{MODIFIER LETTER CAPITAL T}": r"$^{T}$",
        "\N{EN DASH}": "--",
    }
    digits = dict(zip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789", strict=True))
    told = "".join(signs.get(one) or (f"$^{{{digits[one]}}}$" if one in digits else escape_latex(one)) for one in text)
    return "".join(one if ord(one) < 0x250 else "?" for one in told.replace("}$$^{", ""))


def _equation(one: NamedMatrix, number: int, count: int) -> str:
    letter = SYMBOLS[one.kind]
    symbol = f"{letter}_{{{number + 1}}}" if count > 1 else letter
    name = rf" \quad\text{{({escape_text(one.name)})}}" if one.name else ""
    size = r"\scriptsize" if len(one.values) > 8 else r"\small" if len(one.values) > 4 else r"\normalsize"
    rows = " \\\\\n".join(" & ".join(_entry(value) for value in row) for row in one.values)
    return (
        f"{{{size}\\setcounter{{MaxMatrixCols}}{{{max(10, len(one.values))}}}\\setlength{{\\arraycolsep}}{{3pt}}\n"
        f"\\[ {symbol} = \\begin{{pmatrix}}\n{rows}\n\\end{{pmatrix}}{name} \\]}}"
    )


def _entry(value: Any) -> str:
    if not np.isfinite(value):
        return r"\mathrm{nan}"
    if not np.iscomplexobj(value):
        return _number(float(np.real(value)))
    real, imaginary = _number(float(np.real(value))), _number(float(np.imag(value)))
    if imaginary == "0":
        return real
    joined = imaginary if imaginary.startswith("-") else f"+{imaginary}"
    return f"{imaginary}i" if real == "0" else f"{real}{joined}i"


def _number(value: float) -> str:
    text = f"{value:.4f}"
    return "0" if not text.strip("-0.") else text


def _table(records: Sequence[Record]) -> str:
    rows = []
    for record in records:
        text = record_text(record, missing="--")
        cell = escape_text(text) if record.text or record.value is None else latex_number(text)
        unit = f"~{escape_text(record.unit)}" if record.unit and record.value is not None else ""
        rows.append(f"{escape_text(record.label or record.id)} & {cell}{unit} \\\\")
    if not rows:
        return ""
    return "\n".join(
        [
            r"\medskip\noindent",
            r"\begin{tabular}{@{}p{0.55\linewidth}p{0.38\linewidth}@{}}",
            r"\toprule",
            r"Quantity & Value \\",
            r"\midrule",
            *rows,
            r"\bottomrule",
            r"\end{tabular}",
        ]
    )


def _plain_matrix(values: ndarray) -> Any:
    """Give rows of numbers; NaN, which JSON has not, becomes null."""
    if np.iscomplexobj(values):
        return {"real": _plain_matrix(values.real), "imag": _plain_matrix(values.imag)}
    return [[float(value) if np.isfinite(value) else None for value in row] for row in values]

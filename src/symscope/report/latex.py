"""Text and numbers for LaTeX."""

import re

from symscope.report.format import MINUS

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "±": r"$\pm$",
    "ε": r"$\varepsilon$",
} | {character: f"\\{character}" for character in "&%$#_"}
_PLAIN_DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_POWER = re.compile(" \N{MULTIPLICATION SIGN} 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_MATHS = {",": "{,}", "±": r"\pm", "≥": r"\geq", MINUS: "-", " [": r"\ [", " to ": r"\mbox{ to }"}


def escape_latex(text: str) -> str:
    """Return text that LaTeX prints as it stands."""
    return "".join(_ESCAPES.get(character, character) for character in text)


def latex_number(text: str) -> str:
    """Typeset ``0.93 ± 0.01``, ``1.2 × 10⁻⁵`` and ``1.2 [0.9 to 1.4] × 10⁻⁵`` as mathematics."""
    if text == "--":
        return text
    body = _POWER.sub(lambda found: f" \\times 10^{{{found[1].translate(_PLAIN_DIGITS)}}}", text)
    for character, command in _MATHS.items():
        body = body.replace(character, command)
    return f"${body}$"

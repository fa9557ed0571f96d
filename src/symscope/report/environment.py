"""The Jinja environment of the report: escaping on, undefined names refused."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from symscope.report.display import record_parts, record_text
from symscope.report.format import format_number, format_published, format_seconds


@cache
def template_environment() -> Environment:
    """Return the environment over ``symscope/report/templates``."""
    environment = Environment(
        loader=PackageLoader("symscope.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["text"] = record_text
    environment.filters["parts"] = record_parts
    environment.filters["ranged"] = _ranged
    environment.filters["number"] = format_number
    environment.filters["published"] = format_published
    environment.filters["seconds"] = format_seconds
    return environment


def _ranged(text: str) -> Markup:
    """Keep a number's range together where a line breaks before it."""
    number, bracket, rest = text.partition(" [")
    if not bracket:
        return escape(text)
    return escape(number) + Markup(' <span class="range">[') + escape(rest) + Markup("</span>")

"""The Jinja environment of the report: escaping on, undefined names refused."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from symscope.report.format import format_measured, format_number, format_published, format_seconds


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
    environment.filters["measured"] = format_measured
    environment.filters["number"] = format_number
    environment.filters["published"] = format_published
    environment.filters["seconds"] = format_seconds
    return environment

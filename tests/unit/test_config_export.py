"""The schema and the page that lists every key are in step with the models."""

from pathlib import Path

from symscope.config.export import MARKER, REFERENCE, SCHEMA, config_reference, config_schema


def test_schema_is_in_step(repository: Path) -> None:
    assert (repository / SCHEMA).read_text() == config_schema(), "run `make schema`"


def test_reference_is_in_step(repository: Path) -> None:
    page = (repository / REFERENCE).read_text()
    assert page.split(MARKER)[1].strip() == config_reference().strip(), "run `make schema`"

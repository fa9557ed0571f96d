"""The schema and the page that lists every key are in step with the models."""

from pathlib import Path

from symscope.config.export import MARKER, PARTS, REFERENCE, SCHEMA, config_pages, config_reference, config_schema
from symscope.config.project import Project


def test_schema_is_in_step(repository: Path) -> None:
    assert (repository / SCHEMA).read_text() == config_schema(), "run `make schema`"


def test_reference_is_in_step(repository: Path) -> None:
    page = (repository / REFERENCE).read_text()
    assert page.split(MARKER)[1].strip() == config_reference().strip(), "run `make schema`"


def test_the_pages_of_the_documentation_hold_every_block_once() -> None:
    pages = config_pages()
    headings = [line for page in pages.values() for line in page.splitlines() if line.startswith("(block-")]
    assert len(headings) == len(set(headings))
    on_one_page = [line for line in config_reference().splitlines() if line.startswith("### ")]
    assert len(headings) == len(on_one_page)


def test_every_block_of_the_top_level_is_on_the_page_of_its_part() -> None:
    placed = {key for part in PARTS.values() for key in part.keys}
    plain = {"scale", "results", "seed", "compute"}
    assert placed | plain == set(Project.model_fields)

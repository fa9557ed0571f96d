"""What the pages say of the package, its targets, its messages and its numbers is so."""

import ast
import doctest
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import snakemake

import symscope
from symscope.config.targets import TARGETS
from tests.documents import blocks, pages

NAME = re.compile(r"`(symscope(?:\.\w+)+)[(`]")


def messages(root: Path) -> Iterator[str]:
    """Every text in the sources of a package, with an ellipsis for what differs from case to case."""
    for path in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.JoinedStr):
                yield "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "\N{HORIZONTAL ELLIPSIS}"
                    for part in node.values
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield re.sub(r"%[ds]", "\N{HORIZONTAL ELLIPSIS}", node.value)


def quoted_messages(page: str) -> list[str]:
    """Messages that stand as headings or at the beginning of a point."""
    headings = re.findall(r"^### `([^`\n]+)`$", page, flags=re.MULTILINE)
    return headings + re.findall(r"^- `([^`\n]+)`:", page, flags=re.MULTILINE)


def pieces(message: str) -> list[str]:
    """What is fixed in a quoted message, without the signs at its ends."""
    return [part.strip(" .;:") for part in message.split("\N{HORIZONTAL ELLIPSIS}") if len(part.strip(" .;:'\"()")) > 2]


def test_every_quoted_message_is_in_the_sources(repository: Path) -> None:
    page = (repository / "docs" / "troubleshooting.md").read_text()
    ours, theirs = page.split("## Snakemake\n")
    rules = [path.read_text() for path in sorted((repository / "workflow" / "rules").glob("*.smk"))]
    for text, root in ((ours, Path(symscope.__file__).parent), (theirs, Path(snakemake.__file__).parent)):
        known = [*messages(root), *rules]
        found = quoted_messages(text)
        assert len(found) > 5
        for message in found:
            fixed = pieces(message)
            assert fixed, message
            pattern = re.compile(".*".join(map(re.escape, fixed)), flags=re.DOTALL)
            assert any(pattern.search(one) for one in known), f"no message like this in {root.name}: {message}"


@pytest.mark.slow
def test_the_examples_of_the_package_do_what_they_say(repository: Path) -> None:
    page = repository / "docs" / "python" / "examples.md"
    names: dict[str, object] = {}
    parser, told = doctest.DocTestParser(), []
    found = blocks(page, "python")
    assert len(found) == 10
    for number, block in enumerate(found):
        test = parser.get_doctest(block.text, names, f"example {number + 1}", str(page), 0)
        runner = doctest.DocTestRunner(verbose=False)
        runner.run(test, out=told.append, clear_globs=False)
        assert runner.failures == 0, "".join(told)
        assert runner.tries > 2
        names = test.globs


def test_every_target_has_a_page(repository: Path) -> None:
    listed = (repository / "docs" / "experiments" / "index.md").read_text()
    told = "".join(
        path.read_text() for path in (repository / "docs" / "experiments").glob("*.md") if path.stem != "index"
    )
    for name in TARGETS:
        assert re.search(rf"^{name}$", listed, flags=re.MULTILINE), f"{name} is not in experiments/index.md"
        assert re.search(rf"^{name}$", told, flags=re.MULTILINE), f"{name} is on no page of an experiment"


def test_numbers_are_those_of_one_run_and_all_are_quoted(repository: Path) -> None:
    values = json.loads((repository / "docs" / "numbers.json").read_text())
    text = "".join(path.read_text() for path in pages(repository))
    quoted = {name.partition(":")[0] for name in re.findall(r"\{number\}`([^`]+)`", text)}
    assert quoted == {record["id"] for record in values["records"]}, "run `make docs-results` after `make report`"
    scales = {record["scale"].partition(":")[0] for record in values["records"]}
    assert scales == {"default"}


def test_pictures_are_small(repository: Path) -> None:
    found = [path for path in (repository / "docs" / "images").rglob("*") if path.is_file()]
    assert found
    assert max(path.stat().st_size for path in found) < 150_000
    assert sum(path.stat().st_size for path in found) < 1_500_000


def is_defined(dotted: str, source: Path) -> bool:
    """Whether a dotted name is a module of the package, or a name that one defines; nothing is imported."""
    path = source.joinpath(*dotted.split("."))
    if path.is_dir() or path.with_suffix(".py").is_file():
        return True
    module = path.parent / "__init__.py" if path.parent.is_dir() else path.parent.with_suffix(".py")
    if not module.is_file():
        return False
    tree = ast.parse(module.read_text())
    made = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    imported = {
        alias.asname or alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    return path.name in made | (imported if module.name == "__init__.py" else set())


def test_every_name_of_the_package_exists(repository: Path) -> None:
    found = [(path.name, name) for path in pages(repository) for name in NAME.findall(path.read_text())]
    assert len(found) > 10
    for page, dotted in found:
        assert is_defined(dotted, repository / "src"), f"{page}: {dotted}"


def test_every_linked_file_exists(repository: Path) -> None:
    for path in pages(repository):
        text = re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#\s]+)\)", text):
            assert "://" in target or (path.parent / target).exists(), f"{path.name}: {target}"

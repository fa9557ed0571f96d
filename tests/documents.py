"""What the README and the pages of the documentation hold: their code blocks, the files that these name, their commands."""

import re
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

FENCE = re.compile(r"^(?P<fence>```+)(?P<language>[^\n`]*)\n(?P<text>.*?)^(?P=fence)$", flags=re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"^# (?P<name>[\w/.-]+\.ya?ml)$", flags=re.MULTILINE)
IN_CHECKOUT = ("README.md", "CHANGELOG.md", "config/README.md", "docs/**/*.md")
MADE = {"_build", "_made"}


class Block(NamedTuple):
    """One code block of a page."""

    page: str
    language: str
    text: str


class Command(NamedTuple):
    """One command of a `console` block."""

    page: str
    words: tuple[str, ...]
    shown: str = ""
    """What the page shows of its output: a `text` block right below a block of one command."""


def pages(repository: Path) -> list[Path]:
    """Every page that is kept in the repository."""
    found = [path for pattern in IN_CHECKOUT for path in sorted(repository.glob(pattern))]
    return [path for path in found if not MADE & set(path.parts)]


def blocks(path: Path, language: str) -> list[Block]:
    """Code blocks of one page in one language."""
    text = path.read_text()
    return [Block(path.name, language, one["text"]) for one in FENCE.finditer(text) if one["language"] == language]


def commands(paths: Iterable[Path]) -> Iterator[Command]:
    """All commands of `console` blocks; a line that ends in a backslash goes on in the next one."""
    for path in paths:
        text = path.read_text()
        for block in FENCE.finditer(text):
            if block["language"] != "console":
                continue
            following = FENCE.match(text[block.end() :].lstrip())
            shown = following["text"] if following and following["language"] == "text" else ""
            for line in block["text"].replace("\\\n", " ").splitlines():
                words = shlex.split(line, comments=True)
                if words:
                    yield Command(path.name, tuple(words), shown)


def write_named_files(paths: Iterable[Path], folder: Path) -> list[str]:
    """Write the YAML blocks that begin with a file name, such as `# mine.yaml`, and give their names.

    Two blocks of one name must be alike, because a reader may have either.
    """
    written: dict[str, str] = {}
    for path in paths:
        for block in blocks(path, "yaml"):
            named = NAMED.match(block.text)
            if named is None:
                continue
            name = named["name"]
            if written.setdefault(name, block.text) != block.text:
                raise AssertionError(f"{path}: there is another {name}; give it a name of its own")
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text)
    return list(written)

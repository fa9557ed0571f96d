"""The command as a user runs it, in a folder of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from symscope.cli import main as command
from symscope.errors import SymscopeError

Run = Callable[..., "Done"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which commands run."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Done(NamedTuple):
    """How a command ended."""

    output: str
    stdout: str
    stderr: str


@pytest.fixture
def run() -> Run:
    """Run a command; a mistake of the user ends as :func:`symscope.cli.main.main` ends it."""

    def call(*words: object, status: int = 0) -> Done:
        done = CliRunner().invoke(command.app, [str(word) for word in words])
        if isinstance(done.exception, SymscopeError):
            assert status == 1, done.exception
            return Done(done.output, done.stdout, str(done.exception))
        assert done.exit_code == status, (done.output, done.exception)
        return Done(done.output, done.stdout, done.stderr)

    return call

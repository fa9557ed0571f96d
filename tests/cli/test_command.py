"""The command as a process: quick, complete, and without a stack trace."""

import importlib
import os
import resource
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

COMMANDS = ("inspect", "new", "check", "draw", "show")


def command(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "100"}
    return subprocess.run(
        [sys.executable, "-m", "symscope", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_is_quick_and_names_every_command(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    told = command("--help", folder=tmp_path)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 0.5, "help imports something heavy"
    assert told.returncode == 0
    assert all(f"\n  {name} " in told.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_command_has_examples(tmp_path: Path, name: str) -> None:
    told = command(name, "--help", folder=tmp_path).stdout
    assert f"  symscope {name} " in told.partition("Examples:")[2]


def test_mistakes_end_with_a_sentence_and_a_status(tmp_path: Path) -> None:
    missing = command("inspect", "no.root", folder=tmp_path)
    assert missing.returncode == 1
    assert missing.stderr.startswith("symscope: no.root: there is no such file")
    assert missing.stdout == ""
    wrong = command("inspect", "--frobnicate", folder=tmp_path)
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr + missing.stderr


def test_completion_and_version(tmp_path: Path) -> None:
    environment = {**os.environ, "_SYMSCOPE_COMPLETE": "complete_bash", "COMP_WORDS": "symscope in", "COMP_CWORD": "1"}
    told = subprocess.run(
        [sys.executable, "-m", "symscope"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert told.stdout.split() == ["inspect"]
    assert command("--version", folder=tmp_path).stdout.startswith("symscope ")


def test_the_entry_point_exists(repository: Path) -> None:
    scripts = tomllib.loads((repository / "pyproject.toml").read_text())["project"]["scripts"]
    module, _, name = scripts["symscope"].partition(":")
    assert callable(getattr(importlib.import_module(module), name))

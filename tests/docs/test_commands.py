"""Every command in the README and on the pages of the documentation is run, as far as seconds allow."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from symscope.config.targets import TARGETS
from tests.documents import Command, commands, pages, write_named_files
from tests.workflow.conftest import Checkout, copy_checkout

PROGRAMS = {"snakemake", "make", "pip"}
AS_WRITTEN = {"--unlock", "--list-rules"}
"""Options with which a command runs no job."""
DATA = ("jets.root", "orbits.csv", "traces.csv")


@pytest.fixture(scope="module")
def site(repository: Path) -> list[Path]:
    return pages(repository)


@pytest.fixture(scope="module")
def told(site: list[Path]) -> list[Command]:
    return list(commands(site))


@pytest.fixture(scope="module")
def workplace(repository: Path, site: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout with the files that the pages show, and empty data files of the names that these use."""
    made = copy_checkout(repository, tmp_path_factory.mktemp("docs") / "checkout")
    (made.folder / "data").mkdir()
    for name in DATA:
        (made.folder / "data" / name).touch()
    assert len(write_named_files(site, made.folder)) > 15
    return made


def outcomes(asked: list[list[str]], folder: Path) -> list[tuple[int, str]]:
    """Run Snakemake commands in a folder; exit status and output of each."""
    program = Path(__file__).with_name("many_commands.py")
    environment = {**os.environ, "PYTHONPATH": str(folder / "src")}
    done = subprocess.run(
        [sys.executable, str(program)],
        input=json.dumps(asked),
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [(status, output) for status, output in json.loads(done.stdout)]


def test_every_program_is_known_here(told: list[Command]) -> None:
    assert len(told) > 60
    for page, words in told:
        assert words[0] in PROGRAMS, f"{page}: {shlex.join(words)}"


def test_every_snakemake_command_plans(told: list[Command], workplace: Checkout) -> None:
    """Jobs are not run, but everything up to them: the configuration, the files, the graph."""
    found = {words[1:] for _, words in told if words[0] == "snakemake"}
    # Targets without further options are planned in one go.
    alone = {words[2] for words in found if words[:2] == ("--cores", "4") and len(words) == 3}
    further = sorted(words for words in found if not (len(words) == 3 and words[2] in alone))
    assert len(alone) >= len(TARGETS)
    assert len(further) > 15
    commands = [[*words] for words in [("--cores", "4", *sorted(alone)), *further]]
    asked = [words if AS_WRITTEN & {*words} else [*words, "--dry-run", "--quiet", "all"] for words in commands]
    wrong = ["--cores", "1", "liegan_figure_55", "--dry-run"]
    *rest, (wrong_status, wrong_output) = outcomes([*asked, wrong], workplace.folder)
    for words, (status, output) in zip(commands, rest, strict=True):
        assert status == 0, f"snakemake {shlex.join(words)} ended with {status}:\n{output}"
    # A command that cannot run is noticed.
    assert wrong_status != 0
    assert "liegan_figure_55" in wrong_output


def test_every_make_target_exists(told: list[Command], repository: Path) -> None:
    makefile = (repository / "Makefile").read_text()
    found = {words[1] for _, words in told if words[0] == "make"}
    assert {"report", "test", "docs"} <= found
    for target in found:
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


def test_what_pip_is_asked_for_exists(told: list[Command], repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    found = [words[1:] for _, words in told if words[0] == "pip"]
    assert found
    for words in found:
        assert words[:2] == ("install", "-e"), words
        extras = re.fullmatch(r"\.(?:\[([\w,]+)\])?", words[2])
        assert extras is not None, words
        assert set((extras[1] or "").split(",")) - {""} <= set(project["optional-dependencies"])
        for option, value in zip(words[3::2], words[4::2], strict=True):
            assert option == "-c"
            assert (repository / value).is_file()

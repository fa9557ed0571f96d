"""Every command in the README and on the pages of the documentation is run, as far as seconds allow."""

import importlib.util
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from symscope.cli.main import app
from symscope.config.targets import TARGETS
from symscope.discovery.result import Discovery
from symscope.groups import known_algebra
from symscope.io.generators import write_discovery
from tests.documents import Command, commands, pages, write_named_files
from tests.makers.own_files import central_orbits, write_muons
from tests.workflow.conftest import Checkout, copy_checkout

PROGRAMS = {"snakemake", "symscope", "make", "pip", "export"}
AS_WRITTEN = {"--unlock", "--list-rules"}
"""Options with which a command runs no job."""
PLUGINS = {
    "profiles/slurm": "snakemake_executor_plugin_slurm",
    "profiles/cluster": "snakemake_executor_plugin_cluster_generic",
}
"""What a profile needs; without it, its tests are those of the cluster."""


@pytest.fixture(scope="module")
def site(repository: Path) -> list[Path]:
    return pages(repository)


@pytest.fixture(scope="module")
def told(site: list[Path]) -> list[Command]:
    return list(commands(site))


@pytest.fixture(scope="module")
def workplace(repository: Path, site: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout with the files that the pages show, and data and results of the names that these use."""
    made = copy_checkout(repository, tmp_path_factory.mktemp("docs") / "checkout")
    data, rng = made.folder / "data", np.random.default_rng(1)
    data.mkdir()
    write_muons(data / "muons.root", 3000, rng)
    states = central_orbits(6, 5, rng).reshape(-1, 4)
    table = np.column_stack([np.repeat(np.arange(6), 5), np.tile(np.arange(5) * 0.1, 6), states])
    np.savetxt(data / "orbits.csv", table, delimiter=",", header="run,t,x,y,px,py", comments="")
    np.savetxt(data / "traces.csv", rng.normal(size=(200, 9)), delimiter=",")
    result = made.folder / "results" / "discovery" / "top_tagging"
    result.mkdir(parents=True)
    write_discovery(result / "generators.h5", found_rotations())
    assert len(write_named_files(site, made.folder)) > 15
    return made


def found_rotations() -> Discovery:
    """A discovery of the Lorentz algebra by two seeds."""
    return Discovery(
        generators=np.stack([known_algebra("so(1,3)")] * 2),
        seeds=(0, 1),
        history={},
        history_steps=np.zeros(0, dtype=np.int64),
        history_generators=np.zeros((2, 0, 6, 4, 4), dtype=np.float32),
        settings={"method": {"name": "liegan"}},
        seconds=1.0,
        steps=10,
    )


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


def can_start(words: tuple[str, ...]) -> bool:
    """Whether the plugin is installed that the profile of a command needs, if it names one."""
    needed = [plugin for profile, plugin in PLUGINS.items() if profile in words]
    return all(importlib.util.find_spec(plugin) is not None for plugin in needed)


def test_every_program_is_known_here(told: list[Command]) -> None:
    assert len(told) > 60
    for page, words, _ in told:
        assert words[0] in PROGRAMS, f"{page}: {shlex.join(words)}"
        assert words[0] != "export" or all(re.fullmatch(r"[A-Z_]+=\S+", word) for word in words[1:]), page


def test_every_snakemake_command_plans(told: list[Command], workplace: Checkout) -> None:
    """Jobs are not run, but everything up to them: the configuration, the files, the graph."""
    found = {words[1:] for _, words, _ in told if words[0] == "snakemake" and can_start(words)}
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


def test_every_command_of_symscope_does_what_is_shown(
    told: list[Command], workplace: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For real, in this process; what a page shows of the output is in it, line by line."""
    monkeypatch.chdir(workplace.folder)
    # A command and its page stand once; the README has some of them again.
    found = {(words[1:], shown) for _, words, shown in told if words[0] == "symscope"}
    assert len(found) > 8
    for words, shown in sorted(found):
        expanded = [one for word in words for one in (sorted(map(str, Path().glob(word))) if "/*." in word else [word])]
        done = CliRunner().invoke(app, expanded)
        assert done.exit_code == 0, f"symscope {shlex.join(words)}:\n{done.output}\n{done.exception!r}"
        printed = [line.rstrip() for line in done.output.splitlines()]
        for line in shown.splitlines():
            assert line.rstrip() in printed, f"symscope {shlex.join(words)} does not print {line!r}:\n{done.output}"


def test_every_make_target_exists(told: list[Command], repository: Path) -> None:
    makefile = (repository / "Makefile").read_text()
    found = {words[1] for _, words, _ in told if words[0] == "make"}
    assert {"report", "test", "docs"} <= found
    for target in found:
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


def test_what_pip_is_asked_for_exists(told: list[Command], repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    found = [words[1:] for _, words, _ in told if words[0] == "pip"]
    assert found
    for words in found:
        assert words[:2] == ("install", "-e"), words
        extras = re.fullmatch(r"\.(?:\[([\w,]+)\])?", words[2])
        assert extras is not None, words
        assert set((extras[1] or "").split(",")) - {""} <= set(project["optional-dependencies"])
        for option, value in zip(words[3::2], words[4::2], strict=True):
            assert option == "-c"
            assert (repository / value).is_file()

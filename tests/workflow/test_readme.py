"""What the README says works as written."""

import importlib
import re
import shlex
from pathlib import Path

import pytest

from symscope.config.targets import TARGETS
from tests.workflow.conftest import Checkout

README = (Path(__file__).resolve().parents[2] / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def commands(program: str) -> list[str]:
    lines = [line.partition("#")[0].strip() for block in blocks("console") for line in block.splitlines()]
    return [line for line in lines if line.split()[:1] == [program]]


def test_every_snakemake_command_plans(checkout: Checkout) -> None:
    (checkout.folder / "data").mkdir()
    for name in ("jets.root", "orbits.csv", "traces.csv"):
        (checkout.folder / "data" / name).touch()
    for block in blocks("yaml"):
        name = block.splitlines()[0].removeprefix("# ")
        (checkout.folder / name).write_text(block)
    found = [shlex.split(command)[1:] for command in commands("snakemake")]
    assert len(found) >= 5
    # Targets without further options are planned in one go, as each dry run takes seconds.
    alone = [words[2] for words in found if words[:2] == ["--cores", "4"] and len(words) == 3]
    without_data = {"symmetrylens_figure_found"}
    assert set(TARGETS) - set(alone) == without_data, "every target stands in the README"
    for words in [*(words for words in found if words[-1] not in alone), ["--cores", "4", *alone]]:
        assert checkout.planned(*words)


def test_every_make_target_exists(repository: Path) -> None:
    makefile = (repository / "Makefile").read_text()
    found = commands("make")
    assert {"make report", "make test"} <= set(found)
    for command in found:
        assert re.search(rf"^{command.split()[1]}:", makefile, flags=re.MULTILINE), command


@pytest.mark.slow
def test_the_library_example_finds_the_lorentz_group_of_the_plane(capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = blocks("python")
    names: dict[str, object] = {}
    exec(compile(example, "README.md", "exec"), names)  # noqa: S102 - our own README
    assert float(capsys.readouterr().out.split()[0]) > 0.999
    metric = names["metric"]
    assert abs(metric[0, 0] + metric[1, 1]) < 0.02  # type: ignore[index]


def test_every_linked_file_exists(repository: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert "://" in target or (repository / target).exists(), target


@pytest.mark.parametrize("document", ["README.md", "CHANGELOG.md"])
def test_every_name_of_the_package_exists(repository: Path, document: str) -> None:
    found = re.findall(r"`(symscope(?:\.\w+)+)", (repository / document).read_text())
    assert found
    for dotted in found:
        parent, _, name = dotted.rpartition(".")
        try:
            importlib.import_module(dotted)
        except ModuleNotFoundError:
            assert hasattr(importlib.import_module(parent), name), dotted

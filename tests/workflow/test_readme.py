"""What the README says works as written."""

import re
import shlex
from pathlib import Path

import pytest

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
    found = commands("snakemake")
    assert len(found) >= 5
    for command in found:
        assert checkout.planned(*shlex.split(command)[1:])


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

"""What the README says works as written; its commands run with those of the documentation, in tests/docs."""

from pathlib import Path

import pytest

from symscope.config.targets import TARGETS
from tests.documents import blocks, commands


def test_every_target_stands_in_the_readme(repository: Path) -> None:
    found = [words for _, words, _ in commands([repository / "README.md"]) if words[0] == "snakemake"]
    alone = {words[3] for words in found if words[1:3] == ("--cores", "4") and len(words) == 4}
    # This one is for data whose truth nobody knows.
    assert set(TARGETS) - alone == {"symmetrylens_figure_found"}


@pytest.mark.slow
def test_the_library_example_finds_the_lorentz_group_of_the_plane(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = blocks(repository / "README.md", "python")
    names: dict[str, object] = {}
    exec(compile(example.text, "README.md", "exec"), names)  # noqa: S102 - our own README
    assert float(capsys.readouterr().out.split()[0]) > 0.999
    metric = names["metric"]
    assert abs(metric[0, 0] + metric[1, 1]) < 0.02  # type: ignore[index]

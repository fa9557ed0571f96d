"""Names that experiments cannot have are those of the workflow."""

import re
from pathlib import Path

from symscope.config.rule_names import RULES, name_misfits
from symscope.config.targets import TARGETS


def test_the_list_is_that_of_the_workflow(repository: Path) -> None:
    files = [
        repository / "Snakefile",
        repository / "workflow" / "Snakefile",
        *(repository / "workflow/rules").glob("*.smk"),
    ]
    found = {name for path in files for name in re.findall(r"^rule (\w+):", path.read_text(), flags=re.MULTILINE)}
    assert found - set(TARGETS) == set(RULES)


def test_only_names_that_are_taken_are_refused() -> None:
    assert list(name_misfits(["mine", "top_tagging"], ["family"], ["mine"])) == []
    told = list(name_misfits(["all", "identify_mine"], ["orbit_film"], ["mine"]))
    assert [sentence.split()[0] for sentence in told] == [
        "experiments.all",
        "experiments.identify_mine",
        "experiments.orbit_film",
    ]

"""`symscope new` and `symscope check`: a folder that works, and what is wrong with a configuration."""

from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Run
from tests.makers.column_files import write_nanoaod


def test_a_new_project_is_right_and_says_what_to_run(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    told = run("new", "orbits").output
    assert "snakemake --cores 4 my_experiment" in told
    made = {str(path.relative_to(folder / "orbits")) for path in (folder / "orbits").rglob("*") if path.is_file()}
    assert {"config/config.yaml", "Snakefile", "README.md", ".gitignore"} <= made
    assert len((folder / "orbits" / "README.md").read_text().splitlines()) == 3
    monkeypatch.chdir(folder / "orbits")
    checked = run("check").output
    assert "All is right." in checked
    assert "my_experiment  null_space on my_experiment" in checked
    assert run("check", "--quiet").output == ""


def test_a_project_for_a_file_names_it_wherever_it_is(folder: Path, run: Run) -> None:
    write_nanoaod(folder / "muons.root")
    told = run("new", "mine", "--data", "muons.root").output
    assert "Recognised: Four-momenta" in told
    values = yaml.safe_load((folder / "mine" / "config" / "config.yaml").read_text())
    assert Path(values["experiments"]["muons"]["data"]["files"]) == (folder / "muons.root").resolve()
    assert "All is right." in run("check", "mine/config/config.yaml").output  # also from outside


def test_nothing_is_overwritten_and_nothing_half_made(folder: Path, run: Run) -> None:
    (folder / "full").mkdir()
    (folder / "full" / "thesis.tex").write_text("years of work")
    assert "not empty" in run("new", "full", status=1).stderr
    assert "is a file" in run("new", "full/thesis.tex", status=1).stderr
    (folder / "words.csv").write_text("name,kind\na,b\n")
    assert "nothing was recognised" in run("new", "fresh", "--data", "words.csv", status=1).stderr
    assert not (folder / "fresh").exists()
    assert "there is no workflow/Snakefile in nowhere" in run("new", "fresh", "--workflow", "nowhere", status=1).stderr


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("scale: own\nexperimens: {}\n", "unknown key 'experimens'; did you mean 'experiments'?"),
        ("a: [1\n", "is no YAML"),
        ("- a\n", "a mapping of settings is needed"),
        ("experiments: {top_tagging: {seeds: [0, 0]}}\n", "seed 0 is there twice"),
        ("experiments: {orbit_film: {data: {source: nbody}}}\n", "has the name of a target of the report"),
        ("experiments: {data: {data: {source: nbody}}}\n", "has the name of a rule of the workflow"),
        (
            "experiments: {identify_top_tagging: {data: {source: nbody}}}\n",
            "the target with the answer of another experiment",
        ),
        (
            "experiments: {mine: {data: {files: no.root, vectors: {columns: [a, b]}}}}\n",
            "experiments.mine.data.files names 'no.root', and there is no such file",
        ),
        (
            "experiments: {mine: {data: {files: no*.root, vectors: {columns: [a, b]}}}}\n",
            "experiments.mine.data.files: no file matches 'no*.root'",
        ),
    ],
)
def test_what_is_wrong_is_told_with_status_1(folder: Path, run: Run, text: str, sentence: str) -> None:
    (folder / "mine.yaml").write_text(text)
    done = run("check", "mine.yaml", status=1)
    assert sentence in done.stderr
    assert "All is right" not in done.stdout


def test_files_are_laid_over_each_other(folder: Path, run: Run) -> None:
    """As Snakemake does it: the default configuration, then each file."""
    (folder / "first.yaml").write_text("scale: one\nexperiments: {top_tagging: {seeds: [1, 2, 3]}}\n")
    (folder / "second.yaml").write_text("scale: two\n")
    told = run("check", "first.yaml", "second.yaml").output
    assert "scale two" in told
    assert "top_tagging " in told
    assert "5,000 steps, 3 seeds" in told
    assert "targets of the report: liegan_figure_3" in told
    assert "snakemake --cores 4 --configfile first.yaml second.yaml" in told

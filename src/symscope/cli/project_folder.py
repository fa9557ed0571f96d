"""`symscope new`: a folder with a configuration to edit and a Snakefile that uses symscope's rules."""

import json
import shlex
import shutil
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from string import Template

import typer

from symscope.cli.configs import CONFIG, laid_over, read_yaml, repository
from symscope.cli.inspection import name_for, working_proposals
from symscope.cli.yaml_text import yaml_text
from symscope.config.file_facts import Proposal
from symscope.config.project import load_project
from symscope.errors import ConfigError, DataError
from symscope.io.inspection import inspect_file, same_columns

SCHEMA = Path("workflow/schemas/config.schema.json")
PROFILE = Path("profiles/default/profile.yaml")
"""Options that every `snakemake` in the folder gets."""


def make_project(folder: Path, *, data: Sequence[Path], tree: str | None, workflow: Path | None) -> None:
    """Make a project folder; nothing is written where something is wrong.

    Raises
    ------
    ConfigError
        Where the folder is not empty, or there is no workflow.
    DataError
        Where a file cannot be looked into, or nothing is recognised in it.
    """
    root = _workflow_root(workflow)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        what = "is a folder that is not empty" if folder.is_dir() else "is a file"
        raise ConfigError(f"{folder} {what}; name a new folder, so that nothing of yours is overwritten")
    name, experiments, found = "my_experiment", _template("example.yaml"), None
    if data:
        name, found = _proposed(folder, data, tree)
        experiments = _commented(name, found)
    texts = _texts(root, name, experiments)
    existed = folder.exists()
    try:
        for path, text in texts.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        values = read_yaml(folder / CONFIG)
        load_project(laid_over({}, values), source=str(folder / CONFIG))
    except BaseException:
        if not existed:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    typer.echo(f"Made {folder} with {', '.join(map(str, texts))}.")
    if found is not None:
        typer.echo(f"Recognised: {found.title}.")
        for sentence in found.why:
            typer.echo(f"  - {sentence}")
    typer.echo("Edit the configuration, check it, and run:")
    typer.echo(f"  cd {shlex.quote(str(folder))}\n  symscope check\n  snakemake --cores 4 {name}")


def _workflow_root(workflow: Path | None) -> Path:
    root = repository() if workflow is None else workflow.resolve()
    if root is not None and root.name == "Snakefile":
        root = root.parent
    if root is not None and root.name == "workflow":
        root = root.parent
    if root is None or not (root / "workflow" / "Snakefile").is_file():
        where = "beside this installation" if workflow is None else f"in {workflow}"
        raise ConfigError(
            f"there is no workflow/Snakefile {where}; clone symscope's repository and name it with --workflow FOLDER"
        )
    return root


def _proposed(folder: Path, data: Sequence[Path], tree: str | None) -> tuple[str, Proposal]:
    """Look into the files; their paths become relative to the project where they are inside it, and absolute elsewhere."""
    facts, _ = inspect_file(data[0], tree=tree)
    same_columns(facts, [inspect_file(path, tree=facts.tree, entries=1)[0] for path in data[1:]])
    name = name_for(str(data[0]), None)
    inside = folder.resolve()
    paths = [
        str(path.resolve().relative_to(inside)) if path.resolve().is_relative_to(inside) else str(path.resolve())
        for path in data
    ]
    proposals = working_proposals(facts, paths, name)
    if not proposals:
        raise DataError(
            f"{data[0]}: nothing was recognised in its columns; look at them with `symscope inspect {data[0]}`, make the folder without "
            "--data, and name the columns in its configuration"
        )
    return name, proposals[0]


def _commented(name: str, found: Proposal) -> str:
    remarks = "".join(f"  # {sentence}\n" for sentence in [f"{found.title}.", *found.why])
    text = yaml_text(found.block(name))
    return text.replace("experiments:\n", f"experiments:\n{remarks}", 1)


def _texts(root: Path, name: str, experiments: str) -> dict[Path, str]:
    schema = root / SCHEMA
    line = f"# yaml-language-server: $$schema={schema.as_uri()}\n".replace("$$", "$") if schema.is_file() else ""
    page = "methods.html" if "methods:" in experiments else "report.html"
    readme = _filled("README.md", repository=root.as_uri(), name=name, page=page)
    return {
        CONFIG: _filled("config.yaml", schema_line=line, experiments=experiments),
        Path("Snakefile"): _filled("Snakefile", workflow=json.dumps(str(root / "workflow" / "Snakefile"))),
        Path("README.md"): readme,
        Path(".gitignore"): "/results/\n/.snakemake/\n",
        **({PROFILE: (root / PROFILE).read_text("utf-8")} if (root / PROFILE).is_file() else {}),
    }


def _template(name: str) -> str:
    return resources.files("symscope.cli").joinpath("templates", name).read_text("utf-8")


def _filled(template: str, /, **words: str) -> str:
    return Template(_template(template)).substitute(words)

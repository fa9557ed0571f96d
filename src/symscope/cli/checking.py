"""`symscope check`: whether a configuration is right, and what it would do."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from symscope.cli.configs import merged_configs, repository
from symscope.config.datasets import AnyDataset
from symscope.config.digits import DigitsDataset
from symscope.config.project import Project, load_project
from symscope.config.splits import SPLIT_NAMES, FileSplits
from symscope.errors import ConfigError


def check_configs(configs: Sequence[Path], *, quiet: bool) -> bool:
    """Print what a configuration would do, and tell whether it could.

    Raises
    ------
    ConfigError
        With one line for each wrong key.
    """
    merged = merged_configs(configs)
    source = str(merged.files[-1])
    with _inside(merged.folder):
        project = load_project(merged.values, source=source, fallback=repository())
        missing = list(_missing(project, merged.values))
        notes = project.notes()
    given = list(dict.fromkeys(str(path) for path in configs if path not in merged.files[:1]))
    options = f" --configfile {' '.join(given)}" if given else ""
    if not quiet:
        _print_plan(project, [str(path) for path in merged.files], options)
    for note in notes:
        typer.echo(f"note: {note}", err=True)
    for sentence in missing:
        typer.echo(f"symscope: {source}: {sentence}", err=True)
    if not quiet and not missing:
        typer.echo("All is right.")
    return not missing


def _print_plan(project: Project, files: Sequence[str], options: str) -> None:
    typer.echo(f"{' + '.join(files)}: scale {project.scale}, results in {project.results}/")
    if project.experiments:
        typer.echo(f"\n{_counted(len(project.experiments), 'experiment')}:")
        width = max(len(name) for name in project.experiments)
        for name, one in project.experiments.items():
            dataset = project.datasets[one.dataset]
            typer.echo(f"  {name.ljust(width)}  {one.method.name} on {one.dataset}: {one.words(dataset)}")
    several = {name: members for name, members in project.families.items() if name not in project.experiments}
    for name, members in several.items():
        typer.echo(f"  {name} stands for {', '.join(members)}")
    if project.datasets:
        used = {one.dataset for one in project.experiments.values()} | set(project.used_datasets())
        typer.echo(f"\n{_counted(len(project.datasets), 'dataset')}:")
        for name, settings in project.datasets.items():
            typer.echo(f"  {name} ({settings.source}){'' if name in used else ', not used'}")
    if project.report.targets:
        typer.echo(
            f"\n{_counted(len(project.report.targets), 'target')} of the report: {', '.join(project.report.targets)}"
        )
    names = [*several, *(name for name in project.families if name not in several)]
    if names and not project.report.targets:
        typer.echo("\nRun, for a page of each:")
        typer.echo(f"  snakemake --cores 4 {' '.join(names[:3])}{options}")
    else:
        typer.echo(f"\nRun:\n  snakemake --cores 4{options}")


def _counted(number: int, what: str) -> str:
    return f"one {what}" if number == 1 else f"{number} {what}s"


def _missing(project: Project, values: Mapping[str, Any]) -> Iterator[str]:
    """Say which files of the user's own that experiments and targets use are not there."""
    used = dict.fromkeys([*(one.dataset for one in project.experiments.values()), *project.used_datasets()])
    for name in used:
        settings = project.datasets[name]
        inline = isinstance(block := values.get("experiments", {}).get(name), Mapping) and "data" in block
        key = f"experiments.{name}.data.files" if inline else f"datasets.{name}.files"
        try:
            paths = dict.fromkeys(_files(settings))
        except ConfigError as error:
            yield f"{key}: {error}"
            continue
        yield from (
            f"{key} names '{path}', and there is no such file; mend the path" for path in paths if not path.is_file()
        )


def _files(settings: AnyDataset) -> list[Path]:
    """Files that must be there before a run; those that are fetched or made do not count."""
    if isinstance(settings, FileSplits):
        return [path for split in SPLIT_NAMES for path in settings.files_of(split)]
    if isinstance(settings, DigitsDataset) and settings.files is not None:
        return [Path(path) for path in settings.files.paths]
    return []


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Work in a folder, to which the paths of a configuration are relative."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)

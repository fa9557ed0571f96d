"""`symscope inspect`: what a file holds, and how it may be read."""

import fnmatch
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import typer

from symscope.cli.configs import base_values
from symscope.cli.yaml_text import yaml_text
from symscope.config.file_facts import ColumnFacts, FileFacts, Proposal
from symscope.config.names import NAME_PATTERN
from symscope.config.project import load_project
from symscope.config.proposals import experiment_name, propose
from symscope.config.rule_names import name_misfits
from symscope.errors import ConfigError, DataError
from symscope.io.inspection import Tree, inspect_file, same_columns

SHOWN = 60
"""Columns that are listed where not all are asked for."""


def inspect_files(
    files: Sequence[Path],
    *,
    tree: str | None,
    entries: int,
    pattern: str | None,
    everything: bool,
    proposal: int,
    block_only: bool,
    name: str | None,
) -> None:
    """Print what files hold, and a proposal; see :func:`symscope.cli.main.inspect`."""
    facts, trees = inspect_file(files[0], tree=tree, entries=entries)
    others = [inspect_file(path, tree=facts.tree, entries=1)[0] for path in files[1:]]
    same_columns(facts, others)
    label = name_for(str(files[0]), name)
    proposals = working_proposals(facts, [str(path) for path in files], label)
    if block_only:
        _print_block(facts, proposals, proposal, label)
        return
    _print_facts(facts, others, trees)
    _print_columns(facts.columns, pattern=pattern, everything=everything, entries=entries)
    _print_proposals(proposals, proposal, label)


def working_proposals(facts: FileFacts, paths: Sequence[str], name: str) -> list[Proposal]:
    """Give the proposals that a check accepts; one that it refuses would be no help."""
    found = []
    for one in propose(facts, paths):
        with suppress(ConfigError):
            load_project(one.block(name), source="the proposal")
            found.append(one)
    return found


def name_for(path: str, wanted: str | None) -> str:
    """Give the name of the experiment: the one that is wanted, or that of the file where nothing else has it.

    Raises
    ------
    ConfigError
        Where the name that is wanted cannot be one.
    """
    if wanted is not None:
        if not re.fullmatch(NAME_PATTERN, wanted):
            raise ConfigError(
                f"--name is '{wanted}'; use small letters, digits and underscores, beginning with a letter"
            )
        told = next(name_misfits([wanted], [], []), None)
        if told is not None:
            raise ConfigError(told)
        return wanted
    name = experiment_name(path)
    taken = base_values().values
    known = {*taken.get("datasets", {}), *taken.get("experiments", {})}
    clash = name in known or next(name_misfits([name], [], []), None) is not None
    return f"my_{name}" if clash else name


def _print_facts(facts: FileFacts, others: Sequence[FileFacts], trees: Sequence[Tree]) -> None:
    total = facts.entries + sum(other.entries for other in others)
    files = facts.path if not others else f"{facts.path} and {len(others)} more"
    about = "about " if facts.about else ""
    where = f", {'tree' if facts.format == 'root' else 'group'} {facts.tree}" if facts.tree else ""
    typer.echo(f"{files}: {facts.format}{where}, {about}{total:,} entries, {_columns(facts)}")
    if len(trees) > 1:
        listed = ", ".join(f"{tree.name} ({tree.entries:,} entries)" for tree in trees[:10])
        more = f" and {len(trees) - 10} more" if len(trees) > 10 else ""
        typer.echo(f"trees: {listed}{more}; look into another one with --tree NAME")


def _columns(facts: FileFacts) -> str:
    return "one column" if len(facts.columns) == 1 else f"{len(facts.columns)} columns"


def _print_columns(columns: Sequence[ColumnFacts], *, pattern: str | None, everything: bool, entries: int) -> None:
    chosen = [one for one in columns if pattern is None or fnmatch.fnmatchcase(one.name, pattern)]
    if not chosen:
        raise DataError(
            f"no column has a name like '{pattern}'; there are {', '.join(one.name for one in columns[:20])}"
        )
    listed = chosen if everything else chosen[:SHOWN]
    rows = [("column", "type", "of an entry", "lowest", "highest")]
    rows += [
        (one.name, one.kind.replace("std::", ""), _shape(one), _number(one.lowest), _number(one.highest))
        for one in listed
    ]
    widths = [min(48, max(len(row[k]) for row in rows)) for k in range(5)]
    typer.echo("")
    for row in rows:
        left = "  ".join(text.ljust(width) for text, width in zip(row[:3], widths[:3], strict=True))
        right = "  ".join(text.rjust(width) for text, width in zip(row[3:], widths[3:], strict=True))
        typer.echo(f"  {left}  {right}".rstrip())
    if len(listed) < len(chosen):
        typer.echo(f"  ... and {len(chosen) - len(listed)} more; list them with --all, or some with --pattern 'Muon_*'")
    typer.echo(f"  (ranges of the first {entries:,} entries)")
    spoilt = [one.name for one in listed if one.not_finite]
    if spoilt:
        typer.echo(f"  NaN or infinite values: {', '.join(spoilt[:10])}; `invalid: drop` leaves such events out")
    typer.echo("")


def _shape(one: ColumnFacts) -> str:
    if one.is_list:
        return f"list of {one.fewest} to {one.most}" if one.fewest != one.most else f"list of {one.most}"
    if one.shape:
        return " x ".join(str(length) for length in one.shape)
    return "a number" if one.numeric else "no number"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e9 else f"{value:.5g}"


def _print_proposals(proposals: Sequence[Proposal], number: int, label: str) -> None:
    if not proposals:
        typer.echo(
            "No proposal: no momenta, trajectories, vectors or signals were recognised. Name the columns yourself, as `vectors: {columns: "
            "[a, b, c]}` under `data`; config/README.md has every key."
        )
        return
    one = _chosen(proposals, number)
    several = f" ({number} of {len(proposals)})" if len(proposals) > 1 else ""
    typer.echo(f"Proposal{several}: {one.title}")
    for sentence in one.why:
        typer.echo(f"  - {sentence}")
    typer.echo(f"  - Apt methods: {', '.join(one.methods)}.\n")
    typer.echo(yaml_text(one.block(label)).rstrip("\n"))
    typer.echo(
        f"\nWrite it to a file, such as {label}.yaml, and run:\n  snakemake --cores 4 {label} --configfile {label}.yaml"
    )
    rest = [f"{k}: {other.title}" for k, other in enumerate(proposals, start=1) if k != number]
    if rest:
        typer.echo("Other proposals, printed with --proposal NUMBER:")
        for line in rest[:10]:
            typer.echo(f"  {line}")


def _print_block(facts: FileFacts, proposals: Sequence[Proposal], number: int, label: str) -> None:
    if not proposals:
        raise DataError(
            f"{facts.path}: nothing was recognised, so there is no block to print; look at it without --block"
        )
    one = _chosen(proposals, number)
    typer.echo(f"# {one.title}")
    typer.echo(yaml_text(one.block(label)).rstrip("\n"))


def _chosen(proposals: Sequence[Proposal], number: int) -> Proposal:
    if number > len(proposals):
        raise ConfigError(
            f"--proposal is {number}, and there are {len(proposals)}; give a number from 1 to {len(proposals)}"
        )
    return proposals[number - 1]

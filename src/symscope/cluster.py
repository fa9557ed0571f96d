"""What a profile for a cluster asks of the workflow: run time and memory of a job, and how to look after jobs.

Snakemake evaluates the resources of a profile as expressions without the workflow's own names. So the workflow leaves its
configuration here by :func:`declare`, and a profile writes expressions that call :func:`minutes` and :func:`megabytes`;
:func:`runtime` and :func:`memory` spell them.
"""

import math
import shlex
import subprocess
from typing import Any

from symscope.config.project import Project
from symscope.errors import ConfigError
from symscope.workload import WORK, work

_declared: dict[str, Project] = {}


def declare(project: Project) -> None:
    """Keep the configuration whose jobs are asked about."""
    _declared["project"] = project


def _work_of(rule: str, wildcards: Any) -> float:
    if "project" not in _declared:
        raise ConfigError(f"the run time of '{rule}' was asked for before the workflow read its configuration")
    return work(_declared["project"], rule, dict(wildcards.items()))


def minutes(
    rule: str, wildcards: Any, attempt: int, *, seconds: float, start: float, least: int, most: int, margin: float
) -> int:
    """Run time to ask for.

    Parameters
    ----------
    rule, wildcards, attempt
        The job, and how often it has been started, from 1; each further attempt gets as much again.
    seconds
        Measured time for a unit of the rule's work [s].
    start
        Measured time that every job takes [s].
    least
        Shortest time that is asked for [min]; shared disks can be slow to give Python its files.
    most
        Longest time that may be asked for [min]. A training that is cut off there goes on in its next attempt.
    margin
        Factor on the measured times (dimensionless), for slower machines.
    """
    needed = margin * (start + seconds * _work_of(rule, wildcards)) / 60
    return min(most, max(least, math.ceil(needed)) * attempt)


def megabytes(rule: str, wildcards: Any, attempt: int, *, each: float, start: int, most: int) -> int:
    """Memory to ask for.

    Parameters
    ----------
    rule, wildcards, attempt
        The job, and how often it has been started, from 1; each further attempt gets twice as much.
    each
        Memory for a unit of the rule's work [MB].
    start
        Memory that every job takes [MB], the two Snakemake processes around it included.
    most
        Largest memory that may be asked for [MB].
    """
    needed = start + each * _work_of(rule, wildcards)
    return min(most, math.ceil(needed) << (attempt - 1))


def runtime(
    rule: str, seconds: float = 0.0, *, start: float = 60.0, least: int = 10, most: int = 24 * 60, margin: float = 3.0
) -> str:
    """Expression of the run time of a rule, for ``set-resources`` in a profile; see :func:`minutes`."""
    numbers = f"seconds={seconds!r}, start={start!r}, least={least!r}, most={most!r}, margin={margin!r}"
    return _call("minutes", rule, numbers)


def memory(rule: str, start: int = 1000, *, each: float = 0.0, most: int = 256_000) -> str:
    """Expression of the memory of a rule, for ``set-resources`` in a profile; see :func:`megabytes`."""
    return _call("megabytes", rule, f"each={each!r}, start={start!r}, most={most!r}")


def _call(function: str, rule: str, numbers: str) -> str:
    module = f"__import__({__name__!r}, fromlist=[{function!r}])"
    return f"{module}.{function}({rule!r}, wildcards, attempt, {numbers})"


def rules_with_work() -> list[str]:
    """Rules whose time depends on the configuration."""
    return list(WORK)


def status_command() -> str:
    """Find how SLURM tells of finished jobs: `sacct` where it keeps accounts, `squeue` where it does not.

    The plugin of Snakemake prefers `sacct` wherever the program is, and waits for ever where it knows of no job.
    """
    try:
        told = subprocess.run(
            shlex.split("scontrol show config"), capture_output=True, text=True, timeout=20, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return "squeue"
    values = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
    storage = next((value.strip() for key, value in values.items() if key.strip() == "AccountingStorageType"), "")
    return "squeue" if storage in ("", "(null)", "accounting_storage/none") else "sacct"

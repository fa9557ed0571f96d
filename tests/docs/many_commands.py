"""Run several `snakemake` commands from one start of Python: what each imports and digests is shared by forking.

Reads a JSON list of argument lists, writes a JSON list of [exit status, output]. It runs in the folder of a checkout.
"""

import json
import os
import sys
import tempfile
from functools import cache
from pathlib import Path

import snakemake.api
from snakemake.cli import get_argument_parser
from snakemake.cli import main as snakemake

from symscope import digest
from symscope.config import project  # noqa: F401 - likewise


def run(arguments: list[str]) -> tuple[int, str]:
    """Run one command in a process of its own."""
    with tempfile.TemporaryFile("w+") as told:
        child = os.fork()
        if child == 0:
            os.dup2(told.fileno(), 1)
            os.dup2(told.fileno(), 2)
            status = 1
            try:
                snakemake(arguments)
            except SystemExit as ended:
                status = int(ended.code or 0)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        _, ended = os.waitpid(child, 0)
        told.seek(0)
        return os.waitstatus_to_exitcode(ended), told.read()


def main() -> None:
    get_argument_parser()  # loads the plugins
    # The sources are the same for all commands.
    digest.source_digest = cache(digest.source_digest)
    for script in sorted(Path("workflow/scripts").resolve().glob("*.py")):
        digest.source_digest(script)
    json.dump([run(arguments) for arguments in json.load(sys.stdin)], sys.stdout)


if __name__ == "__main__":
    main()

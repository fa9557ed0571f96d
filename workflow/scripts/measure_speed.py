"""Run a benchmark in a process of its own."""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from symscope.joblog import job_log
from symscope.provenance import write_provenance

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]) as clock:
    settings, code = snakemake.params.settings, Path(snakemake.input.code).resolve()
    chosen = [f"--{name}={settings[name]}" for name in ("size", "repeats", "threads")]
    output = Path(snakemake.output.speeds).resolve()
    command = [sys.executable, "-m", f"tests.benchmarks.{code.stem}", *chosen, "--json", str(output)]
    with Path(snakemake.log[0]).open("a", encoding="utf-8") as log:
        subprocess.run(command, cwd=code.parents[2], check=True, stdout=log, stderr=log)
    about = {"step": f"measure_speed {code.stem}", "settings": settings}
    write_provenance(snakemake.output.provenance, **about, seconds=clock.seconds)

"""Use what symscope found: a script of a workflow that has symscope as a module."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from symscope.io.generators import read_discovery

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake  # noqa: TC004 - Snakemake puts the object into the module

generators = read_discovery(snakemake.input.generators).null_space["whole"]
brackets = [a @ b - b @ a for a in generators for b in generators]
largest = max((float(np.linalg.norm(bracket)) for bracket in brackets), default=0.0)
words = f"{len(generators)} generators, largest bracket {largest:.3f}"
Path(snakemake.output[0]).write_text(f"{words}\n")

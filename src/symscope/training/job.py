"""A training of a jet tagger as a job on files: the same in one process and in several."""

import json
import logging
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from symscope.config.taggers import TaggerNetwork, TaggerTraining
from symscope.errors import ConfigError, SymscopeError
from symscope.io.metrics import read_metrics
from symscope.io.samples import read_split
from symscope.training.loop import train_tagger
from symscope.training.parallel import processes
from symscope.training.tagger_result import TrainedTagger, read_tagger, write_tagger

logger = logging.getLogger(__name__)

REFUSED = 3
"""Exit status of a process that ends with a mistake of the user."""


@dataclass(frozen=True)
class TaggerJob:
    """What is trained, from which files, into which file; plain values, so that another process can be told."""

    jets: str
    """Dataset with the splits train and val."""
    output: str
    """File of the trained tagger."""
    network: dict[str, Any]
    """Settings of the network (``TaggerNetwork``)."""
    training: dict[str, Any]
    """Settings of the training (``TaggerTraining``)."""
    metric: str
    """``minkowski``, ``euclidean``, or the file of a fitted metric."""
    seed: int
    include_momenta: bool = False
    checkpoint: str | None = None
    """File to continue from."""
    source: str = ""
    """Digest of the code, so that a checkpoint of other code is not continued."""
    device: str = "cpu"


def run_tagger_job(job: TaggerJob) -> None:
    """Train in this process, alone or with its fellows, and write the result once.

    Raises
    ------
    SymscopeError
        For what cannot be trained; see :func:`~symscope.training.loop.train_tagger`.
    """
    named = job.metric in ("minkowski", "euclidean")
    trained = train_tagger(
        read_split(job.jets, "train"),
        read_split(job.jets, "val"),
        network=TaggerNetwork(**job.network),
        metric=job.metric if named else read_metrics(job.metric).joint,
        settings=TaggerTraining(**job.training),
        seed=job.seed,
        include_momenta=job.include_momenta,
        checkpoint=job.checkpoint,
        source=job.source,
        device=job.device,
    )
    if processes(job.device).rank == 0:
        write_tagger(job.output, trained)


def train_together(job: TaggerJob, count: int) -> TrainedTagger:
    """Train in `count` processes of this machine, started by ``torchrun``, and read what they wrote.

    One process is this one.

    Raises
    ------
    SymscopeError
        For what cannot be trained, or where a process fails.
    """
    batch = TaggerTraining(**job.training).batch_jets
    if batch % count:
        raise ConfigError(f"batch_jets is {batch} and compute.processes is {count}; make one a multiple of the other")
    if count == 1:
        run_tagger_job(job)
        return read_tagger(job.output)
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "job.json"
        told.write_text(json.dumps(asdict(job)))
        launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={count}"]
        threads = max(1, int(os.environ.get("OMP_NUM_THREADS", count)) // count)
        done = subprocess.run(
            [*launcher, "-m", "symscope.training.worker", str(told)],
            env={**os.environ, "OMP_NUM_THREADS": str(threads)},
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    for line in done.stderr.splitlines():
        logger.info("%s", line)
    if done.returncode != 0:
        refusals = [line.partition("symscope: ")[2] for line in done.stderr.splitlines() if "symscope: " in line]
        if refusals:
            raise ConfigError(refusals[0])
        raise SymscopeError(
            f"{count} processes that train together ended with {done.returncode}; the log has their words"
        )
    return read_tagger(job.output)

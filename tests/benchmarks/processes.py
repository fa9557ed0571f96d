"""Two processes that train one tagger, against one: ratios of time and of processor time, for steps of two sizes.

Run: ``python tests/benchmarks/processes.py``. It stands apart from the benchmarks of the report, as it takes two cores.
What two processes share is the batch of a step. Each step they sum gradients and the moments of the batch normalisation,
so the more jets a step has, the nearer the ratio of times comes to two. The ratio of processor times says what the sharing
itself costs, also on a machine that is busy with other things.
"""

import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from symscope.config.taggers import TaggerNetwork, TaggerTraining
from symscope.io.samples import SamplesHeader, SamplesWriter
from symscope.training.job import TaggerJob, train_together

JETS, CONSTITUENTS, SHORT, LONG = 1024, 16, 1, 3


def write_jets(path: Path) -> None:
    """Jets of massless particles with random labels."""
    rng = np.random.default_rng(7)
    header = SamplesHeader(("E", "px", "py", "pz"), "GeV", "vector", "trivial", {"step": "processes"})
    with SamplesWriter(path, header) as writer:
        for split, count in (("train", JETS), ("val", 64)):
            three = rng.normal(scale=20, size=(count * CONSTITUENTS, 3))
            momenta = np.column_stack([np.linalg.norm(three, axis=1), three]).astype(np.float32)
            labels = rng.integers(0, 2, count).astype(np.uint8)
            writer.append(split, momenta, labels, np.full(count, CONSTITUENTS))


def used() -> float:
    """Processor time of this process and of those that it waited for [s]."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def cost(job: TaggerJob, processes: int) -> tuple[float, float]:
    """Time and processor time of an epoch [s]: a long training less a short one, so that starting up is left out."""
    measured = []
    for epochs in (SHORT, LONG):
        training = {**job.training, "epochs": epochs}
        start, before = time.perf_counter(), used()
        trained = train_together(replace(job, training=training), processes)
        seconds = float(np.median([record["seconds"] for record in trained.history]))
        measured.append((time.perf_counter() - start, used() - before))
    epochs = LONG - SHORT
    return seconds, (measured[1][1] - measured[0][1]) / epochs


def main() -> None:
    """Print a line for the size of the default run and for that of the paper."""
    with tempfile.TemporaryDirectory() as folder:
        write_jets(Path(folder) / "jets.h5")
        for hidden, layers, batch in ((16, 3, 64), (72, 6, 128)):
            training = TaggerTraining(epochs=2, warmup_epochs=0, cooldown_epochs=0, restart_period=4, batch_jets=batch)
            job = TaggerJob(
                jets=f"{folder}/jets.h5",
                output=f"{folder}/out.pt",
                network=TaggerNetwork(hidden=hidden, layers=layers).model_dump(),
                training=training.model_dump(),
                metric="minkowski",
                seed=0,
            )
            one, two = cost(job, 1), cost(job, 2)
            sys.stdout.write(
                f"{layers} layers of {hidden}, steps of {batch} jets: {one[0] / two[0]:.2f} times as fast with two processes; "
                f"{two[1] / one[1]:.2f} times the processor time\n"
            )


if __name__ == "__main__":
    main()

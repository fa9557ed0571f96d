"""Speed and memory of ingesting ROOT files, against reading them whole and padding them as taggers' loaders do.

Ours checks, splits, shuffles and writes; the plain way reads everything at once and pads it, and its memory grows with the file.
"""

import tempfile
import time
from pathlib import Path

import awkward as ak
import numpy as np
import uproot
from tests.benchmarks.suite import Size, peak_memory, run

from symscope.config.datasets import dataset_settings
from symscope.data.ingestion import ingest_jets
from symscope.evaluation.speed import Measurement
from symscope.io.jets import JetBatch, sort_constituents

PADDED_CONSTITUENTS = 128
BASKET_JETS = 10_000
MEAN_CONSTITUENTS = 50


def write_jets(path: Path, n_jets: int) -> None:
    """Synthetic jets in the layout of JetClass, constituents by falling pT."""
    rng = np.random.default_rng(1)
    names = ("part_energy", "part_px", "part_py", "part_pz")
    with uproot.recreate(path) as file:
        file.mktree("tree", {**dict.fromkeys(names, "var * float32"), "label_Tbqq": "int32", "label_QCD": "int32"})
        for start in range(0, n_jets, BASKET_JETS):
            n = min(BASKET_JETS, n_jets - start)
            counts = rng.poisson(MEAN_CONSTITUENTS, n)
            three = rng.normal(scale=20.0, size=(counts.sum(), 3)).astype(np.float32)
            momenta = np.column_stack([np.linalg.norm(three, axis=1), three]).astype(np.float32)
            labels = rng.integers(0, 2, n).astype(np.uint8)
            batch = sort_constituents(JetBatch.from_counts(momenta, counts, labels))
            branches = {name: ak.unflatten(batch.momenta[:, i], counts) for i, name in enumerate(names)}
            top = labels.astype(np.int32)
            file["tree"].extend({**branches, "label_Tbqq": top, "label_QCD": 1 - top})


def ingest(path: Path, folder: Path) -> None:
    """Ours: checked, split, shuffled and written to a samples file."""
    settings = dataset_settings({"source": "jetclass", "files": {"all": [str(path)]}})
    ingest_jets([path], settings=settings, output=folder / "jets.h5", seed=0)


def load_and_pad(path: Path, folder: Path) -> None:
    """In the manner of the published loaders: everything at once, padded to a fixed length; nothing is checked."""
    with uproot.open(path) as file:
        table = file["tree"].arrays(["part_energy", "part_px", "part_py", "part_pz", "label_Tbqq"])
    padded = [
        ak.to_numpy(ak.fill_none(ak.pad_none(table[name], PADDED_CONSTITUENTS, clip=True), 0.0)).astype(np.float32)
        for name in ("part_energy", "part_px", "part_py", "part_pz")
    ]
    np.savez(folder / "padded.npz", x=np.stack(padded, axis=1), y=ak.to_numpy(table["label_Tbqq"]))


WAYS = {"ingest": ingest, "plain": load_and_pad}


def measure(size: Size, repeats: int) -> list[Measurement]:
    """Jets a second of processor time, and the peak memory, for two sizes of file."""
    largest = {"smoke": 400, "small": 40_000, "full": 200_000}[size]
    found = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for n_jets in (largest // 4, largest):
            path = folder / f"jets_{n_jets}.root"
            write_jets(path, n_jets)
            rates = dict.fromkeys(WAYS, 0.0)
            for _ in range(repeats):
                for way, action in WAYS.items():
                    began = time.process_time()
                    action(path, folder)
                    rates[way] = max(rates[way], n_jets / (time.process_time() - began))
            plain_peak = peak_memory(load_and_pad, path, folder) / 2**20
            found.append(
                Measurement(
                    step="ingestion",
                    label=f"jets read from ROOT, {n_jets:,} of them, on one core",
                    unit="jets/s",
                    rate=rates["ingest"],
                    plain=rates["plain"],
                    size=float(n_jets),
                    axis="jets in the file",
                    in_rate=True,
                    peak=peak_memory(ingest, path, folder),
                    note=f"The plain way checks, splits and shuffles nothing, and takes {plain_peak:,.0f} MiB.",
                )
            )
    return found


if __name__ == "__main__":
    run(measure, __doc__)

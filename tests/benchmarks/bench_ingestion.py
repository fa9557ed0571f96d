"""Speed and memory of ingesting ROOT files, against reading them whole and padding them as taggers' loaders do.

Prints jets/s on one core and the peak memory of ingestion for two sizes of file, and the same for the plain loader.
Each measurement runs in a process of its own. ``python tests/benchmarks/bench_ingestion.py [n_jets]``.
"""

import argparse
import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

PADDED_CONSTITUENTS = 128
BASKET_JETS = 10_000
MEAN_CONSTITUENTS = 50


def write_jets(path: Path, n_jets: int) -> None:
    """Synthetic jets in the layout of JetClass, constituents by falling pT."""
    import awkward as ak
    import uproot

    from symscope.io.jets import JetBatch, sort_constituents

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
    from symscope.config.datasets import dataset_settings
    from symscope.data.ingestion import ingest_jets

    settings = dataset_settings({"source": "jetclass", "files": {"all": [str(path)]}})
    ingest_jets([path], settings=settings, output=folder / "jets.h5", seed=0)


def load_and_pad(path: Path, folder: Path) -> None:
    """In the manner of the published loaders: everything at once, padded to a fixed length; nothing is checked."""
    import awkward as ak
    import uproot

    with uproot.open(path) as file:
        table = file["tree"].arrays(["part_energy", "part_px", "part_py", "part_pz", "label_Tbqq"])
    padded = [
        ak.to_numpy(ak.fill_none(ak.pad_none(table[name], PADDED_CONSTITUENTS, clip=True), 0.0)).astype(np.float32)
        for name in ("part_energy", "part_px", "part_py", "part_pz")
    ]
    np.savez(folder / "padded.npz", x=np.stack(padded, axis=1), y=ak.to_numpy(table["label_Tbqq"]))


WAYS = {"ingest": ingest, "plain": load_and_pad}


def measure(way: str, path: Path, folder: Path) -> dict[str, float]:
    """Run one way in a process of its own, on one core."""
    command = [sys.executable, __file__, "--way", way, "--file", str(path), "--folder", str(folder)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def run_alone(way: str, path: Path, folder: Path) -> None:
    """Measure in this process and print the result as JSON."""
    for module in ("awkward", "uproot", "symscope.data.ingestion"):
        importlib.import_module(module)  # not part of the time
    wall, core = time.perf_counter(), time.process_time()
    WAYS[way](path, folder)
    print(
        json.dumps(
            {
                "wall": time.perf_counter() - wall,
                "core": time.process_time() - core,
                "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("n_jets", nargs="?", type=int, default=200_000)
    parser.add_argument("--way", choices=WAYS)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.way:
        run_alone(options.way, options.file, options.folder)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sizes = (options.n_jets // 4, options.n_jets)
        peaks: dict[str, list[float]] = {}
        rates: dict[str, float] = {}
        for n_jets in sizes:
            path = folder / "jets.root"
            write_jets(path, n_jets)
            for way in WAYS:
                found = measure(way, path, folder)
                peaks.setdefault(way, []).append(found["peak_mib"])
                rates[way] = n_jets / found["core"]
                print(
                    f"{way:6s} {n_jets:>8d} jets: {n_jets / found['core']:>8.0f} jets/s of core time, "
                    f"{n_jets / found['wall']:>8.0f} jets/s of wall time, peak {found['peak_mib']:.0f} MiB"
                )
    growth = peaks["ingest"][1] / peaks["ingest"][0]
    print(
        f"ingestion: {rates['ingest']:.0f} jets/s a core (at least 50000 wanted), {rates['ingest'] / rates['plain']:.2f} x plain"
    )
    print(f"ingestion: peak {peaks['ingest'][1]:.0f} MiB (below 2048 wanted), {growth:.2f} x for a file 4 x as large")
    print(
        f"plain:     peak {peaks['plain'][1]:.0f} MiB, {peaks['plain'][1] / peaks['plain'][0]:.2f} x for a file 4 x as large"
    )


if __name__ == "__main__":
    main()

"""Memory and rate of reading events of one's own, against the size of the file.

Each form is written at a quarter of the size and at the full one, in lists of 64 objects with four numbers, and read with two
leading objects of each event. The memory stands beside that of loading the file whole with the library that reads it.
"""

import tempfile
import time
from pathlib import Path

import awkward as ak
import h5py
import numpy as np
import pyarrow as pa
import uproot
from pyarrow import parquet
from tests.benchmarks.suite import Size, peak_memory, run

from symscope.config.columns import ColumnFiles
from symscope.data.columns import ingest_columns
from symscope.evaluation.speed import Measurement

OBJECTS = 64
NAMES = ("E", "px", "py", "pz")
STEP = 10_000
FORMS = (".root", ".h5", ".parquet", ".npz")


def pieces(n: int) -> list[np.ndarray]:
    """Momenta (STEP, OBJECTS, 4), again and again; what they are does not matter here."""
    rng = np.random.default_rng(0)
    momenta = rng.normal(0, 10, (STEP, OBJECTS, 4)).astype(np.float32)
    momenta[..., 0] = np.linalg.norm(momenta[..., 1:], axis=-1)
    return [momenta] * (n // STEP)


def write(path: Path, n: int) -> tuple[dict[str, object], dict[str, object]]:
    """Write n events; gives the blocks `vectors` and `unpack` that read them."""
    plain = {name: name for name in NAMES}
    runs = np.zeros(STEP, np.int32)
    match path.suffix:
        case ".root":
            with uproot.recreate(path, compression=None) as file:
                for number, piece in enumerate(pieces(n)):
                    lists = {f"p_{name}": ak.from_regular(ak.Array(piece[..., i])) for i, name in enumerate(NAMES)}
                    if not number:
                        kinds = {name: ak.type(values).content for name, values in lists.items()}
                        file.mktree("events", {"run": np.int32, **kinds})
                    file["events"].extend({"run": runs, **lists})
            return {**{name: f"p_{name}" for name in NAMES}, "objects": 2}, {}
        case ".h5":
            with h5py.File(path, "w") as file:
                array = file.create_dataset("Pmu", (n, OBJECTS, 4), "f4", chunks=(500, OBJECTS, 4))
                for number, piece in enumerate(pieces(n)):
                    array[number * STEP : (number + 1) * STEP] = piece
                file["run"] = np.zeros(n, np.int32)
        case ".npz":
            np.savez(path, Pmu=np.concatenate(pieces(n)), run=np.zeros(n, np.int32))
        case ".parquet":
            kind = pa.list_(pa.list_(pa.float32(), 4), OBJECTS)
            with parquet.ParquetWriter(
                path, pa.schema([("Pmu", kind), ("run", pa.int32())]), compression="none"
            ) as file:
                for piece in pieces(n):
                    inner = pa.FixedSizeListArray.from_arrays(piece.ravel(), 4)
                    outer = pa.FixedSizeListArray.from_arrays(inner, OBJECTS)
                    file.write_table(
                        pa.table({"Pmu": outer, "run": run}, schema=pa.schema([("Pmu", kind), ("run", pa.int32())]))
                    )
    return {**plain, "objects": 2}, {"Pmu": list(NAMES)}


def read(path: Path, output: Path, vectors: dict[str, object], unpack: dict[str, object]) -> None:
    """Ours: two leading objects of each event, selected, checked, split, shuffled and written."""
    block = {"files": str(path), "unpack": unpack, "vectors": vectors, "selection": "abs(run) < 10"}
    ingest_columns([path], settings=ColumnFiles.model_validate(block), output=output, seed=0)


def load(path: Path) -> None:
    """In the plain way: everything at once by the library of the format; nothing is selected, checked or written."""
    match path.suffix:
        case ".root":
            with uproot.open(path) as file:
                file["events"].arrays()
        case ".h5":
            with h5py.File(path) as file:
                file["Pmu"][:]
        case ".npz":
            with np.load(path, allow_pickle=False) as file:
                _ = file["Pmu"]
        case ".parquet":
            parquet.read_table(path)


def measure(size: Size, repeats: int) -> list[Measurement]:
    """Events a second of processor time, and the memory, for two sizes of file in each form."""
    megabytes = {"smoke": 11, "small": 50, "full": 400}[size]
    found = []
    for suffix in FORMS[:1] if size == "smoke" else FORMS:
        for whole in (megabytes / 4, megabytes):
            with tempfile.TemporaryDirectory() as folder:
                path, output = Path(folder) / f"events{suffix}", Path(folder) / "out.h5"
                n = max(1, round(whole * 1e6 / (16 * OBJECTS) / STEP)) * STEP
                vectors, unpack = write(path, n)
                times = []
                for _ in range(repeats):
                    start = time.process_time()
                    read(path, output, vectors, unpack)
                    times.append(time.process_time() - start)
                plain = peak_memory(load, path) / 2**20
                found.append(
                    Measurement(
                        step=f"columns_{suffix[1:]}",
                        label=f"events of one's own read from {suffix}, {path.stat().st_size / 1e6:,.0f} MB",
                        unit="events/s",
                        rate=n / min(times),
                        size=float(n),
                        axis="events in the file",
                        in_rate=True,
                        peak=peak_memory(read, path, output, vectors, unpack),
                        note=f"To load the file at once takes {plain:,.0f} MiB.",
                    )
                )
    return found


if __name__ == "__main__":
    run(measure, __doc__)

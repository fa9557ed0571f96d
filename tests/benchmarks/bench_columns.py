"""Memory and rate of reading events of one's own, against the size of the file: `python bench_columns.py [MEGABYTES]`.

Each form is written at a quarter of the size and at the full one, in lists of 64 objects with four numbers, and read in a process of
its own with two leading objects of each event. The plain reference loads the file whole with the library that reads it.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import awkward as ak
import h5py
import numpy as np
import pyarrow as pa
import uproot
from pyarrow import parquet

OBJECTS = 64
NAMES = ("E", "px", "py", "pz")
STEP = 10_000
FORMS = (".root", ".h5", ".parquet", ".npz")

# The peak since the process began; ru_maxrss would count the memory of the process that started it.
PEAK = """
import json
def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
"""
OURS = """
import sys, time
from pathlib import Path
from symscope.config.columns import ColumnFiles
from symscope.data.columns import ingest_columns
path, output, vectors, unpack = sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), json.loads(sys.argv[4])
settings = ColumnFiles.model_validate(dict(files=path, unpack=unpack, vectors=vectors, selection="abs(run) < 10"))
start = time.process_time()
summary = ingest_columns([path], settings=settings, output=output, seed=0)
seconds = time.process_time() - start
print(json.dumps([peak(), summary.read / seconds]))
"""
IMPORTS = """
import symscope.data.columns, symscope.io.columns.root, symscope.io.columns.hdf5, symscope.io.columns.parquet
print(json.dumps(peak()))
"""


def pieces(n: int) -> list[np.ndarray]:
    """Momenta (STEP, OBJECTS, 4), again and again; what they are does not matter here."""
    rng = np.random.default_rng(0)
    momenta = rng.normal(0, 10, (STEP, OBJECTS, 4)).astype(np.float32)
    momenta[..., 0] = np.linalg.norm(momenta[..., 1:], axis=-1)
    return [momenta] * (n // STEP)


def write(path: Path, n: int) -> tuple[dict[str, object], dict[str, object]]:
    """Write n events; gives the blocks `vectors` and `unpack` that read them."""
    plain = {name: name for name in NAMES}
    run = np.zeros(STEP, np.int32)
    match path.suffix:
        case ".root":
            with uproot.recreate(path, compression=None) as file:
                for number, piece in enumerate(pieces(n)):
                    lists = {f"p_{name}": ak.from_regular(ak.Array(piece[..., i])) for i, name in enumerate(NAMES)}
                    if not number:
                        kinds = {name: ak.type(values).content for name, values in lists.items()}
                        file.mktree("events", {"run": np.int32, **kinds})
                    file["events"].extend({"run": run, **lists})
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


def child(code: str, *arguments: str) -> list[float]:
    done = subprocess.run([sys.executable, "-c", PEAK + code, *arguments], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def main(megabytes: float = 100) -> None:
    """Print a line for each form and size."""
    base = child(IMPORTS)
    print(f"the imports alone take {base:.0f} MB")
    for suffix in FORMS:
        for size in (megabytes / 4, megabytes):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / f"events{suffix}"
                n = max(1, round(size * 1e6 / (16 * OBJECTS) / STEP)) * STEP
                vectors, unpack = write(path, n)
                bytes_of_file = path.stat().st_size / 1e6
                peak, rate = child(
                    OURS, str(path), str(Path(folder) / "out.h5"), json.dumps(vectors), json.dumps(unpack)
                )
                print(
                    f"{suffix}: file {bytes_of_file:.0f} MB, peak {peak:.0f} MB, {(peak - base) / bytes_of_file:.2f} of the file above the "
                    f"imports; {rate:,.0f} events/s, {rate * bytes_of_file / n:.0f} MB/s of CPU time"
                )


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]))

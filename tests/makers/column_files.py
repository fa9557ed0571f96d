"""Files of many kinds, as people have them, for tests of what looks into them."""

from pathlib import Path

import awkward as ak
import h5py
import numpy as np
import pyarrow as pa
import uproot
from pyarrow import parquet


def muon_momenta(n: int, rng: np.random.Generator) -> dict[str, ak.Array]:
    """Ragged muons as NanoAOD has them."""
    counts = rng.integers(0, 5, n)
    total = int(counts.sum())
    flat = {
        "pt": rng.exponential(20, total) + 3,
        "eta": rng.uniform(-2.4, 2.4, total),
        "phi": rng.uniform(-np.pi, np.pi, total),
        "mass": np.full(total, 0.10566),
    }
    return {name: ak.unflatten(values.astype(np.float32), counts) for name, values in flat.items()}


def write_nanoaod(path: Path, n: int = 600, *, seed: int = 1) -> Path:
    rng = np.random.default_rng(seed)
    muons = muon_momenta(n, rng)
    events = {
        "run": np.ones(n, dtype=np.int32),
        "event": np.arange(n, dtype=np.int64),
        **{f"Muon_{name}": values for name, values in muons.items()},
        "MET_pt": rng.exponential(30, n).astype(np.float32),
        "MET_phi": rng.uniform(-np.pi, np.pi, n).astype(np.float32),
    }
    with uproot.recreate(path) as file:
        kinds = {
            name: f"var * {values.type.content.content}" if name.startswith("Muon") else values.dtype
            for name, values in events.items()
        }
        file.mktree("Events", kinds)
        file["Events"].extend(events)
        file.mktree("Runs", {"run": np.int32})
        file["Runs"].extend({"run": np.array([1], dtype=np.int32)})
    return path


def write_orbits_hdf5(path: Path, n: int = 40, *, seed: int = 2) -> Path:
    """Circular orbits in the plane: x, y, px, py."""
    rng = np.random.default_rng(seed)
    radius, phase = rng.uniform(1, 2, (n, 1)), rng.uniform(0, 2 * np.pi, (n, 1))
    angle = phase + 0.3 * np.arange(12)[None] / radius**1.5
    speed = radius**-0.5
    states = np.stack(
        [radius * np.cos(angle), radius * np.sin(angle), -speed * np.sin(angle), speed * np.cos(angle)], axis=2
    )
    with h5py.File(path, "w") as file:
        file["states"] = states
    return path


def write_orbits_csv(path: Path, n: int = 10) -> Path:
    rows = ["run,t,x,y,px,py"]
    for run in range(n):
        for step in range(8):
            angle = run + 0.3 * step
            rows.append(
                f"{run},{0.3 * step:.6f},{np.cos(angle):.6f},{np.sin(angle):.6f},{-np.sin(angle):.6f},{np.cos(angle):.6f}"
            )
    path.write_text("\n".join(rows) + "\n")
    return path


def write_signals_csv(path: Path, n: int = 500, width: int = 9, *, seed: int = 3) -> Path:
    rng = np.random.default_rng(seed)
    centre = rng.uniform(0, width, (n, 1))
    rows = np.exp(-((np.arange(width) - centre) ** 2)) + 0.05 * rng.standard_normal((n, width))
    np.savetxt(path, rows, delimiter=",", header=",".join(f"s{k}" for k in range(width)), comments="", fmt="%.6f")
    return path


def write_points_parquet(path: Path, n: int = 400, *, seed: int = 4) -> Path:
    """Points on a ring, with a class and a text."""
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, 2 * np.pi, n)
    label = rng.integers(0, 2, n)
    table = {
        "a": (1 + label) * np.cos(angle),
        "b": (1 + label) * np.sin(angle),
        "label": label.astype(np.int64),
        "name": [f"event {k}" for k in range(n)],
    }
    parquet.write_table(pa.table(table), path)
    return path


def write_pmu_npz(path: Path, n: int = 300, *, seed: int = 5) -> Path:
    rng = np.random.default_rng(seed)
    momenta = rng.normal(0, 10, (n, 5, 3))
    energy = np.linalg.norm(momenta, axis=2, keepdims=True)
    np.savez(path, Pmu=np.concatenate([energy, momenta], axis=2).astype(np.float32), is_signal=rng.integers(0, 2, n))
    return path

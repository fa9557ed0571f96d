"""Small files of jets in every layout that is read, made from random numbers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import awkward as ak
import h5py
import hdf5plugin
import numpy as np
import tables
import uproot

from symscope.io.jets import JetBatch, sort_constituents

REFERENCE_TYPE = np.dtype([("index", "<i8"), ("values_block_0", "<f4", (804,)), ("values_block_1", "<i8", (2,))])
SEPARATE_BRANCHES = ("part_energy", "part_px", "part_py", "part_pz")


def random_jets(
    rng: np.random.Generator, n_jets: int, *, mean: float = 20.0, most: int = 200, least: int = 1
) -> JetBatch:
    """Massless constituents by falling pT; about half of the jets are signal."""
    counts = np.clip(rng.poisson(mean, n_jets), least, most).astype(np.int64)
    three = rng.normal(scale=20.0, size=(counts.sum(), 3)).astype(np.float32)
    energy = np.sqrt(np.square(three, dtype=np.float64).sum(axis=1)).astype(np.float32)
    labels = rng.integers(0, 2, n_jets).astype(np.uint8)
    return sort_constituents(JetBatch.from_counts(np.column_stack([energy, three]), counts, labels))


def numbered_jets(n_jets: int, *, first: int = 0) -> JetBatch:
    """Jets of two constituents whose leading energy is their number, to follow each of them."""
    number = np.arange(first, first + n_jets, dtype=np.float32)
    leading = np.stack([number + 1, np.full(n_jets, 0.5), np.zeros(n_jets), number], axis=1)
    second = np.stack([np.full(n_jets, 0.25), np.full(n_jets, 0.25), np.zeros(n_jets), np.zeros(n_jets)], axis=1)
    momenta = np.stack([leading, second], axis=1).reshape(-1, 4).astype(np.float32)
    return JetBatch.from_counts(momenta, np.full(n_jets, 2), (np.arange(first, first + n_jets) % 2).astype(np.uint8))


def jet_numbers(momenta: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Numbers of jets made by :func:`numbered_jets`."""
    return momenta[offsets[:-1], 3].astype(int)


def root_branches(batch: JetBatch) -> dict[str, Any]:
    """Branches in the layout of JetClass."""
    branches: dict[str, Any] = {
        name: ak.unflatten(batch.momenta[:, i], batch.counts) for i, name in enumerate(SEPARATE_BRANCHES)
    }
    return branches | {"label_Tbqq": batch.labels == 1, "label_QCD": batch.labels == 0}


def write_root(path: Path, branches: Mapping[str, Any], *, tree: str = "tree", per_basket: int | None = None) -> Path:
    """Write branches as a TTree; each array of lists gets a length of its own."""
    n = len(next(iter(branches.values())))
    step = per_basket or max(n, 1)
    with uproot.recreate(path) as file:
        types = {k: v.type if isinstance(v, ak.Array) else v.dtype for k, v in branches.items()}
        file.mktree(tree, {k: str(t.content) if isinstance(t, ak.types.ArrayType) else t for k, t in types.items()})
        for start in range(0, n, step):
            file[tree].extend({k: v[start : start + step] for k, v in branches.items()})
    return path


def reference_rows(batch: JetBatch) -> np.ndarray:
    """Rows of the reference dataset's table: padded momenta, then the true top's, then split and label."""
    rows = np.zeros(batch.n_jets, REFERENCE_TYPE)
    rows["index"] = np.arange(batch.n_jets)
    for i in range(batch.n_jets):
        momenta = batch.momenta[batch.offsets[i] : batch.offsets[i + 1]].ravel()
        rows["values_block_0"][i, : len(momenta)] = momenta
        rows["values_block_0"][i, -4:] = (900.0, 100.0, 200.0, 300.0)
    rows["values_block_1"][:, 0] = 1
    rows["values_block_1"][:, 1] = batch.labels
    return rows


def write_reference(path: Path, batch: JetBatch, *, compressed: bool = True) -> Path:
    """Write the table as h5py does, packed with Blosc as the published files are."""
    with h5py.File(path, "w") as file:
        filters = hdf5plugin.Blosc(cname="lz4") if compressed else {}
        file.create_dataset(
            "table/table", data=reference_rows(batch), chunks=(max(1, min(7, batch.n_jets)),), **filters
        )
    return path


def write_reference_with_pytables(path: Path, batch: JetBatch) -> Path:
    """Write the table as pandas does, with PyTables: an implementation that shares nothing with ours."""
    with tables.open_file(str(path), "w") as file:
        group = file.create_group("/", "table")
        filters = tables.Filters(complevel=9, complib="blosc")
        file.create_table(group, "table", obj=reference_rows(batch), filters=filters, expectedrows=max(1, batch.n_jets))
    return path


def write_pmu(path: Path, batch: JetBatch, *, length: int | None = None, dtype: str = "f8") -> Path:
    """Write Pmu, is_signal and Nobj, padded to `length`."""
    n = length or int(batch.counts.max(initial=1))
    padded = np.zeros((batch.n_jets, n, 4), dtype)
    padded[np.arange(n) < batch.counts[:, None]] = batch.momenta
    with h5py.File(path, "w") as file:
        file["Pmu"] = padded
        file["is_signal"] = batch.labels.astype(np.int64)
        file["Nobj"] = batch.counts
    return path

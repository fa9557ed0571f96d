"""Read jets from other people's HDF5 files, in constant memory.

Two layouts: the table that pandas wrote for the Top Quark Tagging Reference Dataset (Zenodo 2603256), and the
energy-momentum arrays that LorentzNet and PELICAN are trained on.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import h5py
import hdf5plugin  # noqa: F401 - makes Blosc known to h5py, which the reference dataset is packed with
import numpy as np
from jaxtyping import Float, Int64, Shaped, UInt8

from symscope.errors import DataError
from symscope.io.files import PathLike, first_line, open_hdf5
from symscope.io.jets import JetBatch, JetBlock

REFERENCE_TABLE = "table/table"
REFERENCE_CONSTITUENTS = 200
_REFERENCE_WIDTH = 4 * REFERENCE_CONSTITUENTS + 4  # the momentum of the true top quark stands at the end
_MOMENTA_BLOCK, _LABEL_BLOCK = "values_block_0", "values_block_1"


def iterate_reference_table(paths: Sequence[PathLike], step_jets: int = 20_000) -> Iterator[JetBatch]:
    """Read jets of the Top Quark Tagging Reference Dataset.

    Each row of ``/table/table`` has ``values_block_0``: E, px, py, pz of 200 constituents in GeV, by falling transverse
    momentum and padded with zeros, then of the true top quark; and ``values_block_1``: the split, and 1 for top or 0
    for QCD. Rows are read whole, 3.2 kB each.

    Parameters
    ----------
    paths
        The files, read one after the other.
    step_jets
        Jets in memory at once.

    Raises
    ------
    DataError
        Where a file is missing, broken or of another layout, or a label is not 0 or 1.
    """
    for path in paths:
        for block in iterate_blocks_reference(path, step_jets=step_jets):
            yield block.batch


def iterate_pmu(paths: Sequence[PathLike], step_jets: int = 20_000) -> Iterator[JetBatch]:
    """Read jets from ``Pmu`` (N, n, 4) in GeV, ``is_signal`` (N) and ``Nobj`` (N, constituents of each jet).

    Parameters and errors are those of :func:`iterate_reference_table`.
    """
    for path in paths:
        for block in iterate_blocks_pmu(path, step_jets=step_jets):
            yield block.batch


def count_jets_reference(path: PathLike) -> int:
    """Count the rows of the table without reading them."""
    with open_hdf5(Path(path)) as file:
        return len(_reference_table(file, Path(path)))


def count_jets_pmu(path: PathLike) -> int:
    """Count the jets without reading them."""
    with open_hdf5(Path(path)) as file:
        return len(_pmu_arrays(file, Path(path))[0])


def iterate_blocks_reference(path: PathLike, *, step_jets: int) -> Iterator[JetBlock]:
    """Read one file of the reference dataset; see :func:`iterate_reference_table`."""
    path = Path(path)
    with open_hdf5(path) as file:
        table = _reference_table(file, path)
        for start in range(0, len(table), step_jets):
            with _damage_told(path, start):
                rows = table[start : start + step_jets]
            momenta = rows[_MOMENTA_BLOCK][:, :-4].reshape(-1, REFERENCE_CONSTITUENTS, 4)
            labels = _checked_labels(rows[_LABEL_BLOCK][:, 1], path, start)
            present = (momenta != 0).any(axis=2)
            yield JetBlock(_ragged(momenta, present, labels), path, start)


def iterate_blocks_pmu(path: PathLike, *, step_jets: int) -> Iterator[JetBlock]:
    """Read one energy-momentum file; see :func:`iterate_pmu`."""
    path = Path(path)
    with open_hdf5(path) as file:
        pmu, is_signal, n_objects = _pmu_arrays(file, path)
        for start in range(0, len(pmu), step_jets):
            stop = start + step_jets
            with _damage_told(path, start):
                momenta, flags, counts = pmu[start:stop], is_signal[start:stop], n_objects[start:stop]
            present = _present_by_count(momenta, counts, path, start)
            yield JetBlock(_ragged(momenta, present, _checked_labels(flags, path, start)), path, start)


def _present_by_count(
    momenta: Float[np.ndarray, "jet n 4"], counts: Shaped[np.ndarray, " jet"], path: Path, start: int
) -> Shaped[np.ndarray, "jet n"]:
    """Which rows are constituents by Nobj; nothing that is there may be cut by it."""
    n = momenta.shape[1]
    impossible = np.flatnonzero(~((counts >= 0) & (counts <= n) & (counts == np.floor(counts))))
    if len(impossible):
        i = impossible[0]
        raise DataError(
            f"{path}, entry {start + i}: 'Nobj' is {counts[i]}, and 0 to {n} is allowed, the length of 'Pmu'; mend the file"
        )
    present = np.arange(n) < counts[:, None]
    lost = np.flatnonzero(((momenta != 0).any(axis=2) & ~present).any(axis=1))
    if len(lost):
        i = lost[0]
        raise DataError(
            f"{path}, entry {start + i}: 'Nobj' is {counts[i]}, but 'Pmu' has {int((momenta[i] != 0).any(axis=1).sum())} momenta "
            "that are not zero; mend 'Nobj' or set the padding to zero"
        )
    return present


def _ragged(
    momenta: Float[np.ndarray, "jet n 4"], present: Shaped[np.ndarray, "jet n"], labels: UInt8[np.ndarray, " jet"]
) -> JetBatch:
    counts: Int64[np.ndarray, " jet"] = present.sum(axis=1, dtype=np.int64)
    with np.errstate(over="ignore"):  # too large for single precision becomes infinite, which is refused later
        flat = momenta[present].astype(np.float32, copy=False)
    return JetBatch.from_counts(flat, counts, labels)


def _checked_labels(values: Shaped[np.ndarray, " jet"], path: Path, start: int) -> UInt8[np.ndarray, " jet"]:
    wrong = np.flatnonzero((values != 0) & (values != 1))
    if len(wrong):
        raise DataError(
            f"{path}, entry {start + wrong[0]}: the label is {values[wrong[0]]}, and it must be 0 (QCD) or 1 (top); mend "
            "the file"
        )
    return values.astype(np.uint8)


def _reference_table(file: h5py.File, path: Path) -> h5py.Dataset:
    table = file.get(REFERENCE_TABLE)
    layout = (
        f"a file of the Top Quark Tagging Reference Dataset has /{REFERENCE_TABLE} with {_MOMENTA_BLOCK} "
        f"({_REFERENCE_WIDTH} floats) and {_LABEL_BLOCK} (2 integers)"
    )
    if not isinstance(table, h5py.Dataset):
        raise DataError(
            f"{path} has no dataset /{REFERENCE_TABLE}; it has {_contents(file)}; {layout}, so name another file or "
            "another 'source'"
        )
    names = table.dtype.names or ()
    for name, kinds, width in ((_MOMENTA_BLOCK, "f", _REFERENCE_WIDTH), (_LABEL_BLOCK, "iu", 2)):
        field = table.dtype[name] if name in names else None
        if field is None or field.base.kind not in kinds or field.shape != (width,):
            found = (
                f"is {field.base} of shape {field.shape}" if field is not None else f"is not among {', '.join(names)}"
            )
            raise DataError(
                f"{path}: '{name}' of /{REFERENCE_TABLE} {found}; {layout}, so name another file or 'source'"
            )
    if not len(table):
        raise DataError(f"{path}: /{REFERENCE_TABLE} has no rows; fetch the file again")
    return table


def _pmu_arrays(file: h5py.File, path: Path) -> tuple[h5py.Dataset, h5py.Dataset, h5py.Dataset]:
    needed = ("Pmu", "is_signal", "Nobj")
    missing = [name for name in needed if not isinstance(file.get(name), h5py.Dataset)]
    if missing:
        raise DataError(
            f"{path} has no dataset {', '.join(repr(m) for m in missing)}; it has {_contents(file)}; Pmu, is_signal and "
            "Nobj are needed, so name another file or another 'source'"
        )
    pmu, is_signal, n_objects = (file[name] for name in needed)
    if pmu.ndim != 3 or pmu.shape[2] != 4 or pmu.dtype.kind != "f":
        raise DataError(
            f"{path}: 'Pmu' is {pmu.dtype} of shape {pmu.shape}, and floats of shape (jets, constituents, 4) are needed"
        )
    for name, array in (("is_signal", is_signal), ("Nobj", n_objects)):
        if array.shape != (len(pmu),) or array.dtype.kind not in "iufb":
            raise DataError(
                f"{path}: '{name}' is {array.dtype} of shape {array.shape}, and one number for each of the {len(pmu)} jets "
                "of 'Pmu' is needed"
            )
    if not len(pmu):
        raise DataError(f"{path}: 'Pmu' has no jets; make the file again or leave it out of 'files'")
    return pmu, is_signal, n_objects


@contextmanager
def _damage_told(path: Path, start: int) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError) as error:
        raise DataError(
            f"{path} cannot be read beyond entry {start} ({first_line(error)}); the file is damaged or packed with an "
            "unknown filter, so fetch or make it again"
        ) from error


def _contents(file: h5py.File) -> str:
    names: list[str] = []
    file.visit(names.append)
    return ", ".join(names[:40]) or "nothing"

"""QM9 from its raw files: what is read, and one clear sentence where a file is missing or damaged."""

from pathlib import Path

import numpy as np
import pytest
from tests.makers.qm9_files import write_qm9

from symscope.config.molecules import Qm9Dataset
from symscope.data.molecules.ingestion import ingest_molecules
from symscope.data.molecules.orbitals import HARTREE
from symscope.errors import DataError
from symscope.io.samples import read_split

# torch-geometric opens files that it does not close, and lets tqdm and torch warn.
pytestmark = pytest.mark.filterwarnings("ignore")

SMILES = ["C", "CO", "C#N", "CC", "C1CC1"]


def _settings(folder: Path, **molecules: int) -> Qm9Dataset:
    return Qm9Dataset.model_validate(
        {"folder": str(folder), "molecules": molecules or {"train": 2, "val": 1, "test": 1}, "frame": "as_computed"}
    )


@pytest.mark.parametrize("nested", [False, True])
def test_raw_files_are_read(tmp_path: Path, nested: bool) -> None:
    energies = write_qm9(tmp_path / "raw" if nested else tmp_path, SMILES, skipped=(3,))
    summary = ingest_molecules([], settings=_settings(tmp_path), output=tmp_path / "d.h5", seed=4)
    assert summary.molecules_read == 4
    found = np.concatenate([read_split(tmp_path / "d.h5", split).y for split in ("train", "val", "test")])
    kept = np.delete(energies, 2, axis=0) * HARTREE
    assert np.sort(found[:, 0]) == pytest.approx(np.sort(kept[:, 0]), rel=1e-5)
    assert np.sort(found[:, 1]) == pytest.approx(np.sort(kept[:, 1]), rel=1e-5)
    methane = found[np.argmax(found[:, 0])]
    assert methane[2:7].tolist() == [6, 1, 1, 1, 1]


def test_a_processed_file_is_never_opened(tmp_path: Path) -> None:
    write_qm9(tmp_path / "raw", SMILES)
    (tmp_path / "processed").mkdir()
    (tmp_path / "processed" / "data_v3.pt").write_bytes(b"a pickle of unknown origin")
    ingest_molecules([], settings=_settings(tmp_path), output=tmp_path / "d.h5", seed=4)
    assert (tmp_path / "processed" / "data_v3.pt").read_bytes() == b"a pickle of unknown origin"


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gdb9\.sdf: there is no such file.*three raw files"):
        ingest_molecules([], settings=_settings(tmp_path), output=tmp_path / "d.h5", seed=4)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("gdb9.sdf", "no molecules at all\n", "5 rows, and gdb9.sdf beside it has 0 molecules"),
        ("gdb9.sdf", "$$$$\n" * 5, "raw files of QM9 cannot be read"),
        ("gdb9.sdf.csv", "a,b,c\n1,2,3\n", "columns 7 and 8 are missing"),
        ("uncharacterized.txt", "x\n" * 9 + "no number\n\n\n", "raw files of QM9 cannot be read"),
    ],
)
def test_damage_is_one_sentence(tmp_path: Path, name: str, text: str, said: str) -> None:
    write_qm9(tmp_path, SMILES)
    (tmp_path / name).write_text(text)
    with pytest.raises(DataError, match=said):
        ingest_molecules([], settings=_settings(tmp_path), output=tmp_path / "d.h5", seed=4)
    assert not (tmp_path / "d.h5").exists()


def test_files_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    write_qm9(tmp_path, SMILES)
    table = tmp_path / "gdb9.sdf.csv"
    table.write_text("\n".join(table.read_text().splitlines()[:-2]) + "\n")
    with pytest.raises(DataError, match=r"has 3 rows, and gdb9\.sdf beside it has 5 molecules"):
        ingest_molecules([], settings=_settings(tmp_path), output=tmp_path / "d.h5", seed=4)


def test_fewer_molecules_than_wanted_are_an_error(tmp_path: Path) -> None:
    write_qm9(tmp_path, SMILES)
    with pytest.raises(DataError, match="13 molecules are wanted and 5 are there"):
        ingest_molecules([], settings=_settings(tmp_path, train=11, val=1, test=1), output=tmp_path / "d.h5", seed=4)

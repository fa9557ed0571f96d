"""Molecules: which there are, their shapes and orbital energies, frames, chunks, failures, and the samples made of them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rdkit import Chem
from rdkit.Chem.rdMolDescriptors import CalcMolFormula
from scipy.optimize import minimize
from scipy.spatial.distance import pdist
from scipy.spatial.transform import Rotation

from symscope.config.datasets import dataset_settings
from symscope.config.molecules import MoleculesDataset
from symscope.data.atoms import build_atoms
from symscope.data.molecules import generation
from symscope.data.molecules.enumeration import choose_molecules, enumerate_molecules
from symscope.data.molecules.frames import random_frames
from symscope.data.molecules.generation import generate_molecules
from symscope.data.molecules.ingestion import ingest_molecules
from symscope.data.molecules.names import read_names, write_names
from symscope.data.molecules.orbitals import BOHR, HARTREE, frontier_orbitals, make_conformer
from symscope.errors import ConfigError, DataError
from symscope.groups import known_algebra
from symscope.io.molecules import join_molecules, read_molecules, write_molecules
from symscope.io.samples import read_header, read_split

WATER = np.array([8, 1, 1], np.uint8)


def _settings(**changes: Any) -> MoleculesDataset:
    return MoleculesDataset.model_validate({"molecules": {"train": 6, "val": 2, "test": 2}, "spare": 0.2, **changes})


def _water(distance: float, angle: float) -> np.ndarray:
    half = angle / 2
    arms = [[distance * np.sin(sign * half), 0.0, distance * np.cos(half)] for sign in (1, -1)]
    return np.array([[0.0, 0.0, 0.0], *arms])


@pytest.fixture(scope="module")
def molecules() -> generation.Molecules:
    return generate_molecules(["CCO", "c1cc[nH]c1", "N#CF", "C", "O"], settings=_settings(), seed=3)


# All molecules of a formula that a textbook lists, without stereochemistry and with one ring at most.
ISOMERS = {
    "C3H6": {"C=CC", "C1CC1"},
    "C2H4O": {"CC=O", "C=CO", "C1CO1"},
    "C3H8O": {"CCCO", "CC(C)O", "CCOC"},
    "C4H8": {"C=CCC", "CC=CC", "C=C(C)C", "C1CCC1", "CC1CC1"},
    "C4H6": {"C=CC=C", "C=C=CC", "C#CCC", "CC#CC", "C1=CCC1", "C=C1CC1", "CC1=CC1", "CC1C=C1"},
}


@pytest.mark.parametrize("formula", ISOMERS)
def test_isomers_are_complete(formula: str) -> None:
    molecules = [Chem.MolFromSmiles(name) for name in enumerate_molecules(_settings(heavy_atoms=(3, 4)))]
    found = {Chem.MolToSmiles(molecule) for molecule in molecules if CalcMolFormula(molecule) == formula}
    assert found == {Chem.CanonSmiles(name) for name in ISOMERS[formula]}


@pytest.mark.parametrize(("atoms", "count"), [(1, 1), (2, 1), (3, 1), (4, 2), (5, 3), (6, 5)])
def test_alkanes_are_as_many_as_known(atoms: int, count: int) -> None:
    listed = enumerate_molecules(_settings(heavy_atoms=(atoms, atoms), elements=["C"], max_rings=0))
    assert sum("=" not in name and "#" not in name for name in listed) == count


def test_molecules_are_different_and_the_same_every_time() -> None:
    settings = _settings(heavy_atoms=(1, 4))
    listed = enumerate_molecules(settings)
    assert len(set(listed)) == len(listed)
    assert listed == enumerate_molecules(settings)
    assert choose_molecules(settings, seed=1) == choose_molecules(settings, seed=1)
    assert set(choose_molecules(settings, seed=1)) <= set(listed)
    assert choose_molecules(settings, seed=1) != choose_molecules(settings, seed=2)


def test_what_is_forbidden_is_left_out() -> None:
    listed = enumerate_molecules(_settings(heavy_atoms=(2, 4)))
    assert not [name for name in listed if "OO" in name or "OF" in name or "FF" in name or "NF" in name]
    assert "C1#CC1" not in listed
    assert "OO" in enumerate_molecules(_settings(heavy_atoms=(2, 2), forbidden_bonds=[]))


def test_too_many_molecules_are_refused() -> None:
    with pytest.raises(DataError, match="12 molecules are wanted, spare ones included, and there are 4"):
        choose_molecules(_settings(heavy_atoms=(1, 1)), seed=0)


def test_water_has_the_orbitals_that_xtb_prints() -> None:
    """Reference: another program, xtb, of which the documentation prints HOMO -12.1469 eV and LUMO 2.2499 eV for water."""
    from tblite.interface import Calculator

    def energy(shape: np.ndarray) -> float:
        calculator = Calculator("GFN2-xTB", WATER.astype(int), _water(*shape) / BOHR)
        calculator.set("verbosity", 0)
        return float(calculator.singlepoint().get("energy"))

    best = minimize(energy, [0.96, 1.87], method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-8})
    homo, lumo = frontier_orbitals(WATER, _water(*best.x))
    assert best.fun * HARTREE == pytest.approx(-5.07054 * HARTREE, abs=1e-3)
    assert homo == pytest.approx(-12.1469, abs=2e-3)
    assert lumo == pytest.approx(2.2499, abs=2e-2)


def test_orbitals_do_not_depend_on_the_frame() -> None:
    numbers, positions = make_conformer("CC(=O)N", seed=1, relaxation_steps=200)
    before = frontier_orbitals(numbers, positions)
    turned = positions @ Rotation.random(random_state=5).as_matrix().T + np.array([3.0, -1.0, 20.0])
    assert frontier_orbitals(numbers, turned) == pytest.approx(before, abs=1e-6)
    mirrored = positions * np.array([-1.0, 1.0, 1.0])
    assert frontier_orbitals(numbers, mirrored) == pytest.approx(before, abs=1e-6)
    order = np.argsort(numbers, kind="stable")
    assert frontier_orbitals(numbers[order], positions[order]) == pytest.approx(before, abs=1e-6)


def test_unsaturated_molecules_have_lower_lumos_and_higher_homos() -> None:
    orbitals = {
        name: frontier_orbitals(*make_conformer(name, seed=1, relaxation_steps=200)) for name in ("C", "CC", "C=C")
    }
    assert orbitals["C"][0] < orbitals["CC"][0] < orbitals["C=C"][0]
    assert orbitals["C=C"][1] < orbitals["CC"][1]


def test_conformers_have_bonds_of_ordinary_lengths() -> None:
    numbers, positions = make_conformer("C", seed=0, relaxation_steps=200)
    assert numbers.tolist() == [6, 1, 1, 1, 1]
    assert np.linalg.norm(positions[1:] - positions[0], axis=1) == pytest.approx(np.full(4, 1.09), abs=0.02)
    assert np.array_equal(
        make_conformer("CCO", seed=4, relaxation_steps=9)[1], make_conformer("CCO", seed=4, relaxation_steps=9)[1]
    )


@pytest.mark.parametrize(
    ("numbers", "positions", "said"),
    [
        ([6, 1], [[0, 0, 0], [0, 0, 0]], "GFN2-xTB failed on 2 atoms"),
        ([200], [[0, 0, 0]], "GFN2-xTB failed on 1 atoms"),
        ([1], [[0, 0, 0]], "no HOMO or no LUMO"),
    ],
)
def test_impossible_molecules_are_errors(numbers: list[int], positions: list[list[float]], said: str) -> None:
    with pytest.raises(DataError, match=said):
        frontier_orbitals(np.array(numbers, np.uint8), np.array(positions, np.float64))


def test_failures_are_counted_and_named(caplog: pytest.LogCaptureFixture) -> None:
    made = generate_molecules(["CC", "C1#CC1", "nonsense", "O"], settings=_settings(), seed=3)
    assert made.names == ("CC", "O")
    assert [name for name, _ in made.failures] == ["C1#CC1", "nonsense"]
    assert "no conformer of 'C1#CC1'" in made.failures[0][1]
    assert "is no SMILES" in caplog.text


def test_pieces_make_the_same_data(molecules: generation.Molecules) -> None:
    names = list(molecules.names)
    parts = [
        generate_molecules(names[:2], settings=_settings(), seed=3),
        generate_molecules(names[2:], settings=_settings(), first=2, seed=3),
    ]
    joined = join_molecules(parts)
    assert np.array_equal(joined.positions, molecules.positions)
    assert np.array_equal(joined.energies, molecules.energies)
    settings = _settings(molecules_per_chunk=5)
    bounds = [settings.chunk_bounds(chunk) for chunk in range(settings.n_chunks)]
    assert bounds == [(0, 5), (5, 10), (10, 12)]
    with pytest.raises(ValueError, match="no number 3"):
        settings.chunk_bounds(3)


def test_files_give_back_what_was_written(tmp_path: Path, molecules: generation.Molecules) -> None:
    write_molecules(tmp_path / "m.h5", molecules)
    back = read_molecules(tmp_path / "m.h5")
    assert back.names == molecules.names
    assert np.array_equal(back.positions, molecules.positions)
    write_names(tmp_path / "m.smi", molecules.names)
    assert tuple(read_names(tmp_path / "m.smi")) == molecules.names
    (tmp_path / "empty.smi").write_text("\n")
    with pytest.raises(DataError, match="has no SMILES"):
        read_names(tmp_path / "empty.smi")
    (tmp_path / "bad.h5").write_text("no HDF5")
    with pytest.raises(DataError, match="no HDF5 file"):
        read_molecules(tmp_path / "bad.h5")


def test_frames_keep_distances_and_are_even(molecules: generation.Molecules, rng: np.random.Generator) -> None:
    framed = random_frames(molecules.positions, molecules.counts, shift=2.0, rng=rng)
    for k in range(molecules.n):
        rows = molecules.atoms_of(k)
        assert pdist(framed[rows]) == pytest.approx(pdist(molecules.positions[rows]), abs=1e-9)
    many = np.tile(np.array([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]]), (4000, 1))
    turned = random_frames(many, np.full(4000, 2), shift=0.0, rng=rng)[::2]
    assert turned.mean(axis=0) == pytest.approx(np.zeros(3), abs=0.04)
    assert turned.T @ turned / 4000 == pytest.approx(np.eye(3) / 3, abs=0.03)  # even on the sphere
    shifted = random_frames(many, np.full(4000, 2), shift=2.0, rng=rng)
    assert (shifted[::2] + shifted[1::2]).std() / 2 == pytest.approx(2.0, rel=0.05)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory, molecules: generation.Molecules) -> Path:
    folder = tmp_path_factory.mktemp("molecules")
    write_molecules(folder / "chunk.h5", molecules)
    settings = _settings(molecules={"train": 3, "val": 1, "test": 1})
    summary = ingest_molecules([folder / "chunk.h5"], settings=settings, output=folder / "dataset.h5", seed=1)
    assert summary.splits == {"train": 3, "val": 1, "test": 1}
    assert summary.heavy_atoms == {1: 2, 3: 2, 5: 1}
    summary.write(folder / "dataset.json")
    return folder / "dataset.h5"


def test_samples_hold_the_molecules(dataset: Path, molecules: generation.Molecules) -> None:
    header = read_header(dataset)
    assert header.x_action == "vector"
    split = read_split(dataset, "train")
    assert split.offsets is not None
    assert split.offsets.tolist() == molecules.offsets[:4].tolist()
    assert split.x[:, 3].tolist() == [1.0] * len(split.x)
    assert split.y[:, :2] == pytest.approx(molecules.energies[:3], abs=1e-5)
    for k in range(3):
        rows = molecules.atoms_of(k)
        assert pdist(split.x[rows, :3]) == pytest.approx(pdist(molecules.positions[rows]), abs=1e-5)
        assert split.y[k, 2 : 2 + len(molecules.numbers[rows])].tolist() == molecules.numbers[rows].tolist()
        assert not split.y[k, 2 + len(molecules.numbers[rows]) :].any()


def test_too_few_molecules_are_an_error(tmp_path: Path, molecules: generation.Molecules) -> None:
    write_molecules(tmp_path / "chunk.h5", molecules)
    with pytest.raises(DataError, match=r"10 molecules are wanted and 5 are there.*raise 'spare'"):
        ingest_molecules([tmp_path / "chunk.h5"], settings=_settings(), output=tmp_path / "dataset.h5", seed=1)
    assert not (tmp_path / "dataset.h5").exists()


@pytest.mark.parametrize("hydrogens", [False, True])
def test_atoms_are_the_first_ones(tmp_path: Path, dataset: Path, hydrogens: bool) -> None:
    sizes = build_atoms(dataset, tmp_path / "s.h5", objects=4, hydrogens=hydrogens, seed=0)
    assert sizes == {"train": 3, "val": 1, "test": 1}
    whole, some = read_split(dataset, "train"), read_split(tmp_path / "s.h5", "train")
    assert some.x.shape == (3, 4, 4)
    elements = some.y[:, 2:].reshape(3, 4, -1)
    assert whole.offsets is not None
    # Ethanol: C, C, O, then a hydrogen or nothing.
    assert np.array_equal(some.x[0, :3], whole.x[:3])
    assert elements[0, :3].argmax(axis=1).tolist() == [0, 0, 2]
    assert elements[0, 3].tolist() == ([0, 0, 0, 0, 1] if hydrogens else [0, 0, 0, 0])
    assert some.x[0, 3].any() == hydrogens
    # Pyrrole has five heavy atoms, of which four are seen.
    assert np.array_equal(some.x[1], whole.x[whole.offsets[1] : whole.offsets[1] + 4])
    assert some.y[:, :2].mean(axis=0) == pytest.approx([0, 0], abs=1e-5)
    assert some.y[:, :2].std(axis=0) == pytest.approx([1, 1], abs=1e-4)
    made = read_header(tmp_path / "s.h5").provenance
    back = some.y[:, :2] * made["target_std"] + made["target_mean"]
    assert back == pytest.approx(whole.y[:, :2], abs=1e-4)


def test_rows_that_are_filled_up_stay_zero(tmp_path: Path, dataset: Path) -> None:
    build_atoms(dataset, tmp_path / "s.h5", objects=6, hydrogens=False, seed=0)
    x = read_split(tmp_path / "s.h5", "train").x
    moved = x @ np.asarray(known_algebra("se(3)"), np.float32)[3].T
    assert not moved[0, 3:].any()
    assert moved[0, :3].any()


def test_more_samples_than_molecules_are_refused(tmp_path: Path, dataset: Path) -> None:
    with pytest.raises(DataError, match="5 samples are wanted and the split 'train' has 3 molecules"):
        build_atoms(dataset, tmp_path / "s.h5", objects=4, hydrogens=False, n_samples=5, seed=0)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"molecules": {"train": 3}}, "'molecules' has train; give 'train', 'val' and 'test'"),
        ({"heavy_atoms": [5, 4]}, "'heavy_atoms' runs from 5 to 4"),
        ({"elements": ["C", "Si"]}, "elements"),
        ({"forbidden_bonds": ["C=C"]}, "forbidden_bonds"),
        ({"frame": "fixed"}, "'frame' is 'fixed'"),
    ],
)
def test_impossible_settings_are_refused(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        dataset_settings({"source": "molecules", **values})


def test_the_euclidean_algebra_moves_points_rigidly() -> None:
    from scipy.linalg import expm

    rng = np.random.default_rng(0)
    g = expm(np.einsum("c,cij->ij", rng.standard_normal(6), known_algebra("se(3)")))
    points = np.concatenate([rng.standard_normal((7, 3)), np.ones((7, 1))], axis=1)
    moved = points @ g.T
    assert pdist(moved) == pytest.approx(pdist(points))
    assert moved[:, 3] == pytest.approx(np.ones(7))

"""`symscope inspect`: what is told of a file, and a proposal that works as it is printed."""

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
import yaml

from symscope.config.project import load_project
from symscope.data.columns import ingest_columns
from symscope.io.samples import count_samples, read_header, read_split
from tests.cli.conftest import Run
from tests.makers.column_files import (
    write_nanoaod,
    write_orbits_csv,
    write_orbits_hdf5,
    write_pmu_npz,
    write_points_parquet,
    write_signals_csv,
)

Writer = Callable[[Path], Path]


def proposed(run: Run, *words: object) -> dict:
    """The block that is printed alone, as YAML reads it."""
    block: dict = yaml.safe_load(run("inspect", *words, "--block").output)
    return block


@pytest.mark.parametrize(
    ("write", "name", "source", "words"),
    [
        (
            write_nanoaod,
            "muons.root",
            "columns",
            ["tree Events, 600 entries", "Runs (1 entries)", "list of 0 to 4", "Muon_pt"],
        ),
        (write_orbits_hdf5, "orbits.h5", "trajectories", ["40 entries, one column", "12 x 4"]),
        (write_orbits_csv, "runs.csv", "trajectories", ["80 entries", "2.1", "time_column: t"]),
        (write_signals_csv, "traces.csv", "matrix", ["500 entries", "components: 9", "symmetrylens_fast"]),
        (write_points_parquet, "points.parquet", "columns", ["400 entries", "no number", "label: label"]),
        (write_pmu_npz, "jets.npz", "columns", ["5 x 4", "unpack: {Pmu: [E, px, py, pz]}", "label: is_signal"]),
    ],
)
def test_each_form_is_told_and_gets_a_block_that_works(  # noqa: PLR0917
    folder: Path, run: Run, write: Writer, name: str, source: str, words: list[str]
) -> None:
    write(folder / name)
    told = run("inspect", name).output
    assert all(word in told for word in words), told
    block = proposed(run, name)
    project = load_project(block, source=name)
    (dataset,) = project.datasets.values()
    assert dataset.source == source
    assert f"--configfile {next(iter(block['experiments']))}.yaml" in told
    if dataset.source == "columns":
        ingest_columns([name], settings=dataset, output="made.h5", seed=1)
        assert sum(count_samples("made.h5").values()) > 50


def test_proposed_momenta_are_those_of_the_file(folder: Path, run: Run) -> None:
    write_nanoaod(folder / "muons.root")
    (dataset,) = load_project(proposed(run, "muons.root"), source="x").datasets.values()
    ingest_columns(["muons.root"], settings=dataset, output="made.h5", seed=1)  # type: ignore[arg-type]
    assert read_header("made.h5").feature_names == ("E", "px", "py", "pz")
    x = read_split("made.h5", "train").x.astype(float)
    mass = np.sqrt(np.maximum(x[..., 0] ** 2 - (x[..., 1:] ** 2).sum(-1), 0))
    assert np.median(np.abs(mass - 0.10566)) < 0.02
    transverse = np.hypot(x[..., 1], x[..., 2])
    assert (transverse[:, 0] >= transverse[:, 1]).all()


def test_columns_that_count_are_no_components(folder: Path, run: Run) -> None:
    write_nanoaod(folder / "muons.root")
    told = run("inspect", "muons.root").output
    assert "nMuon_pt" in told.partition("Proposal")[0]
    assert "nMuon" not in told.partition("Proposal")[2]


def test_objects_in_columns_of_their_own_make_several_vectors(folder: Path, run: Run) -> None:
    names = [f"jet{k}_{part}" for k in (1, 2) for part in ("pt", "eta", "phi", "mass")]
    rows = np.abs(np.random.default_rng(0).normal(1, 0.2, (50, 8)))
    np.savetxt("jets.csv", rows, delimiter=",", header=",".join(names), comments="")
    block = proposed(run, "jets.csv")
    (experiment,) = block["experiments"].values()
    assert [vectors["pt"] for vectors in experiment["data"]["vectors"]] == ["jet1_pt", "jet2_pt"]
    load_project(block, source="jets.csv")


def test_a_file_in_which_nothing_is_recognised_says_how_to_go_on(folder: Path, run: Run) -> None:
    (folder / "words.csv").write_text("name,kind\na,b\nc,d\n")
    assert "No proposal" in run("inspect", "words.csv").output
    assert "nothing was recognised" in run("inspect", "words.csv", "--block", status=1).stderr


def test_wide_files_are_shortened_and_can_be_filtered(folder: Path, run: Run) -> None:
    names = [f"c{k}" for k in range(90)]
    np.savetxt("wide.csv", np.random.default_rng(0).random((5, 90)), delimiter=",", header=",".join(names), comments="")
    told = run("inspect", "wide.csv").output
    assert "and 30 more" in told
    assert "c89" not in told.partition("Proposal")[0]
    assert "c89" in run("inspect", "wide.csv", "--all").output
    filtered = run("inspect", "wide.csv", "--pattern", "c8?").output.partition("Proposal")[0]
    assert filtered.count("number") == 20
    assert "no column has a name like 'z*'" in run("inspect", "wide.csv", "--pattern", "z*", status=1).stderr


def test_only_the_first_entries_are_read(folder: Path, run: Run) -> None:
    with h5py.File("long.h5", "w") as file:
        values = file.create_dataset("x", (10_000_000, 3), dtype="f4", chunks=(1000, 3), compression="gzip")
        values[:1000] = np.arange(3000).reshape(1000, 3)
    told = run("inspect", "long.h5", "--entries", "100").output
    assert "10,000,000 entries" in told
    assert "299" in told


@pytest.mark.parametrize(
    ("make", "words", "sentence"),
    [
        (lambda: None, ["no.root"], "there is no such file"),
        (lambda: Path("a.xyz").write_text("x"), ["a.xyz"], "ends in '.xyz', which says no known form"),
        (lambda: Path("a.root").write_text("x" * 500), ["a.root"], "a.root"),
        (lambda: Path("a.h5").write_text("x"), ["a.h5"], "no HDF5 file or is cut off"),
        (lambda: Path("a.csv").write_text(""), ["a.csv"], "is empty"),
        (lambda: Path("a.npz").write_bytes(b"PK"), ["a.npz"], "cannot be read"),
        (lambda: None, ["."], "is a folder"),
        (lambda: write_signals_csv(Path("t.csv")), ["t.csv", "--name", "Bad Name"], "--name is 'Bad Name'"),
        (
            lambda: write_signals_csv(Path("t.csv")),
            ["t.csv", "--name", "figures"],
            "the name of a rule of the workflow",
        ),
        (lambda: write_signals_csv(Path("t.csv")), ["t.csv", "--proposal", "9"], "--proposal is 9, and there are"),
    ],
)
def test_mistakes_are_told_in_a_sentence(
    folder: Path, run: Run, make: Callable[[], object], words: list[str], sentence: str
) -> None:
    make()
    told = run("inspect", *words, status=1).stderr
    assert sentence in told
    assert "Traceback" not in told


def test_files_that_differ_are_told_apart(folder: Path, run: Run) -> None:
    write_signals_csv(folder / "a.csv")
    write_signals_csv(folder / "b.csv", width=5)
    assert "b.csv lacks 's5', which a.csv has" in run("inspect", "a.csv", "b.csv", status=1).stderr
    write_signals_csv(folder / "c.csv")
    assert "a.csv and 1 more: csv, 1,000 entries" in run("inspect", "a.csv", "c.csv").output

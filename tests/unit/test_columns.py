"""Events of one's own: the same from every form of file, in every system of coordinates, and one sentence where they are wrong."""

import json
import zipfile
from pathlib import Path
from typing import Any

import awkward as ak
import h5py
import numpy as np
import pyarrow as pa
import pytest
import uproot
from pyarrow import parquet
from pydantic import ValidationError
from tests.makers.own_files import MUON_MASS, write_events, write_muons, z_to_mumu

from symscope.config.columns import ColumnFiles
from symscope.data.columns import ColumnSummary, ingest_columns
from symscope.data.events import build_events
from symscope.data.vectors import momenta
from symscope.errors import DataError
from symscope.io.samples import SPLITS, Split, read_header, read_split

N = 400


def settings_of(**values: Any) -> ColumnFiles:
    return ColumnFiles.model_validate({"files": "unused", "vectors": {"columns": ["x", "y", "z"]}, **values})


def ingested(path: Path, **values: Any) -> tuple[dict[str, Split], ColumnSummary]:
    output = path.parent / "dataset.h5"
    summary = ingest_columns([path], settings=settings_of(**values), output=output, seed=5)
    return {split: read_split(output, split) for split in SPLITS}, summary


def together(splits: dict[str, Split]) -> np.ndarray:
    """All vectors in the order of their first component, which is different for each."""
    x = np.concatenate([splits[split].x for split in SPLITS]).reshape(-1, splits["train"].x.shape[-1])
    return x[np.argsort(x[:, 0])]


@pytest.fixture
def columns(rng: np.random.Generator) -> dict[str, np.ndarray]:
    return {
        "x": rng.normal(0, 1, N),
        "y": rng.normal(0, 1, N).astype(np.float32),
        "z": rng.integers(-5, 5, N),
        "kind": rng.integers(0, 2, N).astype(np.int32),
    }


@pytest.mark.parametrize("suffix", [".root", ".h5", ".npz", ".parquet", ".csv"])
def test_every_form_of_file_gives_the_same_events(tmp_path: Path, columns: dict[str, np.ndarray], suffix: str) -> None:
    write_events(tmp_path / f"events{suffix}", columns)
    splits, summary = ingested(
        tmp_path / f"events{suffix}", selection="kind == 1 | z > 0", step_events=70, precision="float64"
    )
    chosen = (columns["kind"] == 1) | (columns["z"] > 0)
    expected = np.stack([columns[name][chosen] for name in "xyz"], axis=1)
    np.testing.assert_allclose(together(splits), expected[np.argsort(expected[:, 0])], rtol=1e-7)
    assert summary.read == N
    assert summary.selected == summary.kept == chosen.sum() == sum(summary.splits.values())
    assert summary.splits["train"] == round(0.6 * chosen.sum())
    assert summary.components["x"] == pytest.approx((expected[:, 0].min(), expected[:, 0].max()))


def test_columns_hidden_in_arrays_and_tables_are_found(tmp_path: Path, columns: dict[str, np.ndarray]) -> None:
    stacked = np.stack([columns[name] for name in "xyz"], axis=1)
    table = np.rec.fromarrays([columns[name] for name in columns], names=list(columns))
    with h5py.File(tmp_path / "arrays.h5", "w") as file:
        file["deep/table"] = table
        file["deep/x"] = stacked
    np.save(tmp_path / "plain.npy", stacked)
    np.save(tmp_path / "fields.npy", np.asarray(table))
    np.savez(tmp_path / "fortran.npz", v=np.asfortranarray(stacked))
    nested = pa.StructArray.from_arrays([columns[name] for name in "xyz"], names=list("xyz"))
    with uproot.recreate(tmp_path / "fixed.root") as file:
        file.mktree("events", {"v": np.dtype(("f8", (3,)))})
        file["events"].extend({"v": stacked})
    with uproot.recreate(tmp_path / "tuple.root") as file:
        file["events"] = {"v": ak.unflatten(columns["x"], np.ones(N, int)), **columns}
    parquet.write_table(
        pa.table({"v": nested, "w": pa.FixedSizeListArray.from_arrays(stacked.ravel(), 3)}), tmp_path / "a.pq"
    )
    expected = stacked[np.argsort(stacked[:, 0])]
    for name, values in {
        "arrays.h5": {"tree": "deep/table"},
        "plain.npy": {"unpack": {"array": ["x", "y", "z"]}},
        "fields.npy": {},
        "fixed.root": {"unpack": {"v": ["x", "y", "z"]}},
        "tuple.root": {"vectors": {"columns": ["v", "y", "z"], "objects": 1}},
        "fortran.npz": {"unpack": {"v": ["x", "y", "z"]}},
        "a.pq": {"vectors": {"columns": ["v.x", "v.y", "v.z"]}},
    }.items():
        splits, _ = ingested(tmp_path / name, precision="float64", step_events=90, **values)
        np.testing.assert_allclose(together(splits), expected, rtol=1e-12, err_msg=name)
    for name, values in {
        "arrays.h5": {"vectors": {"columns": ["deep/table/x", "deep/table/y", "deep/table/z"]}},
        "a.pq": {"unpack": {"w": ["x", "y", "z"]}},
    }.items():
        splits, _ = ingested(tmp_path / name, precision="float64", **values)
        np.testing.assert_allclose(together(splits), expected, rtol=1e-12, err_msg=name)


@pytest.mark.parametrize(
    "given", ["E px py pz", "px py pz mass", "pt eta phi mass", "pt eta phi E", "pt rapidity phi mass"]
)
def test_momenta_come_back_from_all_coordinates(given: str, rng: np.random.Generator) -> None:
    p = z_to_mumu(500, rng).reshape(-1, 4)
    pt = np.hypot(p[:, 1], p[:, 2])
    known = {
        **dict(zip(("E", "px", "py", "pz"), p.T, strict=True)),
        "pt": pt,
        "phi": np.arctan2(p[:, 2], p[:, 1]),
        "eta": np.arcsinh(p[:, 3] / pt),
        "rapidity": np.arctanh(p[:, 3] / p[:, 0]),
        "mass": np.full(len(p), MUON_MASS),
    }
    found = np.stack(momenta({key: known[key] for key in given.split()}), axis=1)
    np.testing.assert_allclose(found, p, rtol=1e-7, atol=1e-6)


def test_ragged_muons_are_chosen_sorted_and_counted(tmp_path: Path, rng: np.random.Generator) -> None:
    write_muons(tmp_path / "z.root", 600, rng, baskets=3)
    muons = {"pt": "Muon_pt", "eta": "Muon_eta", "phi": "Muon_phi", "mass": 0.105658, "objects": 2}
    splits, summary = ingested(
        tmp_path / "z.root",
        tree="Events",
        vectors={**muons, "order_by": "Muon_pt", "where": "Muon_pt > 8 & abs(Muon_eta) < 2.4"},
        selection="nMuon >= 2",
        step_events=128,
    )
    with uproot.open({tmp_path / "z.root": "Events"}) as tree:
        events = tree.arrays(library="np")
    expected = []
    for pt, eta, phi, n in zip(*(events[name] for name in ("Muon_pt", "Muon_eta", "Muon_phi", "nMuon")), strict=True):
        good = [i for i in np.argsort(-pt, kind="stable") if pt[i] > 8 and abs(eta[i]) < 2.4]
        if n >= 2 and len(good) >= 2:
            expected.append(
                [[pt[i] * np.cos(phi[i]), pt[i] * np.sin(phi[i]), pt[i] * np.sinh(eta[i])] for i in good[:2]]
            )
    assert summary.selected == sum(events["nMuon"] >= 2)
    assert summary.few_objects == summary.selected - len(expected) > 0
    x = np.concatenate([splits[split].x for split in SPLITS]).astype(np.float64)
    assert x.shape == (len(expected), 2, 4)
    wanted = np.array(expected, np.float64)
    order, other = np.argsort(x[:, 0, 1]), np.argsort(wanted[:, 0, 0])
    np.testing.assert_allclose(x[order][..., 1:], wanted[other], rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(x[..., 0] ** 2 - (x[..., 1:] ** 2).sum(-1), MUON_MASS**2, atol=0.2)

    padded, summary = ingested(tmp_path / "z.root", tree="Events", vectors={**muons, "objects": 3, "fewer": "pad"})
    x = np.concatenate([padded[split].x for split in SPLITS])
    assert len(x) == 600
    zeros = (x == 0).all(axis=-1)
    assert zeros.mean() == pytest.approx(summary.padded_fraction)
    assert zeros.mean() == pytest.approx(np.maximum(3 - events["nMuon"].astype(int), 0).sum() / 1800)
    assert (np.diff(zeros.astype(int), axis=1) >= 0).all()


def test_several_blocks_follow_each_other(tmp_path: Path, rng: np.random.Generator) -> None:
    write_muons(tmp_path / "z.root", 200, rng)
    pair = {"pt": "Muon_pt", "eta": "Muon_eta", "phi": "Muon_phi", "mass": "Muon_mass", "order_by": "Muon_pt"}
    first = {"pt": "max(Muon_pt)", "eta": 0, "phi": 0, "mass": 0}
    splits, _ = ingested(
        tmp_path / "z.root", tree="Events", vectors=[first, {**pair, "objects": 1}], selection="count(Muon_pt) > 0"
    )
    x = splits["train"].x
    assert x.shape[1:] == (2, 4)
    np.testing.assert_allclose(x[:, 0, 1], np.hypot(x[:, 1, 1], x[:, 1, 2]), rtol=1e-5)


def test_labels_targets_and_degrees(tmp_path: Path, columns: dict[str, np.ndarray]) -> None:
    columns["angle"] = np.linspace(-180, 180, N)
    write_events(tmp_path / "a.npz", columns)
    splits, summary = ingested(tmp_path / "a.npz", label="kind")
    assert splits["train"].y.dtype == np.uint8
    assert summary.labels == {"0": int((columns["kind"] == 0).sum()), "1": int((columns["kind"] == 1).sum())}
    splits, _ = ingested(tmp_path / "a.npz", label="z > 0")
    assert (splits["train"].y == (splits["train"].x[:, 0, 2] > 0)).all()
    splits, _ = ingested(tmp_path / "a.npz", target=["x * y", 2])
    np.testing.assert_allclose(
        splits["train"].y[:, 0], splits["train"].x[:, 0, 0] * splits["train"].x[:, 0, 1], rtol=1e-5
    )
    assert (splits["train"].y[:, 1] == 2).all()
    splits, _ = ingested(tmp_path / "a.npz", target={"columns": ["2 * x", "2 * y", "2 * z"]})
    np.testing.assert_allclose(splits["train"].y, 2 * splits["train"].x, rtol=1e-6)
    assert read_header(tmp_path / "dataset.h5").y_action == "vector"
    splits, _ = ingested(tmp_path / "a.npz", vectors={"pt": 1, "phi": "angle", "angles": "degree"})
    np.testing.assert_allclose(np.hypot(*splits["train"].x[:, 0].T), 1, rtol=1e-6)


def test_splits_are_exact_disjoint_in_random_order_and_repeatable(tmp_path: Path) -> None:
    write_events(tmp_path / "a.npz", {"x": np.arange(1000.0), "y": np.zeros(1000), "z": np.zeros(1000)})
    output = tmp_path / "dataset.h5"
    orders = []
    for bucket in (1 << 26, 2000, 2000):  # one bucket, then several
        ingest_columns(
            [tmp_path / "a.npz"],
            settings=settings_of(max_events={"val": 50}, step_events=300),
            output=output,
            seed=5,
            bucket_bytes=bucket,
        )
        numbers = {split: read_split(output, split).x[:, 0, 0].astype(int).tolist() for split in SPLITS}
        assert {split: len(found) for split, found in numbers.items()} == {"train": 600, "val": 50, "test": 200}
        everything = [number for found in numbers.values() for number in found]
        assert len(set(everything)) == 850
        assert abs(np.corrcoef(numbers["train"], np.arange(600))[0, 1]) < 0.15
        orders.append(everything)
    assert orders[1] == orders[2] != orders[0]
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    build_events(output, tmp_path / "samples.h5", n_samples=100)
    assert read_split(tmp_path / "samples.h5", "train").x[:, 0, 0].tolist() == orders[2][:100]
    assert len(read_split(tmp_path / "samples.h5", "val").x) == 50


def test_files_by_split_and_a_first_look(tmp_path: Path) -> None:
    for number, split in enumerate(SPLITS):
        write_events(tmp_path / f"{split}.npz", {name: np.full(50, number) for name in "xyz"})
    files = {split: [tmp_path / f"{split}.npz"] for split in SPLITS}
    output = tmp_path / "dataset.h5"
    block = settings_of(files={"train": "a", "val": "b", "test": "c"}, max_read=20)
    summary = ingest_columns(files, settings=block, output=output, seed=1)
    assert summary.splits == {"train": 20, "val": 20, "test": 20}
    assert [set(read_split(output, split).x.ravel()) for split in SPLITS] == [{0}, {1}, {2}]
    with pytest.raises(DataError, match="belongs to the splits 'train' and 'val'"):
        ingest_columns({**files, "val": files["train"]}, settings=block, output=output, seed=1)


def test_padding_of_arrays_is_left_out_by_its_mask(tmp_path: Path, rng: np.random.Generator) -> None:
    """The layout of JetNet: (jets, particles, features) with a mask."""
    features = rng.uniform(0.1, 1, (60, 5, 4))
    features[..., 3] = np.arange(5) < rng.integers(1, 6, 60)[:, None]
    with h5py.File(tmp_path / "jets.h5", "w") as file:
        file["particle_features"] = features
    splits, summary = ingested(
        tmp_path / "jets.h5",
        unpack={"particle_features": ["eta", "phi", "pt", "mask"]},
        vectors={"pt": "pt", "eta": "eta", "phi": "phi", "mass": 0, "objects": 2, "where": "mask > 0"},
    )
    assert summary.few_objects == int((features[..., 3].sum(axis=1) < 2).sum()) > 0
    assert (splits["train"].x[..., 0] > 0).all()


BAD = [
    (
        {"vectors": {"columns": ["x", "yy"]}},
        ["has no column 'yy' (did you mean 'y'?)", "'vectors.columns' asks for", "x, y, z"],
    ),
    ({"selection": "kid == 1"}, ["no column 'kid' (did you mean 'kind'?), which 'selection' asks for"]),
    ({"label": "x"}, ["entry ", "'label' (x) must be a whole number from 0 to 255"]),
    ({"label": "lists > 0"}, ["'label' (lists > 0) has a value for each object", "any(...)"]),
    ({"selection": "lists > 1"}, ["'selection' (lists > 1) has a value for each object", "'vectors.where'"]),
    ({"selection": "x > 100"}, ["the split 'train' would be empty (400 entries were read, 0 selected)", "'selection'"]),
    ({"vectors": {"columns": ["lists", "x"]}}, ["'vectors.lists' has a list for each event", "'objects: 2'"]),
    ({"vectors": {"columns": ["x", "y"], "objects": 2}}, ["'objects' is 2", "one number for each event"]),
    ({"vectors": {"columns": ["lists", "more"], "objects": 1}}, ["'more' has 3 objects and 'vectors.lists' has 2"]),
    (
        {"vectors": {"columns": ["lists", "x"], "objects": 1, "where": "x > 0"}},
        ["'vectors.where' has one value for each event"],
    ),
    ({"vectors": {"columns": ["text", "x"]}}, ["column 'text' holds string", "a list of numbers is needed"]),
    ({"vectors": {"columns": ["x", "nans"]}}, ["entry 7: object 0: nans (nans) is nan, and a finite number is needed"]),
    (
        {"vectors": {"pt": "x", "eta": 0, "phi": 0, "mass": 0}},
        ["object 0: pt (x) is -", "must be 0 or more", "invalid: drop"],
    ),
    ({"vectors": {"pt": "kind", "eta": 0, "phi": 100, "mass": 0}}, ["phi (100.0) is 100", "'angles: degree'"]),
    ({"vectors": {"pt": "kind", "eta": 0, "phi": 0, "mass": "-1"}}, ["mass (-1) is -1", "maximum(COLUMN, 0)"]),
    ({"vectors": {"pt": "kind + 1", "eta": 800, "phi": 0, "mass": 0}}, ["momentum that follows", "too large"]),
    ({"vectors": {"columns": ["x y", "x"]}}, ["no column 'x y'", "cannot be read"]),
    ({"unpack": {"lists": ["a", "b"]}, "vectors": {"columns": ["a", "b"]}}, ["'lists' holds", "'unpack'"]),
    ({"unpack": {"nothing": ["a", "b"]}, "vectors": {"columns": ["a", "b"]}}, ["no array 'nothing'", "'unpack' names"]),
    ({"unpack": {"cube": ["x", "b"]}}, ["gives the name 'x', which another column has"]),
    ({"unpack": {"cube": ["a", "b"]}, "vectors": {"columns": ["a", "b"]}}, ["shape (3)", "2 names"]),
    ({"format": "hdf5"}, ["is no HDF5 file"]),
    ({"format": "root"}, ["is no ROOT file"]),
    ({"format": "csv"}, ["is no text table"]),
    ({"format": "npz"}, ["cannot be read as a file of numpy"]),
]


@pytest.fixture
def odd_file(tmp_path: Path, columns: dict[str, np.ndarray]) -> Path:
    nans = np.where(np.arange(N) == 7, np.nan, 1.0)
    lists = ak.Array([[1.0, 2.0]] * (N - 1) + [[1.0, 2.0]])
    more = ak.Array([[1.0, 2.0]] * 5 + [[1.0, 2.0, 3.0]] * (N - 5))
    table = pa.table(
        {
            **columns,
            "nans": nans,
            "text": ["a"] * N,
            "lists": ak.to_list(lists),
            "more": ak.to_list(more),
            "cube": pa.FixedSizeListArray.from_arrays(np.zeros(3 * N), 3),
        }
    )
    parquet.write_table(table, tmp_path / "odd.parquet")
    return tmp_path / "odd.parquet"


@pytest.mark.parametrize(("values", "words"), BAD)
def test_what_is_wrong_is_told_in_one_sentence(odd_file: Path, values: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(DataError) as caught:
        ingested(odd_file, **values)
    message = str(caught.value)
    assert message.startswith(str(odd_file.parent))
    assert "\n" not in message
    for word in words:
        assert word in message
    assert not (odd_file.parent / "dataset.h5").exists()
    assert [path.name for path in odd_file.parent.iterdir()] == ["odd.parquet"]


def test_invalid_events_can_be_left_out_and_are_counted(odd_file: Path) -> None:
    _, summary = ingested(odd_file, vectors={"columns": ["x", "nans"]}, invalid="drop")
    assert summary.invalid == 1
    assert summary.kept == N - 1
    summary.write(odd_file.parent / "summary.json")
    assert json.loads((odd_file.parent / "summary.json").read_text())["invalid"] == 1


def test_broken_files_are_refused(tmp_path: Path, columns: dict[str, np.ndarray], rng: np.random.Generator) -> None:
    """Each form, cut off and with bytes overwritten: read, or refused with our own error."""
    outcomes = []
    for suffix in (".root", ".h5", ".npz", ".parquet", ".csv"):
        path = tmp_path / f"a{suffix}"
        write_events(path, columns)
        good = path.read_bytes()
        for _ in range(6):
            bad = bytearray(good)
            if rng.random() < 0.3:
                bad = bad[: rng.integers(1, len(bad))]
            else:
                for place in rng.integers(0, len(bad), 20):
                    bad[place] = rng.integers(256)
            path.write_bytes(bytes(bad))
            told = ""
            try:
                ingested(path, invalid="drop")
            except DataError as error:
                told = str(error)
            assert "\n" not in told
            outcomes.append(told)
    assert sum(map(bool, outcomes)) > 15


def test_objects_of_python_are_not_unpickled(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.array([{"a": 1}, None] * 10), y=np.zeros(20), z=np.zeros(20))
    with pytest.raises(DataError, match="Python objects"):
        ingested(tmp_path / "a.npz")
    with zipfile.ZipFile(tmp_path / "b.npz", "w") as archive:
        archive.writestr("readme.txt", "no array")
    with pytest.raises(DataError, match="no arrays"):
        ingested(tmp_path / "b.npz")


def test_tables_of_text_come_in_many_ways(tmp_path: Path) -> None:
    thirds = dict.fromkeys(SPLITS, 1 / 3)
    for text in (
        "x,y,z\n1,2,3\n4,5,6\n7,8,9\n2,,1\n",
        "# made by hand\n# x,y,z\n1,2,3\n4,5,6\n7,8,9\n2,nan,1\n",
        "\ufeff x , y , z \n1,2,3\n4,5,6\n7,8,9\n2,NA,1\n",
    ):
        (tmp_path / "a.csv").write_text(text, encoding="utf-8")
        splits, summary = ingested(tmp_path / "a.csv", invalid="drop", fractions=thirds)
        assert summary.invalid == 1, text
        assert together(splits).tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    (tmp_path / "a.csv").write_text("1;2;3\n4;5;6\n7;8;9\n")
    splits, _ = ingested(tmp_path / "a.csv", vectors={"columns": ["f0", "f2"]}, delimiter=";", fractions=thirds)
    assert together(splits).tolist() == [[1, 3], [4, 6], [7, 9]]
    (tmp_path / "a.csv").write_text("x,y,z\n1,2,3\n4,five,6\n7,8,9\n")
    with pytest.raises(DataError, match="numbers in the columns that are used"):
        ingested(tmp_path / "a.csv")
    (tmp_path / "a.csv").write_text("x,y,z\n1,2,3\n4,5\n7,8,9\n")
    with pytest.raises(DataError, match="every row needs 3 cells"):
        ingested(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"vectors": {"pt": "a", "eta": "b"}}, "the keys pt, eta form no vector"),
        ({"vectors": {"columns": ["x", "y"], "pt": "a"}}, "'columns' and 'pt' are both given"),
        ({"vectors": [{"columns": ["x", "y"]}, {"columns": ["x", "y", "z"]}]}, "vectors of 2 and of 3 components"),
        ({"vectors": {"columns": ["x", "y"], "where": "x > 0"}}, "'where' is given without 'objects'"),
        ({"vectors": {"columns": ["x", "y"], "objects": 1, "where": "x >"}}, "'where' cannot be read"),
        ({"selection": "x = 1"}, "'selection' cannot be read"),
        ({"label": "a", "target": ["b"]}, "'label' and 'target' are both given"),
        ({"weight": "w"}, "no method of discovery uses weights"),
        ({"target": {"columns": ["a", "b"]}}, "'target' has 2 components and 'vectors' 3"),
        ({"files": 3}, "a path, a list of paths"),
    ],
)
def test_settings_that_contradict_themselves_are_refused(values: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words.replace("(", r"\(")):
        settings_of(**values)

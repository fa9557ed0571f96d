"""Ingestion: every source ends in one file with the right jets in the right splits, or in one clear sentence."""

import json
import logging
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.makers.jet_files import (
    jet_numbers,
    numbered_jets,
    random_jets,
    root_branches,
    write_pmu,
    write_reference,
    write_root,
)

from symscope.config.datasets import dataset_settings
from symscope.data.ingestion import ingest_jets
from symscope.errors import DataError
from symscope.io.atomic import own_mark
from symscope.io.jets import JetBatch, concatenate_jets, select_jets
from symscope.io.samples import count_samples, read_header, read_split

SPLITS = ("train", "val", "test")


def settings_of(**values: Any) -> Any:
    return dataset_settings({"source": "jetclass", "files": {"all": ["unused"]}, **values})


def by_split(**values: Any) -> Any:
    return settings_of(files={split: [split] for split in SPLITS}, **values)


def root_file(path: Path, batch: JetBatch) -> Path:
    return write_root(path, root_branches(batch), per_basket=500)


def numbers_of(path: Path) -> dict[str, np.ndarray]:
    splits = {split: read_split(path, split) for split in SPLITS}
    return {split: jet_numbers(s.x, s.offsets) for split, s in splits.items()}


def test_fractions_give_disjoint_covering_splits_of_exact_size(tmp_path: Path) -> None:
    files = [root_file(tmp_path / f"{i}.root", numbered_jets(500, first=500 * i)) for i in range(2)]
    found = []
    for seed in (1, 1, 2):
        summary = ingest_jets(files, settings=settings_of(), output=tmp_path / "jets.h5", seed=seed, step_jets=130)
        found.append(numbers_of(tmp_path / "jets.h5"))
        assert summary.jets_read == 1000
        assert {split: s.jets for split, s in summary.splits.items()} == {"train": 600, "val": 200, "test": 200}
    assert sorted(np.concatenate(list(found[0].values()))) == list(range(1000))
    for split in SPLITS:
        np.testing.assert_array_equal(found[0][split], found[1][split])
        assert set(found[0][split]) != set(found[2][split])


def test_jets_keep_their_label_and_constituents(tmp_path: Path, rng: np.random.Generator) -> None:
    batch = random_jets(rng, 300, mean=5)
    path = root_file(tmp_path / "a.root", batch)
    ingest_jets(
        {s: str(path) for s in SPLITS}, settings=settings_of(), output=tmp_path / "jets.h5", seed=3, step_jets=70
    )
    parts = []
    for split in SPLITS:
        read = read_split(tmp_path / "jets.h5", split)
        assert read.offsets is not None
        parts.append(JetBatch(read.x, read.offsets, read.y))
    found = concatenate_jets(parts)

    def key(jets: JetBatch, i: int) -> tuple[Any, ...]:
        return (*jets.momenta[jets.offsets[i] : jets.offsets[i + 1]].ravel().tolist(), int(jets.labels[i]))

    assert sorted(key(found, i) for i in range(300)) == sorted(key(batch, i) for i in range(300))


def test_the_first_jets_of_a_split_are_a_fair_sample(tmp_path: Path) -> None:
    """The files hold one class each and are read one after the other."""
    batch = numbered_jets(4000)
    top, qcd = (root_file(tmp_path / f"{k}.root", select_jets(batch, batch.labels == k)) for k in (1, 0))
    sources = {"train": [top, qcd], "val": [tmp_path / "val.root"], "test": [tmp_path / "test.root"]}
    for split in ("val", "test"):
        root_file(tmp_path / f"{split}.root", numbered_jets(10))
    ingest_jets(sources, settings=by_split(), output=tmp_path / "jets.h5", seed=0, step_jets=999)
    leading = read_split(tmp_path / "jets.h5", "train", stop=400)
    assert abs(int(leading.y.sum()) - 200) < 50  # five standard deviations
    numbers = numbers_of(tmp_path / "jets.h5")["train"]
    assert sorted(numbers) == list(range(4000))
    assert abs(np.corrcoef(numbers, np.arange(4000))[0, 1]) < 0.08


def test_files_can_keep_their_order(tmp_path: Path) -> None:
    files = {s: [root_file(tmp_path / f"{s}.root", numbered_jets(50, first=i))] for i, s in enumerate(SPLITS)}
    ingest_jets(files, settings=by_split(shuffle=False), output=tmp_path / "jets.h5", seed=0, step_jets=7)
    assert numbers_of(tmp_path / "jets.h5")["val"].tolist() == list(range(1, 51))


def test_a_cap_draws_from_the_whole_split(tmp_path: Path) -> None:
    files = {s: [root_file(tmp_path / f"{s}.root", numbered_jets(900))] for s in SPLITS}
    settings = by_split(max_jets={"train": 300, "val": 5000}, shuffle=False)
    summary = ingest_jets(files, settings=settings, output=tmp_path / "jets.h5", seed=0, step_jets=100)
    numbers = numbers_of(tmp_path / "jets.h5")
    assert {split: len(n) for split, n in numbers.items()} == {"train": 300, "val": 900, "test": 900}
    assert summary.splits["train"].jets == 300
    thirds = np.histogram(numbers["train"], bins=3, range=(0, 900))[0]
    assert thirds.min() > 60  # 100 are expected


@pytest.mark.parametrize("source", ["pythia", "jetclass", "reference", "pmu"])
def test_every_source_gives_the_same_jets(tmp_path: Path, rng: np.random.Generator, source: str) -> None:
    batches = {split: random_jets(rng, n, mean=6) for split, n in (("train", 20), ("val", 6), ("test", 4))}
    write: dict[str, Callable[[Path, JetBatch], Path]] = {"reference": write_reference, "pmu": write_pmu}
    files = {split: [write.get(source, root_file)(tmp_path / f"{split}.x", batch)] for split, batch in batches.items()}
    values: dict[str, Any] = {
        "pythia": {"generator_card": "g", "detector_card": "d", "jets": {"train": 20, "val": 6, "test": 4}},
        "reference": {},
    }.get(source, {"files": {split: [str(paths[0])] for split, paths in files.items()}})
    settings = dataset_settings({"source": source, "shuffle": False, **values})
    ingest_jets(files, settings=settings, output=tmp_path / "jets.h5", seed=0)
    for split, batch in batches.items():
        found = read_split(tmp_path / "jets.h5", split)
        np.testing.assert_array_equal(found.x, batch.momenta)
        np.testing.assert_array_equal(found.offsets, batch.offsets)
        np.testing.assert_array_equal(found.y, batch.labels)


def test_what_the_file_says_of_itself(tmp_path: Path, rng: np.random.Generator) -> None:
    path = root_file(tmp_path / "a.root", random_jets(rng, 50))
    summary = ingest_jets([path], settings=settings_of(max_constituents=3), output=tmp_path / "jets.h5", seed=5)
    header = read_header(tmp_path / "jets.h5")
    assert header.feature_names == ("E", "px", "py", "pz")
    assert (header.units, header.x_action, header.y_action) == ("GeV", "vector", "trivial")
    assert header.provenance["seeds"] == [5]
    assert header.provenance["settings"]["max_constituents"] == 3
    assert header.provenance["splits"]["train"] == summary.as_dict()["splits"]["train"]
    summary.write(tmp_path / "jets.json")
    told = json.loads((tmp_path / "jets.json").read_text())
    assert told["splits"]["val"]["signal"] + told["splits"]["val"]["background"] == 10
    assert told["files"] == [str(path)]


def test_constituents_are_sorted_and_shortened_and_it_is_counted(tmp_path: Path, rng: np.random.Generator) -> None:
    batch = random_jets(rng, 40, mean=6)
    reverse = np.concatenate(
        [np.arange(b - 1, a - 1, -1) for a, b in zip(batch.offsets, batch.offsets[1:], strict=False)]
    )
    path = root_file(tmp_path / "a.root", batch._replace(momenta=batch.momenta[reverse]))
    summary = ingest_jets([path], settings=settings_of(max_constituents=4), output=tmp_path / "jets.h5", seed=0)
    several = int((batch.counts > 1).sum())
    assert sum(s.jets_sorted for s in summary.splits.values()) == several
    assert sum(s.jets_shortened for s in summary.splits.values()) == int((batch.counts > 4).sum())
    for split in SPLITS:
        read = read_split(tmp_path / "jets.h5", split)
        assert read.offsets is not None
        assert np.diff(read.offsets).max() <= 4
        pt = np.hypot(read.x[:, 1], read.x[:, 2])
        inside = np.ones(len(pt), bool)
        inside[read.offsets[:-1]] = False
        assert (np.diff(pt)[inside[1:]] <= 0).all()
    ingest_jets([path], settings=settings_of(constituent_order="keep"), output=tmp_path / "kept.h5", seed=0)
    kept = read_split(tmp_path / "kept.h5", "train").x
    assert set(map(tuple, kept)) <= set(map(tuple, batch.momenta))
    with pytest.raises(DataError, match=r"entry \d+: the constituents are not by falling .* 'constituent_order: sort'"):
        ingest_jets([path], settings=settings_of(constituent_order="check"), output=tmp_path / "no.h5", seed=0)


@pytest.mark.parametrize("drop", [False, True])
def test_jets_without_constituents_are_told(
    tmp_path: Path, rng: np.random.Generator, caplog: pytest.LogCaptureFixture, drop: bool
) -> None:
    batch = random_jets(rng, 200, mean=1.5, least=0)
    empty = int((batch.counts == 0).sum())
    assert empty > 20
    path = root_file(tmp_path / "a.root", batch)
    with caplog.at_level(logging.WARNING):
        summary = ingest_jets([path], settings=settings_of(drop_empty_jets=drop), output=tmp_path / "jets.h5", seed=0)
    assert sum(s.empty_jets for s in summary.splits.values()) == empty
    assert sum(s.empty_jets_dropped for s in summary.splits.values()) == (empty if drop else 0)
    assert sum(count_samples(tmp_path / "jets.h5").values()) == (200 - empty if drop else 200)
    assert "train: empty_jets = " in caplog.text


def test_jets_of_other_classes_are_left_out_where_the_setting_says_so(tmp_path: Path, rng: np.random.Generator) -> None:
    batch = random_jets(rng, 100)
    branches = root_branches(batch)
    neither = np.arange(100) % 4 == 0
    branches["label_Tbqq"] &= ~neither
    branches["label_QCD"] &= ~neither
    path = write_root(tmp_path / "a.root", branches)
    summary = ingest_jets([path], settings=settings_of(unlabelled="drop"), output=tmp_path / "jets.h5", seed=0)
    assert sum(s.unlabelled_dropped for s in summary.splits.values()) == 25
    assert sum(s.jets for s in summary.splits.values()) == 75
    assert sum(s.signal for s in summary.splits.values()) == int(branches["label_Tbqq"].sum())
    with pytest.raises(DataError, match=r"entry 0: the jet is neither signal nor background"):
        ingest_jets([path], settings=settings_of(), output=tmp_path / "no.h5", seed=0)


def test_spacelike_constituents_are_counted_or_refused(tmp_path: Path, rng: np.random.Generator) -> None:
    batch = random_jets(rng, 50)
    batch.momenta[[3, 77], 0] *= 0.99
    path = root_file(tmp_path / "a.root", batch)
    summary = ingest_jets([path], settings=settings_of(), output=tmp_path / "jets.h5", seed=0)
    assert sum(s.spacelike_constituents for s in summary.splits.values()) == 2
    with pytest.raises(DataError, match=r"entry 0, constituent 3: E is .* GeV and \|p\| is .* 'spacelike: report'"):
        ingest_jets([path], settings=settings_of(spacelike="error"), output=tmp_path / "no.h5", seed=0)
    lenient = settings_of(spacelike="error", spacelike_tolerance=0.05)
    summary = ingest_jets([path], settings=lenient, output=tmp_path / "jets.h5", seed=0)
    assert sum(s.spacelike_constituents for s in summary.splits.values()) == 0


@pytest.mark.parametrize(
    ("component", "value", "said"),
    [
        (1, np.nan, "px is nan, and momenta must be finite numbers in GeV"),
        (0, np.inf, "E is inf"),
        (3, -np.inf, "pz is -inf"),
        (0, -2.5, r"E is -2\.5 GeV, and energies must be 0 or more; mend the file, or check .* order E, px, py, pz"),
    ],
)
def test_impossible_momenta_are_refused_and_nothing_is_left(
    tmp_path: Path, component: int, value: float, said: str
) -> None:
    batch = numbered_jets(100)
    batch.momenta[2 * 61 + 1, component] = value
    path = root_file(tmp_path / "a.root", batch)
    out = tmp_path / "out"
    with pytest.raises(DataError, match=rf"a\.root, entry 61, constituent 1: {said}"):
        ingest_jets([path], settings=settings_of(), output=out / "jets.h5", seed=0, step_jets=30)
    assert list(out.iterdir()) == []


@pytest.mark.parametrize(("source", "write"), [("reference", write_reference), ("pmu", write_pmu)])
def test_impossible_momenta_in_padded_arrays(
    tmp_path: Path, source: str, write: Callable[[Path, JetBatch], Path]
) -> None:
    batch = numbered_jets(30)
    batch.momenta[2 * 21, 2] = np.nan
    path = write(tmp_path / "a.h5", batch)
    values = {} if source == "reference" else {"files": {split: [split] for split in SPLITS}}
    sources = {split: [path] if split == "train" else [tmp_path / f"{split}.h5"] for split in SPLITS}
    with pytest.raises(DataError, match=r"a\.h5, entry 21, constituent 0: py is nan"):
        ingest_jets(sources, settings=dataset_settings({"source": source, **values}), output=tmp_path / "j.h5", seed=0)


def test_too_large_for_single_precision(tmp_path: Path, rng: np.random.Generator) -> None:
    batch = random_jets(rng, 10)
    branches = root_branches(batch)
    branches["part_energy"] = branches["part_energy"] * np.float64(1e300)
    path = write_root(tmp_path / "a.root", branches)
    with pytest.raises(DataError, match="entry 0, constituent 0: E is inf"):
        ingest_jets([path], settings=settings_of(), output=tmp_path / "jets.h5", seed=0)


def test_an_earlier_result_survives_a_failure(tmp_path: Path, rng: np.random.Generator) -> None:
    good = root_file(tmp_path / "good.root", random_jets(rng, 20))
    ingest_jets([good], settings=settings_of(), output=tmp_path / "jets.h5", seed=0)
    before = (tmp_path / "jets.h5").read_bytes()
    (tmp_path / "bad.root").write_bytes(good.read_bytes()[:1000])
    with pytest.raises(DataError, match=r"bad\.root is cut off"):
        ingest_jets([good, tmp_path / "bad.root"], settings=settings_of(), output=tmp_path / "jets.h5", seed=0)
    assert (tmp_path / "jets.h5").read_bytes() == before


def test_what_a_killed_run_left_is_cleared(tmp_path: Path, rng: np.random.Generator) -> None:
    path = root_file(tmp_path / "a.root", numbered_jets(20))
    dead = subprocess.run(["sh", "-c", "echo $$"], capture_output=True, text=True, check=True).stdout.strip()
    left = tmp_path / "out" / f".jets.h5.train-{own_mark().rpartition('-')[0]}-{dead}"
    left.mkdir(parents=True)
    for name in ("000000.momenta", "000000.counts", "000000.labels", "000007.labels"):
        (left / name).write_bytes(b"left over")
    ingest_jets([path], settings=settings_of(), output=tmp_path / "out" / "jets.h5", seed=0)
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["jets.h5"]
    assert sorted(np.concatenate(list(numbers_of(tmp_path / "out" / "jets.h5").values()))) == list(range(20))


def test_an_empty_split_is_told(tmp_path: Path, rng: np.random.Generator) -> None:
    path = root_file(tmp_path / "a.root", random_jets(rng, 2))
    with pytest.raises(DataError, match=r"the split '(val|test)' would be empty \(0 jets were left out"):
        ingest_jets([path], settings=settings_of(), output=tmp_path / "jets.h5", seed=0)
    hollow = random_jets(rng, 9, mean=0, least=0)._replace()
    path = root_file(tmp_path / "b.root", hollow)
    with pytest.raises(
        DataError, match=r"'train' would be empty \(5 jets were left out because they have no constituents"
    ):
        ingest_jets([path], settings=settings_of(drop_empty_jets=True), output=tmp_path / "jets.h5", seed=0)


def test_a_split_of_one_class_is_a_warning(
    tmp_path: Path, rng: np.random.Generator, caplog: pytest.LogCaptureFixture
) -> None:
    batch = random_jets(rng, 20)
    path = root_file(tmp_path / "a.root", batch._replace(labels=np.ones(20, np.uint8)))
    ingest_jets([path], settings=settings_of(), output=tmp_path / "jets.h5", seed=0)
    assert "val: all jets are signal" in caplog.text


def test_a_file_in_two_splits_is_refused(tmp_path: Path, rng: np.random.Generator) -> None:
    path = root_file(tmp_path / "a.root", random_jets(rng, 20))
    other = tmp_path / "x" / ".." / "a.root"
    (tmp_path / "x").mkdir()
    with pytest.raises(DataError, match="belongs to the splits 'train' and 'val'; a jet must not be in two splits"):
        ingest_jets(
            {"train": [path], "val": [other], "test": []}, settings=by_split(), output=tmp_path / "j.h5", seed=0
        )
    with pytest.raises(DataError, match="the split 'test' has no files"):
        ingest_jets({"train": [path], "val": ["v"], "test": []}, settings=by_split(), output=tmp_path / "j.h5", seed=0)
    with pytest.raises(DataError, match="one list of files was given"):
        ingest_jets([path], settings=by_split(), output=tmp_path / "j.h5", seed=0)
    with pytest.raises(DataError, match="no files to read"):
        ingest_jets([], settings=settings_of(), output=tmp_path / "j.h5", seed=0)

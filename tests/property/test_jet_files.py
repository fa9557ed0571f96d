"""Ragged jets of any shape survive the way through every file format."""

import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.makers.jet_files import (
    jet_numbers,
    numbered_jets,
    root_branches,
    write_pmu,
    write_reference,
    write_reference_with_pytables,
    write_root,
)

from symscope.config.datasets import dataset_settings
from symscope.config.jet_datasets import RootColumns
from symscope.data.ingestion import ingest_jets
from symscope.data.splits import RandomAssignment, quotas_by_fractions
from symscope.errors import DataError
from symscope.io.jets import JetBatch, concatenate_jets, sort_constituents
from symscope.io.jets_hdf5 import iterate_pmu, iterate_reference_table
from symscope.io.root import iterate_jets_root
from symscope.io.samples import SamplesHeader, SamplesWriter, iterate_split, read_split

FILE = settings(max_examples=25, deadline=None)
FAST = settings(max_examples=100, deadline=None)


@st.composite
def ragged_jets(draw: st.DrawFn, least_jets: int = 1) -> JetBatch:
    """Jets with 0 to 9 constituents, jets without any among them; momenta are numbers that no file rounds."""
    counts = draw(st.lists(st.integers(0, 9), min_size=least_jets, max_size=25))
    labels = draw(st.lists(st.integers(0, 1), min_size=len(counts), max_size=len(counts)))
    seed = draw(st.integers(0, 2**32 - 1))
    three = np.random.default_rng(seed).normal(scale=10.0, size=(sum(counts), 3)).astype(np.float32)
    energy = np.linalg.norm(three, axis=1)
    return JetBatch.from_counts(
        np.column_stack([energy, three]).astype(np.float32), np.array(counts, np.int64), np.array(labels, np.uint8)
    )


def assert_same(found: JetBatch, expected: JetBatch) -> None:
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a, b)


@FILE
@given(ragged_jets(), st.integers(1, 9), st.integers(1, 30))
def test_root(batch: JetBatch, per_basket: int, step: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_root(Path(folder) / "a.root", root_branches(batch), per_basket=per_basket)
        assert_same(concatenate_jets(list(iterate_jets_root([path], settings=RootColumns(), step_jets=step))), batch)


@FILE
@given(ragged_jets(), st.integers(1, 30), st.sampled_from([write_reference, write_reference_with_pytables]))
def test_reference_table(batch: JetBatch, step: int, write: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "a.h5", batch)  # type: ignore[operator]
        assert_same(concatenate_jets(list(iterate_reference_table([path], step_jets=step))), batch)


@FILE
@given(ragged_jets(), st.integers(1, 30), st.integers(9, 12))
def test_energy_momentum(batch: JetBatch, step: int, length: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_pmu(Path(folder) / "a.h5", batch, length=length)
        assert_same(concatenate_jets(list(iterate_pmu([path], step_jets=step))), batch)


@FILE
@given(st.lists(ragged_jets(), min_size=1, max_size=4), st.integers(1, 30))
def test_samples(batches: list[JetBatch], step: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.h5"
        with SamplesWriter(path, SamplesHeader(("E", "px", "py", "pz"), "GeV", "vector", "trivial")) as writer:
            for batch in batches:
                writer.append("train", batch.momenta, batch.labels, batch.counts)
        whole = read_split(path, "train")
        assert whole.offsets is not None
        assert_same(JetBatch(whole.x, whole.offsets, whole.y), concatenate_jets(batches))
        pieces = [
            JetBatch(p.x, p.offsets, p.y) for p in iterate_split(path, "train", step=step) if p.offsets is not None
        ]
        assert_same(concatenate_jets(pieces), concatenate_jets(batches))


@FAST
@given(ragged_jets())
def test_sorting_twice_is_sorting_once_and_loses_nothing(batch: JetBatch) -> None:
    once = sort_constituents(batch)
    assert_same(sort_constituents(once), once)
    for a, b in zip(batch.offsets, batch.offsets[1:], strict=False):
        assert sorted(map(tuple, once.momenta[a:b])) == sorted(map(tuple, batch.momenta[a:b]))
        assert (np.diff(np.hypot(once.momenta[a:b, 1], once.momenta[a:b, 2])) <= 0).all()


@FAST
@given(st.integers(0, 10_000), st.lists(st.floats(0.01, 0.33), min_size=1, max_size=3), st.integers(0, 99), st.data())
def test_splits_are_disjoint_and_of_the_announced_size(
    n: int, fractions: list[float], seed: int, data: st.DataObject
) -> None:
    quotas = quotas_by_fractions(n, {str(i): f for i, f in enumerate(fractions)})
    assert all(abs(quotas[str(i)] - f * n) < 1 for i, f in enumerate(fractions))
    assert sum(quotas.values()) == round(sum(fractions) * n)
    assignment = RandomAssignment(n, quotas, rng=np.random.default_rng(seed))
    cuts = sorted(data.draw(st.lists(st.integers(0, n), max_size=5)))
    places = np.concatenate([assignment.draw(b - a) for a, b in zip([0, *cuts], [*cuts, n], strict=True)])
    assert [int((places == i).sum()) for i in range(len(quotas))] == list(quotas.values())


@settings(max_examples=15, deadline=None)
@given(st.integers(10, 120), st.integers(1, 50), st.integers(0, 99))
def test_ingestion_deals_every_jet_to_one_split(n: int, step: int, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_root(Path(folder) / "a.root", root_branches(numbered_jets(n)))
        dataset = dataset_settings({"source": "jetclass", "files": {"all": [str(path)]}})
        ingest_jets([path], settings=dataset, output=Path(folder) / "jets.h5", seed=seed, step_jets=step)
        splits = [read_split(Path(folder) / "jets.h5", split) for split in ("train", "val", "test")]
        numbers = np.concatenate([jet_numbers(s.x, s.offsets) for s in splits])
        assert sorted(numbers) == list(range(n))


READERS: dict[str, Callable[[Path], list[JetBatch]]] = {
    "jets.root": lambda path: list(iterate_jets_root([path], settings=RootColumns(), step_jets=20)),
    "table.h5": lambda path: list(iterate_reference_table([path], step_jets=7)),
    "pmu.h5": lambda path: list(iterate_pmu([path], step_jets=7)),
}


@pytest.fixture(scope="module")
def whole_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("whole")
    batch = numbered_jets(40)
    paths = [
        write_root(folder / "jets.root", root_branches(batch), per_basket=9),
        write_reference(folder / "table.h5", batch),
        write_pmu(folder / "pmu.h5", batch),
    ]
    return {path.name: path.read_bytes() for path in paths}


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 0.999))
def test_a_file_cut_anywhere_is_told(whole_files: dict[str, bytes], name: str, share: float) -> None:
    content = whole_files[name]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content[: int(share * len(content))])
        with pytest.raises(DataError, match=name):
            READERS[name](path)


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 2**31), damage=st.binary(min_size=1, max_size=40))
def test_a_damaged_file_is_read_or_told(whole_files: dict[str, bytes], name: str, place: int, damage: bytes) -> None:
    content = bytearray(whole_files[name])
    place %= len(content)
    content[place : place + len(damage)] = damage[: len(content) - place]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(bytes(content))
        with contextlib.suppress(DataError):
            READERS[name](path)

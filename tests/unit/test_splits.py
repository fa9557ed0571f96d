"""Dealing events to splits, and shuffling them by way of the disk."""

from pathlib import Path

import numpy as np
import pytest
from tests.makers.jet_files import jet_numbers, numbered_jets

from symscope.data.shuffle import JetShuffler
from symscope.data.splits import UNUSED, RandomAssignment, quotas_by_fractions
from symscope.io.jets import concatenate_jets, select_jets


@pytest.mark.parametrize(
    ("n", "fractions", "expected"),
    [
        (10, (0.6, 0.2, 0.2), (6, 2, 2)),
        (7, (0.6, 0.2, 0.2), (4, 2, 1)),
        (3, (0.1, 0.1, 0.1), (1, 0, 0)),
        (0, (0.6, 0.2, 0.2), (0, 0, 0)),
        (1000, (0.5, 0.25, 0.25), (500, 250, 250)),
    ],
)
def test_quotas(n: int, fractions: tuple[float, ...], expected: tuple[int, ...]) -> None:
    assert tuple(quotas_by_fractions(n, dict(zip("abc", fractions, strict=True))).values()) == expected


def test_every_event_is_as_likely_in_each_split() -> None:
    """Frequencies over 2,000 repetitions; the standard deviation of each is below 0.0112."""
    hits = np.zeros((3, 20))
    for seed in range(2000):
        assignment = RandomAssignment(20, {"a": 10, "b": 6}, rng=np.random.default_rng(seed))
        places = np.concatenate([assignment.draw(n) for n in (7, 0, 8, 5)])
        hits += [places == 0, places == 1, places == UNUSED]
    np.testing.assert_allclose(hits / 2000, [[0.5] * 20, [0.3] * 20, [0.2] * 20], atol=0.05)


def test_impossible_quotas_are_refused(rng: np.random.Generator) -> None:
    with pytest.raises(ValueError, match="cannot be dealt"):
        RandomAssignment(5, {"a": 4, "b": 2}, rng=rng)


@pytest.mark.parametrize("bucket_jets", [10_000, 40])
def test_shuffling_keeps_all_jets_and_leaves_no_file(
    tmp_path: Path, rng: np.random.Generator, bucket_jets: int
) -> None:
    batch = numbered_jets(500)
    shuffler = JetShuffler(tmp_path, 500, rng=rng, bucket_jets=bucket_jets)
    for start in range(0, 500, 90):
        shuffler.add(select_jets(batch, np.arange(start, min(start + 90, 500))))
    found = concatenate_jets(list(shuffler.drain()))
    numbers = jet_numbers(found.momenta, found.offsets)
    assert sorted(numbers) == list(range(500))
    np.testing.assert_array_equal(found.labels, numbers % 2)
    assert abs(np.corrcoef(numbers, np.arange(500))[0, 1]) < 0.25
    assert list(tmp_path.iterdir()) == []

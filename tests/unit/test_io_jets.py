"""Jets in memory; `vector` is the independent judge of transverse momenta."""

import numpy as np
import vector
from tests.makers.jet_files import random_jets

from symscope.io.jets import (
    JetBatch,
    concatenate_jets,
    jets_out_of_order,
    leading_jet_constituents,
    select_jets,
    sort_constituents,
)


def shuffled_within_jets(batch: JetBatch, rng: np.random.Generator) -> JetBatch:
    rows = np.concatenate(
        [rng.permutation(np.arange(a, b)) for a, b in zip(batch.offsets, batch.offsets[1:], strict=False)]
    )
    return JetBatch(batch.momenta[rows], batch.offsets, batch.labels)


def test_sorting_agrees_with_vector(rng: np.random.Generator) -> None:
    batch = shuffled_within_jets(random_jets(rng, 50), rng)
    found = sort_constituents(batch)
    for i in range(batch.n_jets):
        jet = slice(batch.offsets[i], batch.offsets[i + 1])
        momenta = batch.momenta[jet].astype(np.float64)
        pt = vector.array({k: momenta[:, j] for j, k in enumerate(("E", "px", "py", "pz"))}).pt
        np.testing.assert_array_equal(found.momenta[jet], batch.momenta[jet][np.argsort(-pt)])


def test_sorting_leaves_the_input_alone_and_equal_ones_in_place(rng: np.random.Generator) -> None:
    momenta = np.array([[1, 1, 0, 0], [2, 0, 2, 0], [3, 2, 0, 1], [9, 0, 1, 0]], np.float32)
    batch = JetBatch(momenta.copy(), np.array([0, 4]), np.zeros(1, np.uint8))
    assert sort_constituents(batch).momenta[:, 0].tolist() == [2, 3, 1, 9]
    np.testing.assert_array_equal(batch.momenta, momenta)


def test_order_is_judged_within_jets_only() -> None:
    momenta = np.array([[1, 1, 0, 0], [5, 5, 0, 0], [4, 4, 0, 0], [6, 6, 0, 0]], np.float32)
    batch = JetBatch.from_counts(momenta, np.array([1, 0, 2, 1]), np.zeros(4, np.uint8))
    assert not jets_out_of_order(batch).any()
    assert jets_out_of_order(batch._replace(offsets=np.array([0, 2, 2, 2, 4]))).tolist() == [True, False, False, True]


def test_a_rise_within_the_tolerance_is_forgiven() -> None:
    momenta = np.array([[1, 1, 0, 0], [1, 1 + 1e-6, 0, 0]], np.float32)
    batch = JetBatch.from_counts(momenta, np.array([2]), np.zeros(1, np.uint8))
    assert jets_out_of_order(batch).all()
    assert not jets_out_of_order(batch, tolerance=1e-5).any()


def test_selecting_by_mask_and_by_number(rng: np.random.Generator) -> None:
    batch = random_jets(rng, 30, mean=2, least=0)
    chosen = rng.permutation(30)[:11]
    by_number = select_jets(batch, chosen)
    for new, old in enumerate(chosen):
        np.testing.assert_array_equal(
            by_number.momenta[by_number.offsets[new] : by_number.offsets[new + 1]],
            batch.momenta[batch.offsets[old] : batch.offsets[old + 1]],
        )
        assert by_number.labels[new] == batch.labels[old]
    mask = np.isin(np.arange(30), chosen)
    for a, b in zip(select_jets(batch, mask), select_jets(batch, np.sort(chosen)), strict=True):
        np.testing.assert_array_equal(a, b)


def test_halves_concatenate_to_the_whole(rng: np.random.Generator) -> None:
    batch = random_jets(rng, 9, mean=3, least=0)
    parts = [select_jets(batch, np.arange(0, 4)), JetBatch.empty(), select_jets(batch, np.arange(4, 9))]
    for a, b in zip(concatenate_jets(parts), batch, strict=True):
        np.testing.assert_array_equal(a, b)
    assert concatenate_jets([]).n_jets == 0


def test_leading_constituents_of_ragged_jets(rng: np.random.Generator) -> None:
    batch = random_jets(rng, 20, mean=3, least=0)
    found = leading_jet_constituents(batch, 2)
    for i in range(20):
        begin = batch.offsets[i]
        expected = batch.momenta[begin : min(begin + 2, batch.offsets[i + 1])]
        np.testing.assert_array_equal(found.momenta[found.offsets[i] : found.offsets[i + 1]], expected)

"""Scores on the directions that the data visit, against ambiguities made by hand, and truths that act on copies."""

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from symscope.config.discovery import GeneratorSettings, LieGan, NormalLaw, TruthSettings
from symscope.discovery.discover import discover_symmetry
from symscope.discovery.generator import GeneratorEnsemble, seen_rows
from symscope.discovery.masks import search_mask
from symscope.discovery.result import Discovery
from symscope.errors import ConfigError
from symscope.evaluation.discovery import score_discovery
from symscope.groups import data_span, known_algebra, rotation_algebra

TURN = known_algebra("so(2)", copies=4)[0]
"""The rotation of two bodies in the plane, ordered x1 y1 px1 py1 x2 y2 px2 py2."""


def two_body_states(rng, n=50):
    """Two bodies about their centre of mass: the second is where the first is not."""
    first = rng.standard_normal((n, 4))
    return np.concatenate([first, -first], axis=1)


def a_discovery(generators, span=None):
    count = len(generators)
    return Discovery(
        generators=generators,
        seeds=tuple(range(count)),
        history={},
        history_steps=np.zeros(0, dtype=np.int64),
        history_generators=np.zeros((count, 0, *generators.shape[1:]), dtype=np.float32),
        settings={},
        seconds=0.0,
        steps=0,
        **({} if span is None else {"span": span}),
    )


def gauge(rng):
    """A matrix of the 4x4 search space that maps every two-body state to zero: equal halves in both columns."""
    half = rng.standard_normal((8, 4))
    return np.concatenate([half, half], axis=1) * search_mask("4x4", 8).numpy()


def test_what_no_data_can_tell_is_not_scored(rng):
    span = data_span(two_body_states(rng))
    ambiguous = np.stack([TURN, TURN + gauge(rng), 2.0 * TURN + 3.0 * gauge(rng)])[:, None]
    np.testing.assert_allclose(ambiguous[1] @ span, ambiguous[0] @ span, atol=1e-12)
    truth = {"algebra": "so(2)", "copies": 4, "success_cosine": 0.99}
    everywhere = score_discovery(a_discovery(ambiguous, span), TruthSettings(**truth))
    on_data = score_discovery(a_discovery(ambiguous, span), TruthSettings(**truth, compare="data_span"))
    assert everywhere.success.tolist() == [True, False, False]
    np.testing.assert_allclose(on_data.span_cosine, 1.0, atol=1e-12)
    assert on_data.success.all()
    np.testing.assert_allclose(on_data.readable @ span, np.broadcast_to(TURN @ span, (3, 1, 8, 4)), atol=1e-10)


def test_an_error_that_data_can_tell_is_scored(rng):
    """What leads out of the span is seen by a discriminator, so it counts."""
    span = data_span(two_body_states(rng))
    apart = np.kron(np.ones((2, 1)), rng.standard_normal((4, 8)))  # moves both bodies the same way
    wrong = np.stack([TURN + apart, TURN + np.eye(8)])[:, None]
    truth = TruthSettings(algebra="so(2)", copies=4, compare="data_span")
    scores = score_discovery(a_discovery(wrong, span), truth).span_cosine
    restricted = (wrong[:, 0] @ span).reshape(2, -1)
    known = (TURN @ span).reshape(-1)
    expected = np.abs(restricted @ known) / np.linalg.norm(restricted, axis=1) / np.linalg.norm(known)
    np.testing.assert_allclose(scores, expected, rtol=1e-10)
    assert np.all(scores < 0.95)


def test_one_channel_is_scored_by_its_cosine(rng):
    generators = rng.standard_normal((5, 1, 8, 8))
    score = score_discovery(a_discovery(generators), TruthSettings(algebra="so(2)", copies=4))
    flat = generators.reshape(5, -1)
    cosines = np.abs(flat @ TURN.ravel()) / np.linalg.norm(flat, axis=1) / np.linalg.norm(TURN)
    np.testing.assert_allclose(score.span_cosine, cosines, rtol=1e-12)
    assert score.canonical_names == ("so(2)",)


def test_copies_are_blocks_that_move_together():
    expected = np.zeros((8, 8))
    for block in range(4):
        expected[2 * block : 2 * block + 2, 2 * block : 2 * block + 2] = rotation_algebra(2)[0]
    np.testing.assert_array_equal(TURN, expected)
    assert known_algebra("so(3)+dilatation", copies=2).shape == (4, 6, 6)
    np.testing.assert_array_equal(known_algebra("su(2)", copies=1), known_algebra("su(2)"))


def test_the_size_of_a_truth_counts_its_copies(rng):
    assert TruthSettings(algebra="so(2)", copies=4).dimension == 8
    TruthSettings(algebra="so(2)", copies=2, metric=np.eye(4).tolist())
    with pytest.raises(ValidationError, match=r"'so\(2\)' 2 times acts on 4 components"):
        TruthSettings(algebra="so(2)", copies=2, metric=[[1, 0], [0, 1]])
    with pytest.raises(ConfigError, match=r"acts on 6 dimensions with truth\.copies 3"):
        score_discovery(a_discovery(rng.standard_normal((1, 1, 8, 8))), TruthSettings(algebra="so(2)", copies=3))


def test_a_discovery_knows_the_span_of_its_data(rng):
    states = two_body_states(rng)[:, None]
    method = LieGan.model_validate(
        {
            "generator": {"search_space": "4x4", "unseen": "zero", "constraint": "unit"},
            "discriminator": {"hidden": 8},
            "optimisation": {"steps": 5, "batch": 16},
        }
    )
    found = discover_symmetry(
        states, 0.5 * states, x_action="vector", y_action="vector", method=method, seeds=(0, 1), device="cpu"
    )
    assert found.span.shape == (8, 4)
    np.testing.assert_allclose(found.span @ (found.span.T @ states[:, 0].T), states[:, 0].T, atol=1e-5)
    unseen = np.eye(8) - found.span @ found.span.T
    np.testing.assert_allclose(found.generators @ unseen, 0, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(found.generators, axis=(2, 3)), 1.0, rtol=1e-6)
    assert a_discovery(np.zeros((1, 1, 3, 3))).span.tolist() == np.eye(3).tolist()


@pytest.mark.parametrize("space", ["full", "2x2", "4x4"])
def test_rows_keep_all_that_the_data_see_of_them(rng, space):
    """Least squares as an oracle: the shortest masked row with the same products with the data."""
    span = data_span(two_body_states(rng))
    mask = search_mask(space, 8)
    kept = seen_rows(mask, torch.as_tensor(span))
    row = rng.standard_normal((8, 8)) * mask.numpy()
    ours = np.einsum("ij,ijk->ik", row, kept.numpy())
    for i in range(8):
        free = np.flatnonzero(mask[i])
        shortest = np.linalg.lstsq(span[free].T, span.T @ row[i], rcond=None)[0]
        np.testing.assert_allclose(ours[i, free], shortest, atol=1e-9)
        np.testing.assert_allclose(np.delete(ours[i], free), 0, atol=1e-12)
    if space == "2x2":  # one body alone visits all its directions, so nothing is unseen
        np.testing.assert_allclose(ours, row, atol=1e-9)


def test_unseen_entries_are_not_free():
    settings = GeneratorSettings(channels=17, constraint="orthonormal", search_space="4x4", unseen="zero")
    span = torch.as_tensor(data_span(two_body_states(np.random.default_rng(0))))
    with pytest.raises(ConfigError, match="at most 16 channels"):
        GeneratorEnsemble(
            settings,
            NormalLaw(),
            dim=8,
            streams=[torch.Generator().manual_seed(0)],
            dtype=torch.float64,
            is_complex=False,
            span=span,
        )

"""Scores of SymmetryLens results with known defects, and what a result keeps of the way of its seeds."""

import numpy as np
import pytest
import torch

from symscope.config.signals import GaussianPulses, SignalsDataset
from symscope.data.hidden_axis import hidden_representation, true_generator
from symscope.data.signals import hidden_signals, make_signals
from symscope.discovery.symmetrylens.result import LensResult
from symscope.discovery.symmetrylens.tracks import Track, lens_result
from symscope.errors import DataError
from symscope.evaluation.lens_alignment import align_with_hidden
from symscope.evaluation.symmetrylens import score_lens


def result_of(convolutions, step):
    convolutions = np.stack(convolutions)
    middle = convolutions.shape[1] // 2
    return LensResult(
        generators=np.stack([np.linalg.pinv(c) @ step @ c for c in convolutions]),
        filters=convolutions[:, middle],
        convolutions=convolutions,
        seeds=tuple(range(len(convolutions))),
        seconds=1.0,
        steps=1,
        padding=0,
        settings={},
    )


def scored(convolutions, step, dataset):
    x = make_signals(dataset, 4000, rng=np.random.default_rng(0))
    return score_lens(
        result_of(convolutions, step), true_generator(dataset), representation=hidden_representation(dataset), samples=x
    )


def test_truth_mirror_and_sign_all_score_one():
    dataset = SignalsDataset(length=11, representation="dst")
    u = hidden_representation(dataset)
    score = scored([u, u[::-1], -u], np.eye(11, k=1), dataset)
    np.testing.assert_allclose(score.cosine, 1)
    np.testing.assert_allclose(score.rmse, 0, atol=1e-12)
    np.testing.assert_allclose(score.recovery, 1)
    np.testing.assert_allclose(score.filter_width, 1)
    assert score.inverse.tolist() == [False, True, False]
    assert score.filter_sign.tolist() == [1, 1, -1]
    assert score.success.all()


def test_a_shift_by_two_is_no_success():
    dataset = SignalsDataset(length=11)
    score = scored([np.eye(11)], np.eye(11, k=2), dataset)
    assert score.power[0] == 2
    assert score.cosine[0] == pytest.approx(0)
    assert not score.success[0]


def test_minus_the_shift_is_told_and_the_rmse_follows_the_better_sign():
    score = scored([np.eye(11)], -np.eye(11, k=1), SignalsDataset(length=11))
    assert score.negative[0]
    assert score.rmse[0] == pytest.approx(0)


def test_cosine_and_rmse_of_a_blurred_generator():
    dataset = SignalsDataset(length=11)
    noise = 0.1 * np.random.default_rng(0).standard_normal((11, 11))
    found, truth = np.eye(11, k=1) + noise, np.eye(11, k=1)
    score = scored([np.eye(11)], found, dataset)
    expected = np.vdot(found, truth) / np.linalg.norm(found) / np.linalg.norm(truth)
    assert score.cosine[0] == pytest.approx(expected)
    assert score.rmse[0] == pytest.approx(np.sqrt(np.mean(noise**2)))
    inner = slice(2, 9)
    assert score.interior_rmse[0] == pytest.approx(np.sqrt(np.mean(noise[inner, inner] ** 2)))


def test_an_offset_of_the_window_is_recovered_and_told():
    dataset = SignalsDataset(length=11)
    score = scored([np.eye(11, k=1)], np.eye(11, k=1), dataset)
    assert abs(score.offset[0]) == 1
    assert score.recovery[0] == pytest.approx(10 / 11)  # one hidden component has no counterpart


def test_an_offset_that_only_drops_bad_components_is_not_chosen():
    """Each component right but the last, which is noise: the mean over the overlap alone would prefer a shift."""
    dataset = SignalsDataset(length=5, basis=GaussianPulses(width=(3.0, 3.0)))
    x = hidden_signals(dataset, 4000, rng=np.random.default_rng(0)).astype(np.float64)
    found = np.eye(5)
    found[4] = [1, -4, 6, -4, 1]
    correlation = np.corrcoef(x @ found.T, x, rowvar=False)[:5, 5:]
    assert np.diagonal(correlation, 1).mean() > np.diagonal(correlation).mean()
    aligned = align_with_hidden(found, np.eye(5), x)
    assert aligned.offset == 0
    assert aligned.recovery == pytest.approx(abs(np.trace(correlation)) / 5)


@pytest.mark.parametrize("turn", [3, -4, 5])
def test_on_a_circle_any_offset_is_recovered_as_a_whole(turn):
    dataset = SignalsDataset(length=11, boundary="circle")
    x = make_signals(dataset, 2000, rng=np.random.default_rng(0)).astype(np.float64)
    found = -np.roll(np.eye(11), turn, axis=1)[::-1]
    aligned = align_with_hidden(found, np.eye(11), x, circle=True)
    assert (aligned.reversed, aligned.offset, aligned.sign) == (True, turn, -1)
    assert aligned.recovery == pytest.approx(1)
    assert align_with_hidden(found, np.eye(11), x).recovery < 0.9


def test_a_seed_that_diverged_scores_nothing():
    dataset = SignalsDataset(length=11)
    result = result_of([np.eye(11), np.eye(11)], np.eye(11, k=1))
    result.generators[1] = np.nan
    score = score_lens(
        result,
        true_generator(dataset),
        representation=np.eye(11),
        samples=make_signals(dataset, 500, rng=np.random.default_rng(0)),
    )
    assert score.success.tolist() == [True, False]
    assert score.cosine[1] == 0


def test_a_result_is_scored_on_its_own_data_only():
    dataset = SignalsDataset(length=9)
    with pytest.raises(DataError, match="score a result on its own data"):
        scored([np.eye(11)], np.eye(11, k=1), dataset)


# --- what is kept of the way -----------------------------------------------------------------------------------------


def test_snapshots_are_those_of_the_stages_that_all_seeds_went_through():
    """The second seed needed a further heat; none of its snapshots stands under the name of another stage."""
    tracks = []
    for stages in (("waves", "race 1", "descent 1"), ("waves", "race 1", "race 2", "race 5", "descent 1")):
        track = Track()
        for number, stage in enumerate(stages):
            track.add(stage, torch.eye(3, dtype=torch.float64) * (10 * len(stages) + number), float(number))
        tracks.append(track)
    result = lens_result(tracks, sides=(3,), seeds=(0, 1), seconds=1.0, steps=1, settings={})
    assert result.snapshot_labels == ("waves", "race 1", "descent 1")
    assert result.snapshot_convolutions is not None
    assert result.snapshot_convolutions[:, :, 0, 0].tolist() == [[30, 31, 32], [50, 51, 54]]
    assert result.history["per_condition"].tolist() == [[0, 1, 2], [0, 1, 4]]
    assert result.convolutions[:, 0, 0].tolist() == [32, 54]

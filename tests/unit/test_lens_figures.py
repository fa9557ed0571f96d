"""Figures of SymmetryLens: what they show, files that are the same bits twice, and nothing drawn outside the page."""

from dataclasses import replace

import numpy as np
import pytest
from tests.makers.lens_results import lens_view, lens_views

from symscope.errors import DataError
from symscope.evaluation.lens_views import (
    align,
    error_profile,
    hidden_convolution,
    hidden_filters,
    hidden_generators,
    recovered_signals,
    snapshot_cosines,
    view_lens,
)
from symscope.plotting.lens_dynamics import choose_frames, plot_lens_dynamics
from symscope.plotting.lens_filters import plot_lens_filters
from symscope.plotting.lens_matrices import plot_lens_convolutions, plot_lens_errors, plot_lens_generators
from symscope.plotting.lens_signals import choose_signals, plot_lens_reconstruction, plot_lens_samples
from symscope.plotting.style import figure_style, save_figure

STAGES = ("waves", "start 1", "descent 1", "descent 2")
PLOTS = (
    plot_lens_samples,
    plot_lens_generators,
    plot_lens_errors,
    plot_lens_filters,
    plot_lens_convolutions,
    plot_lens_reconstruction,
)


def with_failures(view):
    """The same ensemble with three of its five seeds diverged."""
    result = view.result
    generators, convolutions = result.generators.copy(), result.convolutions.copy()
    generators[:3], convolutions[:3] = np.inf, np.nan
    broken = replace(result, generators=generators, convolutions=convolutions)
    return view_lens(view.role, broken, view.settings, view.samples)


@pytest.fixture(scope="module")
def views():
    return lens_views(np.random.default_rng(20231))


@pytest.fixture(scope="module")
def few():
    """One data set of each kind, on short signals; one of them with seeds that diverged."""
    rng = np.random.default_rng(5)
    kinds = ("gaussian_translation", "gaussian_frequency", "legendre_permuted")
    return [with_failures(lens_view(rng, kinds[0], length=9)), *(lens_view(rng, kind, length=8) for kind in kinds[1:])]


def inside(figure) -> bool:
    with figure_style():
        figure.draw_without_rendering()
        tight = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    low = min(tight.x0, tight.y0) >= -0.02
    return low and tight.x1 <= width + 0.02 and tight.y1 <= height + 0.02


def texts(figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text")))


@pytest.mark.parametrize("plot", PLOTS)
def test_figure_of_all_data_sets_is_small_and_holds_no_text_outside(plot, views, tmp_path):
    figure = plot(views)
    save_figure(figure, tmp_path / "a.svg", tmp_path / "a.pdf")
    assert (tmp_path / "a.svg").stat().st_size < 1_000_000
    assert inside(figure)
    shown = texts(figure)
    assert all(name in shown for name in ("Gaussian pulses", "Legendre pulses", "published way", "Frequency shift"))


@pytest.mark.parametrize("plot", PLOTS)
def test_figure_of_some_data_sets_and_diverged_seeds(plot, few):
    assert inside(plot(few))
    assert inside(plot(few[1:2]))


@pytest.mark.parametrize("plot", [plot_lens_errors, plot_lens_reconstruction])
def test_the_same_numbers_give_the_same_files(plot, tmp_path):
    for name in ("one", "two"):
        views = [lens_view(np.random.default_rng(5), "gaussian_frequency", length=7)]
        save_figure(plot(views), tmp_path / f"{name}.svg", tmp_path / f"{name}.pdf")
    for kind in ("svg", "pdf"):
        assert (tmp_path / f"one.{kind}").read_bytes() == (tmp_path / f"two.{kind}").read_bytes()


def test_film_strip_of_steps_and_of_stages(rng):
    steps = plot_lens_dynamics(lens_view(rng, "published_gaussian_translation", length=9, snapshots=13))
    assert inside(steps)
    assert "step 3,000" in texts(steps)
    stages = plot_lens_dynamics(lens_view(rng, "gaussian_permuted", length=9, stages=STAGES))
    assert inside(stages)
    assert "descent 2" in texts(stages)
    assert choose_frames(13).tolist() == [0, 2, 5, 7, 10, 12]
    assert choose_frames(2).tolist() == [0, 1]


def test_film_strip_needs_snapshots(rng):
    view = lens_view(rng, "gaussian_permuted", length=7)
    with pytest.raises(DataError, match="has no snapshots"):
        plot_lens_dynamics(view)


def test_the_view_undoes_disguise_direction_and_sign(views):
    for view in views[:6]:
        generators = hidden_generators(view)
        assert np.abs(generators - np.eye(33, k=1)).max() < 0.35
        cosines = (generators * view.truth).sum(axis=(1, 2)) / np.linalg.norm(generators, axis=(1, 2)) / np.sqrt(32)
        np.testing.assert_allclose(cosines, view.score.cosine, atol=1e-12)
        assert hidden_filters(view).argmax(axis=1).tolist() == [16] * 5
        assert np.trace(hidden_convolution(view, view.shown)) > 32
    raw = views[1].result.generators[views[1].shown]
    assert abs(np.trace(raw @ np.eye(33, k=-1))) < 8  # behind a permutation the shift is not to be seen


def test_alignment_agrees_with_the_score_and_recovers_the_signal(views):
    for view in views:
        aligned = align(view, view.shown)
        assert np.nanmean(aligned.correlation) == pytest.approx(view.score.recovery[view.shown], abs=1e-9)
        hidden = view.samples @ view.representation.T
        found = recovered_signals(view, view.shown, view.samples)
        kept = ~np.isnan(found)
        assert np.corrcoef(found[kept], hidden[kept])[0, 1] == pytest.approx(view.score.recovery[view.shown], abs=0.03)


@pytest.mark.parametrize("offset", [-2, -1, 1, 2])
@pytest.mark.parametrize("backwards", [False, True])
def test_a_moved_window_is_put_back(rng, offset, backwards):
    view = lens_view(rng, "legendre_translation", length=15, noise=0.0)
    moved = np.eye(15, k=offset)[:: -1 if backwards else 1] * -1.0
    result = replace(view.result, convolutions=np.broadcast_to(moved, (5, 15, 15)))
    moved_view = view_lens(view.role, result, view.settings, view.samples)
    aligned = align(moved_view, 0)
    assert (aligned.reversed, aligned.offset, aligned.sign) == (backwards, offset, -1)
    matrix = hidden_convolution(moved_view, 0)
    kept = ~np.isnan(matrix).any(axis=1)
    np.testing.assert_array_equal(matrix[kept], np.eye(15)[kept])
    assert kept.sum() == 15 - abs(offset)
    assert np.isnan(aligned.correlation).sum() == abs(offset)


def test_the_error_profile_adds_up_to_the_rmse(views):
    profile = error_profile(views[2])
    np.testing.assert_allclose(np.sqrt(np.mean(profile**2, axis=1)), views[2].score.rmse, rtol=1e-9)
    assert profile[:, [0, -1]].mean() > 1.3 * profile[:, 10:23].mean()  # the maker turns the ends more


def test_cosines_on_the_way_end_at_the_score(rng):
    view = lens_view(rng, "gaussian_frequency", length=9, snapshots=5)
    cosines = snapshot_cosines(view)
    assert cosines.shape == (5, 5)
    np.testing.assert_allclose(cosines[:, -1], view.score.cosine, atol=1e-5)
    assert (cosines[:, 0] < cosines[:, -1]).all()


def test_the_median_is_taken_among_seeds_that_did_not_diverge(rng):
    view = with_failures(lens_view(rng, "gaussian_frequency", length=9))
    assert view.shown in (3, 4)
    assert view.score.cosine[view.shown] == view.score.cosine[3:].min()
    assert np.isnan(hidden_generators(view)[:3]).all()


def test_an_ensemble_without_a_finite_seed_is_refused(rng):
    view = lens_view(rng, "gaussian_frequency", length=9)
    broken = replace(view.result, generators=np.full_like(view.result.generators, np.nan))
    with pytest.raises(DataError, match="all 5 seeds of 'gaussian_frequency' diverged"):
        view_lens(view.role, broken, view.settings, view.samples)


def test_signals_are_chosen_by_power_and_order():
    samples = np.array([[0.1, 0.0], [3.0, 0.0], [0.2, 0.0], [2.0, 0.0], [1.0, 1.0]])
    assert choose_signals(samples, 2).tolist() == [[3.0, 0.0], [2.0, 0.0]]

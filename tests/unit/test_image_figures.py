"""Scores, figure and records of images with two hidden translations."""

from dataclasses import replace

import numpy as np
import pytest
from tests.makers.image_results import image_view, images_settings, result_of
from tests.unit.test_lens_figures import inside, texts

from symscope.config.images import ImagesDataset
from symscope.data.images import make_images
from symscope.errors import DataError
from symscope.evaluation.images import commutator_norm, hidden_pair, moved_images, recovered_images, view_images
from symscope.groups.shifts import shifts_of_grid
from symscope.io.lens import write_lens
from symscope.plotting.images import plot_lens_images
from symscope.plotting.style import save_figure
from symscope.report.images import image_records, read_image_views

ROLES = ("translation", "permuted", "frequency")


@pytest.fixture(scope="module")
def views():
    rng = np.random.default_rng(8)
    return [image_view(rng, role) for role in ROLES]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("height", "width"), [(5, 5), (4, 6)])
def test_the_exact_answer_scores_one_whatever_its_gauge(role, height, width):
    view = image_view(np.random.default_rng(0), role, height=height, width=width, noise=0.0)
    score = view.score
    np.testing.assert_allclose(score.cosine, 1)
    np.testing.assert_allclose(score.recovery, 1)
    np.testing.assert_allclose(score.commutator_truth, 0, atol=1e-12)
    assert score.success.all()
    assert score.swapped.tolist() == [False, False, height == width]
    for seed in range(3):
        np.testing.assert_allclose(hidden_pair(view, seed), view.truth, atol=1e-12)
        hidden = view.samples[:5] @ view.representation.T
        np.testing.assert_allclose(recovered_images(view, seed, view.samples[:5]), hidden, atol=1e-9)


def test_a_shift_by_two_pixels_is_no_success():
    """Rows taken in the order 0, 2, 4, 1, 3: a step is two pixels."""
    settings = images_settings("translation")
    order = np.arange(25).reshape(5, 5)[[0, 2, 4, 1, 3]].reshape(-1)
    view = view_images(
        "translation",
        result_of(np.eye(25)[None, order], (5, 5)),
        settings,
        make_images(settings, 300, rng=np.random.default_rng(0)),
    )
    assert view.score.power[0].tolist() == [2, 1]
    assert not view.score.success[0]


def test_a_window_that_lies_one_row_off_is_recovered_where_it_can_be():
    settings = images_settings("permuted")
    exact = image_view(np.random.default_rng(0), "permuted", n_seeds=1, noise=0.0)
    moved = np.roll(exact.result.convolutions[0].reshape(5, 5, 25), 1, axis=0).reshape(1, 25, 25)
    view = view_images("permuted", result_of(moved, (5, 5)), settings, exact.samples)
    assert 0.75 < view.score.recovery[0] < 0.85  # four of five rows
    found = recovered_images(view, 0, exact.samples[:3]).reshape(3, 5, 5)
    assert np.isnan(found).any(axis=(0, 2)).tolist() == [False, False, False, False, True]


def test_moved_images_are_those_of_slices():
    image = np.random.default_rng(0).normal(size=(4, 5))
    moved = moved_images(shifts_of_grid(4, 5), image.reshape(-1), most=1).reshape(3, 3, 4, 5)
    np.testing.assert_array_equal(moved[1, 1], image)
    np.testing.assert_array_equal(moved[2, 1][1:], image[:-1])
    np.testing.assert_array_equal(moved[1, 0][:, :-1], image[:, 1:])
    np.testing.assert_array_equal(moved[0, 2][:-1, 1:], image[1:, :-1])


def test_the_commutator_of_what_does_not_commute():
    """[E12, E21] = E11 - E22."""
    a, b = np.array([[0.0, 1.0], [0.0, 0.0]]), np.array([[0.0, 0.0], [1.0, 0.0]])
    assert commutator_norm(a, b) == pytest.approx(np.sqrt(2))


def test_the_figure_is_small_whole_and_the_same_twice(views, tmp_path):
    figure = plot_lens_images(views)
    save_figure(figure, tmp_path / "a.svg", tmp_path / "a.pdf")
    save_figure(plot_lens_images(views), tmp_path / "b.svg", tmp_path / "b.pdf")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert (tmp_path / "a.svg").stat().st_size < 1_500_000
    assert inside(figure)
    assert all(word in texts(figure) for word in ("Permuted pixels", "Sine transform", "Commutator", "All seeds"))


def test_a_figure_of_one_data_set_that_is_not_square(tmp_path):
    figure = plot_lens_images([image_view(np.random.default_rng(1), "translation", height=4, width=6, n_seeds=1)])
    save_figure(figure, tmp_path / "a.svg", tmp_path / "a.pdf")
    assert inside(figure)


def test_records_give_the_worse_generator(views):
    records = {record.id: record for record in image_records(views, scale="toy")}
    found = records["symmetrylens.images.permuted.cosine"]
    assert found.value == pytest.approx(np.median(views[1].score.cosine.min(axis=1)))
    assert found.n_seeds == 3
    assert found.scale == "toy"
    assert records["symmetrylens.images.permuted.seconds"].value == 7
    assert records["symmetrylens.images.translation.success_rate"].note.startswith("3 of 3 seeds")
    assert {identifier.split(".")[2] for identifier in records} == set(ROLES)


def test_results_of_other_data_are_refused(views, tmp_path):
    view = views[0]
    with pytest.raises(DataError, match="score a result of symmetrylens_images on its own data"):
        view_images("translation", view.result, ImagesDataset(), view.samples)
    broken = replace(view.result, generators=view.result.generators * np.nan)
    with pytest.raises(DataError, match="not finite"):
        view_images("translation", broken, view.settings, view.samples)
    write_lens(tmp_path / "lens.h5", view.result)
    for experiments, words in (
        ({"mirrored": {"dataset": {"source": "images"}}}, "no role"),
        ({"permuted": {"dataset": {"source": "signals"}}}, "come from 'signals'"),
    ):
        with pytest.raises(DataError, match=words):
            read_image_views([tmp_path / "lens.h5"], ["none.h5"], experiments)

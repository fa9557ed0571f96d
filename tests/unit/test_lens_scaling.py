"""Agreement and time against the length of the signals: the fitted law, the records and the figure."""

from dataclasses import replace

import numpy as np
import pytest
from tests.makers.lens_results import lens_view

from symscope.config.targets import SCALING
from symscope.errors import DataError
from symscope.evaluation.lens_scaling import (
    ScalingPoint,
    fit_power_law,
    fitted_points,
    processor_seconds,
    scaling_points,
)
from symscope.plotting.lens_scaling import plot_lens_scaling
from symscope.plotting.style import figure_style, save_figure
from symscope.report.entries import read_target
from symscope.report.lens_scaling import scaling_records
from symscope.report.page import fill_text

SECONDS = {"gaussian": (0.02, 2.5), "legendre": (0.5, 1.25)}


@pytest.fixture(scope="module")
def views():
    rng = np.random.default_rng(8)
    found = []
    for basis, (factor, power) in SECONDS.items():
        for length in (17, 9, 33):
            view = lens_view(rng, f"{basis}_translation", length=length)
            seconds = factor * length**power * np.array([0.5, 1, 1, 1, 2])
            history = {"processor_seconds": np.stack([0.1 * seconds, seconds], axis=1)}
            found.append(replace(view, result=replace(view.result, history=history, history_steps=np.arange(2))))
    return found


def test_points_are_in_order_and_have_the_last_time_of_each_seed(views):
    points = scaling_points(views)
    assert [(point.basis, point.length) for point in points] == [
        (basis, length) for basis in SECONDS for length in (9, 17, 33)
    ]
    np.testing.assert_allclose(np.median(points[0].seconds), 0.02 * 9**2.5)
    np.testing.assert_array_equal(points[1].cosine, views[0].score.cosine)


def test_a_power_law_is_found_again(views):
    for basis, (factor, power) in SECONDS.items():
        law = fit_power_law([point for point in scaling_points(views) if point.basis == basis])
        assert law.exponent == pytest.approx(power)
        assert law.factor == pytest.approx(factor)
        np.testing.assert_allclose(law.at(np.array([50.0])), factor * 50**power)


def test_short_signals_do_not_enter_the_fit():
    def point(length, seconds):
        return ScalingPoint("gaussian", length, np.ones(1), np.array([seconds]), 0.98)

    points = [point(9, 100.0), point(17, 17.0**2), point(65, 65.0**2)]
    assert fitted_points(points) == points[1:]
    assert fit_power_law(points).exponent == pytest.approx(2)
    assert fitted_points(points[:2]) == points[:2]


def test_one_length_has_no_law(views):
    one = ScalingPoint("gaussian", 9, np.ones(2), np.array([1.0, 2.0]), 0.98)
    assert fit_power_law([one, one]) is None
    ids = [record.id for record in scaling_records([one])]
    assert "symmetrylens.scaling.gaussian.exponent" not in ids
    plot_lens_scaling([one])


def test_a_result_without_times_is_refused(views):
    with pytest.raises(DataError, match="symmetrylens_fast"):
        processor_seconds(replace(views[0].result, history={}))
    with pytest.raises(DataError, match="no discovery to draw"):
        plot_lens_scaling([])


def test_records_hold_medians_and_fill_the_text(views, repository):
    records = {record.id: record for record in scaling_records(scaling_points(views), scale="small")}
    time = records["symmetrylens.scaling.legendre.n17.seconds"]
    assert (time.statistic, time.n_seeds, time.unit, time.scale) == ("median", 5, "s", "small")
    assert time.value == pytest.approx(0.5 * 17**1.25)
    assert records["symmetrylens.scaling.gaussian.n9.cosine"].value == pytest.approx(np.median(views[1].score.cosine))
    assert records["symmetrylens.scaling.gaussian.exponent"].value == pytest.approx(2.5)
    assert records["symmetrylens.scaling.gaussian.longest.length"].value == 33
    target = read_target(repository / "resources" / "targets" / "symmetrylens_figure_scaling.yaml")
    told = fill_text(target.finding, records)
    assert "33" in told
    assert "{" not in told


def test_the_figure_holds_its_text_and_is_the_same_twice(views, tmp_path):
    for name in ("a", "b"):
        figure = plot_lens_scaling(scaling_points(views))
        save_figure(figure, tmp_path / f"{name}.svg", tmp_path / f"{name}.pdf")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    with figure_style():
        figure.draw_without_rendering()
        tight = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    assert min(tight.x0, tight.y0) >= -0.02
    assert tight.x1 <= width + 0.02
    assert tight.y1 <= height + 0.02
    shown = "\n".join(text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text")))
    assert all(word in shown for word in ("2.5", "Gaussian pulses", "Legendre pulses", "success, 0.98"))


def test_roles_name_a_basis_and_a_length():
    assert {"gaussian_33", "legendre_129"} <= set(SCALING)

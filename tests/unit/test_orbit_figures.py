"""Figures of orbits: what they show, files that are the same bits twice, and nothing drawn outside the page."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from tests.makers.orbit_results import (
    TRUTH,
    TWO_BODY_SPAN,
    discovery,
    element_like,
    liegan_like,
    orbits,
    rotation,
    turning,
    two_body_discoveries,
)

from symscope.errors import DataError
from symscope.evaluation.constraints import relative_spectra
from symscope.plotting.bodies import body_components, found_symmetry
from symscope.plotting.discoveries import plot_compared_discoveries
from symscope.plotting.orbits import FULL_TURN, STRIP, animate_orbit, plot_orbit_film, turned_orbits, turning_rate
from symscope.plotting.spectra import plot_constraint_spectra
from symscope.plotting.style import figure_style, save_figure
from symscope.plotting.three_bodies import block_rates, plot_three_bodies
from symscope.report.records import Record

THREE = TRUTH.model_copy(update={"copies": 6, "compare": "all_components"})


def compared_without_elements(rng):
    found = {role: one for role, one in two_body_discoveries(rng, n_seeds=1).items() if one.elements is None}
    everywhere = TRUTH.model_copy(update={"compare": "all_components"})
    return plot_compared_discoveries(found, dict.fromkeys(found, everywhere))


def spectra(rng):
    return plot_constraint_spectra(*relative_spectra(discovery(liegan_like(rng, noise=0.002)), TRUTH), shown=3)


def three_bodies(rng):
    return plot_three_bodies(found_symmetry(discovery(liegan_like(rng, copies=6)), THREE, label="LieGAN"))


def film(rng):
    orbit = orbits(rng)[0]
    turned = turned_orbits(orbit, liegan_like(rng)[0], TWO_BODY_SPAN, STRIP)
    exact = turned_orbits(orbit, turning(4), TWO_BODY_SPAN, STRIP)
    return plot_orbit_film(orbit, turned, solved=exact, learned_by="seed 11, the median of 8")


def film_without_equations(rng):
    orbit = orbits(rng)[0]
    return plot_orbit_film(orbit, turned_orbits(orbit, turning(4), TWO_BODY_SPAN, STRIP))


def compared_with_failures(rng):
    found = two_body_discoveries(rng) | {"liegan_published": discovery(liegan_like(rng), span=TWO_BODY_SPAN)}
    free = found["symmetrygan_free"]
    generators, elements = free.generators.copy(), free.elements.copy()
    generators[:2], elements[0] = np.nan, np.inf
    found["symmetrygan_free"] = replace(free, generators=generators, elements=elements)
    return plot_compared_discoveries(found, dict.fromkeys(found, TRUTH))


BUILDERS = (compared_with_failures, compared_without_elements, spectra, three_bodies, film, film_without_equations)


def texts(figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text")))


@pytest.mark.parametrize("build", BUILDERS)
def test_figure_is_small_and_holds_no_text_outside(build, rng, tmp_path):
    figure = build(rng)
    save_figure(figure, tmp_path / "a.svg", tmp_path / "a.pdf")
    assert (tmp_path / "a.svg").stat().st_size < 1_000_000
    with figure_style():
        figure.draw_without_rendering()
        tight = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    assert min(tight.x0, tight.y0) >= -0.02
    assert tight.x1 <= width + 0.02
    assert tight.y1 <= height + 0.02


@pytest.mark.parametrize("build", [spectra, film])
def test_the_same_numbers_give_the_same_files(build, tmp_path):
    for name in ("one", "two"):
        save_figure(build(np.random.default_rng(5)), tmp_path / f"{name}.svg", tmp_path / f"{name}.pdf")
    for kind in ("svg", "pdf"):
        assert (tmp_path / f"one.{kind}").read_bytes() == (tmp_path / f"two.{kind}").read_bytes()


def test_methods_stand_side_by_side_with_their_published_values(rng):
    found = two_body_discoveries(rng)
    truths = dict.fromkeys(found, TRUTH)
    records = [Record(id="x.figure_3.augerino.cosine", value=0.3, published=0.488)]
    figure = plot_compared_discoveries(found, truths, records)
    shown = texts(figure)
    for name in (
        "Truth",
        "LieGAN-ES",
        "Augerino+",
        "SymmetryGAN, λ = 0",
        "published",
        "8 of 8",
        "0 of 8",
        "least at 90°",
    ):
        assert name in shown
    assert f"group element, seed {found_symmetry(found['symmetrygan'], TRUTH, label='').shown}" in shown
    assert "published" not in texts(plot_compared_discoveries(found, truths))


def test_only_entries_of_the_search_space_get_a_number(rng):
    axes = three_bodies(rng).subfigs[0].get_axes()[0]
    numbers = [text for text in axes.texts if text.get_text().strip("0123456789.\N{MINUS SIGN}") == ""]
    assert len(numbers) == 6 * 4


def test_an_ensemble_is_drawn_in_the_scale_and_sign_of_the_truth(rng):
    one = found_symmetry(discovery(-7.0 * liegan_like(rng), span=TWO_BODY_SPAN), TRUTH, label="LieGAN")
    assert np.abs(one.matrices - turning(4)).max() < 0.15
    assert np.abs(one.on_data - turning(2)).max() < 0.15
    assert one.cosines.min() > 0.99
    assert one.free.sum() == 16


def test_ensembles_that_cannot_be_drawn_are_named(rng):
    one = discovery(liegan_like(rng))
    doubled = {key: np.repeat(getattr(one, key), 2, axis=-3) for key in ("generators", "history_generators")}
    two = replace(one, **doubled)
    with pytest.raises(DataError, match="LieGAN learned 2 generators"):
        found_symmetry(two, TRUTH, label="LieGAN")
    with pytest.raises(DataError, match="all 8 seeds of LieGAN diverged"):
        found_symmetry(discovery(np.full((8, 8, 8), np.nan)), TRUTH, label="LieGAN")


def test_the_spectrum_names_its_ranks(rng):
    shown = texts(spectra(rng))
    assert "EMLP's usual threshold, 1 \N{MULTIPLICATION SIGN} 10⁻⁵: 8 below it, truth 32" in shown
    assert "raised threshold, 0.005: 32 below it, truth 32" in shown
    assert "in the widest gap of the shaded range: 32 below it" in shown


def test_seeds_that_diverged_do_not_widen_the_search_space(rng):
    found = element_like(rng, np.full(8, 30.0))
    found[3] = np.inf
    one = found_symmetry(discovery(liegan_like(rng), elements=found, span=TWO_BODY_SPAN), TRUTH, label="SymmetryGAN")
    assert one.free.sum() == 16
    assert np.isnan(one.on_data[3]).all()


def test_a_common_rotation_has_unit_rates(rng):
    scales = np.array([-3.0, 0.5])[:, None, None]
    np.testing.assert_allclose(block_rates(scales * turning(6)), np.ones((2, 6)))
    assert block_rates(np.zeros((12, 12))).tolist() == [0.0] * 6
    uneven = np.kron(np.diag([1.0, 1.1, 1.0, 1.0, 1.0, 1.0]), turning(1))
    assert block_rates(uneven).argmax() == 1


def test_components_are_named_body_by_body():
    assert body_components(8)[4:7] == ["$x_{2}$", "$y_{2}$", "$p_{x2}$"]
    assert body_components(3)[0] == "$u_{1}$"


@pytest.mark.parametrize("scale", [-2.5, 0.1])
def test_frames_turn_by_their_angle_whatever_the_scale(rng, scale):
    orbit = orbits(rng)[0]
    turned = turned_orbits(orbit, scale * turning(4), TWO_BODY_SPAN, [0.0, 30.0, 90.0])
    assert turning_rate(scale * turning(4), TWO_BODY_SPAN) == pytest.approx(abs(scale))
    np.testing.assert_allclose(turned[0], orbit, atol=1e-12)
    np.testing.assert_allclose(turned[1], orbit @ rotation(np.radians(30), 4), atol=1e-12)  # right: anticlockwise
    np.testing.assert_allclose(turned[2][:, :2], np.stack([-orbit[:, 1], orbit[:, 0]], axis=1), atol=1e-12)


def test_a_generator_that_turns_nothing_is_refused(rng):
    with pytest.raises(DataError, match="turns nothing"):
        turned_orbits(orbits(rng)[0], np.eye(8), TWO_BODY_SPAN, [0.0])


def test_the_film_says_how_far_off_the_equations_of_motion_are(rng):
    orbit = orbits(rng)[0]
    turned = turned_orbits(orbit, turning(4), TWO_BODY_SPAN, (0.0, 90.0))
    figure = plot_orbit_film(orbit, 1.02 * turned, (0.0, 90.0), solved=turned, learned_by="seed 4")
    assert "path 2 % off" in texts(figure)
    assert "(seed 4)" in texts(figure)
    assert "% off" not in texts(plot_orbit_film(orbit, turned, (0.0, 90.0)))


def test_the_animation_is_small_and_the_same_twice(rng, tmp_path):
    orbit = orbits(rng)[0]
    angles = FULL_TURN[::4]
    turned = turned_orbits(orbit, turning(4), TWO_BODY_SPAN, angles)
    for name in ("one.gif", "two.gif"):
        animate_orbit(orbit, turned, tmp_path / name, angles)
    assert (tmp_path / "one.gif").read_bytes() == (tmp_path / "two.gif").read_bytes()
    assert (tmp_path / "one.gif").stat().st_size / len(angles) * len(FULL_TURN) < 500_000
    with Image.open(tmp_path / "one.gif") as movie:
        assert movie.n_frames == 9
        assert movie.info["loop"] == 0
        assert movie.info["duration"] == 80
        first = np.asarray(movie.convert("RGB"), dtype=float)
        assert (first[2, 2] == 255).all()
        movie.seek(2)
        assert np.abs(np.asarray(movie.convert("RGB"), dtype=float) - first).max() > 100

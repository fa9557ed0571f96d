"""Weak form of the symmetries of a density: observables, sums that add up, defects that theory knows."""

import numpy as np
import pytest

from symscope.config.density import DensitySearch, PolynomialSettings, WaveSettings
from symscope.discovery.nullspace.density import principal_flows, search_space, weak_form, weak_sums
from symscope.discovery.nullspace.observables import Polynomials, random_waves
from symscope.errors import ConfigError, DataError
from symscope.evaluation.calibration.gaussian_integrals import gaussian_sums
from symscope.evaluation.certainty.density_symmetry import density_symmetry
from symscope.groups import known_algebra


def all_observables(rng):
    return [
        random_waves(3, 8, bandwidth=0.8, scale=1.0, rng=rng),
        Polynomials(3, 3),
        Polynomials(3, 2, scale=1.5, envelope=1.2),
    ]


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_derivatives_along_flows_are_those_of_finite_differences(rng, kind):
    observables, basis = all_observables(rng)[kind], search_space("gl(3)")
    points, step = rng.normal(size=(5, 3)), 1e-5
    values, flows = observables.evaluate(points, basis)
    assert values.shape == (5, observables.number)
    for index, matrix in enumerate(basis):
        ahead, _ = observables.evaluate(points + step * points @ matrix.T, basis)
        behind, _ = observables.evaluate(points - step * points @ matrix.T, basis)
        np.testing.assert_allclose(flows[..., index], (ahead - behind) / (2 * step), atol=1e-8)


def test_monomials_are_what_their_exponents_say(rng):
    points = rng.normal(size=(4, 2))
    observables = Polynomials(2, 3)
    values, _ = observables.evaluate(points, search_space("so(2)"))
    place = observables.exponents.index((0, 0, 1))
    np.testing.assert_allclose(values[:, place], points[:, 0] ** 2 * points[:, 1])


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_sums_do_not_depend_on_the_chunks(rng, kind, monkeypatch):
    observables, basis = all_observables(rng)[kind], search_space("so(3)")
    points = rng.normal(size=(2, 1000, 3))
    whole = weak_sums(points, observables, basis)
    parts = weak_sums(points[:, :130], observables, basis).merge(weak_sums(points[:, 130:], observables, basis))
    monkeypatch.setattr("symscope.discovery.nullspace.density._NUMBERS_AT_ONCE", 5000)
    small = weak_sums(points, observables, basis)
    for other in (parts, small):
        assert other.events == whole.events == 1000
        for one, two in zip(whole[1:], other[1:], strict=True):
            np.testing.assert_allclose(one, two, rtol=1e-12, atol=1e-9)


def test_the_noise_of_the_rows_is_that_of_repeated_data_sets(rng):
    basis, observables = search_space("gl(2)"), Polynomials(2, 2, envelope=2.0)
    forms = weak_form(weak_sums(rng.normal(size=(3000, 200, 2)), observables, basis))
    spread = weak_form(weak_sums(rng.normal(size=(400_000, 2)), observables, basis)).spread
    sums = weak_sums(rng.normal(size=(3000, 200, 2)), observables, basis)
    rows = (spread @ (sums.flows / sums.events)).reshape(3000, -1)
    measured = 200 * np.cov(rows.T)
    np.testing.assert_allclose(forms.noise.mean(axis=0), measured, atol=0.12 * measured.max())


def test_the_defect_of_a_gaussian_is_the_root_of_its_fisher_information(rng):
    variances = np.array([1.0, 1.5])
    points = rng.normal(size=(400_000, 2)) * np.sqrt(variances)
    form = weak_form(weak_sums(points, Polynomials(2, 2), search_space("so(2)")))
    expected = (variances[1] - variances[0]) / np.sqrt(variances.prod())
    assert float(principal_flows(form)[0][0]) == pytest.approx(expected, rel=0.02)
    # Waves see a part of it.
    waves = random_waves(2, 20, bandwidth=0.7, scale=1.0, rng=rng)
    seen = float(principal_flows(weak_form(weak_sums(points, waves, search_space("so(2)"))))[0][0])
    assert 0.5 * expected < seen < 1.02 * expected


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_integrals_over_a_gaussian_are_those_of_many_events(rng, kind):
    observables, basis, variances = all_observables(rng)[kind], search_space("so(3)"), (0.8, 1.0, 1.5)
    exact = weak_form(gaussian_sums(variances, observables, basis))
    drawn = weak_form(weak_sums(rng.normal(size=(300_000, 3)) * np.sqrt(variances), observables, basis))
    np.testing.assert_allclose(drawn.rows, exact.rows, atol=0.03)
    np.testing.assert_allclose(drawn.noise, exact.noise, atol=0.05 * np.abs(exact.noise).max())


def test_constant_observables_are_left_out(rng):
    directions = rng.normal(size=(20_000, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    form = weak_form(weak_sums(directions, Polynomials(3, 2), search_space("so(3)")))
    assert np.isfinite(form.rows).all()
    assert float(principal_flows(form)[0].max()) < 0.05


@pytest.mark.parametrize("name", ["so(3)", "gl(2)", "so(1,3)+dilatation"])
def test_search_spaces_are_orthogonal_and_span_the_algebra(name):
    basis, known = search_space(name), known_algebra(name)
    flat = basis.reshape(len(basis), -1)
    np.testing.assert_allclose(flat @ flat.T, 2.0 * np.eye(len(flat)), atol=1e-12)
    assert np.linalg.matrix_rank(np.concatenate([flat, known.reshape(len(known), -1)])) == len(known)


def test_mistakes_are_named(rng):
    basis, observables = search_space("so(3)"), Polynomials(3, 2)
    with pytest.raises(DataError, match="2 components"):
        weak_sums(rng.normal(size=(10, 2)), observables, basis)
    with pytest.raises(DataError, match="no events"):
        weak_sums(np.zeros((0, 3)), observables, basis)
    with pytest.raises(DataError, match="NaN"):
        weak_sums(np.full((10, 3), np.nan), observables, basis)
    with pytest.raises(DataError, match="9 observables"):
        weak_form(weak_sums(rng.normal(size=(9, 3)), observables, basis))
    with pytest.raises(DataError, match="takes 8 GB"):
        weak_sums(
            rng.normal(size=(10, 8)), random_waves(8, 500, bandwidth=1.0, scale=1.0, rng=rng), search_space("gl(8)")
        )
    with pytest.raises(DataError, match="not independent"):
        search_space(np.ones((2, 3, 3)))
    with pytest.raises(DataError, match="complex"):
        search_space("su(2)")
    with pytest.raises(ConfigError, match="even"):
        random_waves(3, 7, bandwidth=1.0, scale=1.0, rng=rng)
    flat = np.concatenate([rng.normal(size=(100, 2)), np.zeros((100, 1))], axis=1)
    with pytest.raises(DataError, match="span"):
        density_symmetry(flat, settings=DensitySearch(frame="whitened"), seed=0)


@pytest.mark.parametrize(
    ("scale", "space", "dimension"),
    [
        ((1.0, 1.0, 1.0), {"search": "so(3)", "frame": "scaled"}, 3),
        ((1.0, 1.0, 1.5), {"search": "so(3)", "frame": "scaled"}, 1),
        ((0.8, 1.0, 1.3), {"search": "so(3)", "frame": "scaled"}, 0),
        ((0.8, 1.0, 1.3), {"search": "gl(3)", "frame": "whitened"}, 3),
    ],
)
@pytest.mark.parametrize("observables", [WaveSettings(), PolynomialSettings()])
def test_the_dimension_of_a_gaussian_in_its_search_space(rng, scale, space, dimension, observables):
    points = 50.0 * rng.normal(size=(40_000, 3)) * np.array(scale)
    settings = DensitySearch(**space, observables=observables, level=0.001)
    found = density_symmetry(points, settings=settings, seed=1)
    assert found.at_most == dimension
    assert (found.bounds[:dimension] < 0.15).all()
    assert (found.bounds[dimension:] >= 0.15).all()
    assert len(found.generators) == len(found.errors) == dimension
    covariance = np.diag(np.square(scale))
    for generator, error in zip(found.generators, found.errors, strict=True):
        # An exact generator leaves the covariance alone: A C + C A^T = 0.
        assert np.abs(generator @ covariance + covariance @ generator.T).max() < 0.1
        assert np.isfinite(error).all()

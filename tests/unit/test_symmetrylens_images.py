"""Two translations found in images: the parts against plain references, and the whole on fresh images."""

import numpy as np
import pytest
import torch
from scipy.stats import ortho_group
from tests.unit.test_images import by_displacement

from symscope.config.images import GaussianBlobs, ImagesDataset
from symscope.config.methods import method_settings
from symscope.config.symmetrylens_images import SymmetryLensImages
from symscope.data.images import hidden_images, make_images
from symscope.discovery.symmetrylens.discover import discover_lens
from symscope.discovery.symmetrylens.grid import GridStationarity, average_over_displacements, displacements
from symscope.discovery.symmetrylens.locality import Negentropy, fixed_point
from symscope.discovery.symmetrylens.placement import common_signs, exchange_on_grid, place_on_grid
from symscope.discovery.symmetrylens.signs import negentropy
from symscope.errors import ConfigError, DataError
from symscope.evaluation.images import view_images
from symscope.io.lens import read_lens, write_lens

SIDES = (4, 5)
QUICK = SymmetryLensImages(samples=8000, search_samples=3000, draft_samples=3000, starts=1)


def images(n, *, sides=SIDES, seed=0):
    settings = ImagesDataset(height=sides[0], width=sides[1])
    x = torch.from_numpy(hidden_images(settings, n, rng=np.random.default_rng(seed)))
    return (x - x.mean(dim=0)) / x.std()


def covariance_of(x):
    return (x.T @ x / len(x)).double()


def rotation(dim, seed):
    return torch.from_numpy(ortho_group.rvs(dim, random_state=seed))


def test_averages_over_displacements_are_those_of_a_plain_loop():
    matrix = np.random.default_rng(0).normal(size=(20, 20))
    found = average_over_displacements(torch.from_numpy(matrix)[None], displacements(*SIDES))[0].numpy()
    gathered = by_displacement(matrix, *SIDES)
    for i in range(20):
        for j in range(20):
            assert found[i, j] == pytest.approx(np.mean(gathered[i // 5 - j // 5, i % 5 - j % 5]))


def slope_along(loss, q, direction, step=1e-3):
    """Derivative by differences, along a rotation."""
    turns = [torch.linalg.matrix_exp(sign * step * direction) @ q for sign in (1, -1)]
    return (sum(loss(turns[0])[0].values()) - sum(loss(turns[1])[0].values())) / (2 * step)


@pytest.mark.parametrize("kind", ["stationarity", "negentropy"])
def test_gradients_are_those_of_differences(kind):
    x = images(2000)
    q = rotation(20, 1)
    loss = Negentropy(x)
    if kind == "stationarity":
        loss = GridStationarity(x, covariance_of(x), sides=SIDES, whitening=[0, 1])
        loss.adapt(q)
    a = torch.from_numpy(np.random.default_rng(2).normal(size=(20, 20)))
    direction = (a - a.T) / 20
    gradient = loss(q)[1]
    assert float((gradient * (direction @ q)).sum()) == pytest.approx(slope_along(loss, q, direction), rel=2e-3)


def test_the_loss_is_the_negentropy_of_the_sign_search():
    z, q = images(1000), rotation(20, 3)
    expected = float(negentropy((z @ q.T.float())[None])[0])
    assert -Negentropy(z)(q)[0]["negentropy"] == pytest.approx(expected, rel=5e-3)


def test_true_pixels_are_stationary_and_turned_ones_are_not():
    x = images(20_000, seed=4)
    for q, low, high in ((torch.eye(20).double(), 0.5, 2.0), (rotation(20, 0), 10.0, np.inf)):
        loss = GridStationarity(x, covariance_of(x), sides=SIDES, whitening=[0, 1], floor=1e-3)
        loss.adapt(q)
        assert low < loss.per_condition(q) < high


def test_filtered_pixels_have_unit_variance_and_no_correlation_with_their_predictors():
    x = images(20_000, seed=4)
    loss = GridStationarity(x, covariance_of(x), sides=SIDES, whitening=[1])
    power = loss._average(covariance_of(x))
    columns = loss._filter(power, 1)
    assert columns.shape == (20, 12)
    np.testing.assert_allclose(torch.diagonal(columns.T @ power @ columns), 1, rtol=1e-9)
    predictors = [0, 1, 5]  # of the pixel in row 1, column 1
    np.testing.assert_allclose((power @ columns)[predictors, 0], 0, atol=1e-9)


def test_independent_sources_are_found():
    rng = np.random.default_rng(0)
    sources = torch.from_numpy(rng.laplace(size=(20_000, 6)) / np.sqrt(2)).float()
    mix = rotation(6, 5).float()
    q = fixed_point(sources @ mix.T, rotation(6, 6).float(), iterations=100, tolerance=1e-4)
    largest = (q @ mix).abs().max(dim=1)
    assert float(largest.values.min()) > 0.99
    assert len(set(largest.indices.tolist())) == 6


def test_scattered_pixels_find_their_places_again():
    """A covariance that falls with the distance, components in random order and with random signs."""
    row, column = np.divmod(np.arange(30), 6)
    distance = (row[:, None] - row) ** 2 + (column[:, None] - column) ** 2
    covariance = np.exp(-distance / 4) + 0.01 * np.eye(30)
    rng = np.random.default_rng(1)
    order, signs = rng.permutation(30), rng.choice([-1.0, 1.0], 30)
    scattered = (signs[:, None] * covariance * signs)[np.ix_(order, order)]
    found = common_signs(scattered)
    assert abs((found * signs[order]).sum()) == 30
    placed = order[place_on_grid(found[:, None] * scattered * found, (5, 6))].reshape(5, 6)
    grid = np.arange(30).reshape(5, 6)
    assert any(np.array_equal(placed, grid[::down, ::right]) for down in (1, -1) for right in (1, -1))


def test_exchanged_pixels_are_put_back():
    covariance = covariance_of(images(20_000, seed=7))
    order = torch.arange(20)
    order[[2, 11]], order[[7, 8]] = order[[11, 2]], order[[8, 7]]
    mended = order[exchange_on_grid(covariance[order][:, order], SIDES)]
    assert mended.tolist() == list(range(20))


@pytest.mark.parametrize(("sides", "disguise"), [((5, 5), "permuted"), ((4, 6), "dst")])
def test_both_translations_are_found_in_fresh_images(sides, disguise, tmp_path):
    settings = ImagesDataset(
        height=sides[0], width=sides[1], representation=disguise, basis=GaussianBlobs(width=(0.5, 0.9))
    )
    rng = np.random.default_rng(20_260)
    x, fresh = make_images(settings, 20_000, rng=rng), make_images(settings, 1000, rng=rng)
    method = QUICK.model_copy(update={"height": sides[0]})
    result = discover_lens(x, method=method, seeds=[51, 52])
    write_lens(tmp_path / "lens.h5", result)
    score = view_images("permuted", read_lens(tmp_path / "lens.h5"), settings, fresh).score
    assert score.cosine.min() > 0.99
    assert score.success.all()
    assert score.recovery.min() > 0.99
    assert score.commutator.max() < 1e-12
    assert result.generators.shape == (2, 2, *2 * (settings.dimension,))
    assert not any(result.notes)
    assert result.history["per_condition"][:, -1].max() < 3


def test_equal_seeds_give_equal_results():
    x = make_images(ImagesDataset(height=3, width=4), 2000, rng=np.random.default_rng(0))
    method = SymmetryLensImages(height=3, samples=1000, search_samples=500, draft_samples=500, starts=1)
    first, again = (discover_lens(x, method=method, seeds=[3]) for _ in range(2))
    np.testing.assert_array_equal(first.generators, again.generators)


def test_data_that_are_no_images_are_told_so():
    """Independent components of unequal laws: mixed until they look alike, they are Gaussian."""
    rng = np.random.default_rng(0)
    x = rng.gamma(np.linspace(0.3, 4, 16), size=(4000, 16)) * np.linspace(3, 0.5, 16)
    method = SymmetryLensImages(samples=4000, search_samples=1000, draft_samples=1000, starts=2)
    result = discover_lens(x, method=method, seeds=[0])
    assert result.notes[0]


def test_gaussian_data_are_told_so():
    """Gaussian data of any spectrum are stationary on a grid in some basis, but no basis is singled out."""
    x = np.random.default_rng(0).normal(size=(4000, 16)) * np.linspace(0.5, 3, 16)
    method = SymmetryLensImages(samples=4000, search_samples=1000, draft_samples=1000, starts=1)
    result = discover_lens(x, method=method, seeds=[0])
    assert "may be Gaussian" in result.notes[0][-1]


@pytest.mark.parametrize(
    ("changes", "dimension", "words"),
    [
        ({}, 48, "height is null and width is null, and the samples have 48 components"),
        ({"height": 7, "width": 6}, 49, "give two sides of at least 3 whose product is 49"),
        ({"height": 5}, 49, "height is 5 and width is null"),
        ({"height": 4}, 8, "at least 3"),
    ],
)
def test_samples_of_another_size_are_refused(changes, dimension, words):
    x = np.random.default_rng(0).normal(size=(200, dimension))
    with pytest.raises(DataError, match=words):
        discover_lens(x, method=SymmetryLensImages(**changes), seeds=[0])


def test_sides_follow_from_the_number_of_components():
    assert SymmetryLensImages().sides(49) == (7, 7)
    assert SymmetryLensImages(height=6).sides(48) == (6, 8)
    assert SymmetryLensImages(width=6).sides(48) == (8, 6)
    assert SymmetryLensImages(height=6, width=8).sides(48) == (6, 8)


def test_constant_pixels_are_refused():
    x = np.random.default_rng(0).normal(size=(200, 9))
    x[:, 4] = 1
    with pytest.raises(DataError, match="constant in column 4"):
        discover_lens(x, method=SymmetryLensImages(), seeds=[0])


def test_drafts_larger_than_the_whole_are_refused():
    with pytest.raises(ConfigError, match="'draft_samples' is 900"):
        method_settings({"name": "symmetrylens_images", "samples": 500, "search_samples": 500, "draft_samples": 900})

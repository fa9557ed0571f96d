"""Images with two hidden translations: their law, their disguise, and the shifts that are hidden in them."""

import numpy as np
import pytest

from symscope.config.datasets import dataset_settings
from symscope.config.images import GaussianBlobs, ImagesDataset
from symscope.data.hidden_axis import hidden_representation
from symscope.data.images import hidden_images, make_images, true_generators
from symscope.data.signal_files import generate_signals
from symscope.errors import ConfigError
from symscope.groups.shifts import shifts_of_grid
from symscope.io.samples import read_split

SIZES = [(7, 7), (6, 5), (4, 8)]


def by_displacement(matrix, height, width):
    """Entries of a matrix over pixels, gathered by the displacement between the two; the plain way."""
    gathered = {}
    for i in range(height * width):
        for j in range(height * width):
            step = (i // width - j // width, i % width - j % width)
            gathered.setdefault(step, []).append(matrix[i, j])
    return gathered


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_the_covariance_depends_on_the_displacement_alone(height, width):
    n = 40_000
    x = hidden_images(ImagesDataset(height=height, width=width), n, rng=np.random.default_rng(3)).astype(np.float64)
    x -= x.mean(axis=0)
    covariance = x.T @ x / n
    fourth = np.square(x).T @ np.square(x) / n
    error = np.sqrt((fourth - covariance**2) / n)
    scores = []
    gathered = zip(
        by_displacement(covariance, height, width).items(), by_displacement(error, height, width).values(), strict=True
    )
    for (_, entries), errors in gathered:
        # Neighbouring entries share samples, so that their differences are smaller than independent ones would be.
        scores += list((np.array(entries) - np.mean(entries)) / np.array(errors))
    assert np.abs(scores).max() < 5
    assert np.std(scores) < 1.3


def test_images_without_a_margin_are_not_stationary_at_their_sides():
    """The check above can fail: with all centres inside, pixels at the sides vary less."""
    x = hidden_images(ImagesDataset(basis=GaussianBlobs(margin=0)), 40_000, rng=np.random.default_rng(3))
    variance = x.var(axis=0).reshape(7, 7)
    assert variance[0].mean() < 0.87 * variance[3].mean()


def test_size_mean_and_noise():
    """Blobs hold a in all, at 16 x 0.5 over (7 + 2 reach)^2 pixels; the noise adds to the variance."""
    quiet = ImagesDataset(noise=0, basis=GaussianBlobs(width=(1.0, 1.0), amplitude=(1.0, 1.0)))
    x = hidden_images(quiet, 60_000, rng=np.random.default_rng(0))
    assert x.dtype == np.float32
    area = (7 + 2 * 4) ** 2
    # One trial adds p a g: its mean square less its squared mean, summed over 16 trials; the integral of g^2 is 1 / 4 pi.
    variance = 16 * (0.5 / (4 * np.pi * area) - (0.5 / area) ** 2)
    assert x.mean() == pytest.approx(8 / area / np.sqrt(variance), rel=0.03)
    loud = quiet.model_copy(update={"noise": 0.5})
    y = hidden_images(loud, 60_000, rng=np.random.default_rng(0))
    assert (y - x).std() == pytest.approx(0.5, rel=0.01)


def test_equal_streams_give_equal_images_and_others_do_not():
    first, again, other = (make_images(ImagesDataset(), 50, rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("representation", ["identity", "permuted", "dst"])
@pytest.mark.parametrize(("height", "width"), SIZES)
def test_the_disguise_is_orthogonal_and_can_be_undone(representation, height, width):
    settings = ImagesDataset(height=height, width=width, representation=representation)
    u = hidden_representation(settings)
    np.testing.assert_allclose(u @ u.T, np.eye(height * width), atol=1e-12)
    hidden = hidden_images(settings, 20, rng=np.random.default_rng(5))
    given = make_images(settings, 20, rng=np.random.default_rng(5))
    np.testing.assert_allclose(given @ u.T, hidden, atol=1e-5)
    assert np.array_equal(given, hidden) == (representation == "identity")


@pytest.mark.parametrize("representation", ["identity", "permuted", "dst"])
def test_the_true_generators_commute_and_move_a_disguised_image_by_one_pixel(representation):
    settings = ImagesDataset(height=5, width=6, representation=representation)
    down, right = true_generators(settings)
    np.testing.assert_allclose(down @ right, right @ down, atol=1e-12)
    assert np.linalg.norm(down) == pytest.approx(np.sqrt(4 * 6))
    assert np.linalg.norm(right) == pytest.approx(np.sqrt(5 * 5))
    u = hidden_representation(settings)
    image = np.random.default_rng(0).normal(size=(5, 6))
    for generator, axis in ((down, 0), (right, 1)):
        moved = (u @ generator @ u.T @ image.reshape(-1)).reshape(5, 6)
        expected = np.roll(image, 1, axis=axis)
        expected[(0, slice(None)) if axis == 0 else (slice(None), 0)] = 0
        np.testing.assert_allclose(moved, expected, atol=1e-12)


def test_a_line_is_a_grid_with_one_axis():
    np.testing.assert_array_equal(shifts_of_grid(4), [np.eye(4, k=-1)])


def test_images_are_written_like_signals(tmp_path):
    settings = ImagesDataset(height=4, width=5, samples={"train": 30, "val": 10, "test": 20})
    assert generate_signals(settings, tmp_path / "d.h5", seed=3) == {"train": 30, "val": 10, "test": 20}
    assert read_split(tmp_path / "d.h5", "test").x.shape == (20, 20)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"height": 2}, "height"),
        ({"basis": {"width": [2, 1]}}, "the smaller end first"),
        ({"basis": {"margin": -1}}, "margin"),
        ({"samples": {"train": 10}}, "give 'train', 'val' and 'test'"),
        ({"length": 49}, "unknown key"),
    ],
)
def test_wrong_settings_are_refused(changes, words):
    with pytest.raises(ConfigError, match=words):
        dataset_settings({"source": "images"} | changes)


def test_no_images_are_refused():
    with pytest.raises(ConfigError, match="at least 1"):
        make_images(ImagesDataset(), 0, rng=np.random.default_rng(0))

"""Rotated digits: the images, how group elements move them, and where the law of an angle comes to rest."""

import gzip

import numpy as np
import pytest
import torch
from scipy.linalg import expm
from tests.unit.test_idx import idx_bytes

from symscope.config.blocks import Experiment
from symscope.config.datasets import dataset_settings
from symscope.config.digits import DigitsDataset, IdxFiles
from symscope.config.discovery import LieGan, NormalLaw, UniformLaw
from symscope.data.digits import build_images, make_digits, original_digits, turned
from symscope.discovery.actions import act, act_on_images
from symscope.discovery.coefficients import coefficients, draw_noise, entropy, initial_parameters
from symscope.discovery.discover import discover_symmetry
from symscope.errors import ConfigError, DataError
from symscope.evaluation.digits import AngleLaw
from symscope.io.samples import count_samples, read_header, read_split


def blob(size: int, x: float, y: float, width: float) -> np.ndarray:
    """A Gaussian blob at (x, y) in the coordinates of the image plane, of a width in pixels."""
    places = (2 * np.arange(size) + 1) / size - 1
    right, down = np.meshgrid(places, places)
    return np.exp(-((right - x) ** 2 + (down - y) ** 2) * (size / 2) ** 2 / (2 * width**2))


def rotation(angle: float) -> np.ndarray:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def test_an_upright_digit_of_its_own_size_is_the_original():
    images, _ = original_digits(DigitsDataset())
    settings = DigitsDataset(size=8, digit_size=8, interpolation="linear")
    np.testing.assert_allclose(turned(images[:20], np.zeros(20), settings)[:, 0], images[:20], atol=1e-6)
    quarter = turned(images[:20], np.full(20, np.pi / 2), settings)[:, 0]
    np.testing.assert_allclose(quarter, np.rot90(images[:20], axes=(1, 2)), atol=1e-6)


@pytest.mark.parametrize("angle", [0.4, -1.9])
def test_data_are_turned_as_a_discovery_turns_them(angle):
    """A blob lands where the inverse rotation carries it, by both ways of turning."""
    start = np.array([0.3, -0.2])
    x, y = rotation(angle).T @ start
    settings = DigitsDataset(size=32, digit_size=32)
    made = turned(blob(32, *start, 2.0)[None], np.array([angle]), settings)[0, 0]
    np.testing.assert_allclose(made, blob(32, x, y, 2.0), atol=5e-3)
    element = expm(angle * np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]))
    image = torch.as_tensor(blob(32, *start, 2.0))[None, None, None]
    moved = act("image_grid_cubic", torch.as_tensor(element)[None, None], image)[0, 0, 0]
    np.testing.assert_allclose(moved.numpy(), blob(32, x, y, 2.0), atol=3e-2)


def test_bicubic_interpolation_blurs_far_less():
    image = blob(16, 0.0, 0.0, 1.2)
    shift = np.eye(3)
    shift[0, 2] = 1 / 16  # half a pixel, where interpolation is at its worst
    wanted = blob(16, -1 / 16, 0.0, 1.2)
    errors = {
        mode: np.abs(
            act_on_images(torch.as_tensor(shift)[None, None], torch.as_tensor(image)[None, None, None], mode).numpy()
            - wanted
        ).max()
        for mode in ("bilinear", "bicubic")
    }
    assert errors["bicubic"] < errors["bilinear"] / 3


def test_no_rotation_moves_ink_over_the_border():
    images, _ = original_digits(DigitsDataset())
    angles = np.random.default_rng(0).uniform(-np.pi, np.pi, 200)

    def lost(settings: DigitsDataset) -> float:
        before, after = (turned(images[:200], turn, settings).sum((1, 2, 3)) for turn in (0 * angles, angles))
        return float(np.abs(after / before - 1).max())

    assert lost(DigitsDataset()) < 0.015
    assert lost(DigitsDataset(digit_size=16)) > 0.03


def test_no_original_is_in_two_splits(tmp_path):
    settings = DigitsDataset(max_angle=0, copies=2, size=8, digit_size=8, interpolation="linear")
    counts = make_digits(settings, tmp_path / "digits.h5", seed=5)
    assert counts == count_samples(tmp_path / "digits.h5") == {"train": 2 * 1437, "val": 2 * 180, "test": 2 * 180}
    images, _ = original_digits(settings)
    seen = []
    for split in counts:
        part = read_split(tmp_path / "digits.h5", split)
        assert part.x.dtype == np.float32
        assert (part.x >= 0).all()
        assert (part.x <= 1).all()
        rows, times = np.unique(np.round(part.x[:, 0] * 16).astype(np.int8), axis=0, return_counts=True)
        assert (times == 2).all()  # no two of scikit-learn's images are equal
        seen.append(rows)
    together = np.unique(np.concatenate(seen), axis=0)
    np.testing.assert_array_equal(together, np.unique(np.round(images * 16).astype(np.int8), axis=0))


def test_angles_are_those_of_the_settings(tmp_path):
    """Each original has one blob off the middle, whose place tells the angle."""
    picture = np.round(255 * blob(28, 0.5, 0.0, 2.0)).astype(np.uint8)
    (tmp_path / "images").write_bytes(idx_bytes(np.repeat(picture[None], 500, axis=0)))
    (tmp_path / "labels").write_bytes(idx_bytes(np.zeros(500, np.uint8)))
    files = IdxFiles(images=[str(tmp_path / "images")], labels=[str(tmp_path / "labels")])
    settings = DigitsDataset(files=files, size=28, digit_size=19, max_angle=30)
    parts = []
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        make_digits(settings, tmp_path / f"{name}.h5", seed=seed)
        parts.append(read_split(tmp_path / f"{name}.h5", "train").x[:, 0])
    np.testing.assert_array_equal(parts[0], parts[1])
    assert not np.array_equal(parts[0], parts[2])
    places = np.arange(28) - 13.5
    x, y = (parts[0].sum(axis).clip(0) @ places for axis in (1, 2))
    angles = np.rad2deg(np.arctan2(y, x))
    assert np.abs(angles).max() < 31
    quartiles = np.quantile(angles, [0.25, 0.5, 0.75])
    np.testing.assert_allclose(quartiles, [-15, 0, 15], atol=4.5)  # about four standard errors of a median of 400


def test_mnist_takes_one_line(tmp_path):
    rng = np.random.default_rng(0)
    pictures, classes = rng.integers(0, 256, (40, 28, 28), np.uint8), rng.integers(0, 10, 40).astype(np.uint8)
    for name, values in (("images.gz", pictures), ("labels.gz", classes)):
        (tmp_path / name).write_bytes(gzip.compress(idx_bytes(values)))
    files = {"images": [str(tmp_path / "images.gz")], "labels": [str(tmp_path / "labels.gz")]}
    settings = dataset_settings({"source": "digits", "files": files, "size": 28, "digit_size": 28, "max_angle": 0})
    counts = make_digits(settings, tmp_path / "mnist.h5", seed=0)
    assert counts == {"train": 32, "val": 4, "test": 4}
    part = read_split(tmp_path / "mnist.h5", "train")
    assert part.x.shape == (32, 1, 28, 28)
    places = [int(np.flatnonzero(np.abs(pictures / 255 - x).max(axis=(1, 2)) < 1e-3)[0]) for x in part.x[:, 0]]
    np.testing.assert_array_equal(part.y, classes[places])
    assert read_header(tmp_path / "mnist.h5").x_action == "image_grid_cubic"


def test_samples_of_images_are_a_random_part(tmp_path):
    make_digits(DigitsDataset(size=8, digit_size=8, moved_by="bilinear"), tmp_path / "all.h5", seed=0)
    written = build_images(tmp_path / "all.h5", tmp_path / "some.h5", n_samples=200, seed=1)
    assert written == {"train": 200, "val": 180, "test": 180}
    assert read_header(tmp_path / "some.h5").x_action == "image_grid"
    whole, part = read_split(tmp_path / "all.h5", "train"), read_split(tmp_path / "some.h5", "train")
    places = [int(np.flatnonzero((whole.x == x).all(axis=(1, 2, 3)))[0]) for x in part.x]
    assert sorted(set(places)) == places
    np.testing.assert_array_equal(whole.y[places], part.y)
    with pytest.raises(DataError, match="5000 images are wanted"):
        build_images(tmp_path / "all.h5", tmp_path / "more.h5", n_samples=5000, seed=1)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"digit_size": 17}, "must not be larger"),
        ({"fractions": {"train": 0.5, "test": 0.5}}, "give 'train', 'val' and 'test'"),
        ({"files": {"images": ["a"], "labels": ["b", "c"]}}, "1 files and 'labels' 2"),
        ({"files": {"images": ["a"], "labels": ["a"]}}, "named twice"),
        ({"files": {"images": ["a"], "labels": ["b"], "sha256": {"c": "0" * 64}}}, "'c', which is no file"),
        ({"files": {"images": ["a"], "labels": ["b"], "sha256": {"a": "0" * 63}}}, "sha256"),
        ({"max_angle": 181}, "max_angle"),
    ],
)
def test_settings_that_do_not_fit_are_refused(values, told):
    with pytest.raises(ConfigError, match=told):
        dataset_settings({"source": "digits", **values})


def experiment(**changes) -> Experiment:
    method = {"name": "liegan", "discriminator": {"kind": "conv"}, "optimisation": {"steps": 1}, **changes}
    return Experiment.model_validate(
        {
            "dataset": "d",
            "sampling": {"take": "images"},
            "method": method,
            "seeds": [0],
            "truth": {"algebra": "affine_rotation(2)"},
        }
    )


def test_images_take_convolutions_and_nothing_else_does():
    fourier = experiment(regularizer={"kind": "fourier"}, generator={"search_space": "affine"})
    assert list(fourier.misfits(DigitsDataset())) == []
    told = " ".join(fourier.misfits(dataset_settings({"source": "nbody"})))
    assert "discriminator.kind" in told
    assert "fourier" in told
    assert "allowed: windows" in told
    wrong = experiment(generator={"initial_algebra": "so(2)"})
    assert any("initial_algebra" in sentence for sentence in wrong.misfits(DigitsDataset()))
    two = DigitsDataset(files=IdxFiles(images=["a"], labels=["b"]))
    assert two.most_events("train") is None


def test_a_learned_width_scales_the_noise():
    law = UniformLaw(half_width=0.5, width="learned")
    noise = draw_noise(law, [torch.Generator().manual_seed(0)], steps=1, batch=4000, channels=2, dtype=torch.float64)[0]
    parameters = initial_parameters(law, 1, 2, torch.float64)
    parameters["log_factor"] += torch.tensor([[0.0, np.log(4.0)]])
    drawn = coefficients(law, noise, parameters)
    assert drawn[..., 0].abs().max() == pytest.approx(0.5, abs=1e-3)
    assert drawn[..., 1].abs().max() == pytest.approx(2.0, abs=4e-3)
    assert entropy(law, parameters).item() == pytest.approx(np.log(4.0))
    normal = NormalLaw(covariance="learned")
    wide = initial_parameters(normal, 1, 2, torch.float64)
    wide["scale"] = wide["scale"] * 3
    assert entropy(normal, wide).item() == pytest.approx(2 * np.log(3.0))
    with pytest.raises(ConfigError, match="entropy_weight"):
        entropy(UniformLaw(), {})


@pytest.mark.parametrize("law", [{"law": "uniform"}, {"law": "normal"}, {"law": "mixture"}])
def test_the_reward_needs_a_law_with_a_width(law):
    with pytest.raises(ValueError, match="entropy_weight needs"):
        LieGan.model_validate({"entropy_weight": 0.1, "coefficients": law, "optimisation": {"steps": 1}})


def divergence(ratio: float, n: int = 40_001) -> float:
    """Twice the Jensen-Shannon divergence of angles in [-1, 1] and the same with angles in +-ratio added; by quadrature."""
    angle = np.linspace(-1 - ratio, 1 + ratio, n)
    data = (np.abs(angle) <= 1) / 2
    moved = np.clip(np.minimum(angle + ratio, 1) - np.maximum(angle - ratio, -1), 0, None) / (4 * ratio)
    middle = (data + moved) / 2
    terms = [np.where(p > 0, p * np.log(np.maximum(p, 1e-300) / np.maximum(middle, 1e-300)), 0) for p in (data, moved)]
    return float(np.sum(terms) * (angle[1] - angle[0]))


def test_the_weight_at_which_the_angle_ranges_as_far_as_the_data():
    """The price of a half width is linear up to the range of the data, so that 0.199 makes both equal."""
    prices = [divergence(ratio) / ratio for ratio in (0.1, 0.5, 0.99)]
    np.testing.assert_allclose(prices, 0.199, atol=1e-3)
    steeper = (divergence(1.51) - divergence(1.49)) / 0.02
    assert steeper > 0.22


def arc(largest: float, n: int = 4000) -> np.ndarray:
    angle = np.random.default_rng(0).uniform(-largest, largest, n)
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1)[:, None]


@pytest.mark.parametrize(("largest", "weight", "wanted"), [(25.0, 0.2, 25.0), (50.0, 0.2, 50.0), (50.0, 0.1, 25.0)])
def test_the_law_of_an_angle_comes_to_the_range_of_the_data(largest, weight, wanted):
    """Points on an arc, where an adversary sees the angle itself: the range of the data, or half of it for half the weight."""
    method = LieGan.model_validate(
        {
            "generator": {"initial_algebra": "so(2)", "frozen": True},
            "coefficients": {"law": "uniform", "half_width": 0.3, "width": "learned"},
            "regularizer": {"kind": "cosine", "weight": 0},
            "channel_correlation": {"weight": 0},
            "entropy_weight": weight,
            "discriminator": {"hidden": 24, "layers": 2},
            "optimisation": {
                "steps": 800,
                "batch": 128,
                "lr_generator": 5e-3,
                "lr_discriminator": 2e-3,
                "generator_loss": "saturating",
            },
        }
    )
    x = arc(np.deg2rad(largest))
    found = discover_symmetry(
        x, np.zeros((len(x), 1)), x_action="vector", y_action="trivial", method=method, seeds=range(3), device="cpu"
    )
    rates = found.generators[:, 0, 0, 1]
    half = 0.3 * np.exp(found.coefficient_parameters["log_factor"][:, 0]) * np.abs(rates)
    assert np.median(np.rad2deg(half)) == pytest.approx(wanted, rel=0.12)


def test_the_range_of_a_uniform_law_is_its_half_width():
    angles = np.random.default_rng(0).uniform(-40, 40, (3, 50_000)) * np.array([[1], [0.5], [2]])
    np.testing.assert_allclose(AngleLaw(angles, 45).ranges, [40, 20, 80], rtol=0.01)

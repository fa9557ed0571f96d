"""SymmetryGAN: which element it finds, why the regulariser matters, that it resumes, and logarithms of elements."""

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.linalg import expm

from symscope.config.discovery import TruthSettings
from symscope.config.symmetrygan import SymmetryGan
from symscope.discovery.discover import discover_symmetry
from symscope.discovery.elements import draw_group_elements
from symscope.discovery.symmetrygan import principal_logarithms
from symscope.evaluation.discovery import score_discovery

QUARTER = np.array([[0.0, 1.0], [-1.0, 0.0]])


def settings(*, weight=1.0, steps=60, **changes):
    return SymmetryGan.model_validate(
        {
            "element": changes.pop("element", {}),
            "regularizer": {"kind": "cosine", "weight": weight, "reduction": "mean"},
            "discriminator": {"hidden": 32, "layers": 2},
            "optimisation": {
                "steps": steps,
                "batch": 64,
                "lr_generator": 1e-2,
                "lr_discriminator": 2e-3,
                "decay_start": 0.3,
                "average_from": 0.9,
                "log_every": 20,
            },
            "input_rms": 3.0,
            **changes,
        }
    )


def discover(x, method, *, seeds=(0, 1), **options):
    y = np.zeros(len(x), dtype=int)
    return discover_symmetry(
        x, y, x_action="vector", y_action="trivial", method=method, seeds=seeds, device="cpu", **options
    )


def three_commas(n=3000):
    """Three blobs with a tail to the left each: turned into itself by 120 degrees, and by no reflection."""
    rng = np.random.default_rng(7)
    tail = rng.uniform(0.0, 0.7, n)
    angle = 2 * np.pi / 3 * rng.integers(3, size=n) + tail
    radius = 1.0 + 0.6 * tail + 0.05 * rng.standard_normal(n)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)[:, None]


def turns(found):
    element = found.elements[:, 0]
    return np.degrees(np.arctan2(element[:, 1, 0] - element[:, 0, 1], np.trace(element, axis1=1, axis2=2)))


def test_a_finite_rotation_is_found():
    method = settings(steps=1200, weight=0.3, element={"initial_std": 0.1})
    found = discover(three_commas(), method, seeds=range(6))
    assert found.elements.shape == (6, 1, 2, 2)
    off = np.abs(np.abs(turns(found)) - 120.0)
    assert np.median(off) < 5.0
    right = off < 10.0
    assert right.mean() >= 0.5
    for element, generator in zip(found.elements[right, 0], found.generators[right, 0], strict=True):
        np.testing.assert_allclose(expm(generator), element, atol=1e-6)
        np.testing.assert_allclose(np.linalg.svd(element, compute_uv=False), 1.0, atol=0.35)
    score = score_discovery(found, TruthSettings(algebra="so(2)"))
    assert np.median(score.span_cosine[right]) > 0.97


def test_the_regulariser_makes_a_quarter_turn_of_any_rotation():
    """On a law that every rotation leaves alone the cosine term ends at zero, and without it any angle will do."""
    rng = np.random.default_rng(4)
    angle, radius = rng.uniform(0, 2 * np.pi, 3000), rng.choice([1.0, 1.5], 3000)
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)[:, None]
    turned, free = (
        discover(
            x,
            settings(steps=500, regularizer={"kind": "cosine", "weight": weight, "reduction": "abs_of_mean"}),
            seeds=range(6),
        )
        for weight in (1.0, 0.0)
    )
    np.testing.assert_allclose(turned.elements[:, 0].trace(axis1=1, axis2=2), 0.0, atol=0.1)
    rotations = np.linalg.det(turned.elements[:, 0]) > 0
    np.testing.assert_allclose(np.abs(turns(turned)[rotations]), 90.0, atol=5.0)
    angles = np.abs(turns(free)[np.linalg.det(free.elements[:, 0]) > 0])
    assert np.abs(angles - 90.0).max() > 20.0


def test_a_seed_gives_the_same_element_alone_and_in_an_ensemble():
    x = three_commas(200)
    together = discover(x, settings(precision="float64"), seeds=(3, 8))
    alone = discover(x, settings(precision="float64"), seeds=(8,))
    np.testing.assert_allclose(alone.elements[0], together.elements[1], rtol=1e-9)
    assert not np.allclose(together.elements[0], together.elements[1])
    assert set(together.history) >= {"similarity", "distance_from_identity", "log_volume"}
    assert together.history_generators.shape == (2, 3, 1, 2, 2)


def test_a_start_near_the_identity_stays_there_for_a_while():
    method = settings(steps=1, element={"start": "identity", "initial_std": 1e-3})
    found = discover(three_commas(200), method)
    np.testing.assert_allclose(found.elements, np.broadcast_to(np.eye(2), (2, 1, 2, 2)), atol=0.03)
    assert discover(three_commas(200), settings(steps=1)).elements.std() > 0.2


def test_a_killed_run_resumes_with_the_same_final_numbers(tmp_path, killed_at_first_checkpoint):
    x, method, path = three_commas(200), settings(steps=150), tmp_path / "state.pt"
    whole = discover(x, method)
    killed_at_first_checkpoint(discover, x, method, checkpoint=path, checkpoint_every=0.0)
    resumed = discover(x, method, checkpoint=path)
    np.testing.assert_array_equal(resumed.elements, whole.elements)
    np.testing.assert_array_equal(resumed.history["similarity"], whole.history["similarity"])


def test_data_are_moved_by_the_learned_element_itself():
    found = discover(three_commas(200), settings())
    drawn = draw_group_elements(found, 1, 5, seed=0)
    np.testing.assert_array_equal(drawn, np.broadcast_to(found.elements[1], (5, 2, 2)))


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.complex128])
def test_logarithms_undo_exponentials(rng, kind):
    generators = 0.4 * rng.standard_normal((3, 2, 4, 4))
    generators = generators + (0.3j * rng.standard_normal(generators.shape) if kind is np.complex128 else 0)
    elements = expm(generators).astype(kind)
    logarithms = principal_logarithms(elements)
    assert logarithms.dtype == kind
    np.testing.assert_allclose(logarithms, generators, atol=1e-4 if kind is np.float32 else 1e-10)


def test_elements_without_a_logarithm_are_told_apart():
    reflection, singular, lost = np.diag([1.0, -1.0]), np.diag([1.0, 0.0]), np.full((2, 2), np.nan)
    logarithms = principal_logarithms(np.stack([QUARTER, reflection, singular, lost]))
    np.testing.assert_allclose(logarithms[0], np.pi / 2 * QUARTER, atol=1e-12)
    np.testing.assert_allclose(logarithms[1], 0, atol=1e-12)
    assert np.isnan(logarithms[2:]).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"optimisation": {"steps": 5, "epochs": 3.0}}, "give one of"),
        ({"element": {"search_space": "affine"}}, "homogeneous"),
        ({"discriminator": {"kind": "conv", "gradient_penalty": 1.0}}, "mlp only"),
        ({"element": {"channels": 2}}, "Extra inputs"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        settings(**changes)


def test_the_length_of_a_training_is_told_for_captions():
    assert settings(steps=3000).amount == "3,000 steps"
    assert settings().least_samples == 64
    assert SymmetryGan.recommended(optimisation={"epochs": 100.0}).amount == "100 epochs"

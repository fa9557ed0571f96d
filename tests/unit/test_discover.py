"""LieGAN as a whole: what it finds, that seeds are independent, that it resumes, and what it refuses."""

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from torch.utils._python_dispatch import TorchDispatchMode

from symscope.config.discovery import LieGan, TruthSettings
from symscope.discovery.discover import discover_symmetry
from symscope.discovery.result import Discovery
from symscope.discovery.trainer import EnsembleTrainer
from symscope.errors import ConfigError, DataError
from symscope.evaluation.discovery import score_discovery
from symscope.groups import known_algebra, rotation_algebra, span_cosine


def rotation_problem(n=2000):
    """Points in the plane and their radius: invariant under rotations, with a density that is not."""
    rng = np.random.default_rng(5)
    angle, radius = rng.vonmises(0.0, 0.3, n), rng.uniform(0.5, 2.0, n)
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)[:, None]
    return x, np.sin(2.0 * radius)


def settings(**changes):
    optimisation = {"steps": 60, "batch": 16, "log_every": 20, **changes.pop("optimisation", {})}
    return LieGan.model_validate(
        {
            "discriminator": {"hidden": 16, "label_embedding": 2, **changes.pop("discriminator", {})},
            "optimisation": optimisation,
            **changes,
        }
    )


def discover(method, *, seeds=(0, 1), x=None, y=None, **options):
    if x is None:
        x, y = rotation_problem(200)
    arguments = {"x_action": "vector", "y_action": "trivial", "device": "cpu", **options}
    return discover_symmetry(x, y, method=method, seeds=seeds, **arguments)


def test_rotations_of_the_plane_are_found():
    method = settings(
        discriminator={"hidden": 64},
        optimisation={"steps": 1500, "batch": 64, "lr_discriminator": 1e-3, "lr_generator": 2e-3, "average_from": 0.7},
        input_rms=3.0,
    )
    x, y = rotation_problem()
    found = discover(method, seeds=(0, 1, 2, 3), x=x, y=y)
    cosines = [span_cosine(stack, rotation_algebra(2)) for stack in found.generators]
    assert np.median(cosines) > 0.99
    score = score_discovery(found, TruthSettings(algebra="so(2)", success_cosine=0.98))
    np.testing.assert_allclose(score.span_cosine, cosines)
    assert score.success.mean() >= 0.75


@pytest.mark.parametrize(
    "law",
    [
        {"law": "normal"},
        {"law": "normal", "covariance": "learned"},
        {"law": "uniform"},
        {"law": "integer_grid", "maximum": 2},
        {"law": "mixture", "components": 3},
    ],
)
def test_a_seed_gives_the_same_numbers_alone_and_in_an_ensemble(law):
    method = settings(coefficients=law, generator={"channels": 2}, precision="float64")
    together = discover(method, seeds=(3, 11, 7))
    for k, seed in enumerate((3, 11, 7)):
        alone = discover(method, seeds=(seed,))
        np.testing.assert_allclose(alone.generators[0], together.generators[k], rtol=1e-7, atol=1e-9)
        for name, values in alone.coefficient_parameters.items():
            np.testing.assert_allclose(values[0], together.coefficient_parameters[name][k], rtol=1e-7, atol=1e-9)
    assert not np.allclose(together.generators[0], together.generators[1])


def test_the_same_seeds_give_the_same_numbers_twice():
    first, second = (discover(settings(precision="bfloat16")) for _ in range(2))
    np.testing.assert_array_equal(first.generators, second.generators)
    assert first.steps == 60
    assert first.history_steps.tolist() == [20, 40, 60]
    assert first.history["discriminator_loss"].shape == (2, 3)
    assert first.history_generators.shape == (2, 3, 1, 2, 2)
    np.testing.assert_array_equal(first.history_generators[:, -1].astype(np.float64), first.generators)


class Transfers(TorchDispatchMode):
    """Counts the operations that make the host wait for a device."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if func.overloadpacket.__name__ in ("_local_scalar_dense", "nonzero", "is_nonzero", "equal", "_unique2"):
            self.seen.append(func.overloadpacket.__name__)
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize(
    "changes", [{}, {"generator": {"channels": 2, "constraint": "orthonormal"}, "norm_weight": 0.1}]
)
def test_nothing_is_read_back_within_a_step(monkeypatch, changes):
    whole = EnsembleTrainer.advance

    def watched(trainer):
        with Transfers() as transfers:
            torch.ones(1).item()
            assert transfers.seen == ["_local_scalar_dense"]
            whole(trainer)
        assert transfers.seen == ["_local_scalar_dense"]

    monkeypatch.setattr(EnsembleTrainer, "advance", watched)
    assert discover(settings(**changes)).steps == 60


@pytest.mark.parametrize(
    "changes", [{}, {"generator": {"channels": 2, "incremental": True}, "coefficients": {"law": "mixture"}}]
)
def test_a_killed_run_resumes_with_the_same_final_numbers(tmp_path, monkeypatch, killed_at_first_checkpoint, changes):
    method = settings(optimisation={"steps": 200, "average_from": 0.2, "decay_start": 0.5}, **changes)
    path = tmp_path / "run" / "state.pt"
    whole = discover(method)
    killed_at_first_checkpoint(discover, method, checkpoint=path, checkpoint_every=0.0)
    assert path.exists()
    resumed = discover(method, checkpoint=path, checkpoint_every=1e9)
    np.testing.assert_array_equal(resumed.generators, whole.generators)
    np.testing.assert_array_equal(resumed.history_generators, whole.history_generators)
    for name, values in whole.history.items():
        np.testing.assert_array_equal(resumed.history[name], values)
    monkeypatch.setattr(EnsembleTrainer, "advance", None)
    again = discover(method, checkpoint=path)
    np.testing.assert_array_equal(again.generators, whole.generators)


def test_a_checkpoint_of_other_settings_is_not_continued(tmp_path, caplog):
    path = tmp_path / "state.pt"
    discover(settings(), checkpoint=path, checkpoint_every=0.0)
    other = settings(coefficients={"law": "uniform"})
    result = discover(other, checkpoint=path, checkpoint_every=1e9)
    assert "starting afresh" in caplog.text
    np.testing.assert_array_equal(result.generators, discover(other).generators)


def test_a_checkpoint_of_other_code_is_not_continued(tmp_path, caplog):
    path = tmp_path / "state.pt"
    discover(settings(), checkpoint=path, checkpoint_every=0.0, source="old")
    caplog.set_level("INFO")
    discover(settings(), checkpoint=path, checkpoint_every=1e9, source="old")
    assert "continuing at step" in caplog.text
    caplog.clear()
    discover(settings(), checkpoint=path, checkpoint_every=1e9, source="new")
    assert "starting afresh" in caplog.text
    assert "continuing" not in caplog.text


def test_a_damaged_checkpoint_is_named_and_not_used(tmp_path, caplog):
    path = tmp_path / "state.pt"
    path.write_bytes(b"not a checkpoint")
    result = discover(settings(), checkpoint=path)
    assert "state.pt" in caplog.text
    assert "starting afresh" in caplog.text
    np.testing.assert_array_equal(result.generators, discover(settings()).generators)


def test_targets_may_transform_with_the_samples():
    x, _ = rotation_problem(200)
    y = x @ np.array([[0.0, 1.0], [-1.0, 0.0]]) * 0.5
    found = discover(settings(input_rms=1.0), x=x, y=y, y_action="vector")
    assert np.isfinite(found.generators).all()


def test_complex_doublets_have_complex_generators():
    rng = np.random.default_rng(1)
    x = rng.standard_normal((100, 2, 2)) + 1j * rng.standard_normal((100, 2, 2))
    y = (x[:, 0, 0] * x[:, 1, 1] - x[:, 0, 1] * x[:, 1, 0])[:, None]
    found = discover(settings(generator={"channels": 3}, precision="float64"), x=x, y=y, x_action="complex_vector")
    assert found.generators.dtype == np.complex128
    assert found.generators.shape == (2, 3, 2, 2)
    assert np.abs(found.generators.imag).max() > 0.01
    score = score_discovery(found, TruthSettings(algebra="su(2)"))
    assert np.all(score.span_cosine <= 1)


def test_images_move_on_their_grid():
    rng = np.random.default_rng(2)
    x, y = rng.random((60, 1, 8, 8)), rng.integers(0, 3, 60)
    method = settings(
        generator={"search_space": "affine"},
        regularizer={"kind": "fourier"},
        discriminator={"kind": "conv", "filters": [4, 8]},
    )
    found = discover(method, x=x, y=y, x_action="image_grid")
    assert found.generators.shape == (2, 1, 3, 3)
    np.testing.assert_array_equal(found.generators[:, :, -1], 0)
    assert not np.array_equal(found.history_generators[:, 0], found.history_generators[:, -1])


def test_frozen_generators_leave_only_the_law_to_be_learned():
    method = settings(
        generator={"initial_algebra": "so(2)", "frozen": True}, coefficients={"law": "mixture", "components": 4}
    )
    found = discover(method)
    np.testing.assert_array_equal(found.generators, np.broadcast_to(rotation_algebra(2), found.generators.shape))
    means = found.coefficient_parameters["means"]
    assert means.shape == (2, 1, 4)
    assert not np.allclose(means, np.linspace(-3, 3, 4))


def test_channels_trained_one_after_the_other_stay_as_they_were():
    method = settings(generator={"channels": 3, "incremental": True}, optimisation={"steps": 60, "log_every": 20})
    found = discover(method)
    after = found.history_generators
    np.testing.assert_array_equal(after[:, 0, 0], after[:, 2, 0])
    np.testing.assert_array_equal(after[:, 1, 1], after[:, 2, 1])
    assert not np.array_equal(after[:, 1, 2], after[:, 2, 2])
    assert not np.array_equal(after[:, 0, 1], after[:, 1, 1])


def test_scaling_the_samples_changes_nothing_where_a_scale_is_set():
    x, y = rotation_problem(200)
    method = settings(input_rms=1.0, precision="float64")
    small, large = (discover(method, x=factor * x, y=y) for factor in (1.0, 64.0))
    np.testing.assert_allclose(small.generators, large.generators, rtol=1e-9)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.zeros((5, 1, 2)), np.zeros(4), "5 samples and y has 4"),
        (np.zeros((5, 1, 2)), np.zeros(5), "do not fill a batch"),
        (np.full((50, 1, 2), np.nan), np.zeros(50), "NaN"),
        (np.zeros((50, 1, 2)), np.zeros((50, 2), dtype=int), "integer y are classes"),
        (np.zeros((50, 1, 2)), np.zeros(50), "all entries of x are zero"),
        (np.ones((50, 1, 2)), np.array(["top", "qcd"] * 25), "y has entries of type <U3"),
        (np.full((50, 1, 2), None), np.zeros(50), "x has entries of type object"),
    ],
)
def test_samples_that_cannot_be_used_are_named(x, y, message):
    with pytest.raises(DataError, match=message):
        discover(settings(), x=x, y=y)


def test_settings_that_do_not_fit_the_samples_are_named():
    x, y = rotation_problem(100)
    with pytest.raises(ConfigError, match="8 dimensions"):
        discover(settings(generator={"search_space": "4x4"}), x=x, y=y)
    with pytest.raises(ConfigError, match="one size"):
        discover(settings(), x=x, y=x[..., :1], y_action="vector")
    with pytest.raises(ConfigError, match="x_action is 'spinor'; use one of vector"):
        discover(settings(), x=x, y=y, x_action="spinor")
    with pytest.raises(ConfigError, match="y_action is 'spinor'"):
        discover(settings(), x=x, y=y, y_action="spinor")
    with pytest.raises(ConfigError, match="'warp', which torch does not know"):
        discover(settings(), x=x, y=y, device="warp")
    with pytest.raises(ConfigError, match="two trivial actions"):
        discover(settings(), x=x, y=y, x_action="trivial")
    with pytest.raises(ConfigError, match="images"):
        discover(settings(discriminator={"kind": "conv"}), x=x, y=y)
    with pytest.raises(ConfigError, match="initial_algebra"):
        discover(settings(generator={"initial_algebra": "so(3)"}), x=x, y=y)
    for seeds in ((), (1, 1), (-1,)):
        with pytest.raises(ConfigError, match="seeds"):
            discover(settings(), x=x, y=y, seeds=seeds)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"optimisation": {"epochs": 3.0}}, "give one of"),
        ({"optimisation": {"steps": None}}, "give one of"),
        ({"generator": {"search_space": "affine"}, "input_rms": 1.0}, "homogeneous"),
        ({"generator": {"frozen": True}}, "initial_algebra"),
        ({"generator": {"frozen": True, "initial_algebra": "so(2)"}}, "nothing to learn"),
        ({"generator": {"report": "sparse"}}, "mixes the channels"),
        ({"discriminator": {"kind": "conv", "gradient_penalty": 1.0}}, "mlp only"),
        ({"coefficients": {"law": "normal", "sigma": -1.0}}, "greater than 0"),
        ({"optimisation": {"batchsize": 3}}, "Extra inputs"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        settings(**changes)


def test_the_published_settings_are_plain_settings():
    published = LieGan.published(channels=7, epochs=100.0)
    assert LieGan.model_validate(published.model_dump()) == published
    assert published.regularizer.compares == "x"
    assert published.channel_correlation.times_dimension
    assert not published.channel_correlation.masked
    assert published.optimisation.betas_generator == (0.5, 0.999)
    assert published.optimisation.decay_start == published.optimisation.average_from == 1.0


def test_the_recommended_settings_find_a_boost_in_the_plane():
    """The light cone in two dimensions, with a density that is not invariant: so(1,1) and the dilatation remain."""
    rng = np.random.default_rng(3)
    momentum = np.where(rng.random((3000, 1)) < 0.5, -1.0, 1.0) * rng.uniform(1.0, 3.0, (3000, 1))
    x = np.stack([np.abs(momentum), momentum], axis=-1)
    shorter = {"steps": 800, "lr_generator": 3e-3, "lr_discriminator": 1e-3, "decay_start": 0.3, "average_from": 0.6}
    method = LieGan.recommended(channels=2, discriminator={"hidden": 64}, optimisation=shorter)
    found = discover(method, seeds=(0, 1, 2, 3), x=x, y=np.zeros(3000, dtype=int))
    score = score_discovery(found, TruthSettings(algebra="so(1,1)+dilatation", success_cosine=0.98))
    assert np.median(score.span_cosine) > 0.99
    grams = np.einsum("siab,sjab->sij", found.generators, found.generators)
    np.testing.assert_allclose(grams, np.broadcast_to(np.eye(2), grams.shape), atol=1e-5)


def a_discovery(generators):
    count = len(generators)
    return Discovery(
        generators=generators,
        seeds=tuple(range(count)),
        history={"generator_norm": np.ones((count, 1))},
        history_steps=np.array([1]),
        history_generators=generators[:, None].astype(np.float32),
        settings={"a": 1},
        seconds=1.0,
        steps=1,
    )


def test_scores_read_channels_and_count_lost_seeds(rng):
    truth = known_algebra("so(1,3)+dilatation")
    order = [3, 1, 6, 0, 2, 5, 4]
    stacks = np.stack([truth[order] * 2.5, np.full_like(truth, np.nan), np.repeat(truth[:1], 7, axis=0)])
    score = score_discovery(a_discovery(stacks), TruthSettings(algebra="so(1,3)+dilatation"))
    assert score.success.tolist() == [True, False, False]
    np.testing.assert_allclose(score.span_cosine, [1.0, 0.0, 1.0 / 7.0], atol=1e-9)
    assert [score.canonical_names[k] for k in score.reading[0]] == [
        "boost x", "rotation y", "dilatation", "rotation x", "rotation z", "boost z", "boost y",
    ]  # fmt: skip
    np.testing.assert_allclose(score.reading_cosine[0], 1.0)
    np.testing.assert_allclose(score.readable[0], truth, atol=1e-9)
    np.testing.assert_allclose(score.readable_cosine[2], [1, 0, 0, 0, 0, 0, 0], atol=1e-9)
    assert score.closure_error[0] < 1e-9
    assert np.isnan(score.closure_error[1])
    assert score.best == 2
    assert not torch.is_tensor(score.span_cosine)


def test_truths_of_another_size_are_refused(rng):
    with pytest.raises(ConfigError, match="acts on 3 dimensions"):
        score_discovery(a_discovery(rng.standard_normal((1, 2, 4, 4))), TruthSettings(algebra="so(3)"))

"""Finite cyclic groups: their scores, Fourier features, tasks in one computation, and the search for the scale."""

from math import gcd

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from scipy.linalg import expm

from symscope.config.adversarial import Discriminator, FourierFeatures
from symscope.config.discovery import LieGan
from symscope.config.scale_search import ScaleSearch
from symscope.discovery.adversary import Features
from symscope.discovery.discover import discover_symmetry
from symscope.discovery.fourier import FourierMap
from symscope.discovery.perceptron import PerceptronEnsemble
from symscope.discovery.result import Discovery
from symscope.discovery.scale_search import Curve, choose_norms, smoothed
from symscope.discovery.tasks import split_tasks
from symscope.discovery.trainer import EnsembleTrainer
from symscope.errors import DataError
from symscope.evaluation.cyclic import score_cyclic, turn_in_plane
from symscope.io.generators import read_discovery, write_discovery


def ensemble(generators, *, elements=None, tried=None) -> Discovery:
    generators = np.asarray(generators, dtype=np.float64)[:, None]
    return Discovery(
        generators=generators,
        elements=None if elements is None else np.asarray(elements, dtype=np.float64)[:, None],
        seeds=tuple(range(len(generators))),
        history={},
        history_steps=np.zeros(0, dtype=np.int64),
        history_generators=np.zeros((len(generators), 0, *generators.shape[1:]), dtype=np.float32),
        tried=tried or {},
        settings={},
        seconds=1.0,
        steps=1,
    )


@pytest.mark.parametrize("order", [2, 3, 6, 7, 12])
def test_powers_succeed_where_they_generate_the_group(order: int) -> None:
    step = 2 * np.pi / order * turn_in_plane()
    powers = list(range(-order, 2 * order + 1))
    score = score_cyclic(ensemble([power * step for power in powers]), order=order, turn=turn_in_plane())
    expected = [len({(j * power) % order for j in range(order)}) == order for power in powers]
    assert score.success.tolist() == expected
    assert score.converged.all()
    np.testing.assert_allclose(score.mae[score.success], 0, atol=1e-12)
    assert (score.mae[~score.success] > 0.05).all()
    np.testing.assert_allclose(score.element_mae, 0, atol=1e-12)
    assert all((int(found) - power) % order == 0 for found, power in zip(score.power, powers, strict=True))


def test_errors_are_averages_over_all_entries() -> None:
    step = 2 * np.pi / 7 * turn_in_plane()
    off = step.copy()
    off[0, 1] += 0.09
    score = score_cyclic(ensemble([off, 1.5 * step, np.full((3, 3), np.nan)]), order=7, turn=turn_in_plane())
    assert score.mae[0] == pytest.approx(0.01)
    assert score.success.tolist() == [True, False, False]
    assert np.isnan(score.mae[2])
    assert not score.converged[1:].any()
    assert score.typical in (0, 1)


def test_elements_are_compared_as_elements() -> None:
    step = 2 * np.pi / 6 * turn_in_plane()
    elements = [expm(power * step) for power in (1, 2, 5)]
    score = score_cyclic(ensemble([step] * 3, elements=elements), order=6, turn=turn_in_plane())
    assert score.success.tolist() == [True, False, True]
    assert score.mae[1] > 0.1
    np.testing.assert_allclose(score.element_mae, 0, atol=1e-12)
    with pytest.raises(DataError, match="diverged"):
        _ = score_cyclic(ensemble([np.full((3, 3), np.nan)]), order=6, turn=turn_in_plane()).typical


def test_minus_one_has_many_logarithms_and_still_succeeds() -> None:
    skew = np.array([[1.0, 0.3, 0], [0.0, 1.0, 0], [0, 0, 1]])
    other = skew @ (np.pi * turn_in_plane()) @ np.linalg.inv(skew)
    score = score_cyclic(ensemble([other]), order=2, turn=turn_in_plane())
    assert score.success.all()
    assert score.mae[0] > 0.1


def streams(*seeds):
    return [torch.Generator().manual_seed(seed) for seed in seeds]


def test_fourier_features_have_the_gradient_of_their_formula() -> None:
    maps = FourierMap(FourierFeatures(count=5), n_inputs=4, streams=streams(1, 2), dtype=torch.float64)
    values = torch.randn(2, 3, 4, dtype=torch.float64, requires_grad=True)
    weights = torch.randn(2, 3, 5, dtype=torch.float64)
    features = 2**0.5 * torch.cos(values @ maps.frequencies + maps.phases)
    torch.testing.assert_close(FourierMap.features(maps.angles(values)), features)
    (expected,) = torch.autograd.grad((features * weights).sum(), values)
    torch.testing.assert_close(maps.backward(maps.angles(values.detach()), weights, 3), expected[..., :3])
    assert not torch.equal(maps.frequencies[0], maps.frequencies[1])


def test_a_perceptron_of_fourier_features_has_the_right_derivatives() -> None:
    settings = Discriminator.model_validate(
        {"hidden": 6, "layers": 2, "features": "fourier", "fourier": {"count": 7, "highest": 3}}
    )
    network = PerceptronEnsemble(
        settings,
        n_inputs=3,
        n_extra=1,
        n_classes=0,
        streams=streams(3, 4),
        dtype=torch.float64,
        hidden_dtype=torch.float64,
    )
    rng = torch.Generator().manual_seed(0)
    real, fake = (torch.randn(2, 5, 1, 3, generator=rng, dtype=torch.float64) for _ in range(2))
    extra = torch.randn(2, 5, 1, generator=rng, dtype=torch.float64)
    verdict = network.judge(Features(real, extra, None), Features(fake, extra, None), "non_saturating")
    torch.testing.assert_close(network.logits(Features(fake, extra, None)), verdict.fake)

    def loss(samples: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.softplus(-network.logits(Features(samples, extra, None))).mean(1)

    for entry in range(3):
        shift = torch.zeros_like(fake)
        shift[:, 2, 0, entry] = 1e-6
        slope = (loss(fake + shift) - loss(fake - shift)) / 2e-6
        torch.testing.assert_close(verdict.gradient[:, 2, 0, entry], slope, rtol=1e-4, atol=1e-8)


def test_the_first_deep_well_is_chosen() -> None:
    search = ScaleSearch(lowest=0.35, highest=4.8, candidates=250)
    norms = torch.linspace(np.log(0.35), np.log(4.8), 250).exp()
    noise = 0.1 * torch.randn(3, 250, generator=torch.Generator().manual_seed(1))

    def wells(period: float) -> torch.Tensor:
        loss = torch.full_like(norms, 3.0)
        for numerator in range(1, 40):
            for denominator, depth in ((1, 2.2), (2, 1.1), (3, 0.7)):
                if gcd(numerator, denominator) == 1:
                    place = period * numerator / denominator
                    loss -= depth * torch.exp(-0.5 * ((norms - place) / (0.025 * period)) ** 2)
        return loss

    periods = (0.74, 1.27, 4.4)
    curve = Curve(norms, torch.stack([wells(period) for period in periods]) + noise)
    for index, period in zip(choose_norms(curve, search), periods, strict=True):
        assert float(norms[index]) == pytest.approx(period, rel=0.03)


def test_smoothing_keeps_a_constant_and_a_line() -> None:
    line = torch.linspace(0, 1, 100)[None]
    torch.testing.assert_close(smoothed(torch.ones(1, 100), 2.0), torch.ones(1, 100))
    torch.testing.assert_close(smoothed(line, 2.0)[:, 10:-10], line[:, 10:-10])


def settings(**changes):
    return LieGan.model_validate(
        {
            "generator": {"channels": 1, "squarings": 6},
            "coefficients": {"law": "integer_grid", "maximum": 10},
            "regularizer": {"kind": "cosine", "weight": 0},
            "channel_correlation": {"weight": 0},
            "scale_search": {"batches": 2, "candidates": 40},
            "discriminator": {"hidden": 12, "layers": 2, "slope": 0, "features": "fourier", "fourier": {"count": 16}},
            "optimisation": {"steps": 100, "batch": 32, "lr_generator": 0.005, "lr_discriminator": 0.002},
            "input_rms": 1,
            **changes,
        }
    )


def points(n=256, seed=0):
    x = np.random.default_rng(seed).standard_normal((n, 1, 3)).astype(np.float32)
    return x, (x[:, 0, 2] * np.sign(x[:, 0, 0] * x[:, 0, 1])).astype(np.float32)


def discover(x, y, method, **options) -> Discovery:
    return discover_symmetry(
        x, y, x_action="vector", y_action="trivial", method=method, seeds=[4, 9], device="cpu", **options
    )


def test_several_tasks_at_once_are_the_same_as_one_after_the_other(tmp_path) -> None:
    first, second = points(seed=1), points(seed=2)
    # scales that do not move samples out of all bounds, and double precision, because a game amplifies rounding
    method = settings(
        input_rms=None, precision="float64", scale_search={"batches": 2, "candidates": 40, "highest": 0.6}
    )
    both = (np.concatenate(parts) for parts in zip(first, second, strict=True))
    together = discover(*both, method, tasks=2)
    assert together.seeds == (4, 9, 4, 9)
    write_discovery(tmp_path / "together.h5", together)
    for part, (x, y) in zip(split_tasks(read_discovery(tmp_path / "together.h5")), (first, second), strict=True):
        alone = discover(x, y, method)
        assert part.seeds == alone.seeds
        np.testing.assert_allclose(part.tried["loss"], alone.tried["loss"], rtol=1e-6)
        np.testing.assert_allclose(part.generators, alone.generators, rtol=1e-5, atol=1e-8)


def test_the_norm_is_held_until_it_is_chosen() -> None:
    found = discover(*points(), settings(optimisation={"steps": 100, "batch": 32, "log_every": 10}))
    norms = np.linalg.norm(found.history_generators[:, :, 0], axis=(-2, -1))
    before = found.history_steps <= 75
    # entries are taken between the step and the return to the norm, so one step of Adam is left in
    np.testing.assert_allclose(norms[:, before], 0.35, atol=0.01)
    lowest, highest = found.tried["norm"][:, 0], found.tried["norm"][:, -1]
    np.testing.assert_allclose(lowest, 0.35, rtol=1e-5)
    np.testing.assert_allclose(highest, 4.8, rtol=1e-5)
    chosen = norms[:, np.argmax(found.history_steps > 75)]
    assert ((chosen > 0.3) & (chosen < 5.0)).all()


def test_an_interrupted_search_gives_the_same_numbers(tmp_path, monkeypatch) -> None:
    x, y = points()
    whole = discover(x, y, settings())
    original, done = EnsembleTrainer.advance, []

    def interrupted(self) -> None:
        if done:
            raise KeyboardInterrupt
        original(self)
        done.append(True)

    checkpoint = tmp_path / "state"
    monkeypatch.setattr(EnsembleTrainer, "advance", interrupted)
    with pytest.raises(KeyboardInterrupt):
        discover(x, y, settings(), checkpoint=checkpoint, checkpoint_every=0.0)
    monkeypatch.setattr(EnsembleTrainer, "advance", original)
    continued = discover(x, y, settings(), checkpoint=checkpoint)
    np.testing.assert_array_equal(continued.generators, whole.generators)
    np.testing.assert_array_equal(continued.tried["loss"], whole.tried["loss"])


def test_what_does_not_fit_is_said() -> None:
    with pytest.raises(ValidationError, match="integer_grid, one channel"):
        settings(generator={"channels": 2})
    with pytest.raises(ValidationError, match="integer_grid, one channel"):
        settings(coefficients={"law": "normal"})
    with pytest.raises(ValidationError, match="not below highest"):
        ScaleSearch(lowest=2, highest=1)
    with pytest.raises(ValidationError, match="after until"):
        ScaleSearch(direction_until=0.8, until=0.5)
    with pytest.raises(ValidationError, match="linear or quadratic"):
        Discriminator.model_validate({"features": "fourier", "gradient_penalty": 1})
    x, y = points(n=255)
    with pytest.raises(DataError, match="equal blocks"):
        discover(x, y, settings(), tasks=2)

"""The paper's SymmetryLens as a whole: what it returns, resuming, independence of seeds, bad input, finding a shift."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pydantic
import pytest
import torch

from symscope.config.symmetrylens import SymmetryLensPublished
from symscope.discovery.symmetrylens.published import discover_published
from symscope.discovery.symmetrylens.published.trainer import LensTrainer
from symscope.errors import ConfigError, DataError
from symscope.io.checkpoints import read_state


def settings(*, steps: int = 6, batch: int = 50, **changes: Any) -> SymmetryLensPublished:
    optimisation = {"steps": steps, "batch": batch, "log_every": 2, "snapshots": 3, **changes.pop("optimisation", {})}
    values = {"conditional": {"hidden_per_component": 4}, **changes, "optimisation": optimisation}
    return SymmetryLensPublished.model_validate(values)


def bumps(rng: np.random.Generator, n_samples: int, length: int) -> np.ndarray:
    """Narrow Gaussians of random places, widths and areas, with noise: stationary and local under a shift by one."""
    place = np.arange(length) - (length - 1) / 2
    x = np.zeros((n_samples, length))
    for _ in range(5):
        on, centre = rng.random((n_samples, 1)) < 0.5, rng.uniform(-length, length, size=(n_samples, 1))
        width, area = rng.uniform(0.2, 1.0, size=(n_samples, 1)), rng.uniform(0.5, 1.5, size=(n_samples, 1))
        x += on * area / width * np.exp(-0.5 * ((place - centre) / width) ** 2)
    return x / x.std() + 0.05 * rng.normal(size=x.shape)


def test_result_has_its_parts(rng: np.random.Generator) -> None:
    result = discover_published(rng.normal(size=(120, 5)), settings=settings(), seeds=[3, 4], device="cpu")
    assert result.generators.shape == (2, 5, 5)
    assert result.filters.shape == (2, 5)
    np.testing.assert_allclose(np.linalg.norm(result.filters, axis=1), 1.0, rtol=1e-6)
    assert result.convolutions.shape == (2, 5, 5)
    np.testing.assert_allclose(result.convolutions[:, 2], result.filters, atol=1e-6)
    assert result.padding == 5
    assert result.steps == 6
    assert result.seeds == (3, 4)
    assert result.history["loss"].shape == (2, 3)
    assert np.isfinite(result.history["loss"]).all()
    assert result.history_steps.tolist() == [2, 4, 6]
    assert result.snapshot_steps.tolist() == [0, 1, 3, 6]
    assert result.snapshot_generators is not None
    assert result.snapshot_convolutions is not None
    assert result.snapshot_generators.shape == (2, 4, 5, 5)
    np.testing.assert_allclose(result.snapshot_generators[:, -1], result.generators, atol=1e-6)
    np.testing.assert_allclose(result.snapshot_convolutions[:, -1], result.convolutions, atol=1e-6)
    assert result.settings["method"]["name"] == "symmetrylens_published"


def test_same_seed_gives_the_same_numbers_in_any_ensemble(rng: np.random.Generator) -> None:
    x = rng.normal(size=(120, 5))
    chosen = settings(precision="float64")
    alone, again, among = (
        discover_published(x, settings=chosen, seeds=seeds, device="cpu") for seeds in ([7], [7], [1, 7])
    )
    np.testing.assert_array_equal(alone.generators, again.generators)
    np.testing.assert_allclose(alone.generators[0], among.generators[1], atol=1e-12)
    assert not np.allclose(among.generators[0], among.generators[1], atol=1e-6)


def test_unit_and_offset_of_the_data_do_not_matter(rng: np.random.Generator) -> None:
    x = rng.normal(size=(120, 5))
    chosen = settings(precision="float64")
    one, other = (discover_published(v, settings=chosen, seeds=[0], device="cpu") for v in (x, 40.0 + 1e-3 * x))
    np.testing.assert_allclose(one.generators, other.generators, atol=1e-9)


def test_published_settings_run(rng: np.random.Generator) -> None:
    chosen = SymmetryLensPublished.published(epochs=2.0, batch=57)
    assert chosen.conditional.neighbour_samples == "shifted"
    result = discover_published(rng.normal(size=(120, 5)), settings=chosen, seeds=[0], device="cpu")
    assert result.steps == 4
    assert result.settings["batch"] == 55
    assert result.finite.all()


def test_interrupted_run_continues(
    rng: np.random.Generator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    x, chosen, file = rng.normal(size=(130, 5)), settings(steps=8), tmp_path / "state.pt"
    whole = discover_published(x, settings=chosen, seeds=[0, 1], device="cpu")
    step = LensTrainer.advance

    def stumble(trainer: LensTrainer) -> None:
        if trainer.step_index == 5:
            raise KeyboardInterrupt
        step(trainer)

    monkeypatch.setattr(LensTrainer, "advance", stumble)
    with pytest.raises(KeyboardInterrupt):
        discover_published(x, settings=chosen, seeds=[0, 1], device="cpu", checkpoint=file, checkpoint_every=0.0)
    assert file.exists()
    monkeypatch.setattr(LensTrainer, "advance", step)
    with caplog.at_level(logging.INFO):
        resumed = discover_published(x, settings=chosen, seeds=[0, 1], device="cpu", checkpoint=file)
    assert "continuing at step 5 of 8" in caplog.text
    np.testing.assert_array_equal(whole.generators, resumed.generators)
    np.testing.assert_array_equal(whole.convolutions, resumed.convolutions)
    for name, values in whole.history.items():
        np.testing.assert_array_equal(values, resumed.history[name])
    np.testing.assert_array_equal(whole.snapshot_generators, resumed.snapshot_generators)


def test_checkpoint_of_another_run_is_not_continued(
    rng: np.random.Generator, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "state.pt"
    file.write_bytes(b"nothing")
    discover_published(rng.normal(size=(60, 5)), settings=settings(), seeds=[0], device="cpu", checkpoint=file)
    assert "starting afresh" in caplog.text
    assert read_state(file)["state"]["step"] == 6


def _doubled(x: np.ndarray) -> np.ndarray:
    return np.concatenate([x, 3.0 * x[:, :1]], axis=1)


NORMAL = np.random.default_rng(0).normal(size=(60, 5))
BAD_DATA = {
    "not a matrix": (np.zeros(5), "a matrix of numbers"),
    "text": (np.array([["a", "b", "c"]]), "a matrix of numbers"),
    "two components": (NORMAL[:, :2], "have 2 components"),
    "gap": (np.where(np.arange(300).reshape(60, 5) == 17, np.nan, NORMAL), "row 3, column 2"),
    "constant component": (np.where(np.arange(5) == 2, 1.0, NORMAL), "constant in column 2"),
    "component twice": (_doubled(NORMAL), "columns 0 and 5"),
    "too few": (NORMAL[:49], "there are 49 samples, fewer than one batch of 50"),
}


@pytest.mark.parametrize("case", BAD_DATA)
def test_bad_samples_are_refused(case: str) -> None:
    x, message = BAD_DATA[case]
    with pytest.raises(DataError, match=message):
        discover_published(x, settings=settings(), seeds=[0], device="cpu")


def test_tensors_are_taken_as_well() -> None:
    results = [
        discover_published(x, settings=settings(), seeds=[0], device="cpu") for x in (NORMAL, torch.from_numpy(NORMAL))
    ]
    np.testing.assert_array_equal(results[0].generators, results[1].generators)


def test_bad_settings_are_refused(rng: np.random.Generator) -> None:
    x = rng.normal(size=(60, 5))
    with pytest.raises(ConfigError, match="raise it to 10 or more"):
        discover_published(x, settings=settings(batch=9), seeds=[0], device="cpu")
    with pytest.raises(ConfigError, match="seeds is empty"):
        discover_published(x, settings=settings(), seeds=[], device="cpu")
    with pytest.raises(ConfigError, match="different integers"):
        discover_published(x, settings=settings(), seeds=[1, 1], device="cpu")
    with pytest.raises(pydantic.ValidationError, match=r"give one of them"):
        SymmetryLensPublished.model_validate({"optimisation": {}})
    with pytest.raises(pydantic.ValidationError, match="filter_noise is 0"):
        settings(group={"filter_noise": 0})


def test_captions() -> None:
    assert settings(steps=3000).amount == "3,000 steps"
    assert SymmetryLensPublished.published().amount == "10,000 epochs"
    assert settings(batch=50).least_samples == 50


def test_diverged_seeds_are_named(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    step = LensTrainer.advance

    def poison(trainer: LensTrainer) -> None:
        with torch.no_grad():
            trainer.group.filter[1] = torch.nan
        step(trainer)

    monkeypatch.setattr(LensTrainer, "advance", poison)
    result = discover_published(rng.normal(size=(60, 5)), settings=settings(steps=2), seeds=[4, 9], device="cpu")
    assert result.finite.tolist() == [True, False]
    assert "seeds [9] diverged" in caplog.text


@pytest.mark.slow
def test_shift_of_narrow_bumps_is_found(rng: np.random.Generator) -> None:
    """The seed with the smallest loss, which needs no truth, has the shift by one as its generator, and a local filter."""
    chosen = SymmetryLensPublished.laptop(
        steps=1000,
        conditional={"hidden_per_component": 8},
        optimisation={"steps": 1000, "batch": 250, "lr_group": 3e-2, "lr_estimators": 1e-2, "log_every": 100},
    )
    result = discover_published(bumps(rng, 20_000, 5), settings=chosen, seeds=[0, 1, 2, 3], device="cpu")
    best = int(result.history["loss"][:, -1].argmin())
    shift = np.eye(5, k=1)
    found = result.generators[best]
    cosine = max(float((found * truth).sum()) for truth in (shift, shift.T)) / (np.linalg.norm(found) * 2.0)
    assert cosine > 0.8
    assert np.abs(result.filters[best]).max() > 0.8
    assert result.snapshot_generators is not None
    start = result.snapshot_generators[best, 0]
    assert float((start * shift).sum()) < 0.1
